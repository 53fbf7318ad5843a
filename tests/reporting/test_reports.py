"""General reports: drafted from the logbook, kept as typed, sent and decided."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.logbook.models import Operation
from apps.logbook.states import ChainState
from apps.reporting.builders import pdf
from apps.reporting.drafting import Facts, draft_of
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.selectors import facts_of, report_page
from apps.reporting.services.reports import draft_report, save_report
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from tests.clients import signed_in
from tests.factories.accounts import EnrolmentFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.reporting import GeneralReportFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def full(world, **values) -> GeneralReport:
    written = {"title": "Shafts", **dict.fromkeys(SECTIONS, "Turned shafts.")}
    return GeneralReportFactory.create(enrolment=world.enrolment, **{**written, **values})


def a_week(world):
    """One verified day with a skill, and the report of its week with two operations."""
    day = timezone.localdate() - dt.timedelta(days=7)
    verified = {
        "state": ChainState.VERIFIED_INDUSTRY,
        "verified_by": world.industrial_supervisor,
        "verified_at": timezone.now(),
    }
    DailyLogFactory.create(placement=world.placement, day=day, skills=["turning"], hours=8, **verified)
    report = WeeklyReportFactory.create(
        placement=world.placement,
        week_start=monday_of(day),
        number=3,
        summary="New shafts for the mill.",
        main_job_title="Shaft repair",
        main_job_detail="x " * 1000,
        **verified,
    )
    for number, (what, tools) in enumerate([("Turn", "Lathe, micrometer"), ("Fit", "lathe; press")], start=1):
        Operation.objects.create(report=report, number=number, description=what, tools=tools)
    return report


# -- the draft ----------------------------------------------------------------------------------------------------


def test_a_draft_says_what_the_logbook_holds_and_nothing_else(world):
    world.company.description = "It mends mills."
    world.company.address = "Mill Road 1"
    world.company.save()
    world.placement.task = "Repair of shafts"
    world.placement.save()
    week = a_week(world)
    drafted = draft_of(facts_of(world.enrolment, [week], world.student, language="en"))
    name, host = world.company.name, world.industrial_supervisor.get_full_name()
    assert drafted["title"] == f"Practical training at {name}"
    assert drafted["acknowledgements"] == (
        f"I thank {host} at {name} and {world.university_supervisor.get_full_name()} of the university, who guided me."
    )
    assert "This report is made of 1 week with 1 day and 8 hours of work." in drafted["introduction"]
    assert "It mends mills." in drafted["company_overview"]
    assert drafted["objectives"].startswith("The work that was agreed before the training: Repair of shafts")
    assert drafted["methodology"].endswith(
        "The main jobs took 2 operations. I worked with: Lathe, micrometer and press."
    )
    lines = drafted["achievements"].split("\n")
    assert (lines[0].endswith(": Shaft repair"), lines[1], lines[2][-1]) == (True, "New shafts for the mill.", "…")
    assert lines[3:] == ["1. Turn", "2. Fit"]
    assert drafted["skills"] == "\N{EN DASH} turning (1 day)"
    assert (drafted["challenges"], drafted["recommendations"]) == ("", "")
    assert "The company has verified 1 of these weeks, the university has validated 0." in drafted["conclusion"]


def test_a_draft_without_place_and_weeks_is_nearly_empty():
    student = EnrolmentFactory.create()
    facts = facts_of(student, [], student.student, language="en")
    drafted = draft_of(
        Facts(facts.university, facts.student, facts.hosts, facts.start, facts.end, weeks=(), required_hours=0)
    )
    written = {name for name, text in drafted.items() if text}
    assert written == {"title", "introduction"}


def test_drafting_fills_only_what_is_empty(world):
    week = a_week(world)
    save_report(world.enrolment, {"introduction": "My own words."}, actor=world.student)
    done = draft_report(world.enrolment, [week.pk], actor=world.student, language="en")
    assert (done.report.introduction, list(done.report.compiled_from.all())) == ("My own words.", [week])
    before = done.filled
    again = draft_report(world.enrolment, [week.pk], actor=world.student, language="en")
    assert (before > 5, again.filled) == (True, 0)


def test_drafting_from_no_week_or_from_anothers_is_refused(world):
    other = WeeklyReportFactory.create()
    for keys in ([], [other.pk]):
        with pytest.raises(RuleViolation) as caught:
            draft_report(world.enrolment, keys, actor=world.student, language="en")
        assert caught.value.code == "no_weeks"


# -- writing ------------------------------------------------------------------------------------------------------


def test_an_old_sight_writes_nothing_over(world):
    report = save_report(world.enrolment, {"title": "Shafts"}, actor=world.student)
    save_report(world.enrolment, {"title": "Gears"}, actor=world.student, expected_version=report.version)
    with pytest.raises(Stale):
        save_report(world.enrolment, {"title": "Old"}, actor=world.student, expected_version=report.version)
    assert GeneralReport.objects.get().title == "Gears"


def test_only_the_student_writes_and_only_while_it_is_there(world):
    with pytest.raises(NotAllowed):
        save_report(world.enrolment, {"title": "x"}, actor=world.fellow_student)
    full(world, state="submitted")
    with pytest.raises(WrongState):
        save_report(world.enrolment, {"title": "x"}, actor=world.student)


def test_completeness_and_words_are_counted(world):
    report = GeneralReportFactory.build(enrolment=world.enrolment, title="Shafts", introduction="I am here.")
    assert (report.completeness, report.words) == (20, 3)
    assert report.missing[0] == "company_overview"
    done = full(world, acknowledgements="")
    assert (done.completeness, done.missing) == (100, [])


# -- the student's pages ------------------------------------------------------------------------------------------


def test_the_editor_keeps_sends_and_then_only_shows(world):
    page = signed_in(world.student)
    address = reverse("general_report")
    assert page.get(address).status_code == 200
    assert GeneralReport.objects.count() == 0
    page.post(address, {"title": "Shafts", "move": "submit"})
    report = GeneralReport.objects.get()
    assert (report.title, report.state) == ("Shafts", "draft")
    typed = {"title": "Shafts", **dict.fromkeys(SECTIONS, "Turned."), "version": report.version, "move": "submit"}
    page.post(address, typed)
    report.refresh_from_db()
    assert report.state == "submitted"
    assert page.get(address)["Location"] == reverse("report_detail", args=[report.pk])
    run_due_tasks()
    told = Notice.objects.filter(kind="reporting.report_waits").values_list("recipient", flat=True)
    assert list(told) == [world.university_supervisor.pk]


def test_the_editor_fills_from_the_ticked_weeks(world):
    week = a_week(world)
    page = signed_in(world.student)
    answer = page.post(reverse("general_report"), {"weeks": [week.pk, "x"], "move": "draft"}, follow=True)
    assert "empty parts were filled from your logbook" in answer.text
    assert "New shafts for the mill." in answer.text


def test_what_cannot_be_kept_is_said_at_its_field_with_all_that_was_typed(world):
    page = signed_in(world.student)
    answer = page.post(reverse("general_report"), {"title": "Shafts", "skills": "bell \x07"})
    assert (answer.status_code, "Shafts" in answer.text) == (400, True)
    assert list(answer.context["form"].errors) == ["skills"]
    report = full(world, version=3)
    answer = page.post(reverse("general_report"), {"title": "Mine", "version": 2})
    assert (answer.status_code, "Mine" in answer.text) == (400, True)
    report.refresh_from_db()
    assert report.title == "Shafts"


def test_typing_is_kept_in_the_background(world):
    page = signed_in(world.student)
    address = reverse("general_report_autosave")
    kept = page.post(address, {"title": "Shafts"})
    assert (kept.status_code, kept.json()["version"]) == (200, 1)
    stale = page.post(address, {"title": "Old", "version": 0})
    assert (stale.status_code, stale.json()["code"]) == (400, "stale")
    assert page.post(address, {"title": "x" * 300}).status_code == 400


def test_the_editor_is_for_students_who_are_enrolled(world, client):
    assert signed_in(world.coordinator).get(reverse("general_report")).status_code == 403
    world.enrolment.is_active = False
    world.enrolment.save()
    assert signed_in(world.student).get(reverse("general_report")).status_code == 404


# -- the university's pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("move", "kind"), [("approve", "report_approved"), ("request_revision", "report_came_back")])
def test_the_supervisor_decides_and_the_student_is_told(world, move, kind):
    report = full(world, state="submitted")
    desk = signed_in(world.university_supervisor)
    assert "Turned shafts." in desk.get(reverse("report_detail", args=[report.pk])).text
    posted = {"move": move, "reason": "Say which shafts.", "version": report.version}
    desk.post(reverse("report_move", args=[report.pk]), posted)
    report.refresh_from_db()
    run_due_tasks()
    told = Notice.objects.get(kind=f"reporting.{kind}")
    assert (told.recipient_id, report.state == "approved") == (world.student.pk, move == "approve")
    approved = report_page(report, language="en").approved
    assert (approved.name if approved else "") == (
        world.university_supervisor.get_full_name() if move == "approve" else ""
    )
    assert signed_in(world.student).get(reverse("report_detail", args=[report.pk])).status_code == 200


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF-")])
def test_a_report_comes_in_both_forms(world, form, begins):
    report = full(world, state="approved", approved_by=world.university_supervisor, approved_at=timezone.now())
    answer = signed_in(world.coordinator).post(reverse("report_download", args=[report.pk, form]))
    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert signed_in(world.superuser).post(reverse("report_download", args=[report.pk, form])).status_code == 403


def test_a_report_that_cannot_be_made_says_why(world, monkeypatch):
    monkeypatch.setattr(pdf, "build_report", _refuse)
    report = full(world)
    answer = signed_in(world.student).post(reverse("report_download", args=[report.pk, "pdf"]), follow=True)
    assert "There is no PDF here." in answer.text


def _refuse(*_args, **_kwargs):
    raise RuleViolation("pdf_unavailable", "There is no PDF here.")


def test_a_report_before_any_place_has_the_cohorts_days():
    enrolment = EnrolmentFactory.create()
    essay = report_page(GeneralReportFactory.create(enrolment=enrolment), language="ar")
    assert (essay.book.start, essay.book.host.name, essay.is_rtl) == (enrolment.cohort.start, "", True)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "?state=waiting"])
def test_the_list_takes_the_same_queries_for_any_number(world, rows, query, django_assert_num_queries):
    for enrolment in EnrolmentFactory.create_batch(rows, cohort=world.other_cohort):
        GeneralReportFactory.create(enrolment=enrolment, state="submitted")
    desk = signed_in(world.foreign_coordinator)
    desk.get(reverse("report_list"))
    with django_assert_num_queries(6):
        answer = desk.get(reverse("report_list") + query)
    assert len(answer.context["page"].object_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_workspace_list_takes_the_same_queries_for_any_number(world, rows, django_assert_num_queries):
    for enrolment in EnrolmentFactory.create_batch(rows, cohort=world.other_cohort):
        GeneralReportFactory.create(enrolment=enrolment, state="submitted")
    desk = signed_in(world.foreign_coordinator)
    desk.get("/admin/reporting/generalreport/")
    with django_assert_num_queries(8):
        assert desk.get("/admin/reporting/generalreport/").status_code == 200
