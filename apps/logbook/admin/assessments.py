from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.logbook.models import Assessment, Visit
from apps.logbook.permissions import can_view_assessment, can_view_visit
from apps.logbook.selectors import assessments_visible_to, visits_visible_to
from portal.kernel.admin import PortalModelAdmin

PEOPLE = (
    "placement__enrolment__student__first_name",
    "placement__enrolment__student__last_name",
    "placement__enrolment__student__student_profile__reg_no",
)


@admin.register(Assessment)
class AssessmentAdmin(PortalModelAdmin):
    selector = staticmethod(assessments_visible_to)
    can_view = staticmethod(can_view_assessment)
    bulk_moves = ("release", "reopen")
    empty_sentence = _("No assessment has been sent yet.")
    list_display = ("placement", "rubric", "mark", "submitted_at", "state")
    list_filter = ("state", "placement__enrolment__cohort")
    list_select_related = ("placement__enrolment__student", "placement__company", "rubric")
    search_fields = PEOPLE
    fields = ("rubric", "placement", "answers", "comment", "mark", "submitted_at", "submitted_by")


@admin.register(Visit)
class VisitAdmin(PortalModelAdmin):
    selector = staticmethod(visits_visible_to)
    can_view = staticmethod(can_view_visit)
    empty_sentence = _("No visit is planned.")
    list_display = ("placement", "visitor", "planned_on", "done_on")
    list_select_related = ("placement__enrolment__student", "placement__company", "visitor")
    search_fields = PEOPLE
    fields = ("placement", "visitor", "planned_on", "done_on", "report")
