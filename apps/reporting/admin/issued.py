"""What left the portal, in the workspace: found by its code, withdrawn where it does not count any more."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.reporting.models import IssuedDocument
from apps.reporting.permissions import can_view_issued
from apps.reporting.selectors import issued_documents_visible_to
from apps.reporting.services.issuing import withdraw_document
from portal.kernel.admin import ListLink, PortalModelAdmin, through


@admin.register(IssuedDocument)
class IssuedDocumentAdmin(PortalModelAdmin):
    belongs = through("enrolment__cohort")
    selector = staticmethod(issued_documents_visible_to)
    can_view = staticmethod(can_view_issued)
    bulk_moves = ()
    empty_sentence = _("No document has left the portal yet.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("code", "kind_label", "student", "form", "created_at", "badge")
    list_filter = ("state", "kind", "enrolment__cohort")
    list_select_related = ("enrolment__student", "enrolment__cohort")
    search_fields = ("code", "sha256", "enrolment__student__first_name", "enrolment__student__last_name")
    ordering = ("-pk",)
    fields = (
        *("code", "kind_label", "form", "student", "week_start", "created_at", "made_by", "sha256"),
        *("confirmed_at", "entry_count", "validated_count", "withdrawn_at", "reason"),
    )

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: IssuedDocument) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, row: IssuedDocument) -> str:
        return row.get_kind_display()

    def object_links(self, request: HttpRequest, row: IssuedDocument) -> list[ListLink]:  # noqa: ARG002 - the same for all
        """Return the way to what the public sees."""
        return [ListLink(_("What the code says"), reverse("document_check", args=[row.code]))]

    def make_move(self, row: Any, name: str, **how: Any) -> None:
        """Withdraw through the service, which takes all files of the code."""
        if name != "withdraw":
            raise LookupError(name)
        withdraw_document(row, **how)
