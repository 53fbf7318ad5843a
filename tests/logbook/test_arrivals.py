import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.accounts.models import HistoryEntry, Notice, User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.applications.models import PlacementSupervisor
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.services.arrivals import Arrival, report_arrival
from apps.logbook.states import ArrivalState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import perform, perform_many
from tests.factories.accounts import CompanyMemberFactory, StudentFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement():
    """At a company that is known by the domain of its mail."""
    return PlacementFactory.create(state=PlacementState.CONFIRMED, company__mail_domain="host.example")


def arrival(**changes) -> Arrival:
    facts = {
        "arrived_on": timezone.localdate(),
        "supervisor_name": "Juma Mushi",
        "supervisor_email": " Juma.Mushi@host.example ",
        "supervisor_phone": "+255700000000",
    }
    return Arrival(**{**facts, **changes})


def supervisor_of(placement):
    return PlacementSupervisor.objects.get(placement=placement).user


def test_an_arrival_names_the_supervisor_and_waits(placement):
    note = report_arrival(placement, arrival(), actor=placement.enrolment.student)
    assert (note.state, note.supervisor_email) == (ArrivalState.SUBMITTED, "juma.mushi@host.example")
    assert (str(supervisor_of(placement)), supervisor_of(placement).email) == ("Juma Mushi", "juma.mushi@host.example")
    assert list(HistoryEntry.objects.filter(target_label="logbook.ArrivalNote").values_list("action", "target")) == [
        ("create", "submitted")
    ]


def test_confirming_makes_the_placement_active_since_the_day(placement):
    day = timezone.localdate() - dt.timedelta(days=2)
    note = report_arrival(placement, arrival(arrived_on=day), actor=placement.enrolment.student)
    perform(note, "confirm", actor=supervisor_of(placement), via="link:1")
    placement.refresh_from_db()
    assert (placement.state, placement.arrived_on) == (PlacementState.ACTIVE, day)


def test_a_placement_that_is_active_already_only_gets_its_day(placement):
    note = ArrivalNoteFactory.create(placement__state=PlacementState.ACTIVE)
    supervisor = PlacementSupervisorFactory.create(placement=note.placement).user
    perform(note, "confirm", actor=supervisor)
    note.placement.refresh_from_db()
    assert (note.placement.state, note.placement.arrived_on) == (PlacementState.ACTIVE, note.arrived_on)


def test_an_arrival_before_the_first_day_is_not_confirmed():
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    note = ArrivalNoteFactory.create(placement__start=tomorrow)
    supervisor = PlacementSupervisorFactory.create(placement=note.placement).user
    with pytest.raises(RuleViolation) as refused:
        perform(note, "confirm", actor=supervisor)
    note.refresh_from_db()
    note.placement.refresh_from_db()
    assert (refused.value.code, note.state) == ("not_started", ArrivalState.SUBMITTED)
    assert (note.placement.state, note.placement.arrived_on) == (PlacementState.CONFIRMED, None)


def test_of_many_arrivals_one_that_may_not_does_not_hold_the_others_back():
    good = ArrivalNoteFactory.create()
    bad = ArrivalNoteFactory.create(placement__start=timezone.localdate() + dt.timedelta(days=1))
    supervisor = PlacementSupervisorFactory.create(placement=good.placement).user
    PlacementSupervisorFactory.create(placement=bad.placement, user=supervisor)
    result = perform_many(type(good).objects.all(), "confirm", actor=supervisor)
    assert result.moved == [good.pk]
    assert [(refusal.pk, refusal.code) for refusal in result.refused] == [(bad.pk, "not_started")]


def test_a_disputed_arrival_is_mended_and_sent_again(placement):
    student = placement.enrolment.student
    note = report_arrival(placement, arrival(), actor=student)
    perform(note, "dispute", actor=supervisor_of(placement), reason="Since Tuesday.")
    day = timezone.localdate() - dt.timedelta(days=1)
    again = report_arrival(placement, arrival(arrived_on=day), actor=student)
    assert (again.pk, again.state, again.arrived_on) == (note.pk, ArrivalState.SUBMITTED, day)


def test_an_arrival_is_reported_once(placement):
    report_arrival(placement, arrival(), actor=placement.enrolment.student)
    with pytest.raises(WrongState) as refused:
        report_arrival(placement, arrival(), actor=placement.enrolment.student)
    assert refused.value.code == "arrival_settled"


@pytest.mark.parametrize("state", [state for state in PlacementState if state != PlacementState.CONFIRMED])
def test_an_arrival_needs_a_confirmed_placement(state):
    placement = PlacementFactory.create(state=state)
    with pytest.raises(WrongState):
        report_arrival(placement, arrival(), actor=placement.enrolment.student)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"arrived_on": timezone.localdate() + dt.timedelta(days=1)}, "day_in_future", "arrived_on"),
        ({"arrived_on": timezone.localdate() - dt.timedelta(days=100)}, "day_outside_placement", "arrived_on"),
        ({"supervisor_name": "  "}, "name_missing", "supervisor_name"),
        ({"supervisor_email": " ", "supervisor_phone": " "}, "reach_missing", "supervisor_email"),
        ({"supervisor_email": "nobody"}, "email_unreadable", "supervisor_email"),
        ({"supervisor_phone": "ring me"}, "phone_unreadable", "supervisor_phone"),
        ({"supervisor_email": "friend@uni.example"}, "supervisor_is_student", "supervisor_email"),
        ({"supervisor_email": "friend+boss@uni.example"}, "supervisor_is_student", "supervisor_email"),
        ({"supervisor_email": "second@mail.example"}, "supervisor_is_student", "supervisor_email"),
        ({"supervisor_email": "lecturer@host.example"}, "both_sides", "supervisor_email"),
    ],
)
def test_a_wrong_arrival_is_refused_at_its_field(placement, changes, code, field):
    friend = StudentFactory.create(email="friend@uni.example")
    EmailAddress.objects.create(user=friend, email="second@mail.example", verified=True)
    lecturer = UserFactory.create(email="lecturer@host.example")
    PlacementSupervisorFactory.create(
        placement__enrolment=placement.enrolment, user=lecturer, kind=SupervisorKind.UNIVERSITY
    )
    with pytest.raises(RuleViolation) as refused:
        report_arrival(placement, arrival(**changes), actor=placement.enrolment.student)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert PlacementSupervisor.objects.filter(placement=placement).count() == 0


def test_nobody_reports_for_another(placement):
    for actor in (StudentFactory.create(), SYSTEM):
        with pytest.raises(NotAllowed):
            report_arrival(placement, arrival(), actor=actor)


# -- who vouches for the supervisor -------------------------------------------------------------------------------

STRANGER = "asha.private@mail.example"


def coordinator_of(placement):
    coordinator = UserFactory.create()
    grant(coordinator, placement.enrolment.cohort, actor=SYSTEM)
    return coordinator


def test_an_address_that_nobody_vouches_for_makes_nobody_a_supervisor(placement):
    note = report_arrival(placement, arrival(supervisor_email=STRANGER), actor=placement.enrolment.student)
    assert (note.state, note.address_waits) == (ArrivalState.SUBMITTED, True)
    assert PlacementSupervisor.objects.count() == 0
    assert User.objects.filter(email=STRANGER).count() == 0
    coordinator = coordinator_of(placement)
    run_due_tasks()
    told = Notice.objects.filter(kind__startswith="logbook.").values_list("kind", "recipient")
    assert list(told) == [("logbook.address_waits", coordinator.pk)]


@pytest.mark.parametrize(
    ("company", "email", "waits"),
    [
        ({"mail_domain": "host.example"}, "juma@host.example", False),
        ({"mail_domain": "host.example"}, "juma@sub.host.example", True),
        ({"mail_domain": "host.example"}, "juma@host.example.evil.example", True),
        ({"mail_domain": "host.example"}, "juma@nothost.example", True),
        ({"mail_domain": ""}, "juma@host.example", True),
        ({"email": "Workshop@gmail.com"}, "workshop@gmail.com", False),
        ({"hr_email": "people@gmail.com"}, "people@gmail.com", False),
        ({"email": "workshop@gmail.com"}, "other@gmail.com", True),
    ],
)
def test_the_company_vouches_by_its_domain_and_its_own_addresses(company, email, waits):
    placement = PlacementFactory.create(
        state=PlacementState.CONFIRMED, **{f"company__{name}": value for name, value in company.items()}
    )
    note = report_arrival(placement, arrival(supervisor_email=email), actor=placement.enrolment.student)
    assert (note.address_waits, PlacementSupervisor.objects.count()) == (waits, int(not waits))


@pytest.mark.parametrize(("invited_at", "waits"), [(None, False), (timezone.now(), True)])
def test_a_member_of_the_company_is_vouched_for_and_an_invited_one_is_not(placement, invited_at, waits):
    CompanyMemberFactory.create(company=placement.company, user__email=STRANGER, invited_at=invited_at)
    note = report_arrival(placement, arrival(supervisor_email=STRANGER), actor=placement.enrolment.student)
    assert note.address_waits is waits


def test_who_was_named_before_is_vouched_for(placement):
    PlacementSupervisorFactory.create(placement=placement, user__email=STRANGER)
    note = report_arrival(placement, arrival(supervisor_email=STRANGER), actor=placement.enrolment.student)
    assert note.address_waits is False


@pytest.mark.parametrize("named", [True, False])
def test_a_phone_alone_asks_whom_others_have_named(placement, named):
    if named:
        PlacementSupervisorFactory.create(placement=placement)
    facts = arrival(supervisor_email="", supervisor_phone="0712 345 678")
    note = report_arrival(placement, facts, actor=placement.enrolment.student)
    assert (note.address_waits, note.supervisor_phone) == (not named, "+255712345678")


def test_a_coordinator_allows_the_supervisor_who_then_confirms(placement):
    note = report_arrival(placement, arrival(supervisor_email=STRANGER), actor=placement.enrolment.student)
    perform(note, "allow_address", actor=coordinator_of(placement))
    note.refresh_from_db()
    supervisor = supervisor_of(placement)
    assert (note.address_waits, note.state, supervisor.email) == (False, ArrivalState.SUBMITTED, STRANGER)
    run_due_tasks()
    assert Notice.objects.filter(recipient=supervisor, kind="logbook.arrival_reported").count() == 1
    perform(note, "confirm", actor=supervisor)
    placement.refresh_from_db()
    assert placement.state == PlacementState.ACTIVE


def test_a_phone_alone_is_allowed_once_somebody_is_named(placement):
    facts = arrival(supervisor_email="")
    note = report_arrival(placement, facts, actor=placement.enrolment.student)
    coordinator = coordinator_of(placement)
    with pytest.raises(RuleViolation) as refused:
        perform(note, "allow_address", actor=coordinator)
    assert (refused.value.code, "+255700000000" in str(refused.value)) == ("supervisor_unnamed", True)
    supervisor = PlacementSupervisorFactory.create(placement=placement).user
    perform(note, "allow_address", actor=coordinator)
    run_due_tasks()
    assert Notice.objects.filter(recipient=supervisor, kind="logbook.arrival_reported").count() == 1


def test_a_coordinator_refuses_and_the_student_names_somebody_else(placement):
    student = placement.enrolment.student
    note = report_arrival(placement, arrival(supervisor_email=STRANGER), actor=student)
    perform(note, "refuse_address", actor=coordinator_of(placement), reason="Nobody there knows her.")
    run_due_tasks()
    told = Notice.objects.filter(recipient=student).values_list("kind", flat=True)
    assert list(told) == ["logbook.address_refused"]
    again = report_arrival(placement, arrival(), actor=student)
    assert (again.pk, again.address_waits, supervisor_of(placement).email) == (
        note.pk,
        False,
        "juma.mushi@host.example",
    )


def test_an_address_that_nobody_has_to_look_at_is_not_decided(placement):
    note = report_arrival(placement, arrival(), actor=placement.enrolment.student)
    for move in ("allow_address", "refuse_address"):
        with pytest.raises(RuleViolation) as refused:
            perform(note, move, actor=coordinator_of(placement), reason="No.")
        assert refused.value.code == "address_settled"


def test_only_coordinators_of_the_cohort_decide(placement):
    student = placement.enrolment.student
    note = report_arrival(placement, arrival(supervisor_email=STRANGER), actor=student)
    stranger = coordinator_of(PlacementFactory.create())
    for actor in (student, stranger, UserFactory.create()):
        for move in ("allow_address", "refuse_address"):
            with pytest.raises(NotAllowed):
                perform(note, move, actor=actor, reason="No.")
    assert PlacementSupervisor.objects.count() == 0
