"""Changes of a placement: the days, the host, the supervisor; each is kept as a version with its reason."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company, Enrolment, User
from apps.accounts.services.history import note_history
from apps.accounts.services.notes import delete_notes_on
from apps.applications.models import Placement, PlacementAmendment, PlacementSupervisor
from apps.applications.permissions import can_change_placement, can_delete_placement
from apps.applications.services.agreements import withdraw_open_agreements
from apps.applications.services.placements import allocate_placement
from apps.applications.services.supervisors import name_supervisor, release_supervisor
from apps.applications.services.terms import Terms, check_terms
from apps.applications.states import AmendmentKind, AmendmentState, PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import announce_created, perform, perform_many

if TYPE_CHECKING:
    from portal.kernel.access import Actor

FIELDS: Final = frozenset({"start", "end", "share", "site_address", "task"})


@dataclass(frozen=True)
class Person:
    """Who takes over: by the address, with a name for somebody who is new here."""

    email: str
    name: str = ""


# -- days, share, task --------------------------------------------------------------------------------------------


def change_placement(
    placement: Placement,
    changes: Mapping[str, Any],
    *,
    actor: User,
    reason: str = "",
    expected_version: int | None = None,
) -> Placement:
    """Change days, share, address or task (``FIELDS``); once it is settled the change is kept as an amendment.

    Raises as ``allocate_placement`` does, ``Stale``, and ``RuleViolation`` ``reason_needed`` for a settled place.
    """
    unknown = set(changes) - FIELDS
    if unknown:
        message = f"not fields of a placement: {sorted(unknown)}"
        raise TypeError(message)
    with transaction.atomic():
        fresh = _locked(placement, actor)
        if expected_version is not None and fresh.version != expected_version:
            raise Stale("stale", _("Somebody changed this placement meanwhile. Look at it again before you save."))
        before = {name: getattr(fresh, name) for name in changes}
        after = {name: value for name, value in changes.items() if value != before[name]}
        for name, value in after.items():
            setattr(fresh, name, value)
        check_terms(fresh)
        _store(fresh, actor=actor, reason=reason)
        if fresh.state != PlacementState.PROPOSED and after:
            longer = set(after) == {"end"} and after["end"] > before["end"]
            kind = AmendmentKind.EXTENSION if longer else AmendmentKind.TERMS
            _amend(fresh, kind, {name: before[name] for name in after}, after, actor=actor, reason=reason)
    placement.refresh_from_db()
    return placement


def _locked(placement: Placement, actor: User) -> Placement:
    # The enrolment first, as all who place a student do: two changes at once would each see the time as free.
    Enrolment.objects.select_for_update(of=("self",)).get(pk=placement.enrolment_id)
    rows = Placement.objects.select_for_update(of=("self",)).select_related("enrolment__cohort", "company")
    fresh = rows.get(pk=placement.pk)
    if not can_change_placement(fresh, actor):
        raise NotAllowed
    return fresh


def _store(placement: Placement, *, actor: "Actor", reason: str) -> None:
    placement.version += 1
    placement.save()
    note_history(placement, "change", actor=actor, department_id=placement.anchor_department_id, reason=reason.strip())


def _amend(
    placement: Placement,
    kind: AmendmentKind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: "Actor",
    reason: str,
    **more: Any,
) -> PlacementAmendment:
    """Keep a change as the placement's next version; earlier ones of its kind are superseded."""
    reason = reason.strip()
    if not reason:
        raise RuleViolation("reason_needed", _("Say why: the change is kept with its reason."), field="reason")
    own = PlacementAmendment.objects.filter(placement=placement)
    amendment = PlacementAmendment(
        placement=placement,
        number=(own.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=kind,
        before=_plain(before),
        after=_plain(after),
        made_by_id=actor.pk,
        reason=reason,
        **more,
    )
    if kind != AmendmentKind.SUPERVISOR:
        withdraw_open_agreements(placement)
        # Supervisors are several: another one's change takes the place of none.
        perform_many(own.filter(kind=kind, state=AmendmentState.IN_FORCE), "supersede", actor=SYSTEM)
    amendment.save()
    announce_created(amendment, actor=actor, reason=reason)
    return amendment


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


# -- another host -------------------------------------------------------------------------------------------------


def change_host(placement: Placement, company: Company, *, first_day: dt.date, actor: User, reason: str) -> Placement:
    """Send the student to another company from ``first_day`` on; returns the placement there.

    The placement at the first host is cancelled if the student has not arrived, and otherwise ends the day before:
    what was done there stays there, with those who verify it. The university's supervisors go along. Raises
    ``NotAllowed``, and ``RuleViolation`` ``reason_needed``, ``same_host``, ``day_outside`` and as
    ``allocate_placement`` does.
    """
    with transaction.atomic():
        old = _locked(placement, actor)
        if company.pk == old.company_id:
            raise RuleViolation("same_host", _("The student is at this company already."), field="company")
        arrived = old.state == PlacementState.ACTIVE
        if first_day > old.end or (arrived and first_day <= old.start):
            raise RuleViolation(
                "day_outside",
                _("The first day at the new company must lie within the placement, after its first day."),
                field="first_day",
            )
        was_settled, last = old.state != PlacementState.PROPOSED, old.end
        before: dict[str, Any] = {"company": old.company.name}
        after: dict[str, Any] = {"company": company.name, "first_day": first_day}
        if arrived:
            before["end"], after["end"] = last, first_day - dt.timedelta(days=1)
            old.end = after["end"]
            _store(old, actor=actor, reason=reason)
        else:
            perform(old, "cancel", actor=actor, reason=reason)
        terms = Terms(start=first_day, end=last, share=old.share, task=old.task)
        new = allocate_placement(old.enrolment, company, actor=actor, terms=terms)
        if was_settled:
            perform(new, "confirm", actor=actor)
        _bring_along(old, new, actor=actor)
        _amend(old, AmendmentKind.HOST, before, after, actor=actor, reason=reason, successor=new)
    placement.refresh_from_db()
    return new


def _bring_along(old: Placement, new: Placement, *, actor: User) -> None:
    mine = old.supervisors.filter(kind=SupervisorKind.UNIVERSITY, is_active=True).select_related("user")
    # Deputies last: naming a first one makes those before a deputy.
    for row in mine.order_by("is_deputy", "pk"):
        name_supervisor(
            new,
            name="",
            email=row.user.email,
            kind=SupervisorKind.UNIVERSITY,
            actor=actor,
            is_deputy=row.is_deputy,
        )


# -- another supervisor -------------------------------------------------------------------------------------------


def hand_over(row: PlacementSupervisor, person: Person, *, actor: "Actor", reason: str) -> PlacementSupervisor:
    """Let somebody else supervise in the place of ``row``; returns the new supervision.

    What waits for a decision waits for the new person from now on; what the earlier one has verified stays. Raises
    ``NotAllowed``, and ``RuleViolation`` ``reason_needed``, ``same_person`` and as ``name_supervisor`` does.
    """
    with transaction.atomic():
        placement = row.placement
        new = name_supervisor(
            placement,
            name=person.name,
            email=person.email,
            kind=SupervisorKind(row.kind),
            actor=actor,
            is_deputy=row.is_deputy,
        )
        if new.pk == row.pk:
            raise RuleViolation("same_person", _("This person supervises the student already."), field="email")
        release_supervisor(row, actor=actor)
        note_history(
            placement, "change", actor=actor, department_id=placement.anchor_department_id, reason=reason.strip()
        )
        _amend(
            placement,
            AmendmentKind.SUPERVISOR,
            {row.kind: str(row.user)},
            {row.kind: str(new.user)},
            actor=actor,
            reason=reason,
            taken_over_by=new.user,
        )
    return new


# -- away with it -------------------------------------------------------------------------------------------------


def delete_placement(placement: Placement, *, actor: User) -> None:
    """Delete a place that was entered by mistake, before anybody has arrived.

    Raises ``NotAllowed``, and ``RuleViolation`` ``came_from_application`` or ``something_hangs_on_it``: such a place
    is cancelled with a reason instead.
    """
    with transaction.atomic():
        fresh = (
            Placement.objects.select_for_update(of=("self",)).select_related("enrolment__cohort").get(pk=placement.pk)
        )
        if not can_delete_placement(fresh, actor):
            raise NotAllowed
        if fresh.application_id is not None:
            raise RuleViolation(
                "came_from_application",
                _("This place came from an application. Cancel it, then its seat is free again."),
            )
        note_history(fresh, "delete", actor=actor, department_id=fresh.anchor_department_id)
        delete_notes_on(fresh)
        try:
            cast("Any", fresh).delete()
        except ProtectedError as error:
            raise RuleViolation(
                "something_hangs_on_it", _("Something was written for this place already. Cancel it instead.")
            ) from error
