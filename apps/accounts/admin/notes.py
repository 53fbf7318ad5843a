"""Notes on an object's page: a panel of what coordinators noted, newest first, and a field for one more."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.models import Note
from apps.accounts.permissions import can_delete_note, can_note_about, can_read_notes_about
from apps.accounts.selectors import notes_about
from apps.accounts.services.notes import LONGEST, anchor_of, delete_note, noted_kinds, write_note
from portal.kernel.admin import Panel, PortalModelAdmin
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    Base = PortalModelAdmin
else:
    Base = object


def notes_on(row: Model, request: HttpRequest) -> dict[str, object] | None:
    """Return what was noted; nothing for whose scope does not contain the object."""
    anchor = anchor_of(row)
    if not can_read_notes_about(anchor, request.user):
        return None
    rows = list(notes_about(row, request.user).select_related("enrolment__cohort", "company"))
    return {
        "rows": [_shown(note, row, request) for note in rows],
        "write_url": _address(row, "note", row.pk) if can_note_about(anchor, request.user) else "",
        "longest": LONGEST,
    }


def _shown(note: Note, row: Model, request: HttpRequest) -> dict[str, object]:
    about = noted_kinds().get(note.label) if note.label != row._meta.label else None
    return {
        "note": note,
        "about": about.title if about is not None else "",
        "about_url": _address(about.model, "change", note.key) if about is not None else "",
        "delete_url": _address(row, "note_delete", row.pk, note.pk) if can_delete_note(note, request.user) else "",
    }


def _address(model: Any, name: str, *keys: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=keys)


NOTES = Panel("notes", gettext_lazy("Notes"), "admin/accounts/notes.html", notes_on)


class NotePages(Base):
    """Adds the addresses to which the panel ``NOTES`` posts to the pages of a kind that takes notes."""

    def get_urls(self) -> list[URLPattern]:
        at = self.task_path
        return [
            at("<path:object_id>/note/", require_POST(self.note_view), "note"),
            at("<path:object_id>/note/<int:pk>/delete/", require_POST(self.note_delete_view), "note_delete"),
            *super().get_urls(),
        ]

    def note_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note something about the object."""
        row = self.object_or_404(request, object_id)
        try:
            write_note(row, request.POST.get("text", ""), actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("Noted. Coordinators of this student or company can read it."))
        return HttpResponseRedirect(f"{self.url_of(row)}#notes")

    def note_delete_view(self, request: HttpRequest, object_id: str, pk: int) -> HttpResponse:
        """Take a note away that stands on this page."""
        row = self.object_or_404(request, object_id)
        note = row_or_404(notes_about(row, request.user).select_related("enrolment__cohort", "company"), pk=pk)
        delete_note(note, actor=self.actor_of(request))
        messages.success(request, _("The note is deleted."))
        return HttpResponseRedirect(f"{self.url_of(row)}#notes")
