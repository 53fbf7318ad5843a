from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin.mass_mail import begin_mail
from apps.applications.models import Placement
from apps.applications.services.audiences import TRAINEES
from apps.logbook.models import ArrivalNote, Assessment, DailyLog, LogAttachment, Operation, WeeklyReport
from apps.logbook.permissions import can_view_arrival, can_view_entry
from apps.logbook.selectors import (
    addresses_waiting,
    arrivals_visible_to,
    left_unassessed,
    logs_visible_to,
    overdue,
    silent,
    waiting_for,
    weeks_visible_to,
)
from portal.kernel.admin import (
    Action,
    Panel,
    PortalModelAdmin,
    PortalTabularInline,
    QuickLook,
    extend_admin,
    through,
)

PEOPLE = (
    "enrolment__student__first_name",
    "enrolment__student__last_name",
    "enrolment__student__student_profile__reg_no",
)
MOST_DIGITS = 18
CHAIN_MOVES = ("return_to_student", "return_to_host", "uphold")


class AttachmentInline(PortalTabularInline):
    model = LogAttachment
    fields = readonly_fields = ("original_name", "content_type", "size")


class OperationInline(PortalTabularInline):
    model = Operation
    fields = readonly_fields = ("number", "description", "tools")


class EntryAdmin(QuickLook, PortalModelAdmin):
    """What a student wrote: read here, decided by moves, never changed."""

    belongs = through("enrolment__cohort")
    can_view = staticmethod(can_view_entry)
    bulk_moves = CHAIN_MOVES
    list_filter: ClassVar[tuple[Any, ...]] = ("state", "enrolment__cohort")
    list_select_related = ("enrolment__student", "placement__company")
    search_fields = PEOPLE

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: Any) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("company"), ordering="placement__company__name")
    def company(self, row: Any) -> str:
        return row.placement.company.name if row.placement else ""


class OverdueFilter(admin.SimpleListFilter):
    """The logs that the first page counts as unverified."""

    title = _("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("verify", _("Unverified for a week"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return overdue(rows) if self.value() == "verify" else rows


class WaitsForFilter(admin.SimpleListFilter):
    """The days that the chart of the first page counts for one supervisor; it offers nobody, the chart does."""

    title = _("supervisor")
    parameter_name = "waits_for"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        chosen = self.value()
        return [(chosen, _("Who lets days wait"))] if chosen else []

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return waiting_for(rows, int(chosen)) if chosen.isdecimal() and len(chosen) <= MOST_DIGITS else rows


class SilenceFilter(admin.SimpleListFilter):
    """The placements that the first page counts as silent."""

    title = DailyLog._meta.verbose_name_plural
    parameter_name = "logs"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("silent", _("Silent for days"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return silent(rows) if self.value() == "silent" else rows


class UnassessedFilter(admin.SimpleListFilter):
    """The placements that the first page counts as not assessed."""

    title = Assessment._meta.verbose_name_plural
    parameter_name = "forms"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("open", _("Over, and not assessed"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return left_unassessed(rows) if self.value() == "open" else rows


class AddressFilter(admin.SimpleListFilter):
    """The arrivals that the first page counts: a coordinator has to look at the supervisor."""

    title = _("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("address", _("Supervisors to look at"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return addresses_waiting(rows) if self.value() == "address" else rows


@admin.register(DailyLog)
class DailyLogAdmin(EntryAdmin):
    selector = staticmethod(logs_visible_to)
    empty_sentence = _("No student of yours has sent a log yet.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("student", "day", "hours", "company", "submitted_at", "badge")
    look_facts = ("day", "hours", "company", "submitted_at", "text", "host_comment", "reason")
    fields = ("enrolment", "placement", "day", "hours", "text", "skills", "location_hint", "host_comment", "reason")
    date_hierarchy = "day"
    list_filter = (OverdueFilter, WaitsForFilter, *EntryAdmin.list_filter, "enrolment__cohort__department")
    inlines = (AttachmentInline,)


@admin.register(WeeklyReport)
class WeeklyReportAdmin(EntryAdmin):
    selector = staticmethod(weeks_visible_to)
    empty_sentence = _("No student of yours has sent a week yet.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("student", "number", "week_start", "main_job_title", "company", "badge")
    look_facts = ("number", "week_start", "company", "main_job_title", "summary", "host_comment", "reason")
    fields = (
        "enrolment",
        "placement",
        "number",
        "week_start",
        "summary",
        "main_job_title",
        "main_job_detail",
        "host_comment",
        "reason",
    )
    inlines = (OperationInline,)


@admin.register(ArrivalNote)
class ArrivalNoteAdmin(PortalModelAdmin):
    belongs = through("placement__enrolment__cohort")
    selector = staticmethod(arrivals_visible_to)
    can_view = staticmethod(can_view_arrival)
    bulk_moves = ("allow_address", "refuse_address", "reopen")
    empty_sentence = _("No student of yours has reported an arrival yet.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("placement", "arrived_on", "supervisor_name", "address_waits", "decided_at", "badge")
    list_filter = (AddressFilter, "state", "placement__enrolment__cohort")
    list_select_related = ("placement__enrolment__student", "placement__company")
    search_fields = ("supervisor_name", *(f"placement__{path}" for path in PEOPLE))
    fields = (
        "placement",
        "arrived_on",
        "supervisor_name",
        "supervisor_email",
        "supervisor_phone",
        "address_waits",
        "decided_at",
        "reason",
    )


def last_logs(placement: Placement, request: HttpRequest) -> dict[str, object] | None:
    rows = logs_visible_to(request.user).filter(placement=placement, is_current=True)
    return {"rows": list(rows.order_by("-day")[:12])}


def versions(log: DailyLog, _request: HttpRequest) -> dict[str, object]:
    return {"url": reverse("log_versions", args=[log.pk])}


REMINDER = (
    _("Your logbook waits for you"),
    _(
        "Dear {first_name},\n\n"
        "your logbook at {company} has had no new days for a while. Please enter what you have done and hand it in: "
        "only days that are handed in can be verified and count."
    ),
)


def remind_of_logbook(page: Any, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
    """Bring a reminder along that is only to be looked at and sent."""
    return begin_mail(page, request, rows, TRAINEES.code, REMINDER)


extend_admin(DailyLog, panels=[Panel("versions", _("Versions"), "logbook/admin/versions.html", versions)])
extend_admin(
    Placement,
    panels=[Panel("last_logs", _("Last days"), "logbook/admin/last_logs.html", last_logs)],
    filters=[SilenceFilter, UnassessedFilter],
    actions=[Action("remind_of_logbook", _("Remind the students of their logbook"), remind_of_logbook)],
)
