import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.applications import notifications, receivers, tasks
from apps.applications.models import Application, Placement
from apps.applications.notifications.facts import in_words
from apps.applications.services.applications import apply_for_vacancy
from apps.applications.services.interviews import schedule_interview
from apps.applications.services.placements import FoundPlace, allocate_placement, propose_self_found_placement
from apps.applications.services.supervisors import name_supervisor, release_supervisor
from apps.applications.states import ApplicationState, PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import Event, perform
from tests.factories.applications import ApplicationFactory, PlacementFactory, PlacementSupervisorFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def application(world):
    return ApplicationFactory.create(vacancy__company=world.company, enrolment=world.enrolment)


@pytest.fixture
def offered(world):
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.CANCELLED)
    return PlacementFactory.create(enrolment=world.enrolment, company=world.company, state=PlacementState.PROPOSED)


def told():
    """Run what is due and return who was told what, without the app's name."""
    run_due_tasks()
    rows = Notice.objects.order_by("pk").values_list("recipient", "kind")
    return [(recipient, kind.removeprefix("applications.")) for recipient, kind in rows]


def event(row, move, target):
    return Event(row._meta.label, [row.pk], move, target, None, "", "b1")


# -- applications -------------------------------------------------------------------------------------------------


def test_the_company_learns_of_an_application(world):
    vacancy = VacancyFactory.create(company=world.company, title="Welder")
    made = apply_for_vacancy_as_fellow(world, vacancy)
    assert told() == [(world.representative.pk, "application_received")]
    notice = Notice.objects.get()
    assert notice.url == reverse("company_application", args=[made.pk])
    assert notice.facts == {
        "student": str(world.foreign_student),
        "vacancy": "Welder",
        "company": world.company.name,
    }


def apply_for_vacancy_as_fellow(world, vacancy):
    student = world.foreign_student
    return apply_for_vacancy(
        vacancy, actor=student, resume=ApplicationFactory.create(enrolment=student.enrolments.get()).resume
    )


def test_an_application_that_was_withdrawn_at_once_is_not_announced(world):
    made = apply_for_vacancy_as_fellow(world, VacancyFactory.create(company=world.company))
    perform(made, "withdraw", actor=world.foreign_student)
    assert told() == [(world.representative.pk, "application_withdrawn")]


def test_the_student_learns_of_a_rejection_and_why(world, application):
    perform(application, "reject", actor=world.representative, reason="We need a driver.")
    assert told() == [(world.student.pk, "application_decided")]
    assert Notice.objects.get().facts["reason"] == "We need a driver."


def test_the_student_learns_of_each_step_once(world, application):
    for move in ("start_review", "shortlist", "start_review"):
        perform(application, move, actor=world.representative)
        run_due_tasks()
    assert told() == [(world.student.pk, "application_read"), (world.student.pk, "application_shortlisted")]


def test_a_step_that_was_passed_over_is_not_told(world, application):
    for move in ("start_review", "shortlist"):
        perform(application, move, actor=world.representative)
    assert told() == [(world.student.pk, "application_shortlisted")]


def test_an_interview_without_a_time_is_announced_and_one_with_a_time_told(world, application):
    perform(application, "schedule_interview", actor=world.representative)
    assert told() == [(world.student.pk, "interview_planned")]
    at = timezone.now() + dt.timedelta(days=2)
    schedule_interview(application, at=at, place="Room 4", actor=world.representative)
    assert told() == [(world.student.pk, "interview_planned"), (world.student.pk, "interview_scheduled")]
    facts = Notice.objects.get(kind="applications.interview_scheduled").facts
    assert (facts["place"], facts["when"]) == ("Room 4", in_words(at, world.student))


def test_an_interview_that_is_gone_is_no_error():
    tasks.tell_interview(0)
    assert Notice.objects.count() == 0


def test_the_company_learns_that_an_offer_is_declined(world, application):
    perform(application, "accept", actor=world.representative)
    assert told() == [(world.student.pk, "placement_offered")]
    perform(application, "decline", actor=world.student, reason="It is too far.")
    assert told()[1:] == [(world.representative.pk, "offer_declined")]


# -- placements ---------------------------------------------------------------------------------------------------


def test_the_coordinators_learn_of_a_found_place(world):
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.CANCELLED)
    today = timezone.localdate()
    place = FoundPlace(world.company.name, "Dodoma", "Neema Mushi", "n@kilimo.example", "", today, today, "Pumps")
    made = propose_self_found_placement(world.enrolment, place, actor=world.student)
    assert told()[0] == (world.coordinator.pk, "placement_proposed")
    notice = Notice.objects.get(recipient=world.coordinator)
    assert notice.url == reverse("admin:applications_placement_change", args=[made.pk])
    assert notice.facts["cohort"] == world.cohort.name


def test_a_proposal_that_was_answered_meanwhile_is_not_announced(world):
    receivers.ask_who_confirms(event(world.placement, "create", PlacementState.PROPOSED))
    assert Notice.objects.count() == 0


def test_an_allocated_place_is_offered_to_the_student(world):
    allocate_placement(world.foreign_student.enrolments.get(), world.company, actor=world.foreign_coordinator)
    assert told() == [(world.foreign_student.pk, "placement_offered")]


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("student", [("representative", "trainee_confirmed")]),
        ("coordinator", [("student", "placement_confirmed"), ("representative", "trainee_confirmed")]),
    ],
)
def test_both_sides_learn_of_a_confirmed_place_but_nobody_of_the_own_act(world, offered, who, kinds):
    perform(offered, "confirm", actor=getattr(world, who))
    assert told() == [(getattr(world, name).pk, kind) for name, kind in kinds]


def test_the_student_learns_that_a_coordinator_cancels_the_place(world, offered):
    perform(offered, "cancel", actor=world.coordinator, reason="The company has moved.")
    assert told() == [(world.student.pk, "placement_ended")]
    assert Notice.objects.get().facts["reason"] == "The company has moved."


@pytest.mark.parametrize("by_portal", [True, False])
def test_what_the_student_or_the_portal_cancels_is_not_told(world, offered, by_portal):
    Placement.objects.filter(pk=offered.pk).update(origin="self_found")
    perform(offered, "cancel", actor=SYSTEM if by_portal else world.student, reason="It was a mistake.")
    assert told() == []


def test_the_student_learns_of_an_early_end(world):
    perform(world.placement, "end_early", actor=world.coordinator, reason="The site is closed.")
    assert sorted(told()) == sorted(
        [
            (world.student.pk, "placement_ended"),
            (world.student.pk, "host_to_rate"),
            (world.industrial_supervisor.pk, "host_asked_again"),
        ]
    )


# -- supervisors and repetition -----------------------------------------------------------------------------------


def test_a_named_supervisor_is_told(world):
    kind = SupervisorKind.INDUSTRIAL
    row = name_supervisor(world.placement, name="Neema", email="n@kilimo.example", kind=kind, actor=world.coordinator)
    assert told() == [(row.user_id, "supervisor_named")]


def test_who_was_released_before_the_letter_went_is_not_told():
    row = PlacementSupervisorFactory.create()
    release_supervisor(row, actor=SYSTEM)
    notifications.tell_supervisor_named(row.pk, moment="m1")
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("react", "move", "target"),
    [
        (receivers.tell_the_company, "create", ApplicationState.PENDING),
        (receivers.tell_the_company_of_a_withdrawal, "withdraw", ApplicationState.WITHDRAWN),
        (receivers.tell_the_company_of_a_withdrawal, "decline", ApplicationState.WITHDRAWN),
        (receivers.tell_the_applicant, "reject", ApplicationState.REJECTED),
        (receivers.invite_the_applicant, "schedule_interview", ApplicationState.INTERVIEW_SCHEDULED),
    ],
)
def test_a_reaction_that_runs_twice_tells_once(application, react, move, target):
    for _time in range(2):
        react(event(application, move, target))
    assert Notice.objects.count() == 1


def test_rows_that_are_gone_are_told_to_nobody(application):
    gone = Event("applications.Application", [application.pk + 1], "reject", ApplicationState.REJECTED, None, "", "b1")
    receivers.tell_the_applicant(gone)
    assert (Notice.objects.count(), Application.objects.count()) == (0, 2)
