import base64
import io
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.test import APIClient

from apps.accounts.models import Company, User
from apps.accounts.states import CompanyState
from portal.kernel.api.answers import PROBLEM, problem_response
from portal.kernel.api.parsing import StrictJSONParser, StrictSerializer
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from tests.clients import access_token_for
from tests.factories.accounts import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db


def parse(body: bytes) -> Any:
    return StrictJSONParser().parse(io.BytesIO(body))


def test_json_is_parsed():
    body = {"a": [1, 2.5, None, True], "b": 'brackets [[[ and "quotes" \\ in text'}
    assert parse(json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
    ],
    ids=[
        "empty",
        "cut",
        "not utf-8",
        "key twice",
        "nan",
        "infinity",
        "surrogate",
        "nul",
        "33",
        "deep",
        "keys",
        "digits",
    ],
)
def test_bad_json_is_a_400(body):
    with pytest.raises(exceptions.ParseError):
        parse(body)


def test_thirty_two_levels_are_fine():
    assert parse(b"[" * 32 + b"]" * 32) != []


def test_unknown_keys_are_refused_by_name():
    with pytest.raises(exceptions.ValidationError) as refused:
        StrictSerializer(data={"state": "approved"}).is_valid(raise_exception=True)
    assert set(refused.value.detail) == {"state"}


def test_a_body_that_is_no_object_is_refused():
    assert StrictSerializer(data=[]).is_valid() is False


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuleViolation("no_place_left", "All places are taken."), 400, "no_place_left"),
        (WrongState("wrong_state", "Too late."), 409, "wrong_state"),
        (Stale("stale", "Changed."), 409, "stale"),
        (NotAllowed("No."), 403, "not_allowed"),
        (PermissionDenied(), 403, "not_allowed"),
        (Http404(), 404, "not_found"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.Throttled(wait=7.2), 429, "throttled"),
    ],
)
def test_every_refusal_has_one_format(error, status, code):
    answer = problem_response(error, {})
    assert answer is not None
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert set(answer.data) == {"type", "title", "status", "code", "detail"}
    assert (answer.data["status"], answer.data["code"]) == (status, code)
    assert answer.data["detail"] != ""


def test_a_refusal_says_when_to_come_back():
    answer = problem_response(exceptions.Throttled(wait=7.2), {})
    assert answer is not None
    assert answer.headers["Retry-After"] == "8"


def test_a_refusal_names_the_fields():
    error = exceptions.ValidationError({"day": ["Too early."], "steps": [{"tools": ["Missing."]}]})
    answer = problem_response(error, {})
    assert answer is not None
    assert answer.data["errors"] == [
        {"field": "day", "message": "Too early."},
        {"field": "steps.0.tools", "message": "Missing."},
    ]


def test_a_rule_names_its_field():
    answer = problem_response(RuleViolation("late", "Too late.", field="day"), {})
    assert answer is not None
    assert answer.data["errors"] == [{"field": "day", "message": "Too late."}]


def test_what_nobody_expected_stays_an_error():
    assert problem_response(ZeroDivisionError(), {}) is None


def client_for(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token_for(user)}")
    return client


def test_a_token_opens_the_api_and_carries_no_name():
    user = UserFactory.create()
    answer = client_for(user).get("/api/v1/me")
    assert (answer.status_code, answer.json()["username"]) == (200, user.username)
    payload = str(access_token_for(user)).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert set(claims) == {
        *("token_type", "exp", "iat", "jti", "iss", "aud"),
        *("user_id", "family", "session", "rights"),
    }


@pytest.mark.parametrize("change", [{"session_version": 1}, {"is_active": False}])
def test_a_token_ends_with_the_session_version_and_with_the_person(change):
    user = UserFactory.create()
    client = client_for(user)
    User.objects.filter(pk=user.pk).update(**change)
    assert client.get("/api/v1/me").status_code == 401


def test_the_anonymous_is_asked_to_sign_in():
    answer = APIClient().get("/api/v1/companies/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_session_of_the_portal_opens_the_api(client):
    client.force_login(UserFactory.create())
    assert client.get("/api/v1/me/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_the_same_queries_for_any_number(rows, django_assert_num_queries):
    CompanyFactory.create_batch(rows)
    client = client_for(UserFactory.create())
    with django_assert_num_queries(3):
        assert len(client.get("/api/v1/companies/").json()["results"]) == rows


def test_a_strangers_object_looks_like_no_object():
    waiting = CompanyFactory.create(state=CompanyState.PROPOSED)
    client = client_for(UserFactory.create())
    foreign, missing = client.get(f"/api/v1/companies/{waiting.pk}/"), client.get("/api/v1/companies/999999/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()


def test_a_move_is_a_post():
    company = CompanyFactory.create(state=CompanyState.PROPOSED)
    client = client_for(UserFactory.create(is_superuser=True))
    address = f"/api/v1/companies/{company.pk}/approve/"
    assert client.get(address).status_code == 405
    assert client.post(address, {"version": 0}, format="json").json()["state"] == "approved"
    assert client.post(address, {}, format="json").status_code == 409
    assert Company.objects.get().state == CompanyState.APPROVED


def test_a_move_without_its_reason_names_the_field():
    company = CompanyFactory.create(state=CompanyState.PROPOSED)
    client = client_for(UserFactory.create(is_superuser=True))
    answer = client.post(f"/api/v1/companies/{company.pk}/reject/", {}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "reason")


def test_a_move_that_is_not_the_users_is_refused():
    company = CompanyFactory.create()
    answer = client_for(UserFactory.create()).post(f"/api/v1/companies/{company.pk}/archive/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "asha@uni.example", "password": "pw"}, 200),
        ({"username": "asha", "password": "pw"}, 200),
        ({"email": "asha@uni.example", "password": "no"}, 401),
        ({"email": "nobody@uni.example", "password": "pw"}, 401),
        ({"password": "pw"}, 400),
        ({}, 400),
    ],
)
@pytest.mark.parametrize("kind", ["json", "form"])
def test_login_gives_a_bearer_token(body, status, kind):
    UserFactory.create(username="asha", email="asha@uni.example")
    client = APIClient()
    if kind == "json":
        answer = client.post("/api/v1/auth/login", body, format="json")
    else:
        answer = client.post(
            "/api/v1/auth/login/",
            "&".join(f"{k}={v}" for k, v in body.items()),
            content_type="application/x-www-form-urlencoded",
        )
    assert answer.status_code == status
    if status == 200:
        assert set(answer.json()) == {"access_token", "token_type", "expires_in", "refresh_token"}
