"""General reports in the workspace: who has sent one, who not yet; read, never written."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.permissions import can_view_report
from apps.reporting.selectors import general_reports_visible_to
from portal.kernel.admin import ListLink, PortalModelAdmin, through


@admin.register(GeneralReport)
class GeneralReportAdmin(PortalModelAdmin):
    belongs = through("enrolment__cohort")
    selector = staticmethod(general_reports_visible_to)
    can_view = staticmethod(can_view_report)
    bulk_moves = ()
    empty_sentence = _("No general report yet. They come here when students send them.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("student", "title", "cohort", "submitted_at", "word_count", "badge")
    shared_columns = (*list_display, "approved_at")
    list_filter = ("state", "enrolment__cohort")
    list_select_related = ("enrolment__student", "enrolment__cohort")
    search_fields = ("title", "enrolment__student__first_name", "enrolment__student__last_name")
    ordering = ("-pk",)
    fields = ("title", *SECTIONS, "submitted_at", "approved_at", "approved_by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with what the rights of one report read."""
        return super().get_queryset(request).prefetch_related("enrolment__placements__supervisors")

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: GeneralReport) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("cohort"), ordering="enrolment__cohort__name")
    def cohort(self, row: GeneralReport) -> str:
        return row.enrolment.cohort.name

    @admin.display(description=_("words"))
    def word_count(self, row: GeneralReport) -> int:
        return row.words

    def object_links(self, request: HttpRequest, row: GeneralReport) -> list[ListLink]:  # noqa: ARG002 - the same for all
        """Return the way to the report as it is printed."""
        return [ListLink(_("Read as it is printed"), reverse("report_detail", args=[row.pk]), main=True)]
