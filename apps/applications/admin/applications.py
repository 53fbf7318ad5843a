import datetime as dt

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.applications.models import Application
from apps.applications.permissions import can_view_application
from apps.applications.selectors import applications_visible_to, disclosures_visible_to
from portal.kernel.admin import Panel, PortalModelAdmin, extend_admin


def resume_of(application: Application, request: HttpRequest) -> dict[str, object]:
    opened = disclosures_visible_to(request.user).filter(application=application).select_related("viewer")
    return {"resume": application.resume, "opened": list(opened)}


@admin.register(Application)
class ApplicationAdmin(PortalModelAdmin):
    selector = staticmethod(applications_visible_to)
    can_view = staticmethod(can_view_application)
    # An interview needs a time and a place: it is arranged by the company, one by one.
    bulk_moves = ("start_review", "shortlist", "accept", "reject")
    empty_sentence = _("Nobody has applied yet. Students see the vacancies that are active and fit them.")
    list_display = ("applicant", "vacancy", "company", "cohort", "applied_on", "badge")
    list_filter = ("state", "enrolment__cohort")
    list_select_related = ("student", "vacancy__company", "enrolment__cohort")
    search_fields = (
        *("student__first_name", "student__last_name", "student__student_profile__reg_no"),
        *("vacancy__title", "vacancy__company__name"),
    )
    ordering = ("-pk",)
    # What the company notes for itself is not among them.
    fields = ("enrolment", "vacancy", "cover_letter", "interview_at", "interview_place", "reason")
    panels = (Panel("resume", _("Resume"), "applications/admin/resume.html", resume_of),)

    @admin.display(description=_("student"), ordering="student__last_name")
    def applicant(self, row: Application) -> str:
        return str(row.student)

    @admin.display(description=_("company"), ordering="vacancy__company__name")
    def company(self, row: Application) -> str:
        return row.vacancy.company.name

    @admin.display(description=_("cohort"), ordering="enrolment__cohort__name")
    def cohort(self, row: Application) -> str:
        return row.enrolment.cohort.name

    @admin.display(description=_("applied on"), ordering="created_at")
    def applied_on(self, row: Application) -> dt.date:
        return timezone.localtime(row.created_at).date()


def applications_of_student(enrolment: Model, request: HttpRequest) -> dict[str, object]:
    rows = applications_visible_to(request.user).filter(enrolment=enrolment.pk).select_related("vacancy__company")
    return {"rows": list(rows)}


extend_admin(
    Enrolment,
    panels=[Panel("applications", _("Applications"), "applications/admin/applications.html", applications_of_student)],
)
