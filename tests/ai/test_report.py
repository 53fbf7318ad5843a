"""Help with the general report, the vacancy and the resume; the declaration that goes with the report."""

import re

import pytest
from django.utils import timezone

from apps.ai.models import AiCall
from apps.ai.states import Decision
from apps.applications.services.help import cohort_of, resume_wish
from apps.logbook.states import ChainState
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.states import GeneralReportState
from apps.vacancies.models import Vacancy
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation
from tests.factories.ai import AiCallFactory
from tests.factories.applications import ResumeFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.vacancies import VacancyFactory


@pytest.fixture
def page(client, student):
    client.force_login(student)
    return client


def take(page, **fields):
    call = AiCall.objects.get()
    names = fields.get("names", list(call.after))
    page.post(f"/ai/{call.pk}/accept/", {"field": names})
    return call


def test_one_part_is_mended(page, run):
    assert b"Help with this text" in page.get("/report/").content
    page.post(
        "/report/help/",
        {"title": "Report", "introduction": "i was their for 8 weeks", "help": "introduction:text_grammar"},
    )
    run()
    call = take(page)
    report = GeneralReport.objects.get()
    assert (report.title, report.introduction) == ("Report", call.after["introduction"])
    assert report.introduction.startswith("I was")


def test_empty_parts_are_filled_and_written_ones_are_not(page, world, run):
    today = timezone.localdate()
    DailyLogFactory.create(
        placement=world.placement, text="Turned shafts.", state=ChainState.SUBMITTED, skills=["Turning"]
    )
    WeeklyReportFactory.create(
        placement=world.placement, week_start=monday_of(today), summary="The pump failed.", state=ChainState.SUBMITTED
    )
    page.post("/report/help/", {"introduction": "My own words.", "help": "all:reporting_complete"})
    run()
    call = take(page)
    report = GeneralReport.objects.get()
    assert "introduction" not in call.after
    assert report.introduction == "My own words."
    assert world.company.name in report.conclusion
    assert "Turning" in report.skills


def test_a_full_report_has_nothing_to_fill(page):
    answer = page.post(
        "/report/help/", {**dict.fromkeys(SECTIONS, "Full."), "help": "all:reporting_complete"}, follow=True
    )
    assert "has a text already" in answer.content.decode()
    assert page.post("/report/help/", {"help": "title:text_grammar"}).status_code == 404
    stale = page.post("/report/help/", {"version": "99", "help": "skills:text_grammar"}, follow=True)
    assert "another device" in stale.content.decode()


def test_a_report_that_was_sent_takes_no_draft(page, run):
    page.post("/report/help/", {"introduction": "i was their", "help": "introduction:text_grammar"})
    run()
    GeneralReport.objects.update(state=GeneralReportState.SUBMITTED)
    call = take(page)
    call.refresh_from_db()
    assert (call.decision, GeneralReport.objects.get().introduction) == (Decision.OPEN, "i was their")


@pytest.mark.parametrize("count", [1, 3])
def test_the_declaration_lists_all_help(page, world, student, count, django_assert_num_queries):
    log = DailyLogFactory.create(placement=world.placement, text="Today I turned.", state=ChainState.DRAFT)
    AiCallFactory.create_batch(
        count,
        user=student,
        subject=student,
        cohort=world.cohort,
        place="logbook.day",
        key=log.pk,
        title="Monday",
        decision=Decision.ACCEPTED,
        before={"text": "i turned"},
        after={"text": "Today I turned."},
    )
    with django_assert_num_queries(10):
        words = page.get(f"/documents/{world.placement.pk}/ai/").content.decode()
    assert words.count("Day · Monday") == count
    assert "1 of 3 words came from AI help (33 %)." in words


@pytest.mark.parametrize(
    ("field", "enabled", "line"),
    [
        ("introduction", True, "1 of 3 words came from AI help (33 %)."),
        ("introduction", False, ""),
        ("conclusion", True, "AI help was used; nothing of it stands here any more."),
    ],
)
def test_who_marks_a_report_sees_how_much_came_from_help(client, world, student, field, enabled, line):
    report = GeneralReport.objects.create(
        enrolment=world.placement.enrolment, introduction="Today I turned.", state=GeneralReportState.SUBMITTED
    )
    type(world.cohort).objects.update(ai_enabled=enabled)
    AiCallFactory.create(
        user=student,
        cohort=world.cohort,
        place="reporting.report",
        key=report.pk,
        decision=Decision.ACCEPTED,
        before={field: "i turned"},
        after={field: "Today I turned."},
    )
    client.force_login(world.university_supervisor)
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert re.findall(r"<p class=\"small quiet num\">([^<]*AI help[^<]*)</p>", page) == ([line] if line else [])


def test_a_declaration_without_help_says_so(page, world, client):
    assert "No AI help" in page.get(f"/documents/{world.placement.pk}/ai/").content.decode()
    assert b"Declaration of AI help" in page.get("/documents/").content
    client.force_login(world.fellow_student)
    assert client.get(f"/documents/{world.placement.pk}/ai/").status_code == 404


def test_a_vacancy_is_mended_for_its_company(client, world, everybody_agreed, run):
    vacancy = VacancyFactory.create(company=world.company, description="we seeks a trainee for the the lathe")
    client.force_login(world.representative)
    address = f"/company/vacancies/{vacancy.pk}/help/"
    names = ("title", "short_description", "description", "location", "work_mode", "work_type", "places")
    typed = {name: getattr(vacancy, name) for name in names} | {"deadline": vacancy.deadline.isoformat()}
    assert client.post(address, {**typed, "places": ""}).status_code == 200
    assert "meanwhile" in client.post(address, {**typed, "version": "99"}, follow=True).content.decode()
    assert AiCall.objects.count() == 0
    client.post(address, typed)
    run()
    take(client)
    assert Vacancy.objects.get(pk=vacancy.pk).description == "We seek a trainee for the lathe."
    call = AiCall.objects.get()
    Vacancy.objects.filter(pk=vacancy.pk).update(state="closed")
    client.post(f"/ai/{call.pk}/undo/")
    assert Vacancy.objects.get(pk=vacancy.pk).description == "We seek a trainee for the lathe."


def test_a_resume_gets_its_experience(page, student, run):
    resume = ResumeFactory.create(
        owner=student, text="Fitter, Njia Works, 2023 - 2024\nBSc, Lugalo University, 2022 - 2025"
    )
    assert b"Read the resume" in page.get(f"/resumes/{resume.pk}/facts/").content
    page.post(f"/resumes/{resume.pk}/help/")
    run()
    take(page)
    resume.refresh_from_db()
    assert resume.shown_facts["experience"] == ["Fitter, Njia Works, 2023 - 2024"]


def test_who_is_in_no_cohort_gets_no_help_with_a_resume(student):
    student.enrolments.update(is_active=False)
    assert cohort_of(student) is None
    with pytest.raises(RuleViolation) as refused:
        resume_wish(ResumeFactory.create(owner=student), actor=student)
    assert refused.value.code == "ai_off"
