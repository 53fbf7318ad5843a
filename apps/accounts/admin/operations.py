"""What runs and what was told: jobs, background tasks, refused notices, links, history."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import permissions, selectors
from apps.accounts.models import (
    Cohort,
    Department,
    Enrolment,
    HistoryEntry,
    ImportBatch,
    Job,
    Note,
    OutboxTask,
    Programme,
)
from apps.accounts.services.jobs import cancel_job
from apps.accounts.services.outbox import retry_task
from apps.accounts.states import OutboxState
from portal.kernel.admin import PortalModelAdmin
from portal.kernel.errors import NotAllowed, Text
from portal.kernel.fsm import stateful_models
from portal.kernel.views import TimelineEntry, timeline_of


@admin.register(Job)
class JobAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.jobs_visible_to)
    can_view = staticmethod(permissions.can_view_job)
    empty_sentence = gettext_lazy("Nothing runs. Imports and exports appear here.")
    empty_next = ((gettext_lazy("To the imports"), "admin:accounts_importbatch_changelist"),)
    fields = ("title", "kind", "owner", "message", "error", "started_at", "finished_at")
    list_display = ("title", "badge", "owner", "done_count", "total_count", "started_at", "finished_at")
    list_filter = ("state",)
    list_select_related = ("owner",)
    search_fields = ("title",)
    ordering = ("-id",)
    bulk_moves = ()

    def make_move(self, row: Job, name: str, **how: Any) -> None:
        """Cancel through the service: a job that runs stops at its next step, not between two lines."""
        if name != "cancel":
            raise LookupError(name)
        if not permissions.can_cancel_job(row, how["actor"]):
            raise NotAllowed
        cancel_job(row, actor=how["actor"])


@admin.register(OutboxTask)
class OutboxTaskAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.outbox_tasks_visible_to)
    can_view = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("Nothing waits: all background work is done.")
    fields = (
        "kind",
        "state",
        "payload",
        "attempts",
        "not_before",
        "lease_until",
        "last_error",
        "created_at",
        "done_at",
    )
    list_display = ("kind", "badge", "attempts", "not_before", "last_error_line")
    list_filter = ("state",)
    search_fields = ("kind",)
    ordering = ("-id",)
    actions = ("try_again",)

    @admin.display(description=gettext_lazy("last error"))
    def last_error_line(self, row: OutboxTask) -> str:
        return row.last_error.partition("\n")[0][:120]

    @admin.action(description=gettext_lazy("Try again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[OutboxTask]) -> None:
        dead = list(rows.filter(state=OutboxState.DEAD))
        for row in dead:
            retry_task(row)
        text = ngettext("%(count)d task is tried again.", "%(count)d tasks are tried again.", len(dead))
        self.message_user(request, text % {"count": len(dead)}, messages.SUCCESS if dead else messages.WARNING)


WITHOUT_MACHINE: tuple[type[Model], ...] = (Cohort, Department, Enrolment, ImportBatch, Note, Programme)


class KindFilter(admin.SimpleListFilter):
    """What the entries are about; a fixed list, because asking the table for its labels reads all of it."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        kept: list[type[Model]] = [model for model in stateful_models() if model.KEEPS_HISTORY]
        return [(model._meta.label, model._meta.verbose_name) for model in [*kept, *WITHOUT_MACHINE]]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(target_label=self.value()) if self.value() else rows


@admin.register(HistoryEntry)
class HistoryEntryAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.history_visible_to)
    can_view = staticmethod(permissions.can_view_history_entry)
    empty_sentence = gettext_lazy("Nothing has happened yet.")
    fields = ("at", "actor", "via", "target_label", "target_id", "action", "source", "target", "reason", "department")
    list_display = ("at", "who", "what", "kind", "target_id", "reason")
    list_filter = (KindFilter,)
    list_select_related = ("actor", "department")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, row: HistoryEntry) -> Any:
        return _kinds().get(row.target_label, row.target_label)

    @admin.display(description=gettext_lazy("who"))
    def who(self, row: HistoryEntry) -> str:
        return _line(row).who

    @admin.display(description=gettext_lazy("what"))
    def what(self, row: HistoryEntry) -> Text:
        return _line(row).what


def _kinds() -> dict[str, Any]:
    models: list[type[Model]] = [*stateful_models(), *WITHOUT_MACHINE]
    return {model._meta.label: model._meta.verbose_name for model in models}


def _line(row: HistoryEntry) -> TimelineEntry:
    machines: dict[str, type[Model]] = {model._meta.label: model for model in stateful_models()}
    return timeline_of(machines.get(row.target_label, HistoryEntry), [row])[0]
