"""Supervisors of a placement: named, taken away; never one person on both sides."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.accounts.services.people import canonical_email, ensure_supervisor
from apps.accounts.states import Role
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.permissions import can_name_supervisor, coordinates_placement
from apps.applications.states import SupervisorKind
from portal.kernel.access import SystemActor
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from portal.kernel.access import Actor


def name_supervisor(
    placement: Placement, *, name: str, email: str, kind: SupervisorKind, actor: "Actor", is_deputy: bool = False
) -> PlacementSupervisor:
    """Name who looks after the student on one side; the person is told.

    In the company that may be anybody with an e-mail address (a person is created if need be); at the university it
    is somebody with that role already. Who was first supervisor before becomes a deputy: nobody loses sight of a
    student without being taken away (``release_supervisor``). Naming the same person again only changes the rank.

    Raises ``NotAllowed``, and ``RuleViolation`` ``email_missing``, ``not_university_supervisor``,
    ``supervisor_is_student`` or ``both_sides``, with the field.
    """
    _check_actor(placement, kind, actor)
    if not canonical_email(email):
        raise RuleViolation("email_missing", _("Enter the e-mail address of the supervisor."), field="email")
    with transaction.atomic():
        Placement.objects.select_for_update().get(pk=placement.pk)
        person = _find_person(placement, name, email, kind, actor)
        row = PlacementSupervisor.objects.filter(placement=placement, user=person).first()
        if (row is not None and row.kind != kind) or _stands_on_the_other_side(placement, person, kind):
            raise RuleViolation(
                "both_sides",
                _("This person supervises the student on the other side already. It must be somebody else."),
                field="email",
            )
        is_new = row is None or not row.is_active
        row = _write(row or PlacementSupervisor(placement=placement, user=person, kind=kind), is_deputy=is_deputy)
        if is_new:
            # The moment makes a second naming, after a release, a new thing to tell.
            moment = row.updated_at.isoformat()
            enqueue("applications.tell_supervisor_named", {"supervision_id": row.pk, "moment": moment})
    return row


def _stands_on_the_other_side(placement: Placement, person: User, kind: SupervisorKind) -> bool:
    """Say whether the person supervises this student on the other side, at this or at another placement."""
    student = placement.enrolment.student_id
    theirs = PlacementSupervisor.objects.filter(user=person, placement__enrolment__student=student, is_active=True)
    return theirs.exclude(kind=kind).exists()


@dataclass(frozen=True)
class Naming:
    """What a naming has changed, to be taken back: the supervision, its person, and who was first before.

    ``rank`` is what the person was at this placement before: "first", "deputy" or nothing; ``moment`` when it was
    written: whatever has happened to the supervision since is seen by it.
    """

    supervision: int
    person: int
    rank: str
    is_deputy: bool
    former: list[int]
    moment: str


def name_with_note(
    placement: Placement, *, name: str, email: str, kind: SupervisorKind, actor: "Actor", is_deputy: bool = False
) -> Naming:
    """Name a supervisor as ``name_supervisor`` does, and return what ``take_back_naming`` needs."""
    with transaction.atomic():
        Placement.objects.select_for_update().get(pk=placement.pk)
        before = list(PlacementSupervisor.objects.filter(placement=placement, kind=kind, is_active=True).order_by("pk"))
        row = name_supervisor(placement, name=name, email=email, kind=kind, actor=actor, is_deputy=is_deputy)
    ranks = {one.pk: "deputy" if one.is_deputy else "first" for one in before}
    former = [pk for pk, rank in ranks.items() if rank == "first" and pk != row.pk and not is_deputy]
    return Naming(row.pk, row.user_id, ranks.get(row.pk, ""), is_deputy, former, row.updated_at.isoformat())


def take_back_naming(placement: Placement, naming: Naming, *, actor: "Actor") -> None:
    """Make it as it was before somebody was named; what the person has verified stays.

    Raises ``NotAllowed``, and ``RuleViolation`` ``changed_since`` where the supervision is not any more as it was
    made.
    """
    with transaction.atomic():
        Placement.objects.select_for_update().get(pk=placement.pk)
        as_made = {"is_active": True, "is_deputy": naming.is_deputy, "updated_at": naming.moment}
        row = PlacementSupervisor.objects.filter(pk=naming.supervision, placement=placement, **as_made).first()
        if row is None:
            raise RuleViolation("changed_since", _("Somebody has changed who supervises this student since."))
        _check_actor(placement, SupervisorKind(row.kind), actor)
        row.is_active = bool(naming.rank)
        row.is_deputy = naming.rank == "deputy" if naming.rank else row.is_deputy
        row.save(update_fields=["is_active", "is_deputy", "updated_at"])
        PlacementSupervisor.objects.filter(pk__in=naming.former, is_active=True).update(is_deputy=False)


def _check_actor(placement: Placement, kind: SupervisorKind, actor: "Actor") -> None:
    if isinstance(actor, SystemActor):
        return
    if not can_name_supervisor(placement, actor):
        raise NotAllowed
    if kind == SupervisorKind.UNIVERSITY and not coordinates_placement(placement, actor):
        raise NotAllowed


def _find_person(placement: Placement, name: str, email: str, kind: SupervisorKind, actor: "Actor") -> User:
    if kind == SupervisorKind.INDUSTRIAL:
        try:
            return ensure_supervisor(placement.company, name=name, email=email, actor=actor)
        except RuleViolation as error:
            raise RuleViolation(error.code, error.message, field="email") from error
    person = User.objects.filter(email__iexact=canonical_email(email), is_active=True).first()
    if person is None or not has_role(person, Role.UNIVERSITY_SUPERVISOR):
        raise RuleViolation(
            "not_university_supervisor",
            _("Nobody with this address is a university supervisor. Give the person the role first."),
            field="email",
        )
    if person.pk == placement.enrolment.student_id:
        raise RuleViolation("supervisor_is_student", _("Nobody supervises the own training."), field="email")
    return person


def _write(row: PlacementSupervisor, *, is_deputy: bool) -> PlacementSupervisor:
    if not is_deputy:
        same_side = PlacementSupervisor.objects.filter(placement=row.placement_id, kind=row.kind, is_deputy=False)
        same_side.exclude(pk=row.pk).update(is_deputy=True)
    row.is_deputy, row.is_active = is_deputy, True
    row.save()
    return row


def release_supervisor(row: PlacementSupervisor, *, actor: "Actor") -> PlacementSupervisor:
    """Take the supervision away; what the person has verified stays. Raises ``NotAllowed``."""
    _check_actor(row.placement, SupervisorKind(row.kind), actor)
    row.is_active = False
    row.save(update_fields=["is_active", "updated_at"])
    return row
