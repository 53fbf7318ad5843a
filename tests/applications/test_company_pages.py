"""Applicants and trainees in the browser of the company."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice, User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import CompanyState, Role
from apps.applications.models import Disclosure, Placement
from apps.applications.states import ApplicationState, DisclosureWay, PlacementState, SupervisorKind
from apps.vacancies.states import VacancyState
from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory, CompanyMemberFactory, StudentFactory, UserFactory
from tests.factories.applications import (
    AgreementFactory,
    ApplicationFactory,
    PlacementAmendmentFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
    ResumeFactory,
)
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def company(member) -> Client:
    return signed_in(member.user)


@pytest.fixture
def vacancy(member):
    return VacancyFactory.create(company=member.company, title="Fitter", places=2)


def address(name: str, *args: int) -> str:
    return reverse(name, args=args)


# -- what waits ---------------------------------------------------------------------------------------------------


def test_the_first_page_counts_what_waits(company, member, vacancy):
    ApplicationFactory.create(vacancy=vacancy)
    ApplicationFactory.create(
        vacancy=vacancy,
        state=ApplicationState.INTERVIEW_SCHEDULED,
        interview_at=timezone.now() + dt.timedelta(days=1),
    )
    ApplicationFactory.create(vacancy=vacancy, state=ApplicationState.WITHDRAWN)
    PlacementFactory.create(company=member.company)
    PlacementSupervisorFactory.create(placement__company=member.company)
    ApplicationFactory.create(vacancy__title="SECRET")
    page = company.get(reverse("company_home"))
    assert [card.count for card in page.context["cards"]] == [2, 1, 0, 1]
    assert b"SECRET" not in page.content


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_page_asks_the_same_number_of_questions(company, vacancy, count, django_assert_num_queries):
    in_a_day = timezone.now() + dt.timedelta(days=1)
    ApplicationFactory.create_batch(
        count, vacancy=vacancy, state=ApplicationState.INTERVIEW_SCHEDULED, interview_at=in_a_day
    )
    PlacementFactory.create_batch(count, company=vacancy.company)
    # session, person, scope, companies, four counts, four lists, any vacancy?, unread notices
    with django_assert_num_queries(14):
        company.get(reverse("company_home"))


def test_a_new_company_reads_that_it_waits_and_what_to_do_first():
    member = CompanyMemberFactory.create(company__state=CompanyState.PROPOSED)
    page = signed_in(member.user).get(reverse("company_home")).text
    assert "has not approved" in page
    assert "You have not offered a place yet." in page


@pytest.mark.parametrize("name", ["company_home", "company_vacancy_list", "company_trainees"])
def test_the_pages_of_companies_are_not_there_for_others(name, member):
    others = [StudentFactory.create(), UserFactory.create(roles=[Role.COORDINATOR]), UserFactory.create()]
    assert [signed_in(person).get(reverse(name)).status_code for person in others] == [404, 404, 404]
    assert Client().get(reverse(name)).status_code == 302


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["closed", "active", "draft"]),
        ("draft", ["draft"]),
        ("closed", ["closed"]),
        ("x", ["closed", "active", "draft"]),
    ],
)
def test_the_list_of_vacancies_has_a_tab_for_each_state(company, member, query, titles):
    for state in VacancyState:
        VacancyFactory.create(company=member.company, title=state.value, state=state)
    VacancyFactory.create(title="SECRET")
    page = company.get(reverse("company_vacancy_list"), {"state": query})
    assert [vacancy.title for vacancy in page.context["page"]] == titles
    assert [tab["count"] for tab in page.context["tabs"]] == [3, 1, 1, 1]


def test_the_list_of_vacancies_counts_who_waits_for_an_answer(company, vacancy):
    for state in ApplicationState:
        ApplicationFactory.create(vacancy=vacancy, state=state)
    page = company.get(reverse("company_vacancy_list"))
    assert [row.waiting for row in page.context["page"]] == [4]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_vacancies_asks_the_same_number_of_questions(company, member, count, django_assert_num_queries):
    for vacancy in VacancyFactory.create_batch(count, company=member.company):
        ApplicationFactory.create_batch(2, vacancy=vacancy)
    # session, person, scope, tabs, count, page, unread notices
    with django_assert_num_queries(7):
        company.get(reverse("company_vacancy_list"))


# -- applicants ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tab", "states"),
    [
        ("", ["pending", "under_review", "shortlisted", "interview_scheduled"]),
        ("accepted", ["accepted"]),
        ("rejected", ["rejected"]),
        ("withdrawn", []),
    ],
)
def test_applicants_stand_under_tabs_and_who_withdrew_is_gone(company, vacancy, tab, states):
    for state in ApplicationState:
        ApplicationFactory.create(vacancy=vacancy, state=state)
    page = company.get(address("company_applicants", vacancy.pk), {"state": tab} if tab else {})
    assert [row["application"].state for row in page.context["rows"]] == states
    assert [entry["count"] for entry in page.context["tabs"]] == [4, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_applicants_asks_the_same_number_of_questions(company, vacancy, count, django_assert_num_queries):
    ApplicationFactory.create_batch(count, vacancy=vacancy)
    # session, person, scope, vacancy, tabs, count, page, criteria, unread notices
    with django_assert_num_queries(9):
        company.get(address("company_applicants", vacancy.pk))


def test_an_applicant_is_decided_from_the_list(company, vacancy):
    application = ApplicationFactory.create(vacancy=vacancy)
    move = address("company_application_move", application.pk)
    response = company.post(f"{move}?from=list", {"move": "shortlist", "version": "0"})
    assert response.headers["Location"] == address("company_applicants", vacancy.pk)
    response = company.post(move, {"move": "accept", "version": "1"})
    assert response.headers["Location"] == address("company_application", application.pk)
    application.refresh_from_db()
    assert (application.state, Placement.objects.get().application) == (ApplicationState.ACCEPTED, application)


def test_a_rejection_needs_a_reason(company, vacancy):
    application = ApplicationFactory.create(vacancy=vacancy)
    move = address("company_application_move", application.pk)
    refused = company.post(move, {"move": "reject", "reason": "  "}, follow=True)
    assert [str(m) for m in refused.context["messages"]] == ["Say why, so that the other side knows what to do."]
    company.post(move, {"move": "reject", "reason": "Too far away."})
    application.refresh_from_db()
    assert (application.state, application.reason) == (ApplicationState.REJECTED, "Too far away.")


def test_the_full_vacancy_accepts_nobody_more(company, member):
    full = VacancyFactory.create(company=member.company, places=1, places_taken=1)
    application = ApplicationFactory.create(vacancy=full)
    page = company.get(address("company_application", application.pk))
    assert "accept" not in [move.name for move in page.context["moves"]]
    company.post(address("company_application_move", application.pk), {"move": "accept"})
    application.refresh_from_db()
    assert application.state == ApplicationState.PENDING


def test_the_text_of_a_resume_is_shown_when_asked_for_and_goes_on_record(company, vacancy, member):
    resume = ResumeFactory.create(text="Turning and milling.")
    application = ApplicationFactory.create(vacancy=vacancy, resume=resume)
    page = address("company_application", application.pk)
    assert "Turning and milling." not in company.get(page).text
    assert Disclosure.objects.count() == 0
    for _time in range(2):
        assert "Turning and milling." in company.get(page, {"resume": "text"}).text
    assert list(Disclosure.objects.values_list("viewer", "way")) == [(member.user.pk, DisclosureWay.TEXT)]


def test_after_a_rejection_the_resume_is_closed(company, vacancy):
    application = ApplicationFactory.create(
        vacancy=vacancy, state=ApplicationState.REJECTED, resume__text="SECRET TEXT"
    )
    page = company.get(address("company_application", application.pk), {"resume": "text"})
    assert (page.context["can_open"], "SECRET TEXT" in page.text) == (False, False)
    assert address("resume_download", application.resume_id) not in page.text


def test_an_interview_is_arranged_with_time_and_place_and_the_student_told(company, vacancy):
    application = ApplicationFactory.create(vacancy=vacancy)
    interview = address("company_interview", application.pk)
    for wrong, field in (({"at": "", "place": "Gate"}, "at"), ({"at": "2020-01-01T10:00", "place": "Gate"}, "at")):
        response = company.post(interview, wrong)
        assert (response.status_code, list(response.context["interview_form"].errors)) == (200, [field])
    later = timezone.localtime(timezone.now() + dt.timedelta(days=2))
    company.post(interview, {"at": later.strftime("%Y-%m-%dT%H:%M"), "place": " Gate  3 "})
    application.refresh_from_db()
    assert (application.state, application.interview_place) == (ApplicationState.INTERVIEW_SCHEDULED, "Gate 3")
    run_due_tasks()
    notice = Notice.objects.get(recipient=application.student)
    assert (notice.kind, notice.facts["place"]) == ("applications.interview_scheduled", "Gate 3")


def test_a_decided_applicant_is_not_invited(company, vacancy):
    application = ApplicationFactory.create(vacancy=vacancy, state=ApplicationState.REJECTED)
    assert company.get(address("company_application", application.pk)).context["can_invite"] is False
    response = company.post(address("company_interview", application.pk), {"at": "2999-01-01T10:00", "place": "Gate"})
    assert response.context["interview_form"].non_field_errors() == [
        "This is not possible any more: the state has changed meanwhile."
    ]


def test_notes_are_kept_for_the_company_alone(company, vacancy):
    application = ApplicationFactory.create(vacancy=vacancy)
    company.post(address("company_notes", application.pk), {"notes": "Good hands."})
    company.post(address("company_notes", application.pk), {"notes": "x" * 4001})
    application.refresh_from_db()
    assert (application.company_notes, application.version) == ("Good hands.", 0)


COMPANY_PAGES = [
    ("get", "company_applicants"),
    ("get", "company_application"),
    ("post", "company_application_move"),
    ("post", "company_interview"),
    ("post", "company_notes"),
    ("post", "company_supervisor"),
    ("post", "company_supervisor_release"),
]


@pytest.mark.parametrize(("method", "name"), COMPANY_PAGES)
def test_a_rival_does_not_find_what_belongs_to_another_company(company, vacancy, method, name):
    application = ApplicationFactory.create(vacancy=vacancy, cover_letter="SECRET")
    supervision = PlacementSupervisorFactory.create(placement__company=vacancy.company)
    keys = {
        "company_applicants": vacancy.pk,
        "company_supervisor": supervision.placement_id,
        "company_supervisor_release": supervision.pk,
    }
    key = keys.get(name, application.pk)
    typed = {
        "move": "shortlist",
        "notes": "x",
        "name": "X",
        "email": "x@x.example",
        "at": "2999-01-01T10:00",
        "place": "X",
    }
    rival = signed_in(CompanyMemberFactory.create().user)
    assert getattr(company, method)(address(name, key), typed).status_code in (200, 302)
    response = getattr(rival, method)(address(name, key), typed)
    assert (response.status_code, b"SECRET" in response.content) == (404, False)
    assert getattr(rival, method)(address(name, 10**9), typed).status_code == 404


def test_who_withdrew_is_not_there_for_the_company(company, vacancy):
    gone = ApplicationFactory.create(vacancy=vacancy, state=ApplicationState.WITHDRAWN)
    assert company.get(address("company_application", gone.pk)).status_code == 404


# -- trainees -----------------------------------------------------------------------------------------------------


def test_trainees_are_shown_with_their_supervisors(company, member):
    placement = PlacementFactory.create(company=member.company)
    PlacementSupervisorFactory.create(placement=placement, user__first_name="Joseph")
    PlacementSupervisorFactory.create(placement=placement, user__first_name="Former", is_active=False)
    PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY, user__first_name="Lecturer")
    PlacementFactory.create(company=member.company, state=PlacementState.CANCELLED)
    PlacementFactory.create(company=CompanyFactory.create(name="SECRET"))
    page = company.get(reverse("company_trainees"))
    assert [row["placement"] for row in page.context["rows"]] == [placement]
    assert [name in page.text for name in ("Joseph", "Lecturer", "Former", "SECRET")] == [True, True, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_trainees_asks_the_same_number_of_questions(company, member, count, django_assert_num_queries):
    for placement in PlacementFactory.create_batch(count, company=member.company):
        PlacementSupervisorFactory.create_batch(2, placement=placement)
        PlacementAmendmentFactory.create(placement=placement, made_by=UserFactory.create())
        AgreementFactory.create(placement=placement)
    # session, person, scope, count, page, supervisors with their people, amendments, papers,
    # signatures, notices
    with django_assert_num_queries(10):
        company.get(reverse("company_trainees"))


def test_the_company_names_its_supervisor_and_takes_one_away(company, member):
    placement = PlacementFactory.create(company=member.company)
    named = address("company_supervisor", placement.pk)
    company.post(named, {"name": "Joseph Temba", "email": "Temba@Host.example"})
    row = placement.supervisors.get()
    assert (row.user.email, row.kind, row.is_deputy) == ("temba@host.example", SupervisorKind.INDUSTRIAL, False)
    run_due_tasks()
    assert [n.kind for n in Notice.objects.filter(recipient=row.user)] == ["applications.supervisor_named"]
    company.post(address("company_supervisor_release", row.pk))
    row.refresh_from_db()
    assert row.is_active is False
    assert company.post(address("company_supervisor_release", row.pk)).status_code == 404


def test_what_is_wrong_with_a_supervisor_stands_in_the_form_of_that_trainee(company, member):
    placement, other = PlacementFactory.create_batch(2, company=member.company)
    student = User.objects.get(pk=placement.enrolment.student_id)
    response = company.post(address("company_supervisor", placement.pk), {"name": "Me", "email": student.email})
    forms = {row["placement"]: row["form"].errors.get("email", []) for row in response.context["rows"]}
    assert forms == {
        placement: ["This is a student's address. Enter the address of your supervisor."],
        other: [],
    }
    response = company.post(address("company_supervisor", placement.pk), {"name": "", "email": "no address"})
    opened = [row["placement"] for row in response.context["rows"] if row["is_open"]]
    assert (opened, placement.supervisors.count()) == ([placement], 0)


def test_the_university_side_is_not_the_companys(company, member):
    row = PlacementSupervisorFactory.create(placement__company=member.company, kind=SupervisorKind.UNIVERSITY)
    assert company.post(address("company_supervisor_release", row.pk)).status_code == 404
    row.refresh_from_db()
    assert row.is_active is True
