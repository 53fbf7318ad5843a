"""What clients of the report generator do that a server has to survive."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client, override_settings

from apps.accounts.api.report_generator import CUT, REPORT_GENERATOR, as_sent, kept_text
from apps.accounts.models import User
from apps.accounts.services.token_pairs import issue_pair
from apps.ai.models import AiCall
from apps.logbook.models import DailyLog, WeeklyReport
from tests.dialects.contract import Stage
from tests.factories.accounts import CompanyFactory, UserFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory

pytestmark = pytest.mark.django_db

OWN_HEADERS = (
    *("x-request-nonce", "x-device-fingerprint", "x-device-fingerprint-confidence", "x-device-confidence"),
    *("x-device-useragent", "x-device-locale", "x-device-platform", "x-device-screen", "x-device-timezone"),
)
ELSEWHERE = "http://localhost:4200"


@pytest.mark.parametrize("address", ["/api/auth/login/", "/api/reports/daily", "/api/users/login", "/api/jobs"])
def test_a_browser_elsewhere_may_send_the_clients_own_headers(address):
    asked = {
        "Origin": ELSEWHERE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join((*OWN_HEADERS, "authorization", "content-type")),
    }
    with override_settings(CORS_ALLOWED_ORIGINS=[ELSEWHERE]):
        answer = Client(headers=asked).options(address)
        other = Client(headers={**asked, "Origin": "https://evil.example"}).options(address)
    allowed = {name.strip() for name in answer["Access-Control-Allow-Headers"].split(",")}
    assert {*OWN_HEADERS, "authorization", "content-type"} - allowed == set()
    assert (answer["Access-Control-Allow-Origin"], "Access-Control-Allow-Origin" in other) == (ELSEWHERE, False)


def claims_as_browsers_read_them(token: str) -> dict[str, Any]:
    """Decode as ``atob`` does, which knows the plain alphabet only."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), validate=True))
    return claims


@pytest.mark.parametrize("name", ["Asha", "Zoë ~?>", "عائشة"])
def test_both_tokens_are_read_by_the_client_and_name_nobody(name):
    person = UserFactory.create(first_name=name, username=f"u{len(name)}", email="a>b@uni.example")
    pair = issue_pair(person, audience=REPORT_GENERATOR)
    for token in (pair.access, pair.refresh):
        claims = claims_as_browsers_read_them(token)
        assert (len(token) < CUT, claims["user_id"]) == (True, person.pk)
        assert claims["exp"] > claims["iat"]
        assert set(claims) == {
            "jti",
            "user_id",
            "family",
            "session",
            "rights",
            "iat",
            "exp",
            "token_type",
            "aud",
            "iss",
        }
    access = claims_as_browsers_read_them(pair.access)
    assert access["exp"] - access["iat"] == 3600


def test_a_token_of_the_api_is_none_of_the_dialect_and_the_reverse(report_generator: Stage):
    student = report_generator.world.student
    ours = issue_pair(User.objects.get(pk=student.pk)).access
    assert Client(headers={"Authorization": f"Bearer {ours}"}).get("/api/profile").status_code == 401
    assert report_generator.client("student").get("/api/v1/me").status_code == 401


def test_a_refresh_token_counts_once(report_generator: Stage):
    pair = issue_pair(User.objects.get(pk=report_generator.world.student.pk), audience=REPORT_GENERATOR)
    first = Client().post("/api/auth/refresh", {"refresh": pair.refresh}, content_type="application/json")
    again = Client().post("/api/auth/refresh", {"refresh": pair.refresh}, content_type="application/json")
    assert (first.status_code, again.status_code, again.json()["code"]) == (200, 401, "token_not_valid")


def test_signing_out_ends_the_access_token_too(report_generator: Stage):
    pair = issue_pair(User.objects.get(pk=report_generator.world.student.pk), audience=REPORT_GENERATOR)
    client = Client(headers={"Authorization": f"Bearer {pair.access}"})
    assert client.get("/api/profile/").status_code == 200
    assert (
        client.post("/api/auth/logout/", {"refresh": pair.refresh}, content_type="application/json").status_code == 200
    )
    assert client.get("/api/profile/").status_code == 401


def test_a_password_with_signs_that_the_client_strips_from_its_repetition_registers(report_generator: Stage):
    password = 'four "dull" <brass> lamps & more'
    body = {"username": "neema", "email": "neema@uni.example", "password": password}
    answer = Client().post(
        "/api/auth/register/", {**body, "password_confirm": as_sent(password)}, content_type="application/json"
    )
    assert answer.status_code == 201
    login = {"username": "neema", "password": password}
    assert Client().post("/api/auth/login/", login, content_type="application/json").status_code == 200


LONG = 'It\'s "done" & ' + "x" * 2000


@pytest.mark.parametrize(
    ("sent", "stored", "kept"),
    [
        (as_sent(LONG), LONG, LONG),
        ("Anew.", LONG, "Anew."),
        ("Its done", 'It\'s "done"', 'It\'s "done"'),
        ("", "", ""),
        ("", "Text", ""),
    ],
)
def test_what_only_comes_back_spoils_nothing(sent, stored, kept):
    assert kept_text(sent, stored) == kept


def test_a_text_that_the_client_cuts_stays_whole_when_it_is_sent_back(report_generator: Stage):
    key = report_generator.keys["log"]
    DailyLog.objects.filter(pk=key).update(text=LONG)
    client = report_generator.client("student")
    for body in ({"description": as_sent(LONG), "hours_spent": 6}, {"hours_spent": 7}):
        answer = client.put(f"/api/reports/daily/{key}/", body, content_type="application/json")
        assert (answer.status_code, answer.json()["description"]) == (200, LONG)


def test_the_same_date_again_is_the_same_day(report_generator: Stage):
    client, day = report_generator.client("student"), report_generator.keys["free"].isoformat()
    keys = []
    for text in ("Milled.", "Bored."):
        body = {"date": day, "description": text, "hours_spent": 8, "week_number": 1}
        keys.append(client.post("/api/reports/daily/", body, content_type="application/json").json()["id"])
    assert (len(set(keys)), DailyLog.objects.get(pk=keys[0]).text) == (1, "Bored.")


def test_days_keep_their_skills_when_only_the_text_is_sent(report_generator: Stage):
    key = report_generator.keys["log"]
    DailyLog.objects.filter(pk=key).update(skills=["turning"])
    body = {"date": report_generator.keys["day"].isoformat(), "description": "Anew.", "hours_spent": 8}
    report_generator.client("student").post("/api/reports/daily", body, content_type="application/json")
    assert DailyLog.objects.get(pk=key).skills == ["turning"]


def test_help_stores_no_text(report_generator: Stage):
    client, key = report_generator.client("student"), report_generator.keys["week"]
    before = WeeklyReport.objects.get(pk=key).summary
    body = {"weekly_report_id": key, "field": "summary", "type": "grammar"}
    answer = client.post("/api/ai/enhance/weekly/", body, content_type="application/json").json()
    assert (answer["enhanced_text"] != before, WeeklyReport.objects.get(pk=key).summary) == (True, before)
    assert AiCall.objects.filter(user=report_generator.world.student, decision="open").exists()


@pytest.mark.parametrize("state", ["submitted", "verified_academic"])
def test_help_with_what_was_sent_is_refused(report_generator: Stage, state):
    WeeklyReport.objects.filter(pk=report_generator.keys["week"]).update(state=state)
    body = {"weekly_report_id": report_generator.keys["week"], "field": "summary", "type": "grammar"}
    answer = report_generator.client("student").post("/api/ai/enhance/weekly", body, content_type="application/json")
    assert (answer.status_code, answer.json()["success"]) == (409, False)


def test_whoever_has_used_the_help_of_the_day_waits(report_generator: Stage, settings):
    settings.AI = replace(settings.AI, calls_person=0)
    answer = report_generator.client("student").post(
        "/api/ai/enhance/text/", {"text": "I has.", "type": "grammar"}, content_type="application/json"
    )
    assert (answer.status_code, "Retry-After" in answer.headers, answer.json()["success"]) == (429, True, False)


def test_without_help_the_client_knows_the_reason(report_generator: Stage, settings):
    settings.AI = replace(settings.AI, backend="off")
    answer = report_generator.client("student").post(
        "/api/reports/weekly/week/{number}/enhance_with_ai/".format(**report_generator.keys),
        {},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["error_type"]) == (503, "missing_api_key")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b'"text"', b"null", b'{"date": []}', b'{"date": {"a": 1}, "hours_spent": "NaN"}', b"{"]
)
@pytest.mark.parametrize(
    "address",
    [
        *(
            "auth/register",
            "auth/login",
            "auth/logout",
            "auth/refresh",
            "auth/verify-otp",
            "auth/password-reset-confirm",
        ),
        *("reports/daily", "reports/weekly", "reports/main-jobs", "companies", "reports/general", "export/bulk"),
        *("ai/enhance/weekly", "ai/enhance/text", "ai/generate/summary", "auth/feedback"),
    ],
)
def test_an_odd_body_is_refused_and_never_a_fault(report_generator: Stage, address, body):
    answer = report_generator.client("student").post(f"/api/{address}", body, content_type="application/json")
    assert (answer.status_code < 500, isinstance(answer.json(), dict)) == (True, True), answer.content[:200]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "questions"), [("reports/daily", 4), ("reports/weekly", 6), ("companies", 5)])
def test_a_list_asks_the_same_number_of_questions(
    report_generator: Stage, address, questions, count, django_assert_num_queries
):
    keys, world = report_generator.keys, report_generator.world
    for number in range(1, count):
        WeeklyReportFactory.create(placement=world.placement, week_start=keys["monday"].replace(year=2020 + number))
        DailyLogFactory.create(placement=world.placement, day=keys["day"].replace(year=2020 + number))
        CompanyFactory.create()
    client = report_generator.client("student")
    with django_assert_num_queries(questions):
        answer = client.get(f"/api/{address}")
    assert answer.json()["count"] >= count
