"""AI help through /api/v1/: agreed to, asked for beside a text, taken, undone, counted."""

import pytest

from apps.ai.models import AiCall
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from tests.api.test_further_doors import problems
from tests.api.test_lists import client_for
from tests.factories.ai import AiCallFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.reporting import GeneralReportFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

TEXT = "i turned a shaft on teh lathe"


@pytest.fixture
def log(world):
    return DailyLogFactory.create(placement=world.placement, text=TEXT, state=ChainState.DRAFT)


def test_a_draft_is_agreed_to_asked_for_taken_and_undone(world, log, run):
    client, address = client_for(world.student), f"/api/v1/logs/{log.pk}/help/"
    first = client.post(address, {"purpose": "text_grammar"}, format="json")
    assert (first.status_code, first.json()["code"]) == (400, "consent_missing")
    assert client.get("/api/v1/me/help/").json()["consented"] is False
    assert client.post("/api/v1/me/help/").json()["consented"] is True
    asked = client.post(address, {"purpose": "text_grammar"}, format="json")
    assert (asked.status_code, asked.json()["outcome"], asked.json()["before"]) == (202, "waiting", {"text": TEXT})
    run()
    draft = asked.headers["Location"]
    shown = client.get(draft).json()
    assert (shown["outcome"], shown["after"]["text"] != TEXT, log.text) == ("answered", True, TEXT)
    assert problems(client.post(f"{draft}accept/", {"fields_taken": []}, format="json")) == (400, [])
    assert client.post(f"{draft}accept/").json()["decision"] == "accepted"
    assert DailyLog.objects.get(pk=log.pk).text == shown["after"]["text"]
    assert client.post(f"{draft}accept/").status_code == 409
    assert client.post(f"{draft}undo/").json()["decision"] == "undone"
    assert DailyLog.objects.get(pk=log.pk).text == TEXT
    assert client.delete("/api/v1/me/help/").status_code == 204
    assert client.post(address, {"purpose": "text_grammar"}, format="json").json()["code"] == "consent_missing"


def test_nobody_else_reads_a_draft(world, student):
    call = AiCallFactory.create(user=student, cohort=world.cohort, outcome="waiting")
    for person in (world.coordinator, world.superuser, world.foreign_student):
        assert client_for(person).get(f"/api/v1/drafts/{call.pk}/").status_code == 404
        assert client_for(person).get("/api/v1/drafts/").json()["results"] == []
    assert client_for(student).post(f"/api/v1/drafts/{call.pk}/cancel/").json()["outcome"] == "cancelled"
    assert client_for(student).post(f"/api/v1/drafts/{call.pk}/cancel/").status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("logs", {"purpose": "logbook_week"}, "purpose"),
        ("logs", {}, "purpose"),
        ("logs", {"purpose": "text_grammar", "field": "hours"}, "field"),
        ("weeks", {"purpose": "logbook_week", "field": "main_job_detail"}, "purpose"),
        ("weeks", {"purpose": "text_grammar", "prompt": "Say hello."}, "prompt"),
        ("reports", {"purpose": "reporting_complete", "field": "introduction"}, "purpose"),
    ],
)
def test_what_is_no_help_names_the_field(world, student, log, path, body, field):
    rows = {
        "logs": log,
        "weeks": WeeklyReportFactory.create(placement=world.placement, week_start=log.week_start),
        "reports": GeneralReportFactory.create(enrolment=world.enrolment),
    }
    answer = client_for(student).post(f"/api/v1/{path}/{rows[path].pk}/help/", body, format="json")
    assert (problems(answer), AiCall.objects.exists()) == ((400, [field]), False)


def test_only_the_writer_asks_and_only_while_it_can_change(world, student, log):
    body = {"purpose": "text_grammar"}
    DailyLog.objects.filter(pk=log.pk).update(state=ChainState.SUBMITTED)
    address = f"/api/v1/logs/{log.pk}/help/"
    assert client_for(student).post(address, body, format="json").status_code == 409
    assert client_for(world.industrial_supervisor).post(address, body, format="json").status_code == 403
    assert client_for(world.foreign_student).post(address, body, format="json").status_code == 404


def test_a_company_asks_for_its_own_vacancy_and_a_supervisor_for_a_comment(everybody_agreed, log, run):
    world = everybody_agreed
    vacancy = VacancyFactory.create(company=world.company, description="we seek a trainee for the lathe")
    body = {"purpose": "vacancies_polish"}
    address = f"/api/v1/vacancies/{vacancy.pk}/help/"
    assert client_for(world.representative).post(address, body, format="json").status_code == 202
    assert client_for(world.student).post(address, body, format="json").status_code == 403
    DailyLog.objects.filter(pk=log.pk).update(state=ChainState.SUBMITTED)
    comment = f"/api/v1/placements/{world.placement.pk}/weeks/{log.week_start}/help/"
    asked = client_for(world.industrial_supervisor).post(comment, {"purpose": "logbook_feedback"}, format="json")
    assert (asked.status_code, asked.json()["place"]) == (202, "logbook.comment")
    assert client_for(world.student).post(comment, {"purpose": "logbook_feedback"}, format="json").status_code == 404
    for day in ("2026-02-31", "2026-07-14"):
        no_monday = comment.replace(str(log.week_start), day)
        host = client_for(world.industrial_supervisor)
        assert host.post(no_monday, {"purpose": "logbook_feedback"}, format="json").status_code == 404


def test_why_a_vacancy_fits_is_for_students(everybody_agreed):
    world = everybody_agreed
    address = f"/api/v1/vacancies/{world.vacancy.pk}/why/"
    assert client_for(world.representative).post(address).status_code == 403
    assert client_for(world.student).post(address).json()["code"] == "nothing_known"


def test_coordinators_count_uses_without_texts(world, student):
    AiCallFactory.create(user=student, cohort=world.cohort, decision="accepted")
    client = client_for(world.coordinator)
    found = client.get("/api/v1/help-use/?days=365").json()
    assert [(row["name"], row["calls"], row["accepted"]) for row in found["cohorts"]] == [(world.cohort.name, 1, 1)]
    assert [row["purpose"] for row in found["purposes"]] == ["text_grammar"]
    assert client_for(world.foreign_coordinator).get("/api/v1/help-use/").json()["cohorts"] == []
    assert problems(client.get("/api/v1/help-use/?days=7")) == (400, ["days"])
    assert client_for(student).get("/api/v1/help-use/").status_code == 403


def test_help_that_is_used_up_says_until_when(world, student, log, ai):
    ai(calls_person=1)
    client, address = client_for(student), f"/api/v1/logs/{log.pk}/help/"
    assert client.post(address, {"purpose": "text_grammar"}, format="json").status_code == 202
    spent = client.post(address, {"purpose": "text_grammar"}, format="json")
    assert (spent.status_code, spent.json()["code"], int(spent.headers["Retry-After"]) > 0) == (
        429,
        "budget_spent",
        True,
    )
