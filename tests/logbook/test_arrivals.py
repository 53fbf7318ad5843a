import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import HistoryEntry
from apps.applications.models import PlacementSupervisor
from apps.applications.states import PlacementState
from apps.logbook.services.arrivals import Arrival, report_arrival
from apps.logbook.states import ArrivalState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import perform, perform_many
from tests.factories.accounts import StudentFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement():
    return PlacementFactory.create(state=PlacementState.CONFIRMED)


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
        ({"supervisor_email": " "}, "email_missing", "supervisor_email"),
        ({"supervisor_email": "friend@uni.example"}, "supervisor_is_student", "supervisor_email"),
    ],
)
def test_a_wrong_arrival_is_refused_at_its_field(placement, changes, code, field):
    StudentFactory.create(email="friend@uni.example")
    with pytest.raises(RuleViolation) as refused:
        report_arrival(placement, arrival(**changes), actor=placement.enrolment.student)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert PlacementSupervisor.objects.filter(placement=placement).count() == 0


def test_nobody_reports_for_another(placement):
    for actor in (StudentFactory.create(), SYSTEM):
        with pytest.raises(NotAllowed):
            report_arrival(placement, arrival(), actor=actor)
