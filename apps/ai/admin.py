"""Uses of AI help in the coordinators' workspace: who and what for, never the texts."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.ai.models import AiCall
from apps.ai.permissions import can_view_call
from apps.ai.selectors import calls_visible_to
from portal.kernel.admin import ListLink, PortalModelAdmin, through


@admin.register(AiCall)
class AiCallAdmin(PortalModelAdmin):
    """A student's drafts are the student's: what was written before and after is not shown here."""

    belongs = through("cohort")
    selector = staticmethod(calls_visible_to)
    can_view = staticmethod(can_view_call)
    empty_sentence = _("Nobody has asked for AI help yet. Each cohort has a switch for it.")
    empty_next = ((_("To the cohorts"), "admin:accounts_cohort_changelist"),)
    fields = (
        *("user", "subject", "cohort", "purpose", "title", "language", "backend", "model"),
        *("outcome", "problem", "decision", "tokens_in", "tokens_out", "cost"),
        *("created_at", "started_at", "finished_at", "decided_at"),
    )
    list_display = ("created_at", "user", "purpose", "cohort", "backend", "outcome", "decision", "tokens", "cost")
    list_filter = ("outcome", "decision", "purpose", "cohort")
    list_select_related = ("user", "cohort")
    search_fields = ("user__username", "user__first_name", "user__last_name", "title")
    ordering = ("-id",)
    bulk_moves = ()

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        del request
        return [ListLink(_("Sums by cohort"), reverse("ai_usage_cohorts"))]

    @admin.display(description=_("tokens"))
    def tokens(self, row: AiCall) -> int:
        return row.tokens_in + row.tokens_out
