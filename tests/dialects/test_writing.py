"""What programs write in one go: whole weeks, weeks out of days; and who has no place yet."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.api.report_generator import REPORT_GENERATOR
from apps.accounts.models import SiteSettings, StudentProfile, User
from apps.accounts.selectors import SETTINGS_KEY
from apps.accounts.services.token_pairs import issue_pair
from apps.accounts.states import Role
from apps.ai.models import AiCall
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.selectors import in_week_numbered, number_of
from apps.logbook.services.logs import DayText
from apps.logbook.services.weeks import WeekText
from apps.logbook.services.whole_weeks import begin_week_from_days, save_whole_week
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation
from tests.dialects.contract import Stage
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory
from tests.factories.ai import AiCallFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory

pytestmark = pytest.mark.django_db


def program_of(person: User) -> Client:
    token = issue_pair(User.objects.get(pk=person.pk), audience=REPORT_GENERATOR).access
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(client: Client, method: str, address: str, body: object):
    return getattr(client, method)(f"/api/{address}", body, content_type="application/json")


@pytest.fixture
def enrolment():
    """Of a student without a place, in a cohort that works every day."""
    return EnrolmentFactory.create(cohort=CohortFactory.create(working_days=list(range(7))))


@pytest.fixture
def monday() -> dt.date:
    return monday_of(timezone.localdate()) - dt.timedelta(days=7)


# -- weeks --------------------------------------------------------------------------------------------------------


def test_a_week_with_a_day_that_cannot_be_is_not_kept(enrolment, monday):
    days = {monday: DayText("Milled."), monday + dt.timedelta(days=1): DayText("Turned.", Decimal(13))}
    with pytest.raises(RuleViolation):
        save_whole_week(enrolment, monday, WeekText("Shafts."), days, actor=enrolment.student)
    assert (DailyLog.objects.count(), WeeklyReport.objects.count()) == (0, 0)


def test_a_week_is_made_of_the_words_of_its_days_and_writes_over_nothing(enrolment, monday):
    student = enrolment.student
    with pytest.raises(RuleViolation) as refusal:
        begin_week_from_days(enrolment, monday, actor=student)
    assert refusal.value.code == "no_days"
    save_whole_week(enrolment, monday, WeekText(), {monday: DayText("Milled.")}, actor=student)
    assert begin_week_from_days(enrolment, monday, actor=student).summary == "Monday: Milled."
    save_whole_week(enrolment, monday, WeekText("Own words."), {}, actor=student)
    assert begin_week_from_days(enrolment, monday, actor=student).summary == "Own words."


def test_weeks_are_numbered_from_the_place_else_from_the_cohort(enrolment, monday):
    start = monday - dt.timedelta(days=14)
    placed = DailyLogFactory.create(placement=PlacementFactory.create(start=start), day=monday, week_start=monday)
    lone = DailyLogFactory.create(placement=None, enrolment=enrolment, day=monday, week_start=monday)
    assert (number_of(placed), number_of(lone)) == (3, (monday - monday_of(enrolment.cohort.start)).days // 7 + 1)
    rows = DailyLog.objects.all()
    assert list(in_week_numbered(rows, 3)) == [log for log in (lone, placed) if number_of(log) == 3]
    assert list(in_week_numbered(rows, 40)) == []
    assert list(in_week_numbered(rows.none(), 1)) == []


def test_who_has_no_place_writes_sums_up_and_exports(enrolment, monday, monkeypatch):
    StudentProfile.objects.filter(user=enrolment.student).update(company_name="Njia Works")
    client = program_of(enrolment.student)
    made = send(
        client,
        "post",
        "reports/weekly",
        {"start_date": monday.isoformat(), "daily_monday": "Milled.", "hours_monday": 7.5},
    )
    assert (made.status_code, made.json()["total_hours"], made.json()["main_job"]) == (201, 7.5, None)
    answer = client.get(f"/api/export/weekly/{made.json()['id']}/docx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as word:
        text = word.read("word/document.xml").decode()
    assert [words for words in ("Milled.", "Njia Works") if words not in text] == []
    day = made.json()["daily_reports"][0]["id"]
    assert client.get(f"/api/export/daily/{day}/docx").status_code == 200


def test_a_newcomer_without_studies_writes_in_the_default_cohort(enrolment, monday):
    person = UserFactory.create(roles=[Role.STUDENT])
    client, body = program_of(person), {"date": monday.isoformat(), "description": "Milled.", "hours_spent": 8}
    assert send(client, "post", "reports/daily", body).json()["code"] == "not_enrolled"
    SiteSettings.objects.update_or_create(pk=1, defaults={"default_cohort": enrolment.cohort})
    cache.delete(SETTINGS_KEY)
    made = send(client, "post", "reports/weekly", {"start_date": monday.isoformat(), "summary": "Shafts."})
    assert made.status_code == 201
    assert client.get(f"/api/export/weekly/{made.json()['id']}/docx").status_code == 200
    assert client.get("/api/auth/dashboard").json()["data"]["profile_complete"] is False


def test_whoever_is_no_student_has_an_empty_dashboard():
    client = program_of(UserFactory.create())
    assert client.get("/api/auth/dashboard").json()["data"]["stats"]["general_report_status"] is None
    assert program_of(UserFactory.create(roles=[Role.STUDENT])).get("/api/auth/dashboard").json()["total_hours"] == 0


def test_a_host_reads_a_week_and_takes_no_document(report_generator: Stage):
    key = report_generator.keys["week"]
    WeeklyReport.objects.filter(pk=key).update(state="submitted")
    client = report_generator.client("host")
    answers = [
        client.get(f"/api/{address}").status_code for address in (f"reports/weekly/{key}", f"export/weekly/{key}/docx")
    ]
    assert answers == [200, 403]
    assert send(client, "post", "ai/enhance/weekly", {"weekly_report_id": key}).status_code == 403


def test_a_draft_that_was_taken_over_is_undone(report_generator: Stage):
    key, student = report_generator.keys["week"], report_generator.world.student
    now = WeeklyReport.objects.get(pk=key).summary
    AiCallFactory.create(
        user=student,
        place="logbook.week",
        key=key,
        before={"summary": "shafts"},
        after={"summary": now},
        decision="accepted",
    )
    answer = send(report_generator.client("student"), "post", f"reports/weekly/{key}/reset_to_original", {})
    assert (answer.status_code, answer.json()["summary"]) == (200, "shafts")
    assert AiCall.objects.filter(user=student, decision="undone").exists()


def test_daily_reports_come_packed(report_generator: Stage):
    keys = report_generator.keys
    body = {"report_ids": [keys["log"], str(keys["log"])], "type": "docx", "report_type": "daily"}
    answer = send(report_generator.client("student"), "post", "export/bulk", body)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == [f"daily_report_{keys['day']}.docx"]
    missing = {**body, "report_ids": [keys["log"], keys["far"]]}
    assert send(report_generator.client("student"), "post", "export/bulk", missing).status_code == 404


def test_words_and_statuses_of_weeks(report_generator: Stage):
    key, client = report_generator.keys["week"], report_generator.client("student")
    for state, word in (
        ("revision_requested", "REJECTED"),
        ("verified_industry", "SUBMITTED"),
        ("flagged", "SUBMITTED"),
        ("verified_academic", "APPROVED"),
    ):
        WeeklyReport.objects.filter(pk=key).update(state=state)
        assert client.get(f"/api/reports/weekly/{key}").json()["status"] == word


def test_two_weeks_share_no_day(report_generator: Stage):
    world, keys = report_generator.world, report_generator.keys
    other = WeeklyReportFactory.create(placement=None, enrolment=world.enrolment, week_start=keys["monday"])
    lone = DailyLogFactory.create(
        placement=None, enrolment=world.enrolment, day=keys["free"], week_start=keys["monday"]
    )
    weeks = {
        week["id"]: week for week in report_generator.client("student").get("/api/reports/weekly").json()["results"]
    }
    days = {key: [day["id"] for day in weeks[key]["daily_reports"]] for key in (keys["week"], other.pk)}
    assert days == {keys["week"]: [keys["log"]], other.pk: [lone.pk]}
