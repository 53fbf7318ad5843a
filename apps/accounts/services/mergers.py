"""Two companies that are one: what refers to the second goes over to the first, and comes back when that is undone.

Upper apps say with ``follow_company`` which of their rows follow; accounts does not know them. What would be there
twice (the same member in both) stays with the merged company, which is archived and never deleted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Agreement, Company, CompanyCapacity, CompanyGrant, CompanyMember, CompanyMerger, User
from apps.accounts.permissions import can_merge_companies
from apps.accounts.services.history import note_history
from apps.accounts.states import CompanyState
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fsm import Change, perform, with_move

if TYPE_CHECKING:
    from portal.kernel.access import Actor

MERGEABLE: Final = (CompanyState.PROPOSED, CompanyState.APPROVED)


@dataclass(frozen=True)
class Follower:
    """Rows that refer to a company by ``field`` and follow it when it is merged; ``title`` is what people call them.

    ``once`` names the fields that with the company may occur once only; a row that the other company has already
    stays where it is. ``after(rows)`` is called in the same transaction with rows whose company is another one now, or
    has another name. ``refers`` says whether such a row keeps the company from being deleted.
    """

    model: type[Model]
    title: Text
    field: str = "company"
    once: tuple[str, ...] = ()
    after: Callable[[QuerySet[Any]], object] | None = None
    refers: bool = True

    @property
    def key(self) -> str:
        """The name under which a merger remembers these rows."""
        return f"{self.model._meta.label}.{self.field}"

    def rows(self, company: Company) -> QuerySet[Any]:
        """Return the rows of a company."""
        return self.model._default_manager.filter(**{self.field: company})

    def movable(self, rows: QuerySet[Any], target: Company) -> QuerySet[Any]:
        """Narrow to the rows that the target does not have already."""
        if not self.once:
            return rows
        there = self.rows(target).filter(**{name: OuterRef(name) for name in self.once})
        return rows.filter(~Exists(there))


_followers: list[Follower] = []


def follow_company(follower: Follower) -> None:
    """Register rows that follow a company; an upper app does so in its ``receivers.py``."""
    _followers.append(follower)


def followers() -> Sequence[Follower]:
    """Return every registered follower, in the order of the chain."""
    return tuple(_followers)


follow_company(
    Follower(CompanyMember, _("people of the company"), once=("user", "kind"), refers=False),
)
follow_company(
    Follower(CompanyGrant, _("coordinators' rights"), "content_object", once=("user", "permission"), refers=False)
)
follow_company(Follower(CompanyCapacity, _("places for a cohort"), once=("cohort",), refers=False))
follow_company(Follower(Agreement, _("agreements")))


# -- looking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Going:
    """One line of the preview: how many rows go over and how many stay because the other company has them already."""

    title: Text
    moving: int
    staying: int


def preview_merger(kept: Company, merged: Company) -> list[Going]:
    """Return what would go over; kinds of which there is nothing are left out. Changes nothing."""
    lines = []
    for follower in _followers:
        count = follower.rows(merged).count()
        moving = follower.movable(follower.rows(merged), kept).count() if count else 0
        if count:
            lines.append(Going(follower.title, moving, count - moving))
    return lines


def referring_rows(company: Company) -> int:
    """Count what keeps a company from being deleted: rows of upper apps, agreements, mergers."""
    mergers = CompanyMerger.objects.filter(Q(kept=company) | Q(merged=company)).count()
    return mergers + sum(follower.rows(company).count() for follower in _followers if follower.refers)


def name_has_changed(company: Company) -> None:
    """Let the rows that hold the company's name take the new one."""
    for follower in _followers:
        if follower.after is not None:
            follower.after(follower.rows(company))


# -- merging ------------------------------------------------------------------------------------------------------


def merge_companies(kept: Company, merged: Company, *, actor: User) -> CompanyMerger:
    """Let ``kept`` stand for ``merged`` too: all that refers to the second refers to the first; undone by a move.

    Raises ``NotAllowed`` for who may not decide about both, and ``RuleViolation`` ``same_company``, ``merged`` (one of
    them is merged already) or ``wrong_state`` (one is rejected or archived).
    """
    if not can_merge_companies(kept, merged, actor):
        raise NotAllowed
    if kept.pk == merged.pk:
        raise RuleViolation("same_company", _("A company cannot be merged into itself. Choose another one."))
    with transaction.atomic():
        # In the order of the keys: two mergers of the same pair do not wait for each other.
        rows = {
            row.pk: row
            for row in Company.objects.select_for_update(of=("self",))
            .filter(pk__in=[kept.pk, merged.pk])
            .order_by("pk")
        }
        first, second = rows[kept.pk], rows[merged.pk]
        if first.merged_into_id is not None or second.merged_into_id is not None:
            raise RuleViolation("merged", _("One of the two was merged already. Look at them again."))
        if first.state not in MERGEABLE or second.state not in MERGEABLE:
            raise RuleViolation("wrong_state", _("Only companies that wait or are approved can be merged."))
        second.merged_into, second.state_before_merger = first, second.state
        second.save(update_fields=["merged_into", "state_before_merger", "updated_at"])
        perform(second, "merge", actor=actor, reason=first.name)
    merged.refresh_from_db()
    return CompanyMerger.objects.get(merged=merged, undone_at__isnull=True)


@with_move("accounts.Company", "merge")
def carry_over(change: Change) -> None:
    """Give the other company what refers to this one, and remember it."""
    for company in cast("Sequence[Company]", change.objects):
        kept = Company.objects.get(merged=company)
        moved = {follower.key: _give(follower, follower.rows(company), kept) for follower in _followers}
        CompanyMerger.objects.create(
            kept=kept,
            merged=company,
            actor_id=change.actor.pk,
            moved={key: pks for key, pks in moved.items() if pks},
            source=change.sources[company.pk],
        )
        _note(kept, "take_in", company, change.actor)


@with_move("accounts.Company", "undo_merger")
@with_move("accounts.Company", "undo_merger_of_proposed")
def bring_back(change: Change) -> None:
    """Give a company back what went over with it and is still there."""
    for company in cast("Sequence[Company]", change.objects):
        merger = CompanyMerger.objects.select_related("kept").get(merged=company, undone_at__isnull=True)
        for follower in _followers:
            mine = follower.rows(merger.kept).filter(pk__in=merger.moved.get(follower.key, []))
            _give(follower, mine, company)
        merger.undone_at = timezone.now()
        merger.save(update_fields=["undone_at", "updated_at"])
        Company.objects.filter(pk=company.pk).update(merged_into=None, state_before_merger="")
        _note(merger.kept, "give_back", company, change.actor)


def _give(follower: Follower, rows: QuerySet[Any], target: Company) -> list[Any]:
    """Make rows refer to the target; returns the keys of those that do now."""
    pks = list(follower.movable(rows, target).order_by("pk").values_list("pk", flat=True))
    going: QuerySet[Any] = follower.model._default_manager.filter(pk__in=pks)
    going.update(**{follower.field: target})
    if follower.after is not None and pks:
        follower.after(going)
    return pks


def _note(kept: Company, action: str, other: Company, actor: "Actor") -> None:
    note_history(kept, action, actor=actor, department_id=kept.proposed_for_id, reason=other.name)
