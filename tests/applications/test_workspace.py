"""Vacancies, applications and placements in the coordinators' workspace."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.accounts.states import Role
from apps.applications.models import Application, Placement
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState, SupervisorKind
from apps.vacancies.models import Vacancy
from portal.kernel.admin import list_extensions
from tests.factories.accounts import (
    CompanyFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    UserFactory,
)
from tests.factories.applications import (
    AgreementFactory,
    ApplicationFactory,
    IntroductionLetterFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
)
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

PLACEMENTS = "/admin/applications/placement/"
# Each panel is one question or two; the rest are session, person, scope, the row, its moves, its history, and of an
# enrolment whether the page of its person opens.
STUDENT_PAGE, COMPANY_PAGE = 16, 17
PLACE = "/admin/applications/placement/place/"


def listed(response) -> list[object]:
    return list(response.context["cl"].result_list)


# -- lists --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("page", "questions"),
    [
        # session, person, scope, views, count, rows; cohorts to filter by, and the supervisors with their people
        (PLACEMENTS, 8),
        ("/admin/applications/application/", 7),
        # the phases to filter by
        ("/admin/vacancies/vacancy/", 8),
    ],
)
def test_lists_ask_the_same_number_of_questions(desk, cohort, page, questions, count, django_assert_num_queries):
    for enrolment in EnrolmentFactory.create_batch(count, cohort=cohort):
        application = ApplicationFactory.create(enrolment=enrolment)
        placement = PlacementFactory.create(enrolment=enrolment, application=application)
        PlacementSupervisorFactory.create_batch(2, placement=placement)
    with django_assert_num_queries(questions):
        assert len(listed(desk.get(page))) == count


def test_a_coordinator_sees_the_own_cohorts_only(desk, cohort):
    own = PlacementFactory.create(enrolment__cohort=cohort)
    foreign = PlacementFactory.create(company__name="SECRET")
    page = desk.get(PLACEMENTS)
    assert (listed(page), b"SECRET" in page.content) == ([own], False)
    assert desk.get(f"{PLACEMENTS}{foreign.pk}/change/").status_code == 404
    application = ApplicationFactory.create()
    assert desk.get(f"/admin/applications/application/{application.pk}/change/").status_code == 404


@pytest.mark.parametrize(
    ("todo", "found"),
    [
        ("confirm", ["self-found"]),
        ("student", ["offered"]),
        ("starts", ["starts"]),
        ("arrive", ["late"]),
        ("unsupervised", ["late", "starts"]),
        ("nonsense", ["late", "offered", "self-found", "starts", "supervised"]),
    ],
)
def test_placements_are_filtered_by_what_is_to_do(desk, cohort, todo, found):
    today = timezone.localdate()
    long_ago, monday = today - dt.timedelta(days=20), today - dt.timedelta(days=today.weekday())

    def make(name: str, **values: object) -> Placement:
        values = {"start": long_ago, **values}
        return PlacementFactory.create(enrolment__cohort=cohort, company__name=name, **values)

    make("self-found", state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND)
    make("offered", state=PlacementState.PROPOSED)
    make("starts", state=PlacementState.ACTIVE, start=monday)
    make("late", state=PlacementState.CONFIRMED)
    PlacementSupervisorFactory.create(placement=make("supervised"))
    page = desk.get(PLACEMENTS, {"todo": todo})
    assert sorted(placement.company.name for placement in page.context["cl"].result_list) == found


def test_placements_are_filtered_by_company(desk, cohort):
    own = PlacementFactory.create(enrolment__cohort=cohort)
    PlacementFactory.create(enrolment__cohort=cohort)
    assert listed(desk.get(PLACEMENTS, {"company__id__exact": own.company_id})) == [own]


@pytest.mark.parametrize(("place", "found"), [("none", ["free"]), ("some", ["placed"]), ("x", ["free", "placed"])])
def test_enrolments_are_filtered_by_place(desk, cohort, place, found):
    EnrolmentFactory.create(cohort=cohort, student__first_name="free")
    PlacementFactory.create(enrolment__cohort=cohort, enrolment__student__first_name="placed")
    page = desk.get("/admin/accounts/enrolment/", {"place": place})
    assert sorted(row.student.first_name for row in page.context["cl"].result_list) == found


def test_resumes_have_no_page_of_their_own(desk):
    assert desk.get("/admin/applications/resume/").status_code == 404


def test_lower_apps_pages_carry_panels_and_a_filter(desk, cohort):
    placement = PlacementFactory.create(enrolment__cohort=cohort, company__name="Gearbox Works")
    ApplicationFactory.create(enrolment=placement.enrolment, vacancy__title="Fitter")
    page = desk.get(f"/admin/accounts/enrolment/{placement.enrolment_id}/change/").text
    assert ("Gearbox Works" in page, "Fitter" in page) == (True, True)
    page = desk.get(f"/admin/accounts/company/{placement.company_id}/change/").text
    assert str(placement.enrolment.student) in page
    ours = {entry for entry in list_extensions() if entry[2] in ("applications", "placements", "trainees", "place")}
    assert ours == {
        ("accounts.Company", "panel", "trainees"),
        ("accounts.Enrolment", "filter", "place"),
        ("accounts.Enrolment", "panel", "applications"),
        ("accounts.Enrolment", "panel", "placements"),
    }


# -- the page of a placement --------------------------------------------------------------------------------------


def test_a_single_placement_takes_the_days_of_the_cohort(desk, cohort):
    enrolment, company = EnrolmentFactory.create(cohort=cohort), CompanyFactory.create()
    typed = {"enrolment": enrolment.pk, "company": company.pk, "start": "", "end": "", "share": "50"}
    desk.post(f"{PLACEMENTS}add/", {**typed, "site_address": "", "task": "Gears"})
    placement = Placement.objects.get()
    assert (placement.start, placement.end, placement.share, placement.task) == (cohort.start, cohort.end, 50, "Gears")


def test_days_of_a_placement_are_changed_and_a_rule_is_shown_in_the_form(desk, cohort):
    placement = PlacementFactory.create(enrolment__cohort=cohort)
    page = f"{PLACEMENTS}{placement.pk}/change/"
    typed = {"start": "2026-07-06", "end": "2026-08-28", "share": "100", "site_address": "Gate 3", "task": ""}
    typed["why"] = "The holidays have moved."
    desk.post(page, {**typed, "_version": "0"})
    placement.refresh_from_db()
    assert (placement.start, placement.site_address) == (dt.date(2026, 7, 6), "Gate 3")
    response = desk.post(page, {**typed, "share": "0", "_version": "1"})
    assert response.status_code == 200
    placement.refresh_from_db()
    assert placement.share == 100


def test_what_was_refused_opens_no_move(desk, cohort):
    placement = PlacementFactory.create(
        enrolment__cohort=cohort, state=PlacementState.ACTIVE, end=timezone.localdate() + dt.timedelta(days=9)
    )
    page = f"{PLACEMENTS}{placement.pk}/change/"
    shown = [button.moves[0].name for button in desk.get(page).context["move_buttons"]]
    typed = {"start": "2026-07-06", "end": "2026-07-07", "share": "0", "site_address": "", "task": "", "why": ""}
    refused = desk.post(page, {**typed, "_version": "0"})
    assert [button.moves[0].name for button in refused.context["move_buttons"]] == shown
    assert "complete" not in shown


def test_a_proposal_is_shown_with_the_named_supervisor_and_confirmed_in_the_list(desk, cohort):
    placement = PlacementFactory.create(
        enrolment__cohort=cohort,
        state=PlacementState.PROPOSED,
        origin=PlacementOrigin.SELF_FOUND,
        supervisor_name="Daniel Laizer",
        supervisor_email="laizer@gearbox.example",
    )
    page = desk.get(f"{PLACEMENTS}{placement.pk}/change/").text
    assert ("Daniel Laizer" in page, "laizer@gearbox.example" in page) == (True, True)
    desk.post(PLACEMENTS, {"action": "move_confirm", "_selected_action": [placement.pk], "index": "0"})
    placement.refresh_from_db()
    assert (placement.state, placement.supervisors.get().user.email) == ("confirmed", "laizer@gearbox.example")


def test_supervisors_of_both_sides_are_named_and_taken_away(desk, cohort):
    placement = PlacementFactory.create(enrolment__cohort=cohort)
    lecturer = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    name = f"{PLACEMENTS}{placement.pk}/supervisor/"
    desk.post(name, {"kind": "industrial", "name": "Joseph", "email": "joseph@host.example"})
    desk.post(name, {"kind": "university", "name": "", "email": lecturer.email})
    rows = placement.supervisors.order_by("kind")
    assert [(row.kind, row.user.email) for row in rows] == [
        (SupervisorKind.INDUSTRIAL, "joseph@host.example"),
        (SupervisorKind.UNIVERSITY, lecturer.email),
    ]
    assert desk.get(f"{PLACEMENTS}{placement.pk}/change/").text.count("Take away") == 2
    release = f"{name}{rows[1].pk}/release/"
    assert desk.post(release).status_code == 302
    assert desk.post(release).status_code == 404
    assert [row.is_active for row in placement.supervisors.order_by("kind")] == [True, False]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "university", "email": "nobody@uni.example"}, "Nobody with this address is a university supervisor."),
        ({"kind": "industrial", "email": "no address"}, "Enter a valid email address."),
        ({"kind": "neither", "email": "a@b.example"}, "Select a valid choice."),
    ],
)
def test_who_cannot_supervise_is_said(desk, cohort, typed, said):
    placement = PlacementFactory.create(enrolment__cohort=cohort)
    response = desk.post(f"{PLACEMENTS}{placement.pk}/supervisor/", {"name": "", **typed}, follow=True)
    assert [str(message).startswith(said) for message in response.context["messages"]] == [True]
    assert placement.supervisors.count() == 0


def test_supervisors_of_foreign_placements_are_not_there(desk):
    row = PlacementSupervisorFactory.create()
    name = f"{PLACEMENTS}{row.placement_id}/supervisor/"
    assert desk.post(name, {"kind": "industrial", "name": "X", "email": "x@x.example"}).status_code == 404
    assert desk.post(f"{name}{row.pk}/release/").status_code == 404
    row.refresh_from_db()
    assert row.is_active is True


def test_a_placement_that_is_over_offers_no_form_for_supervisors(desk, cohort):
    placement = PlacementFactory.create(enrolment__cohort=cohort, state=PlacementState.COMPLETED)
    assert "Name a supervisor" not in desk.get(f"{PLACEMENTS}{placement.pk}/change/").text


def test_the_page_of_a_placement_leads_to_its_application(desk, cohort):
    application = ApplicationFactory.create(enrolment=EnrolmentFactory.create(cohort=cohort))
    placement = PlacementFactory.create(enrolment=application.enrolment, application=application)
    page = desk.get(f"{PLACEMENTS}{placement.pk}/change/").text
    assert f"/admin/applications/application/{application.pk}/change/" in page


# -- applications and vacancies -----------------------------------------------------------------------------------


def test_an_application_is_shown_with_resume_but_without_the_companys_notes(desk, cohort):
    application = ApplicationFactory.create(
        enrolment=EnrolmentFactory.create(cohort=cohort), company_notes="SECRET", cover_letter="I want to."
    )
    page = desk.get(f"/admin/applications/application/{application.pk}/change/").text
    assert ("I want to." in page, "resume.pdf" in page, "SECRET" in page) == (True, True, False)


def test_applications_are_rejected_in_bulk_with_one_reason(desk, cohort):
    rows = [ApplicationFactory.create(enrolment=e) for e in EnrolmentFactory.create_batch(2, cohort=cohort)]
    action = {"action": "move_reject", "_selected_action": [row.pk for row in rows], "index": "0"}
    assert b"Why?" in desk.post("/admin/applications/application/", action).content
    desk.post("/admin/applications/application/", {**action, "confirmed": "1", "reason": "The company has closed."})
    assert set(Application.objects.values_list("state", "reason")) == {
        (ApplicationState.REJECTED, "The company has closed.")
    }


def typed_vacancy(**changes: object) -> dict[str, object]:
    return {
        "title": "Fitter",
        "short_description": "",
        "description": "Fits.",
        "location": "Moshi",
        "deadline": (timezone.localdate() + dt.timedelta(days=9)).isoformat(),
        "work_mode": "On-Site",
        "work_type": "Full-Time",
        "places": "2",
        "skills": "CAD, welding",
        "years": ["2", "3"],
        "phase": "",
        **changes,
    }


def test_a_coordinator_enters_changes_and_deletes_a_vacancy_for_a_company(desk):
    company = CompanyFactory.create()
    desk.post("/admin/vacancies/vacancy/add/", typed_vacancy(company=company.pk))
    vacancy = Vacancy.objects.get()
    assert (vacancy.company, vacancy.skills, vacancy.years) == (company, ["CAD", "welding"], [2, 3])
    page = f"/admin/vacancies/vacancy/{vacancy.pk}/change/"
    desk.post(page, typed_vacancy(title="Turner", skills="CAD", _version="0"))
    vacancy.refresh_from_db()
    assert (vacancy.title, vacancy.skills, vacancy.years, vacancy.version) == ("Turner", ["CAD"], [2, 3], 1)
    desk.post(f"/admin/vacancies/vacancy/{vacancy.pk}/delete/", {"post": "yes"})
    assert Vacancy.objects.count() == 0


def test_programmes_of_other_departments_stay_when_a_vacancy_is_changed(desk):
    vacancy = VacancyFactory.create(title="Old")
    foreign = ProgrammeFactory.create()
    vacancy.programmes.add(foreign)
    page = f"/admin/vacancies/vacancy/{vacancy.pk}/change/"
    assert f'value="{foreign.pk}" selected' in desk.get(page).text
    desk.post(page, typed_vacancy(programmes=[foreign.pk], places="1", _version="0"))
    vacancy.refresh_from_db()
    assert (vacancy.title, list(vacancy.programmes.all())) == ("Fitter", [foreign])


def test_a_vacancy_of_a_company_that_others_look_after_is_only_shown(desk):
    vacancy = VacancyFactory.create(company__proposed_for=DepartmentFactory.create(), title="Old")
    page = f"/admin/vacancies/vacancy/{vacancy.pk}/change/"
    assert desk.get(page).status_code == 200
    assert desk.post(page, typed_vacancy(_version="0")).status_code == 403
    vacancy.refresh_from_db()
    assert vacancy.title == "Old"
    assert Enrolment.objects.count() == 0


@pytest.mark.parametrize(("todo", "count"), [("company", 1), ("interview", 1), ("student", 1), ("", 4)])
def test_applications_are_filtered_by_what_happens(desk, cohort, todo, count):
    enrolment, now = EnrolmentFactory.create(cohort=cohort), timezone.now()
    old, invited, offered, _fresh = ApplicationFactory.create_batch(4, enrolment=enrolment)
    Application.objects.filter(pk__in=[old.pk, invited.pk]).update(created_at=now - dt.timedelta(days=8))
    Application.objects.filter(pk=invited.pk).update(interview_at=now + dt.timedelta(days=1))
    Application.objects.filter(pk=offered.pk).update(state=ApplicationState.ACCEPTED)
    PlacementFactory.create(enrolment=enrolment, application=offered, state=PlacementState.PROPOSED)
    page = desk.get(reverse("admin:applications_application_changelist"), {"todo": todo} if todo else {})
    assert page.context["cl"].result_count == count


def test_the_page_of_a_company_lists_who_applies_there(desk, cohort):
    mine = ApplicationFactory.create(enrolment__cohort=cohort, vacancy__title="Fitter")
    ApplicationFactory.create(vacancy=mine.vacancy, student__first_name="SECRET")
    page = desk.get(reverse("admin:accounts_company_change", args=[mine.vacancy.company_id])).text
    assert ("Fitter" in page, "See the 1 application" in page, "SECRET" in page) == (True, True, False)
    listed = desk.get(
        reverse("admin:applications_application_changelist"),
        {"vacancy__company__id__exact": mine.vacancy.company_id},
    )
    assert listed.context["cl"].result_count == 1
    empty = CompanyFactory.create(proposed_for=cohort.department)
    assert "No application yet." in desk.get(reverse("admin:accounts_company_change", args=[empty.pk])).text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "questions"), [("enrolment", STUDENT_PAGE), ("company", COMPANY_PAGE)])
def test_the_panels_of_a_student_and_of_a_company_ask_the_same_number_of_questions(
    desk, cohort, page, questions, count, django_assert_num_queries
):
    enrolment, company = EnrolmentFactory.create(cohort=cohort), CompanyFactory.create()
    for number in range(count):
        application = ApplicationFactory.create(enrolment=enrolment, vacancy__company=company)
        placement = PlacementFactory.create(
            enrolment=enrolment, company=company, application=application, share=number + 1
        )
        AgreementFactory.create(placement=placement)
        IntroductionLetterFactory.create(enrolment=enrolment)
    shown = enrolment if page == "enrolment" else company
    address = reverse(f"admin:accounts_{page}_change", args=[shown.pk])
    desk.get(address)
    with django_assert_num_queries(questions):
        text = desk.get(address).text
    panels = {
        "enrolment": ("placement", "application", "agreement", "introductionletter"),
        "company": ("placement", "application"),
    }
    assert [text.count(f"/admin/applications/{name}/") >= count for name in panels[page]] == [True] * len(panels[page])
