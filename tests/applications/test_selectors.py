import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Cohort, Enrolment, User
from apps.applications import permissions, selectors
from apps.applications.models import Application, Disclosure, Placement, Resume
from apps.applications.states import (
    ApplicationState,
    DisclosureWay,
    PlacementOrigin,
    PlacementState,
    SupervisorKind,
)
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import (
    ApplicationFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
    ResumeFactory,
)
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def make_all_sorts(world):
    foreign = Enrolment.objects.get(student=world.foreign_student)
    for enrolment in (world.enrolment, foreign):
        for company in (world.company, world.rival):
            for state in ApplicationState:
                application = ApplicationFactory.create(enrolment=enrolment, vacancy__company=company, state=state)
                Disclosure.objects.create(application=application, resume=application.resume, way=DisclosureWay.TEXT)
            placement = PlacementFactory.create(enrolment=enrolment, company=company, state=PlacementState.PROPOSED)
            for kind in SupervisorKind:
                PlacementSupervisorFactory.create(placement=placement, kind=kind, is_deputy=True)
                PlacementSupervisorFactory.create(
                    placement=placement,
                    kind=kind,
                    is_active=False,
                    user=world.other_industrial_supervisor
                    if kind == SupervisorKind.INDUSTRIAL
                    else world.other_university_supervisor,
                )
    ResumeFactory.create(owner=world.student)
    ResumeFactory.create(owner=world.deactivated)


@pytest.mark.parametrize(
    ("model", "select", "predicate"),
    [
        (Application, selectors.applications_visible_to, permissions.can_view_application),
        (Resume, selectors.resumes_visible_to, permissions.can_view_resume),
        (Disclosure, selectors.disclosures_visible_to, permissions.can_view_disclosure),
        (Placement, selectors.placements_visible_to, permissions.can_view_placement),
    ],
)
def test_the_list_of_everybody_is_what_the_predicate_says(world, model, select, predicate):
    make_all_sorts(world)
    rows = list(model.objects.order_by("pk"))
    for name, person in world.personas().items():
        listed = list(select(person).order_by("pk"))
        assert (name, listed) == (name, [row for row in rows if predicate(row, person)])


@pytest.mark.parametrize(
    ("select", "owners"),
    [
        (selectors.applications_of, {"student"}),
        (selectors.applications_received_by, {"representative"}),
        (selectors.resumes_of, {"student"}),
        (selectors.placements_of, {"student", "fellow_student"}),
        (selectors.placements_hosted_by, {"representative"}),
    ],
)
def test_what_is_ones_own_is_nobody_elses(world, select, owners):
    assert {name for name, person in world.personas().items() if select(person).exists()} == owners


@pytest.mark.parametrize(
    ("kind", "mine", "others"),
    [
        (SupervisorKind.INDUSTRIAL, "industrial_supervisor", "other_industrial_supervisor"),
        (SupervisorKind.UNIVERSITY, "university_supervisor", "other_university_supervisor"),
    ],
)
def test_supervisors_have_their_own_students_on_their_side(world, kind, mine, others):
    found = {name: list(selectors.placements_supervised_by(p, kind)) for name, p in world.personas().items()}
    elsewhere = Placement.objects.exclude(pk=world.placement.pk).get()
    assert {name: rows for name, rows in found.items() if rows} == {mine: [world.placement], others: [elsewhere]}


def test_a_company_still_has_to_answer_the_undecided_oldest_first(world):
    made = {s: ApplicationFactory.create(vacancy__company=world.company, state=s) for s in ApplicationState}
    ApplicationFactory.create()
    waiting = [made[ApplicationState(state)] for state in ApplicationState.undecided()]
    assert list(selectors.applicants_awaiting(world.representative)) == waiting
    received = list(selectors.applications_received_by(world.representative).order_by("pk"))
    assert received == [world.application, *(row for s, row in made.items() if s != ApplicationState.WITHDRAWN)]


def test_a_resume_knows_whether_an_application_carries_it(world):
    free = ResumeFactory.create(owner=world.student)
    rows = selectors.noting_use(selectors.resumes_of(world.student))
    found = [(row.pk, vars(row)["in_use"]) for row in rows]
    assert found == [(free.pk, False), (world.application.resume_id, True)]


def test_found_places_wait_for_the_coordinators_of_their_cohort_oldest_first(world):
    def place(enrolment, **changes):
        whole = {"state": PlacementState.PROPOSED, "origin": PlacementOrigin.SELF_FOUND, **changes}
        return PlacementFactory.create(enrolment=enrolment, **whole)

    first, second = place(world.enrolment), place(world.enrolment)
    foreign = place(Enrolment.objects.get(student=world.foreign_student))
    place(world.enrolment, state=PlacementState.CONFIRMED)
    place(world.enrolment, origin=PlacementOrigin.ALLOCATED)
    found = {name: list(selectors.placements_to_confirm(p)) for name, p in world.personas().items()}
    assert {name: rows for name, rows in found.items() if rows} == {
        "coordinator": [first, second],
        "foreign_coordinator": [foreign],
        "superuser": [first, second, foreign],
    }


@pytest.mark.parametrize("state", list(PlacementState))
def test_who_has_no_living_placement_is_without_a_place(world, state):
    Placement.objects.update(state=state)
    EnrolmentFactory.create(cohort=world.cohort, is_active=False)
    students = [row.student for row in selectors.enrolments_without_place(world.coordinator).order_by("pk")]
    assert students == ([] if state in PlacementState.alive() else [world.student, world.fellow_student])


def test_students_do_not_list_themselves_as_without_a_place(world):
    Placement.objects.all().update(state=PlacementState.CANCELLED)
    found = {name for name, p in world.personas().items() if selectors.enrolments_without_place(p).exists()}
    assert found == {"coordinator", "foreign_coordinator", "superuser"}


def test_a_cohort_that_is_over_misses_no_places(world):
    Placement.objects.all().update(state=PlacementState.CANCELLED)
    Cohort.objects.update(end=timezone.localdate() - dt.timedelta(days=1))
    assert list(selectors.enrolments_without_place(world.coordinator)) == []
    assert list(selectors.enrolments_open_for_found_places(world.student)) == []


@pytest.mark.parametrize(("allowed", "is_active", "count"), [(True, True, 1), (False, True, 0), (True, False, 0)])
def test_a_student_enters_found_places_where_the_cohort_allows_it(world, allowed, is_active, count):
    Cohort.objects.update(self_found_allowed=allowed, one_place_closes_others=False)
    Enrolment.objects.update(is_active=is_active)
    found = {n: len(selectors.enrolments_open_for_found_places(p)) for n, p in world.personas().items()}
    students = ("student", "fellow_student", "foreign_student")
    assert {name: rows for name, rows in found.items() if rows} == dict.fromkeys(students if count else (), count)


@pytest.mark.parametrize(
    ("state", "origin", "closes", "count"),
    [
        (PlacementState.ACTIVE, PlacementOrigin.ALLOCATED, True, 0),
        (PlacementState.ACTIVE, PlacementOrigin.ALLOCATED, False, 1),
        (PlacementState.CANCELLED, PlacementOrigin.SELF_FOUND, True, 1),
        (PlacementState.PROPOSED, PlacementOrigin.APPLIED, True, 1),
        (PlacementState.PROPOSED, PlacementOrigin.SELF_FOUND, False, 0),
    ],
)
def test_a_place_or_an_unanswered_proposal_leaves_nothing_to_propose(state, origin, closes, count):
    placement = PlacementFactory.create(state=state, origin=origin, enrolment__cohort__one_place_closes_others=closes)
    student = User.objects.get(pk=placement.enrolment.student_id)
    assert selectors.enrolments_open_for_found_places(student).count() == count


def test_a_company_sees_for_whom_it_has_named_nobody(world):
    trainees = {s: PlacementFactory.create(company=world.company, state=s) for s in PlacementState}
    PlacementSupervisorFactory.create(placement=trainees[PlacementState.ACTIVE], kind=SupervisorKind.UNIVERSITY)
    PlacementSupervisorFactory.create(placement=trainees[PlacementState.CONFIRMED], is_active=False)
    found = list(selectors.trainees_without_supervisor(world.representative).order_by("pk"))
    assert found == [trainees[PlacementState.CONFIRMED], trainees[PlacementState.ACTIVE]]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("factory", "select"),
    [
        (ApplicationFactory, selectors.applications_visible_to),
        (PlacementFactory, selectors.placements_visible_to),
    ],
)
def test_a_list_costs_the_same_for_any_number(django_assert_num_queries, factory, select, count):
    enrolment = EnrolmentFactory.create()
    factory.create_batch(count, enrolment=enrolment)
    student = User.objects.get(pk=enrolment.student_id)
    # The scope and the list.
    with django_assert_num_queries(2):
        assert len(select(student)) == count
