"""Notes of coordinators: for those whose scope contains what they are about, and for nobody else."""

from typing import TYPE_CHECKING

from apps.accounts.permissions.people import coordinates_cohort, is_superuser, moderates_company

if TYPE_CHECKING:
    from apps.accounts.models import Company, Enrolment, Note
    from portal.kernel.access import Viewer


def can_note_about(anchor: "Enrolment | Company", user: "Viewer") -> bool:
    """Coordinators of the student's cohort; of a company those who decide about it."""
    cohort = getattr(anchor, "cohort", None)
    return coordinates_cohort(cohort, user) if cohort is not None else moderates_company(anchor, user)  # type: ignore[arg-type] # what has no cohort is a company


def can_read_notes_about(anchor: "Enrolment | Company", user: "Viewer") -> bool:
    """Who may write one, and the superuser."""
    return can_note_about(anchor, user) or is_superuser(user)


def can_view_note(note: "Note", user: "Viewer") -> bool:
    """Whose scope contains what it is about, and the superuser."""
    return can_read_notes_about(note.anchor, user)


def can_delete_note(note: "Note", user: "Viewer") -> bool:
    """Its author, while it is in the author's scope; the superuser."""
    mine = note.author_id is not None and note.author_id == user.pk
    return is_superuser(user) or (mine and can_note_about(note.anchor, user))
