"""Tokens of people: issued, followed by the next, ended at once by whatever ends them."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import TokenFamily, User
from apps.accounts.services.passwords import set_password
from apps.accounts.services.people import end_sessions, give_role, set_active, withdraw_role
from apps.accounts.services.token_pairs import (
    LONGEST,
    OURS,
    Audience,
    end_by_refresh,
    end_families,
    issue_pair,
    read_access,
    rotate_pair,
)
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.api.tokens import TokenRefused
from tests.accounts.hostile_tokens import HOSTILE, Forge
from tests.clients import access_token_for
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

OTHER = Audience("practicum-test-dialect", dt.timedelta(hours=1))


@pytest.fixture
def person() -> User:
    return UserFactory.create(username="asha", roles=[Role.STUDENT])


def status_with(header: str) -> int:
    return APIClient().get("/api/v1/me", HTTP_AUTHORIZATION=header).status_code


def later(**shift: int) -> None:
    """Let the sign-ins have been used longer ago."""
    TokenFamily.objects.update(rotated_at=timezone.now() - dt.timedelta(**shift))


# -- what opens nothing -----------------------------------------------------------------------------------------------


def test_there_are_eighty_hostile_tokens():
    assert len(HOSTILE) >= 80


def test_every_hostile_token_gets_the_same_401(person):
    forge, client = Forge(person, UserFactory.create()), APIClient()
    assert client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {forge.with_claims()}").status_code == 200
    answers = {}
    for name, make in HOSTILE.items():
        answer = client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {make(forge)}")
        answers[name] = (answer.status_code, answer.content)
    wanted = client.get("/api/v1/me", HTTP_AUTHORIZATION="Bearer x")
    assert wanted.json()["code"] == "token_not_valid"
    assert {name: found for name, found in answers.items() if found != (401, wanted.content)} == {}


def test_no_hostile_token_gets_new_ones(person):
    forge = Forge(person, UserFactory.create())
    passed = []
    for name, make in HOSTILE.items():
        if name != "refresh as access":
            answer = APIClient().post("/api/v1/auth/refresh", {"refresh_token": make(forge)}, format="json")
            passed += [name] if answer.status_code not in (400, 401) else []
    assert passed == []


@pytest.mark.parametrize("end", ["{t} {t}", "{t}, Bearer {t}", "", "{t}=", "é", "%00"])
def test_a_header_that_is_no_token_opens_nothing(person, end):
    assert status_with("Bearer " + end.format(t=access_token_for(person))) == 401


def test_the_scheme_is_written_in_any_case(person):
    token = access_token_for(person)
    assert [status_with(f"{word} {token}") for word in ("Bearer", "bearer", "BEARER", "Token", "Basic")] == [
        *(200, 200, 200),
        *(401, 401),
    ]


def test_a_token_for_one_dialect_opens_no_other(person):
    theirs = issue_pair(person, audience=OTHER, more={"company": 7})
    assert theirs.seconds == 3600
    assert read_access(theirs.access, audience=OTHER).claims["company"] == 7
    assert status_with(f"Bearer {theirs.access}") == 401
    for raw, audience in ((theirs.access, OURS), (issue_pair(person).access, OTHER)):
        with pytest.raises(TokenRefused):
            read_access(raw, audience=audience)
    with pytest.raises(TokenRefused):
        rotate_pair(theirs.refresh)


# -- what ends them ---------------------------------------------------------------------------------------------------

ENDS = {
    "password": lambda person: set_password(person, "four plain words here"),
    "shut out": lambda person: set_active(person, active=False, actor=SYSTEM),
    "shut out and let in": lambda person: [set_active(person, active=on, actor=SYSTEM) for on in (False, True)],
    "signed out everywhere": lambda person: end_sessions(person, actor=person),
    "role given": lambda person: give_role(person, Role.UNIVERSITY_SUPERVISOR, actor=SYSTEM),
    "role withdrawn": lambda person: withdraw_role(person, Role.STUDENT, actor=SYSTEM),
    "superuser": lambda person: User.objects.filter(pk=person.pk).update(is_superuser=True),
    "families ended": end_families,
    "deleted": lambda person: person.delete(),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_ends_tokens_ends_both_at_once(person, end):
    pair = issue_pair(person)
    assert status_with(f"Bearer {pair.access}") == 200
    end(User.objects.get(pk=person.pk))
    assert status_with(f"Bearer {pair.access}") == 401
    answer = APIClient().post("/api/v1/auth/refresh", {"refresh_token": pair.refresh}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")


@pytest.mark.parametrize(("path", "others"), [("logout", 200), ("logout-everywhere/", 401)])
def test_signing_out_ends_its_own_family_or_all(person, path, others):
    pair, other = issue_pair(person), issue_pair(person)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    assert client.post(f"/api/v1/auth/{path}").status_code == 204
    assert client.post(f"/api/v1/auth/{path}").status_code == 401
    with pytest.raises(TokenRefused):
        rotate_pair(pair.refresh)
    assert status_with(f"Bearer {other.access}") == others


def test_who_came_by_the_session_signs_out_on_the_pages(client, person):
    client.force_login(person)
    answer = client.post("/api/v1/auth/logout")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_token")


def test_a_refresh_token_ends_its_sign_in_too(person):
    pair = issue_pair(person)
    end_by_refresh(pair.refresh)
    assert status_with(f"Bearer {pair.access}") == 401
    with pytest.raises(TokenRefused):
        end_by_refresh(pair.refresh)


# -- one after the other ----------------------------------------------------------------------------------------------


def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_family(person):
    first = issue_pair(person)
    answer = APIClient().post("/api/v1/auth/refresh/", {"refresh_token": first.refresh}, format="json")
    assert (answer.status_code, set(answer.json())) == (
        200,
        {"access_token", "token_type", "expires_in", "refresh_token"},
    )
    second = answer.json()
    assert [status_with(f"Bearer {token}") for token in (first.access, second["access_token"])] == [200, 200]
    later(seconds=3)
    with pytest.raises(TokenRefused):
        rotate_pair(first.refresh)
    assert status_with(f"Bearer {second['access_token']}") == 401
    with pytest.raises(TokenRefused):
        rotate_pair(second["refresh_token"])


def test_two_at_once_get_one_pair_and_nothing_ends(person):
    first = issue_pair(person)
    second = rotate_pair(first.refresh)
    with pytest.raises(TokenRefused):
        rotate_pair(first.refresh)
    assert rotate_pair(second.refresh).person == person


def test_a_sign_in_ends_however_often_it_is_refreshed(person):
    pair = issue_pair(person)
    TokenFamily.objects.update(started_at=timezone.now() - LONGEST + dt.timedelta(days=1))
    pair = rotate_pair(pair.refresh)
    left = TokenFamily.objects.get().expires_at - timezone.now()
    assert dt.timedelta(hours=23) < left <= dt.timedelta(days=1)
    TokenFamily.objects.update(started_at=timezone.now() - LONGEST)
    with pytest.raises(TokenRefused):
        rotate_pair(pair.refresh)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_of_twenty_who_refresh_at_once_one_gets_the_pair():
    person = UserFactory.create()
    start = threading.Barrier(20)

    def attempt(raw: str) -> str:
        try:
            start.wait(timeout=60)
            return rotate_pair(raw).refresh
        except TokenRefused:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        for _round in range(5):
            answers = list(pool.map(attempt, [issue_pair(person).refresh] * 20))
            won = [found for found in answers if found]
            assert len(won) == 1
            assert rotate_pair(won[0]).person == person
