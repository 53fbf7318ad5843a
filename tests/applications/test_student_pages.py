"""From the wish to the place in the student's browser."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Company, User
from apps.accounts.states import CompanyState
from apps.applications.models import Application, Disclosure, Placement, Resume
from apps.applications.states import ApplicationState, DisclosureWay, PlacementOrigin, PlacementState, SupervisorKind
from apps.vacancies.states import VacancyState
from portal.kernel.fsm import perform
from tests.clients import resume_file, signed_in
from tests.factories.accounts import CompanyMemberFactory, EnrolmentFactory, UserFactory
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
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def student(enrolment) -> Client:
    return signed_in(enrolment.student)


def offer(enrolment) -> Placement:
    """Return the placement of an accepted application of the student."""
    member = CompanyMemberFactory.create()
    application = ApplicationFactory.create(vacancy__company=member.company, enrolment=enrolment)
    perform(application, "accept", actor=User.objects.get(pk=member.user.pk))
    return Placement.objects.get(application=application)


# -- applying -----------------------------------------------------------------------------------------------------


def test_a_student_applies_with_an_uploaded_resume(student):
    apply = reverse("vacancy_apply", args=[VacancyFactory.create().pk])
    assert list(student.get(apply).context["form"].fields) == ["file", "cover_letter"]
    response = student.post(apply, {"file": resume_file(), "cover_letter": " I want to. "})
    application = Application.objects.get()
    assert response.headers["Location"] == reverse("application_detail", args=[application.pk])
    assert (application.cover_letter, application.resume.original_name) == ("I want to.", "My CV.pdf")


def test_a_student_applies_with_a_stored_resume_and_the_readable_one_is_proposed(student, enrolment):
    readable = ResumeFactory.create(owner=enrolment.student)
    ResumeFactory.create(owner=enrolment.student, extraction="unreadable")
    ResumeFactory.create(original_name="SECRET.pdf")
    apply = reverse("vacancy_apply", args=[VacancyFactory.create().pk])
    page = student.get(apply)
    assert page.context["form"]["resume"].value() == readable.pk
    assert b"SECRET" not in page.content
    student.post(apply, {"resume": readable.pk, "cover_letter": ""})
    assert Application.objects.get().resume == readable


def test_an_uploaded_file_counts_whatever_is_chosen(student, enrolment):
    old = ResumeFactory.create(owner=enrolment.student)
    apply = reverse("vacancy_apply", args=[VacancyFactory.create().pk])
    student.post(apply, {"resume": old.pk, "file": resume_file(), "cover_letter": ""})
    assert Application.objects.get().resume != old


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "file"),
        ({"file": SimpleUploadedFile("cv.pdf", b"no pdf")}, "file"),
        ({"file": SimpleUploadedFile("cv.pdf", b"%PDF-" + b"x" * 5 * 1024 * 1024)}, "file"),
    ],
)
def test_what_is_no_resume_is_refused_at_its_field_and_nothing_is_sent(student, content, field):
    apply = reverse("vacancy_apply", args=[VacancyFactory.create().pk])
    response = student.post(apply, {**content, "cover_letter": "Kept"})
    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert b"Kept" in response.content
    assert (Application.objects.count(), Resume.objects.count()) == (0, 0)


def test_a_foreign_resume_is_no_choice(student, enrolment):
    ResumeFactory.create(owner=enrolment.student)
    apply = reverse("vacancy_apply", args=[VacancyFactory.create().pk])
    response = student.post(apply, {"resume": ResumeFactory.create().pk, "cover_letter": ""})
    assert list(response.context["form"].errors) == ["resume"]


def test_what_a_rule_refuses_is_shown_above_the_form(student, enrolment):
    vacancy = VacancyFactory.create(deadline=timezone.localdate() - dt.timedelta(days=1))
    resume = ResumeFactory.create(owner=enrolment.student)
    response = student.post(reverse("vacancy_apply", args=[vacancy.pk]), {"resume": resume.pk, "cover_letter": ""})
    assert response.context["form"].non_field_errors() == ["The deadline of this vacancy has passed."]


def test_an_application_changes_on_the_same_page_until_somebody_looks(student, enrolment):
    resume = ResumeFactory.create(owner=enrolment.student)
    application = ApplicationFactory.create(enrolment=enrolment, resume=resume, cover_letter="Old")
    apply = reverse("vacancy_apply", args=[application.vacancy_id])
    assert student.get(apply).context["form"]["cover_letter"].value() == "Old"
    detail = reverse("application_detail", args=[application.pk])
    response = student.post(apply, {"resume": resume.pk, "cover_letter": "New"})
    application.refresh_from_db()
    assert (response.headers["Location"], application.cover_letter, application.version) == (detail, "New", 1)
    read = ApplicationFactory.create(enrolment=enrolment, state=ApplicationState.UNDER_REVIEW)
    response = student.get(reverse("vacancy_apply", args=[read.vacancy_id]))
    assert response.headers["Location"] == reverse("application_detail", args=[read.pk])


def test_a_hidden_vacancy_cannot_be_applied_for(student):
    draft = VacancyFactory.create(state=VacancyState.DRAFT)
    assert student.get(reverse("vacancy_apply", args=[draft.pk])).status_code == 404
    assert student.post(reverse("vacancy_apply", args=[draft.pk]), {"file": resume_file()}).status_code == 404
    assert Resume.objects.count() == 0


@pytest.mark.parametrize("name", ["application_list", "my_placement", "place_found", "resume_list"])
def test_the_pages_of_students_are_for_students(name):
    assert signed_in(UserFactory.create()).get(reverse(name)).status_code == 403
    assert Client().get(reverse(name)).status_code == 302


# -- following ----------------------------------------------------------------------------------------------------


def test_the_list_shows_the_own_applications_newest_first(student, enrolment):
    first = ApplicationFactory.create(enrolment=enrolment)
    second = ApplicationFactory.create(enrolment=enrolment)
    ApplicationFactory.create(vacancy__title="SECRET")
    page = student.get(reverse("application_list"))
    assert list(page.context["page"]) == [second, first]
    assert b"SECRET" not in page.content


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_applications_asks_the_same_number_of_questions(
    student, enrolment, count, django_assert_num_queries
):
    for state in [ApplicationState.PENDING, ApplicationState.ACCEPTED, ApplicationState.REJECTED][:count]:
        application = ApplicationFactory.create(enrolment=enrolment, state=state)
        PlacementFactory.create(enrolment=enrolment, application=application, state=PlacementState.PROPOSED)
    # session, person, scope, count, page, unread notices
    with django_assert_num_queries(6):
        student.get(reverse("application_list"))


@pytest.mark.parametrize("state", ApplicationState.values)
def test_every_state_has_its_sentence(student, enrolment, state):
    application = ApplicationFactory.create(enrolment=enrolment, state=state)
    page = student.get(reverse("application_detail", args=[application.pk]))
    assert page.status_code == 200
    assert str(ApplicationState(state).label) in page.text


def test_the_company_notes_are_not_for_the_student(student, enrolment):
    application = ApplicationFactory.create(enrolment=enrolment, company_notes="SECRET")
    page = student.get(reverse("application_detail", args=[application.pk]))
    assert (page.status_code, "SECRET" in page.text) == (200, False)


def test_the_student_sees_interview_reason_and_who_opened_the_resume(student, enrolment):
    viewer = CompanyMemberFactory.create(user__first_name="Grace", user__last_name="Temba").user
    invited = ApplicationFactory.create(
        enrolment=enrolment,
        state=ApplicationState.INTERVIEW_SCHEDULED,
        interview_at=timezone.now(),
        interview_place="Gate 3",
    )
    Disclosure.objects.create(application=invited, resume=invited.resume, viewer=viewer, way=DisclosureWay.DOWNLOAD)
    page = student.get(reverse("application_detail", args=[invited.pk]))
    assert all(word in page.text for word in ("Gate 3", "Grace Temba", "Downloaded the file"))
    rejected = ApplicationFactory.create(enrolment=enrolment, state=ApplicationState.REJECTED, reason="Too far away")
    assert "Too far away" in student.get(reverse("application_detail", args=[rejected.pk])).text


def test_an_application_is_withdrawn_once(student, enrolment):
    application = ApplicationFactory.create(enrolment=enrolment)
    detail = reverse("application_detail", args=[application.pk])
    assert student.get(detail).context["can_withdraw"] is True
    student.post(detail, {"move": "withdraw", "version": "0"})
    page = student.get(detail)
    assert (page.context["application"].state, page.context["can_withdraw"]) == ("withdrawn", False)
    response = student.post(detail, {"move": "withdraw"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "This is not possible any more: the state has changed meanwhile."
    ]


def test_a_student_decides_about_nothing_but_the_own_side(student, enrolment):
    application = ApplicationFactory.create(enrolment=enrolment)
    assert student.post(reverse("application_detail", args=[application.pk]), {"move": "accept"}).status_code == 403
    application.refresh_from_db()
    assert application.state == ApplicationState.PENDING


def test_another_students_application_is_not_there(student):
    foreign = ApplicationFactory.create(cover_letter="SECRET")
    for method in ("get", "post"):
        response = getattr(student, method)(
            reverse("application_detail", args=[foreign.pk]), {"move": "withdraw", "version": "0"}
        )
        assert (response.status_code, b"SECRET" in response.content) == (404, False)
    foreign.refresh_from_db()
    assert foreign.state == ApplicationState.PENDING


# -- the place ----------------------------------------------------------------------------------------------------


def test_an_offer_is_confirmed_on_the_page_of_the_application(student, enrolment):
    placement = offer(enrolment)
    page = student.get(reverse("application_detail", args=[placement.application_id]))
    assert [move.name for move in page.context["placement_moves"]] == ["confirm"]
    assert [move.name for move in page.context["moves"]] == ["decline"]
    response = student.post(reverse("placement_move", args=[placement.pk]), {"move": "confirm", "version": "0"})
    placement.refresh_from_db()
    assert (response.headers["Location"], placement.state) == (reverse("my_placement"), PlacementState.CONFIRMED)


def test_an_offer_is_declined_with_a_reason_and_the_seat_is_free_again(student, enrolment):
    placement = offer(enrolment)
    application = Application.objects.get(pk=placement.application_id)
    detail = reverse("application_detail", args=[application.pk])
    student.post(detail, {"move": "decline"})
    application.refresh_from_db()
    assert application.state == ApplicationState.ACCEPTED
    student.post(detail, {"move": "decline", "reason": "I stay at home."})
    application.refresh_from_db()
    placement.refresh_from_db()
    assert (application.state, placement.state) == ("withdrawn", "cancelled")
    assert application.vacancy.places_taken == 0


def test_the_page_of_the_place_shows_people_days_and_what_to_do(student, enrolment):
    today = timezone.localdate()
    placement = PlacementFactory.create(enrolment=enrolment, state=PlacementState.CONFIRMED, start=today, share=50)
    PlacementSupervisorFactory.create(
        placement=placement, user__first_name="Joseph", user__email="joseph@host.example", user__phone="+255700000001"
    )
    PlacementSupervisorFactory.create(placement=placement, user__first_name="Former", is_active=False)
    PlacementSupervisorFactory.create(
        placement=placement, kind=SupervisorKind.UNIVERSITY, user__first_name="Lecturer", is_deputy=True
    )
    page = student.get(reverse("my_placement"))
    assert [place["can_arrive"] for place in page.context["places"]] == [True]
    assert all(word in page.text for word in ("Joseph", "joseph@host.example", "tel:+255700000001", "50 %", "deputy"))
    assert "Former" not in page.text


@pytest.mark.parametrize("state", PlacementState.values)
@pytest.mark.parametrize("origin", [PlacementOrigin.SELF_FOUND, PlacementOrigin.ALLOCATED])
def test_the_page_of_the_place_knows_every_state(student, enrolment, state, origin):
    PlacementFactory.create(enrolment=enrolment, state=state, origin=origin)
    page = student.get(reverse("my_placement"))
    assert (page.status_code, str(PlacementState(state).label) in page.text) == (200, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_the_place_asks_the_same_number_of_questions(student, enrolment, count, django_assert_num_queries):
    for placement in PlacementFactory.create_batch(count, enrolment=enrolment, state=PlacementState.PROPOSED):
        PlacementSupervisorFactory.create_batch(2, placement=placement)
        PlacementAmendmentFactory.create(placement=placement, made_by=UserFactory.create())
        AgreementFactory.create(placement=placement)
    # session, person, scope, placements, supervisors, their people, amendments, papers, signatures,
    # letters, may ask for one?, may propose?, notices
    with django_assert_num_queries(15):
        student.get(reverse("my_placement"))


def test_another_students_place_is_not_there(student):
    foreign = PlacementFactory.create(state=PlacementState.PROPOSED)
    assert student.post(reverse("placement_move", args=[foreign.pk]), {"move": "confirm"}).status_code == 404
    assert student.get(reverse("placement_move", args=[foreign.pk])).status_code == 405
    foreign.refresh_from_db()
    assert foreign.state == PlacementState.PROPOSED


def found_place(cohort, **changes: object) -> dict[str, object]:
    return {
        "company_name": "Arusha Gearbox Works",
        "address": "Sokoine Road 12",
        "supervisor_name": "Daniel Laizer",
        "supervisor_email": "Laizer@Gearbox.example",
        "supervisor_phone": "",
        "start": cohort.start.isoformat(),
        "end": cohort.end.isoformat(),
        "task": "Overhaul of gearboxes.",
        **changes,
    }


def test_a_found_place_is_one_page_of_eight_fields(student, enrolment):
    form = student.get(reverse("place_found")).context["form"]
    assert (len(form.fields), form["start"].value()) == (8, enrolment.cohort.start)
    response = student.post(reverse("place_found"), found_place(enrolment.cohort))
    placement = Placement.objects.get()
    assert response.headers["Location"] == reverse("my_placement")
    assert (placement.origin, placement.state) == (PlacementOrigin.SELF_FOUND, PlacementState.PROPOSED)
    assert placement.supervisor_email == "laizer@gearbox.example"
    assert (Company.objects.get().state, placement.supervisors.count()) == (CompanyState.PROPOSED, 0)


def test_a_found_place_that_a_rule_refuses_keeps_what_was_typed(student, enrolment):
    own = found_place(enrolment.cohort, supervisor_email=enrolment.student.email)
    response = student.post(reverse("place_found"), own)
    assert list(response.context["form"].errors) == ["supervisor_email"]
    assert b"Overhaul of gearboxes." in response.content
    assert (Placement.objects.count(), Company.objects.count()) == (0, 0)


def test_who_may_not_propose_is_led_to_the_own_place(student, enrolment):
    PlacementFactory.create(enrolment=enrolment, state=PlacementState.CONFIRMED)
    response = student.post(reverse("place_found"), found_place(enrolment.cohort))
    assert response.headers["Location"] == reverse("my_placement")
    assert Placement.objects.count() == 1
    assert student.get(reverse("my_placement")).context["can_propose"] is False
