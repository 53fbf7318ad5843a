"""Arrival notes: "I am here since …, my supervisor is …", and what follows when the supervisor agrees."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from apps.applications.services.supervisors import name_supervisor
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import ArrivalNote
from apps.logbook.permissions import reports_arrival
from apps.logbook.services.entries import clean_line
from apps.logbook.states import ArrivalState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import Change, announce_created, perform, with_move

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.kernel.access import Actor


@dataclass(frozen=True)
class Arrival:
    """What a student says on arrival; the supervisor is reached by e-mail."""

    arrived_on: dt.date
    supervisor_name: str
    supervisor_email: str
    supervisor_phone: str = ""


def report_arrival(placement: Placement, arrival: Arrival, *, actor: "Actor") -> ArrivalNote:
    """Report that the student is there, or mend a note that was disputed; the named supervisor is asked at once.

    Raises ``NotAllowed`` for everybody but the student, ``WrongState`` where the arrival is settled or cannot be
    reported, and ``RuleViolation`` ``day_in_future``, ``day_outside_placement``, ``name_missing``, or what
    ``name_supervisor`` raises, with the field.
    """
    note = ArrivalNote(placement=placement)
    if not reports_arrival(note, actor):  # type: ignore[arg-type] # the system is nobody's student
        raise NotAllowed
    _check(placement, arrival)
    with transaction.atomic():
        # Two notes at once wait here; the second finds the first one.
        row = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
        known = ArrivalNote.objects.filter(placement=row).first()
        if row.state != PlacementState.CONFIRMED or (known and known.state != ArrivalState.DISPUTED):
            raise WrongState("arrival_settled", _("Your arrival has been reported already, or there is no place yet."))
        _name(placement, arrival)
        note = known or note
        note.arrived_on = arrival.arrived_on
        note.supervisor_name = clean_line(arrival.supervisor_name, field="supervisor_name", most=120)
        note.supervisor_email = arrival.supervisor_email.strip().lower()
        note.supervisor_phone = arrival.supervisor_phone.strip()
        note.save()
        if known:
            return perform(note, "submit", actor=actor)
        announce_created(note, actor=actor)
    return note


def _check(placement: Placement, arrival: Arrival) -> None:
    if arrival.arrived_on > timezone.localdate():
        raise RuleViolation("day_in_future", _("This day has not come yet."), field="arrived_on")
    if not placement.start <= arrival.arrived_on <= placement.end:
        raise RuleViolation(
            "day_outside_placement", _("This day is outside the days of your placement."), field="arrived_on"
        )
    if not arrival.supervisor_name.strip():
        raise RuleViolation("name_missing", _("Enter the name of your supervisor."), field="supervisor_name")


def _name(placement: Placement, arrival: Arrival) -> None:
    """Make the named person a supervisor: the student says who it is, the portal writes it down."""
    try:
        name_supervisor(
            placement,
            name=arrival.supervisor_name,
            email=arrival.supervisor_email,
            kind=SupervisorKind.INDUSTRIAL,
            actor=SYSTEM,
        )
    except RuleViolation as error:
        raise RuleViolation(error.code, error.message, field="supervisor_email") from error


@with_move("logbook.ArrivalNote", "confirm")
def open_logbook(change: Change) -> None:
    """Make the placement active together with the confirmation, so that no day is lost between the two."""
    for note in cast("Sequence[ArrivalNote]", change.objects):
        placement = Placement.objects.get(pk=note.placement_id)
        Placement.objects.filter(pk=placement.pk).update(arrived_on=note.arrived_on)
        if placement.state == PlacementState.CONFIRMED:
            perform(placement, "activate", actor=SYSTEM, via=change.via)
