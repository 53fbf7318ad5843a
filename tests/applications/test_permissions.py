import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.applications import permissions
from apps.applications.models import Application, Disclosure, Placement, PlacementSupervisor
from apps.applications.states import ApplicationState, DisclosureWay, PlacementOrigin, PlacementState
from tests.factories.applications import AllocationRunFactory, ApplicationFactory, PlacementFactory, ResumeFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

HOST = {"representative"}
STAFF = {"coordinator"}
OWNER = {"student"}
ALWAYS = {"student", "coordinator", "superuser"}
OPEN = (PlacementState.PROPOSED, PlacementState.CONFIRMED, PlacementState.ACTIVE)


@pytest.fixture
def world() -> World:
    return build_world()


def holders(world, predicate, obj):
    return {name for name, person in world.personas().items() if predicate(obj, person)}


@pytest.mark.parametrize("state", list(ApplicationState))
def test_who_may_do_what_with_an_application_in_each_state(world, state):
    Application.objects.filter(pk=world.application.pk).update(state=state)
    application = Application.objects.get(pk=world.application.pk)
    sees = HOST if state != ApplicationState.WITHDRAWN else set()
    reads = HOST if state in ApplicationState.seen_by_company() else set()
    # What was withdrawn is none of the superuser's any more.
    keeps = ALWAYS if state != ApplicationState.WITHDRAWN else ALWAYS - {"superuser"}
    expected = {
        "is_applicant": OWNER,
        "represents_host": HOST,
        "coordinates_applicant": STAFF,
        "can_view_application": ALWAYS | sees,
        "can_change_application": OWNER if state == ApplicationState.PENDING else set(),
        "can_decide_application": HOST | STAFF,
        "can_view_resume_of": keeps | reads,
        "can_view_company_notes": sees,
    }
    found = {name: holders(world, getattr(permissions, name), application) for name in expected}
    assert found == expected
    assert holders(world, permissions.can_view_resume, application.resume) == keeps | reads
    assert holders(world, permissions.can_delete_resume, application.resume) == set()


def test_a_resume_that_nobody_has_sent_is_the_owners(world):
    resume = ResumeFactory.create(owner=world.student)
    assert holders(world, permissions.owns_resume, resume) == OWNER
    assert holders(world, permissions.can_delete_resume, resume) == OWNER
    assert holders(world, permissions.can_view_resume, resume) == OWNER


def test_a_resume_of_somebody_deactivated_is_nobodys(world):
    resume = ResumeFactory.create(owner=world.deactivated)
    assert holders(world, permissions.owns_resume, resume) == set()


def test_openings_are_seen_by_the_student_and_the_coordinators(world):
    seen = Disclosure.objects.create(
        application=world.application,
        resume=world.application.resume,
        viewer=world.representative,
        way=DisclosureWay.TEXT,
    )
    assert holders(world, permissions.can_view_disclosure, seen) == ALWAYS


@pytest.mark.parametrize("state", list(PlacementState))
@pytest.mark.parametrize("origin", [PlacementOrigin.SELF_FOUND, PlacementOrigin.ALLOCATED])
def test_who_may_do_what_with_a_placement_in_each_state(world, state, origin):
    Placement.objects.filter(pk=world.placement.pk).update(state=state, origin=origin)
    placement = Placement.objects.get(pk=world.placement.pk)
    self_found = origin == PlacementOrigin.SELF_FOUND
    expected = {
        "is_trainee": OWNER,
        "coordinates_placement": STAFF,
        "represents_placement_host": HOST,
        "is_industrial_supervisor": {"industrial_supervisor"},
        "is_university_supervisor": {"university_supervisor"},
        "can_view_placement": ALWAYS | HOST | {"industrial_supervisor", "university_supervisor"},
        "can_change_placement": STAFF if state in OPEN else set(),
        "can_name_supervisor": STAFF | HOST if state in OPEN else set(),
        "can_cancel_placement": STAFF | OWNER if self_found and state == PlacementState.PROPOSED else STAFF,
        "can_confirm_placement": STAFF if self_found else STAFF | OWNER,
    }
    assert {name: holders(world, getattr(permissions, name), placement) for name in expected} == expected


def test_who_was_released_supervises_no_more(world):
    PlacementSupervisor.objects.filter(placement=world.placement).update(is_active=False)
    placement = Placement.objects.get(pk=world.placement.pk)
    assert holders(world, permissions.can_view_placement, placement) == ALWAYS | HOST


@pytest.mark.parametrize(("is_active", "proposers"), [(True, OWNER), (False, set())])
def test_the_enrolled_student_proposes_and_the_coordinator_places(world, is_active, proposers):
    Enrolment.objects.filter(pk=world.enrolment.pk).update(is_active=is_active)
    enrolment = Enrolment.objects.get(pk=world.enrolment.pk)
    assert holders(world, permissions.can_propose_place, enrolment) == proposers
    assert holders(world, permissions.can_place, enrolment) == STAFF


def test_coordinators_of_the_cohort_run_its_allocation(world):
    run = AllocationRunFactory.create(cohort=world.cohort)
    assert holders(world, permissions.can_run_allocation, run) == STAFF


@pytest.mark.parametrize("state", [None, *PlacementState])
def test_an_offer_is_open_until_it_is_confirmed(state):
    application = ApplicationFactory.create(state=ApplicationState.ACCEPTED)
    if state:
        PlacementFactory.create(enrolment=application.enrolment, application=application, state=state)
    still_open = state in (None, PlacementState.PROPOSED, PlacementState.CANCELLED)
    assert permissions.offer_is_open(Application.objects.get()) is still_open


@pytest.mark.parametrize(("taken", "left"), [(0, True), (1, True), (2, False)])
def test_a_place_is_left_until_all_are_taken(taken, left):
    vacancy = VacancyFactory.create(places=2, places_taken=taken)
    assert permissions.has_place_left(ApplicationFactory.create(vacancy=vacancy)) is left


@pytest.mark.parametrize(
    ("start", "end", "started", "over"), [(-2, -1, True, True), (0, 0, True, False), (1, 2, False, False)]
)
def test_a_placement_starts_with_its_first_day_and_is_over_after_its_last(start, end, started, over):
    today = timezone.localdate()
    placement = Placement(start=today + dt.timedelta(days=start), end=today + dt.timedelta(days=end))
    assert (permissions.has_started(placement), permissions.is_over(placement)) == (started, over)
