import datetime as dt
from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from apps.accounts.admin.notes import NOTES, NotePages
from apps.accounts.models import Company, Enrolment
from apps.applications.models import Application
from apps.applications.permissions import can_view_application, coordinates_applicant
from apps.applications.selectors import applications_visible_to, disclosures_visible_to
from apps.applications.services.applications import match_student
from apps.applications.states import ApplicationState, PlacementState
from portal.kernel.admin import ListLink, Panel, PortalModelAdmin, QuickLook, extend_admin, through
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import may
from portal.kernel.views import say_refusal

WAITS_LONG: Final = dt.timedelta(days=7)
MOST_SHOWN: Final = 25


class WhatHappensFilter(admin.SimpleListFilter):
    """The questions that coordinators ask most."""

    title = _("what happens")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [
            ("company", _("waits for the company for a week")),
            ("interview", _("interview ahead")),
            ("student", _("waits for the student")),
        ]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        undecided = rows.filter(state__in=ApplicationState.undecided())
        if self.value() == "company":
            return undecided.filter(created_at__lt=now - WAITS_LONG).exclude(interview_at__gt=now)
        if self.value() == "interview":
            return undecided.filter(interview_at__gt=now)
        if self.value() == "student":
            return rows.filter(state=ApplicationState.ACCEPTED, placement__state=PlacementState.PROPOSED)
        return rows


def resume_of(application: Application, request: HttpRequest) -> dict[str, object]:
    opened = disclosures_visible_to(request.user).filter(application=application).select_related("viewer")
    return {"resume": application.resume, "opened": list(opened)}


@admin.register(Application)
class ApplicationAdmin(NotePages, QuickLook, PortalModelAdmin):
    belongs = through("enrolment__cohort")
    selector = staticmethod(applications_visible_to)
    can_view = staticmethod(can_view_application)
    # An interview needs a time and a place: it is arranged by the company, one by one.
    bulk_moves = ("start_review", "shortlist", "accept", "reject")
    empty_sentence = _("Nobody has applied yet. Students see the vacancies that are active and fit them.")
    empty_next = ((_("To the vacancies"), "admin:vacancies_vacancy_changelist"),)
    list_display = ("applicant", "vacancy", "company", "cohort", "applied_on", "badge")
    list_filter = ("state", WhatHappensFilter, "enrolment__cohort", ("vacancy__company", AutocompleteSelectFilter))
    list_filter_submit = True
    list_select_related = ("student", "vacancy__company", "enrolment__cohort")
    search_fields = (
        *("student__first_name", "student__last_name", "student__student_profile__reg_no"),
        *("vacancy__title", "vacancy__company__name"),
    )
    ordering = ("-pk",)
    look_facts = (
        "vacancy",
        "company",
        "cohort",
        "applied_on",
        "interview_at",
        "interview_place",
        "cover_letter",
        "reason",
    )
    # What the company notes for itself is not among them.
    fields = ("enrolment", "vacancy", "cover_letter", "interview_at", "interview_place", "reason")

    def object_links(self, request: HttpRequest, row: Application) -> list[ListLink]:
        interviewed = row.state == ApplicationState.INTERVIEW_SCHEDULED or row.interview_at is not None
        if not interviewed or not coordinates_applicant(row, request.user) or not may(row, "accept", request.user):
            return []
        url = reverse("admin:applications_application_match", args=[row.pk])
        return [ListLink(_("Match with this place"), url, main=True, post=True)]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.match_view))
        return [path("<path:object_id>/match/", view, name="applications_application_match"), *super().get_urls()]

    def match_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give an interviewed student the place."""
        application = self.object_or_404(request, object_id)
        try:
            placement = match_student(application, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(application))
        messages.success(request, _("%(placement)s is settled.") % {"placement": placement})
        return HttpResponseRedirect(reverse("admin:applications_placement_change", args=[placement.pk]))

    panels = (Panel("resume", _("Resume"), "applications/admin/resume.html", resume_of), NOTES)

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


def applications_of_company(company: Model, request: HttpRequest) -> dict[str, object]:
    rows = applications_visible_to(request.user).filter(vacancy__company=company.pk)
    newest = rows.select_related("vacancy", "student").order_by("-pk")[:MOST_SHOWN]
    return {"rows": list(newest), "count": rows.count(), "company": company}


extend_admin(
    Company,
    panels=[
        Panel("applicants", _("Applications"), "applications/admin/company_applications.html", applications_of_company)
    ],
)
