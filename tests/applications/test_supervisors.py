import pytest

from apps.accounts.models import CompanyMember, OutboxTask, User
from apps.accounts.states import MemberKind, Role
from apps.applications.models import PlacementSupervisor
from apps.applications.services.supervisors import name_supervisor, release_supervisor
from apps.applications.states import PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

INDUSTRIAL, UNIVERSITY = SupervisorKind.INDUSTRIAL, SupervisorKind.UNIVERSITY


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def placement():
    return PlacementFactory.create()


def name(placement, email, kind=INDUSTRIAL, actor=SYSTEM, **rank):
    return name_supervisor(placement, name="Neema Mushi", email=email, kind=kind, actor=actor, **rank)


def ranks(placement):
    return {row.user.email: (row.is_deputy, row.is_active) for row in placement.supervisors.all()}


def told():
    return OutboxTask.objects.filter(kind="applications.tell_supervisor_named").count()


def test_anybody_with_an_address_supervises_in_the_company(placement):
    row = name(placement, " Neema@Kilimo.example ")
    person = User.objects.get(email="neema@kilimo.example")
    assert (row.user, row.kind, row.is_deputy, row.is_active) == (person, INDUSTRIAL, False, True)
    member = CompanyMember.objects.get(user=person)
    assert (member.company, member.kind, told()) == (placement.company, MemberKind.SUPERVISOR, 1)


def test_who_was_first_becomes_a_deputy_and_deputies_leave_the_first(placement):
    name(placement, "first@kilimo.example")
    name(placement, "deputy@kilimo.example", is_deputy=True)
    assert ranks(placement) == {"first@kilimo.example": (False, True), "deputy@kilimo.example": (True, True)}
    name(placement, "second@kilimo.example")
    assert ranks(placement)["first@kilimo.example"] == (True, True)
    assert ranks(placement)["second@kilimo.example"] == (False, True)


def test_the_first_of_the_other_side_stays_first(placement):
    name(placement, "first@kilimo.example")
    academic = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    name(placement, academic.email.upper(), UNIVERSITY)
    assert ranks(placement) == {"first@kilimo.example": (False, True), academic.email: (False, True)}


def test_naming_again_changes_the_rank_and_tells_nobody(placement):
    first = name(placement, "first@kilimo.example")
    again = name(placement, "first@kilimo.example", is_deputy=True)
    assert (again, again.is_deputy, PlacementSupervisor.objects.count(), told()) == (first, True, 1, 1)


def test_who_was_released_and_is_named_again_is_told_again(placement):
    row = name(placement, "first@kilimo.example")
    assert release_supervisor(row, actor=SYSTEM).is_active is False
    assert ranks(placement) == {"first@kilimo.example": (False, False)}
    assert (name(placement, "first@kilimo.example").is_active, told()) == (True, 2)


@pytest.mark.parametrize(
    ("email", "kind", "code"),
    [
        ("  ", INDUSTRIAL, "email_missing"),
        ("student", INDUSTRIAL, "supervisor_is_student"),
        ("student", UNIVERSITY, "not_university_supervisor"),
        ("nobody@uni.example", UNIVERSITY, "not_university_supervisor"),
        ("deactivated", UNIVERSITY, "not_university_supervisor"),
        ("industrial_supervisor", UNIVERSITY, "not_university_supervisor"),
        ("university_supervisor", INDUSTRIAL, "both_sides"),
    ],
)
def test_who_cannot_supervise_is_refused(world, email, kind, code):
    before = ranks(world.placement)
    with pytest.raises(RuleViolation) as refused:
        name(world.placement, getattr(world, email, world).email if hasattr(world, email) else email, kind)
    assert (refused.value.code, refused.value.field, ranks(world.placement)) == (code, "email", before)


def test_nobody_supervises_the_own_training(world):
    world.student.groups.add(*UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR]).groups.all())
    with pytest.raises(RuleViolation) as refused:
        name(world.placement, world.student.email, UNIVERSITY)
    assert (refused.value.code, refused.value.field) == ("supervisor_is_student", "email")


@pytest.mark.parametrize(
    ("kind", "allowed"), [(INDUSTRIAL, {"coordinator", "representative"}), (UNIVERSITY, {"coordinator"})]
)
def test_each_side_is_named_and_released_by_its_own(world, kind, allowed):
    academic = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    email = academic.email if kind == UNIVERSITY else "new@kilimo.example"
    row = name(world.placement, email, kind)
    naming, releasing = set(), set()
    for who, person in world.personas().items():
        for act, done in (
            (lambda p: name(world.placement, email, kind, p), naming),
            (lambda p: release_supervisor(row, actor=p), releasing),
        ):
            try:
                act(person)
            except NotAllowed:
                continue
            done.add(who)
    assert (naming, releasing) == (allowed, allowed)


@pytest.mark.parametrize("state", [PlacementState.COMPLETED, PlacementState.CANCELLED, PlacementState.ENDED_EARLY])
def test_nobody_is_named_once_the_placement_is_over(world, state):
    over = PlacementFactory.create(enrolment=world.enrolment, state=state)
    with pytest.raises(NotAllowed):
        name(over, "new@kilimo.example", actor=world.coordinator)
