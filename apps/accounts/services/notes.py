"""Notes of coordinators about an object. Upper apps say which of their rows one may note something about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import Company, Enrolment, Note, User
from apps.accounts.permissions import can_delete_note, can_note_about
from apps.accounts.selectors import companies_visible_to, enrolments_visible_to
from apps.accounts.services.history import note_history
from apps.accounts.services.mergers import Follower, follow_company
from portal.kernel.errors import NotAllowed, RuleViolation, Text

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

LONGEST: Final = 2000
# One more on the same object than anybody reads.
MOST_NOTES: Final = 200


@dataclass(frozen=True)
class Noted:
    """A kind of object that takes notes: ``selector(user)`` are the rows, ``anchor`` names what says whose scope it is.

    ``anchor`` is a field that leads to the enrolment; empty where the row is an enrolment or a company itself.
    """

    model: type[Model]
    selector: Callable[["Viewer"], QuerySet[Any]]
    anchor: str = ""

    @property
    def word(self) -> str:
        """The kind's word in addresses of the API."""
        return self.model._meta.model_name or ""

    @property
    def title(self) -> Text:
        """What people call the kind."""
        return self.model._meta.verbose_name or ""


_kinds: dict[str, Noted] = {}


def take_notes_about(kind: Noted) -> None:
    """Let rows of a model take notes; an upper app calls this in its ``receivers.py``."""
    _kinds[kind.model._meta.label] = kind


def noted_kinds() -> dict[str, Noted]:
    """Return the kinds that take notes, by the label of their model."""
    return dict(_kinds)


take_notes_about(Noted(Enrolment, enrolments_visible_to))
take_notes_about(Noted(Company, companies_visible_to))
follow_company(Follower(Note, Note._meta.verbose_name_plural or "", refers=False))


def anchor_of(row: Any) -> Any:
    """Return the enrolment or the company whose scope counts for notes on the row."""
    field = _kinds[row._meta.label].anchor
    return getattr(row, field) if field else row


def write_note(row: Any, text: str, *, actor: User) -> Note:
    """Note something about an object of a kind that takes notes.

    Raises ``NotAllowed``; ``RuleViolation`` ``text_missing``, ``text_too_long`` or ``too_many``, at ``text``.
    """
    anchor = anchor_of(row)
    if not can_note_about(anchor, actor):
        raise NotAllowed
    place: dict[str, Any] = {"company" if isinstance(anchor, Company) else "enrolment": anchor}
    if row is not anchor:
        place |= {"label": row._meta.label, "key": row.pk}
    if Note.objects.filter(**place).count() >= MOST_NOTES:
        full = _("There are %(count)d notes here already. Delete some first.") % {"count": MOST_NOTES}
        raise RuleViolation("too_many", full, field="text")
    with transaction.atomic():
        note = Note.objects.create(author=actor, text=_checked(text), **place)
        _keep(note, "create", actor)
    return note


def delete_note(note: Note, *, actor: User) -> None:
    """Take a note away. Raises ``NotAllowed``."""
    if not can_delete_note(note, actor):
        raise NotAllowed
    with transaction.atomic():
        _keep(note, "delete", actor)
        note.delete()


def delete_notes_on(row: Model) -> None:
    """Take away what was noted about a row that goes itself; its service has asked who may."""
    Note.objects.filter(label=row._meta.label, key=row.pk).delete()


def _checked(text: str) -> str:
    found = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not found:
        raise RuleViolation("text_missing", _("Write the note first."), field="text")
    if len(found) > LONGEST:
        long = _("A note has at most %(most)d characters; this one has %(count)d. Shorten it.")
        raise RuleViolation("text_too_long", long % {"most": LONGEST, "count": len(found)}, field="text")
    return found


def _keep(note: Note, action: str, actor: User) -> None:
    # That there was a note, not what it said: an erasure takes the note, the history stays.
    anchor = note.anchor
    department = anchor.proposed_for_id if isinstance(anchor, Company) else anchor.cohort.department_id
    note_history(note, action, actor=actor, department_id=department)
