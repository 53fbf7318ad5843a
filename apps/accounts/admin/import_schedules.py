"""Scheduled imports: folders from which tables are taken by themselves."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from apps.accounts import permissions, selectors
from apps.accounts.admin.imports import may_import
from apps.accounts.forms import ImportScheduleForm
from apps.accounts.models import ImportBatch, ImportSchedule
from apps.accounts.services import import_schedules
from apps.accounts.services.import_kinds import import_kind
from portal.kernel.admin import ListLink, Panel, PortalModelAdmin, through
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.views import say_refusal

SHOWN_BATCHES = 20


def tables_of(schedule: ImportSchedule, request: HttpRequest) -> dict[str, Any]:
    """Return the newest tables that came by a schedule, and where to lay the next."""
    rows: QuerySet[ImportBatch] = selectors.imports_visible_to(request.user).filter(schedule=schedule)
    return {"place": import_schedules.place_of(schedule), "batches": rows[:SHOWN_BATCHES]}


@admin.register(ImportSchedule)
class ImportScheduleAdmin(PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(selectors.import_schedules_visible_to)
    can_view = staticmethod(permissions.can_view_import_schedule)
    can_delete = staticmethod(permissions.can_change_import_schedule)
    delete_with = staticmethod(import_schedules.delete_schedule)
    empty_sentence = gettext_lazy("No table is taken by itself. Enter a schedule, and each gets a folder of its own.")
    fields = ("what", "cohort", "owner", "rhythm", "applies", "is_active", "looked_at", "next_at", "message")
    list_display = ("folder", "what", "cohort", "rhythm", "applies", "is_active", "looked_at", "message")
    list_filter = ("cohort", "is_active")
    list_select_related = ("cohort", "owner")
    ordering = ("-id",)
    actions = ("look", "pause", "resume")
    panels = (Panel("tables", gettext_lazy("Tables"), "admin/accounts/import_schedule_tables.html", tables_of),)

    @admin.display(description=gettext_lazy("folder"))
    def folder(self, row: ImportSchedule) -> str:
        return row.folder

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def what(self, row: ImportSchedule) -> Text:
        return import_kind(row.kind).title

    @admin.action(description=gettext_lazy("Look now"))
    def look(self, request: HttpRequest, rows: QuerySet[ImportSchedule]) -> None:
        self._each(request, rows, import_schedules.look_now)

    @admin.action(description=gettext_lazy("Pause"))
    def pause(self, request: HttpRequest, rows: QuerySet[ImportSchedule]) -> None:
        self._each(request, rows.filter(is_active=True), _pause)

    @admin.action(description=gettext_lazy("Go on"))
    def resume(self, request: HttpRequest, rows: QuerySet[ImportSchedule]) -> None:
        self._each(request, rows.filter(is_active=False), _resume)

    def _each(self, request: HttpRequest, rows: QuerySet[ImportSchedule], do: Callable[..., object]) -> None:
        done = 0
        for row in rows:
            try:
                do(row, actor=self.actor_of(request))
            except RuleViolation as error:
                self.message_user(request, f"{row.folder}: {error.message}", messages.WARNING)
            else:
                done += 1
        text = ngettext("Done for %(count)d schedule.", "Done for %(count)d schedules.", done) % {"count": done}
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        if not may_import(request.user):
            return []
        return [ListLink(_("Enter a schedule"), reverse("admin:accounts_importschedule_enter"), main=True)]

    def get_urls(self) -> list[URLPattern]:
        at = self.task_path
        return [
            at("enter/", self.enter_view, "enter"),
            at("<path:object_id>/look/", require_POST(self.look_view), "look_now"),
            at("<path:object_id>/switch/", require_POST(self.switch_view), "switch"),
            *super().get_urls(),
        ]

    def object_links(self, request: HttpRequest, row: ImportSchedule) -> list[ListLink]:
        del request
        switch = reverse("admin:accounts_importschedule_switch", args=[row.pk])
        if not row.is_active:
            return [ListLink(_("Go on"), switch, main=True, post=True)]
        look = reverse("admin:accounts_importschedule_look_now", args=[row.pk])
        return [ListLink(_("Look now"), look, main=True, post=True), ListLink(_("Pause"), switch, post=True)]

    def look_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Look into the folder of one schedule now."""
        return self._one(request, object_id, import_schedules.look_now, _("The folder is looked into."))

    def switch_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pause one schedule, or let it go on."""
        return self._one(request, object_id, _switch, "")

    def _one(self, request: HttpRequest, object_id: str, do: Callable[..., object], said: str) -> HttpResponse:
        row = self.object_or_404(request, object_id)
        try:
            do(row, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            if said:
                self.message_user(request, said, messages.SUCCESS)
        return redirect(self.url_of(row))

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """Ask which tables and how often; lead to the page that names the folder."""
        actor = self.actor_of(request)
        if not may_import(actor):
            raise PermissionDenied
        form = ImportScheduleForm(request.POST or None, user=actor)
        if request.method == "POST" and form.is_valid():
            try:
                row = import_schedules.add_schedule(**form.cleaned_data, actor=actor)
            except RuleViolation as error:
                form.add_error(error.field, str(error.message))
            else:
                return redirect(self.url_of(row))
        context = {**self.frame(request), "title": _("Enter a schedule"), "form": form}
        return TemplateResponse(request, "admin/accounts/import_schedule_enter.html", context)


def _pause(row: ImportSchedule, **who: Any) -> None:
    import_schedules.set_schedule_active(row, active=False, **who)


def _switch(row: ImportSchedule, **who: Any) -> None:
    import_schedules.set_schedule_active(row, active=not row.is_active, **who)


def _resume(row: ImportSchedule, **who: Any) -> None:
    import_schedules.set_schedule_active(row, active=True, **who)
