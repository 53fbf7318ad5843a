"""What the host says of a place that a student has found: asked by mail, answered by link."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.history import note_history
from apps.accounts.services.organisations import complete_company
from apps.accounts.services.people import canonical_email, create_person
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.permissions import coordinates_placement, waits_for_host, was_asked_for_place
from apps.applications.services.terms import check_dates
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import perform
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from portal.kernel.access import Actor

ASK: Final = "applications.ask_host"


@dataclass(frozen=True)
class HostAnswer:
    """What the host completes; the second half counts only for a company that is not approved yet."""

    start: dt.date
    end: dt.date
    site_address: str
    task: str
    supervisor_name: str
    supervisor_email: str
    supervisor_phone: str = ""
    contact_person: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    registration_no: str = ""


TERMS: Final = ("start", "end", "site_address", "task", "supervisor_name", "supervisor_phone")
COMPANY: Final = ("contact_person", "phone", "email", "website", "registration_no")


def ask_host(placement: Placement, *, actor: "Actor") -> None:
    """Send whom the student named a link by which the host completes the place; again is another mail.

    Raises ``NotAllowed`` for who does not coordinate the student, ``RuleViolation`` ``host_has_answered``.
    """
    if actor is not SYSTEM and not coordinates_placement(placement, actor):  # type: ignore[arg-type] # not the system
        raise NotAllowed
    if not waits_for_host(placement):
        raise RuleViolation("host_has_answered", _("There is nothing that the host has to answer."))
    enqueue(ASK, {"placement_id": placement.pk, "moment": timezone.now().isoformat(timespec="minutes")})


def person_at_host(placement: Placement) -> User | None:
    """Find or create whom the student named; somebody without any right, who only has an address.

    A student's word makes nobody a member of a company: that follows when a coordinator confirms the place.
    """
    person = User.objects.filter(email__iexact=placement.supervisor_email).order_by("pk").first()
    if person is None:
        person = create_person(actor=SYSTEM, email=placement.supervisor_email, full_name=placement.supervisor_name)
    return person if person.is_active else None


def complete_found_place(
    placement: Placement, answer: HostAnswer, *, actor: User, via: str = "", expected_version: int
) -> Placement:
    """Take the host's word for days, task and supervisor; the coordinator confirms.

    The supervisor may be somebody else than who answers. Raises ``NotAllowed`` for who was not asked, ``Stale``, and
    ``RuleViolation`` ``dates_wrong``, ``task_missing``, ``email_unreadable``, ``supervisor_is_student`` or what
    ``complete_company`` refuses.
    """
    with transaction.atomic():
        rows = Placement.objects.select_for_update(of=("self",)).select_related("enrolment__cohort", "company")
        fresh = rows.get(pk=placement.pk)
        if not was_asked_for_place(fresh, actor):
            raise NotAllowed
        if fresh.version != expected_version:
            raise Stale("stale", _("This was changed meanwhile. Look at it again before you answer."))
        for name in TERMS:
            setattr(fresh, name, getattr(answer, name))
        fresh.supervisor_email = _supervisor(fresh, answer)
        check_dates(fresh)
        if not fresh.task.strip():
            raise RuleViolation("task_missing", _("Say in a few words what the student will do."), field="task")
        fresh.host_answered_at = timezone.now()
        fresh.version += 1
        fresh.save()
        complete_company(fresh.company, {name: getattr(answer, name) for name in COMPANY}, actor=actor)
        department = fresh.anchor_department_id
        note_history(fresh, "complete_by_host", actor=actor, department_id=department, via=via)
        enqueue("applications.tell_host_answered", {"placement_id": fresh.pk}, dedupe_key=f"host_answered:{fresh.pk}")
    placement.refresh_from_db()
    return placement


def _supervisor(placement: Placement, answer: HostAnswer) -> str:
    email = canonical_email(answer.supervisor_email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise RuleViolation(
            "email_unreadable", _("Enter the e-mail address of the supervisor."), field="supervisor_email"
        ) from error
    student = User.objects.filter(email__iexact=email, groups__name=Role.STUDENT)
    if student.exists() or placement.enrolment.student.email.lower() == email:
        raise RuleViolation(
            "supervisor_is_student",
            _("This is a student's address. Enter the address of the supervisor."),
            field="supervisor_email",
        )
    return email


def refuse_found_place(placement: Placement, *, actor: User, reason: str, via: str = "") -> Placement:
    """Take the host's no: the proposal is cancelled, the student reads why.

    Raises ``NotAllowed`` for who was not asked, ``RuleViolation`` ``reason_needed``.
    """
    if not was_asked_for_place(placement, actor):
        raise NotAllowed
    return perform(placement, "cancel", actor=actor, reason=reason, via=via)
