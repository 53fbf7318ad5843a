"""Credentials in the workspace: who has one, revoked with a reason."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.reporting.models import Credential
from apps.reporting.permissions import can_view_credential
from apps.reporting.selectors.credentials import credentials_visible_to
from apps.reporting.services.credentials import revoke_credential
from portal.kernel.admin import PortalModelAdmin, through


@admin.register(Credential)
class CredentialAdmin(PortalModelAdmin):
    belongs = through("placement__enrolment__cohort")
    selector = staticmethod(credentials_visible_to)
    can_view = staticmethod(can_view_credential)
    bulk_moves = ()
    empty_sentence = _("No credential yet. They are made when placements are completed.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("student", "company", "created_at", "revoked_at", "badge")
    list_filter = ("state", "placement__enrolment__cohort")
    list_select_related = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")
    search_fields = ("placement__enrolment__student__first_name", "placement__enrolment__student__last_name")
    ordering = ("-pk",)
    fields = ("student", "company", "uuid", "status_index", "created_at", "revoked_at", "reason")

    @admin.display(description=_("student"), ordering="placement__enrolment__student__last_name")
    def student(self, row: Credential) -> str:
        return str(row.placement.enrolment.student)

    @admin.display(description=_("company"), ordering="placement__company__name")
    def company(self, row: Credential) -> str:
        return row.placement.company.name

    def make_move(self, row: Any, name: str, **how: Any) -> None:
        """Revoke through the service."""
        if name != "revoke":
            raise LookupError(name)
        revoke_credential(row, **how)
