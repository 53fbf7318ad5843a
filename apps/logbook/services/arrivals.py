"""Arrival notes: "I am here since …, my supervisor is …", and what follows when the supervisor agrees.

Whoever confirms an arrival verifies the student's logs afterwards. So an address that the student types makes nobody a
supervisor unless somebody else vouches for it: the company by its own domain, its register of people or its published
addresses, the host or a coordinator who named the person before. Every other one waits for a coordinator.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import is_address_of_student
from apps.accounts.services.people import canonical_phone
from apps.applications.models import Placement
from apps.applications.services.supervisors import name_supervisor
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import ArrivalNote
from apps.logbook.permissions import reports_arrival
from apps.logbook.services.entries import clean_line
from apps.logbook.states import ArrivalState
from portal.kernel.access import SYSTEM
from portal.kernel.addresses import read_email
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import Change, announce_created, perform, with_move

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.kernel.access import Actor


@dataclass(frozen=True)
class Arrival:
    """What a student says on arrival; the supervisor is reached by e-mail or by phone, one of the two is enough."""

    arrived_on: dt.date
    supervisor_name: str
    supervisor_email: str = ""
    supervisor_phone: str = ""


def report_arrival(placement: Placement, arrival: Arrival, *, actor: "Actor") -> ArrivalNote:
    """Report that the student is there, or mend a note that was disputed; the named supervisor is asked at once.

    Where nobody vouches for the supervisor the note waits for a coordinator (``address_waits``). Raises ``NotAllowed``
    for everybody but the student, ``WrongState`` where the arrival is settled or cannot be reported, and
    ``RuleViolation`` ``day_in_future``, ``day_outside_placement``, ``name_missing``, ``reach_missing``,
    ``email_unreadable``, ``supervisor_is_student``, ``phone_unreadable`` or what ``name_supervisor`` raises.
    """
    note = ArrivalNote(placement=placement)
    if not reports_arrival(note, actor):  # type: ignore[arg-type] # the system is nobody's student
        raise NotAllowed
    _check(placement, arrival)
    email, phone = _reach(arrival, placement.company.country)
    with transaction.atomic():
        # Two notes at once wait here; the second finds the first one.
        row = Placement.objects.select_for_update(of=("self",)).select_related("company").get(pk=placement.pk)
        known = ArrivalNote.objects.filter(placement=row).first()
        if row.state != PlacementState.CONFIRMED or (known and known.state != ArrivalState.DISPUTED):
            raise WrongState("arrival_settled", _("Your arrival has been reported already, or there is no place yet."))
        note = known or note
        note.arrived_on = arrival.arrived_on
        note.supervisor_name = clean_line(arrival.supervisor_name, field="supervisor_name", most=120)
        note.supervisor_email, note.supervisor_phone = email, phone
        note.address_waits = not _is_vouched_for(row, email)
        if email and not note.address_waits:
            _name(note)
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


def _reach(arrival: Arrival, country: str) -> tuple[str, str]:
    """Return the supervisor's address and phone in their stored form; one of them may be empty."""
    try:
        email = read_email(arrival.supervisor_email)
        phone = canonical_phone(arrival.supervisor_phone, country=country)
    except RuleViolation as error:
        raise RuleViolation(error.code, error.message, field=f"supervisor_{error.field}") from error
    if not email and not phone:
        raise RuleViolation(
            "reach_missing", _("Enter the e-mail address or the phone of your supervisor."), field="supervisor_email"
        )
    if email and is_address_of_student(email):
        raise RuleViolation(
            "supervisor_is_student",
            _("This is a student's address. Enter the address of your supervisor."),
            field="supervisor_email",
        )
    return email, phone


def _is_vouched_for(placement: Placement, email: str) -> bool:
    """Say whether somebody else than the student says that this address belongs to the company's people."""
    named = placement.supervisors.filter(kind=SupervisorKind.INDUSTRIAL, is_active=True)
    if not email:
        # Whom the host or a coordinator has named is asked; a phone makes nobody a supervisor.
        return named.exists()
    company = placement.company
    if named.filter(user__email__iexact=email).exists():
        return True
    if company.members.filter(user__email__iexact=email, is_active=True, invited_at__isnull=True).exists():
        return True
    published = {company.email.lower(), company.hr_email.lower()}
    domain = email.rpartition("@")[2].lower()
    return email.lower() in published or (bool(company.mail_domain) and domain == company.mail_domain)


def _name(note: ArrivalNote) -> None:
    """Make the named person a supervisor: the student says who it is, the portal writes it down."""
    try:
        name_supervisor(
            note.placement,
            name=note.supervisor_name,
            email=note.supervisor_email,
            kind=SupervisorKind.INDUSTRIAL,
            actor=SYSTEM,
        )
    except RuleViolation as error:
        raise RuleViolation(error.code, error.message, field="supervisor_email") from error


@with_move("logbook.ArrivalNote", "allow_address")
def let_supervisor_in(change: Change) -> None:
    """Make the person a supervisor whom a coordinator has looked at; of a phone alone somebody has to be named."""
    for note in cast("Sequence[ArrivalNote]", change.objects):
        if note.supervisor_email:
            _name(note)
        elif not note.placement.supervisors.filter(kind=SupervisorKind.INDUSTRIAL, is_active=True).exists():
            message = _("The student gave a phone only, %(phone)s. Name the supervisor at the placement first.")
            raise RuleViolation("supervisor_unnamed", message % {"phone": note.supervisor_phone})
        ArrivalNote.objects.filter(pk=note.pk).update(address_waits=False)


@with_move("logbook.ArrivalNote", "confirm")
def open_logbook(change: Change) -> None:
    """Make the placement active together with the confirmation, so that no day is lost between the two."""
    for note in cast("Sequence[ArrivalNote]", change.objects):
        placement = Placement.objects.get(pk=note.placement_id)
        Placement.objects.filter(pk=placement.pk).update(arrived_on=note.arrived_on)
        if placement.state == PlacementState.CONFIRMED:
            perform(placement, "activate", actor=SYSTEM, via=change.via)
