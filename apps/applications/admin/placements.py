from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from apps.accounts.admin.imports import table_links
from apps.accounts.admin.mass_mail import begin_mail
from apps.accounts.admin.notes import NOTES, NotePages
from apps.accounts.models import Company, Enrolment, User
from apps.accounts.selectors import companies_visible_to
from apps.applications.admin.agreements import PAPERS, prepare_many, prepare_one
from apps.applications.admin.amending import ASSIGN_LABEL, amendments_of, assign_many, change_host_page, hand_over_page
from apps.applications.admin.filters import PlaceFilter, WaitingFilter
from apps.applications.admin.placing import place_students_page
from apps.applications.admin.planning import PLAN_LABEL, plan_supervisors
from apps.applications.forms import NamedSupervisorForm
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.permissions import (
    can_change_placement,
    can_delete_placement,
    can_name_supervisor,
    can_view_placement,
    coordinates_placement,
    waits_for_host,
)
from apps.applications.selectors import placements_visible_to
from apps.applications.services import audiences
from apps.applications.services.amendments import change_placement, delete_placement
from apps.applications.services.hosts import ask_host
from apps.applications.services.placement_tables import PLACEMENTS
from apps.applications.services.placements import allocate_placement
from apps.applications.services.supervisors import name_supervisor, release_supervisor
from apps.applications.services.terms import Terms
from apps.applications.states import AgreementKind, PlacementState, SupervisorKind
from apps.vacancies.permissions import coordinates_any
from portal.kernel.admin import ListLink, Panel, PortalAdminForm, PortalModelAdmin, QuickLook, extend_admin, through
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

TERMS = ("start", "end", "share", "site_address", "task")
PROPOSAL = ("supervisor_name", "supervisor_email", "supervisor_phone")
MOST_TRAINEES = 50


def supervisors_of(placement: Placement, request: HttpRequest) -> dict[str, object]:
    rows = placement.supervisors.filter(is_active=True).select_related("user").order_by("kind", "is_deputy", "pk")
    return {
        "rows": list(rows),
        "placement": placement,
        "form": NamedSupervisorForm() if can_name_supervisor(placement, request.user) else None,
    }


class PlacementForm(PortalAdminForm):
    why = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a change of a place that is settled: it is kept as a version with its reason."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for name in ("start", "end"):
                self.fields[name].required = False
                self.fields[name].help_text = _("As in the cohort, if you say nothing.")


@admin.register(Placement)
class PlacementAdmin(NotePages, QuickLook, PortalModelAdmin):
    belongs = through("enrolment__cohort")
    selector = staticmethod(placements_visible_to)
    can_view = staticmethod(can_view_placement)
    can_change = staticmethod(can_change_placement)
    can_delete = staticmethod(can_delete_placement)
    delete_with = staticmethod(delete_placement)
    can_add = staticmethod(coordinates_any)
    choices = {"company": companies_visible_to}
    empty_sentence = _("Nobody has a place yet. Place students, or wait until companies accept applications.")
    form = PlacementForm
    list_display = ("student", "company", "cohort", "days", "origin", "in_the_company", "badge")
    shared_columns = ("student", "company", "cohort", "start", "end", "task", "in_the_company", "badge")
    list_filter = (
        *("state", WaitingFilter, "origin", "enrolment__cohort"),
        ("company", AutocompleteSelectFilter),
    )
    list_filter_submit = True
    list_select_related = ("enrolment__student", "enrolment__cohort", "company")
    search_fields = (
        *("enrolment__student__first_name", "enrolment__student__last_name"),
        *("enrolment__student__student_profile__reg_no", "company__name"),
    )
    ordering = ("-start", "-pk")
    look_facts = ("company", "cohort", "days", "origin", "in_the_company", "site_address", "task")
    autocomplete_fields = ("enrolment", "company")
    panels = (
        Panel("supervisors", _("Supervisors"), "applications/admin/supervisors.html", supervisors_of),
        Panel("amendments", _("Changes"), "applications/admin/amendments.html", amendments_of),
        PAPERS,
        NOTES,
    )
    actions = (
        *("assign", "plan_supervisors", "prepare_letters", "prepare_agreements"),
        *("write_trainees", "write_hosts", "write_university"),
    )

    # -- the list -----------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        active = PlacementSupervisor.objects.filter(is_active=True).select_related("user").order_by("is_deputy", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("supervisors", queryset=active))

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        if not coordinates_any(request.user):
            return []
        place = ListLink(_("Place students"), reverse("admin:applications_placement_place"), main=True)
        return [place, *table_links(PLACEMENTS, request.user)]

    @admin.action(description=ASSIGN_LABEL)
    def assign(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return assign_many(self, request, rows)

    @admin.action(description=PLAN_LABEL)
    def plan_supervisors(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return plan_supervisors(self, request, rows)

    @admin.action(description=_("Prepare introduction letters"))
    def prepare_letters(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return prepare_many(self, request, rows, AgreementKind.LETTER)

    @admin.action(description=_("Prepare tripartite agreements"))
    def prepare_agreements(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return prepare_many(self, request, rows, AgreementKind.TRIPARTITE)

    @admin.action(description=_("Write a mail to the students"))
    def write_trainees(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return begin_mail(self, request, rows, audiences.TRAINEES.code)

    @admin.action(description=_("Write a mail to the supervisors in the companies"))
    def write_hosts(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return begin_mail(self, request, rows, audiences.HOSTS.code)

    @admin.action(description=_("Write a mail to the university supervisors"))
    def write_university(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        return begin_mail(self, request, rows, audiences.UNIVERSITY.code)

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: Placement) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("cohort"), ordering="enrolment__cohort__name")
    def cohort(self, row: Placement) -> str:
        return row.enrolment.cohort.name

    @admin.display(description=_("days"), ordering="start")
    def days(self, row: Placement) -> str:
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (row.start, row.end))
        return _("%(first)s to %(last)s") % {"first": first, "last": last}

    @admin.display(description=_("industrial supervisor"))
    def in_the_company(self, row: Placement) -> str:
        named = [str(s.user) for s in row.supervisors.all() if s.kind == SupervisorKind.INDUSTRIAL]
        return named[0] if named else ""

    # -- the object's page --------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        del request
        proposed = PROPOSAL if obj is not None and obj.supervisor_name else ()
        settled = ("why",) if obj is not None and obj.state != PlacementState.PROPOSED else ()
        return ("enrolment", "company", *TERMS, *settled, *proposed)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        del request
        return ("enrolment", "company", *PROPOSAL) if obj is not None else PROPOSAL

    def object_links(self, request: HttpRequest, row: Placement) -> list[ListLink]:
        links = [ListLink(_("Enrolment"), reverse("admin:accounts_enrolment_change", args=[row.enrolment_id]))]
        if row.application_id:
            url = reverse("admin:applications_application_change", args=[row.application_id])
            links.append(ListLink(_("Application"), url))
        if waits_for_host(row) and coordinates_placement(row, request.user):
            url = reverse("admin:applications_placement_ask_host", args=[row.pk])
            links.append(ListLink(_("Ask the host again"), url, post=True))
        return links

    def add_object(self, values: dict[str, Any], *, actor: User) -> Placement:
        terms = Terms(**{name: values[name] for name in TERMS})
        return allocate_placement(values["enrolment"], values["company"], terms=terms, actor=actor)

    def change_object(self, row: Placement, changes: dict[str, Any], *, actor: User) -> Placement:
        why = changes.pop("why", "")
        try:
            return change_placement(row, changes, actor=actor, reason=why) if changes else row
        except RuleViolation as error:
            raise RuleViolation(error.code, error.message, "why" if error.field == "reason" else error.field) from error

    # -- placing, and supervisors -------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        at = self.task_path
        return [
            at("place/", self.place_view, "place"),
            at("<path:object_id>/supervisor/", require_POST(self.supervisor_view), "supervisor"),
            at("<path:object_id>/prepare/", require_POST(self.prepare_view), "prepare"),
            at("<path:object_id>/ask-host/", require_POST(self.ask_host_view), "ask_host"),
            at("<path:object_id>/host/", self.host_view, "host"),
            at("<path:object_id>/supervisor/<int:pk>/hand-over/", self.hand_over_view, "hand_over"),
            at("<path:object_id>/supervisor/<int:pk>/release/", require_POST(self.release_view), "release"),
            *super().get_urls(),
        ]

    def place_view(self, request: HttpRequest) -> HttpResponse:
        """Give many students a place at once."""
        if not coordinates_any(request.user):
            raise PermissionDenied
        return place_students_page(self, request)

    def supervisor_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Name a supervisor on either side."""
        placement = self.object_or_404(request, object_id)
        form = NamedSupervisorForm(request.POST)
        if form.is_valid():
            values = dict(form.cleaned_data)
            kind = SupervisorKind(values.pop("kind"))
            try:
                row = name_supervisor(placement, kind=kind, actor=self.actor_of(request), **values)
            except RuleViolation as error:
                messages.error(request, str(error.message))
            else:
                messages.success(request, _("%(name)s is told.") % {"name": row.user})
        else:
            for problems in form.errors.values():
                messages.error(request, " ".join(str(problem) for problem in problems))
        return HttpResponseRedirect(self.url_of(placement))

    def prepare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Prepare a letter or an agreement."""
        return prepare_one(self, request, self.object_or_404(request, object_id))

    def ask_host_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send the host another mail with a link."""
        placement = self.object_or_404(request, object_id)
        try:
            ask_host(placement, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("%(email)s is asked again.") % {"email": placement.supervisor_email})
        return HttpResponseRedirect(self.url_of(placement))

    def host_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send the student to another company."""
        return change_host_page(self, request, self._changeable(request, object_id))

    def hand_over_view(self, request: HttpRequest, object_id: str, pk: int) -> HttpResponse:
        """Let somebody else supervise."""
        return hand_over_page(self, request, self._changeable(request, object_id), pk)

    def _changeable(self, request: HttpRequest, object_id: str) -> Placement:
        placement: Placement = self.object_or_404(request, object_id)
        if not can_change_placement(placement, request.user):
            raise PermissionDenied
        return placement

    def release_view(self, request: HttpRequest, object_id: str, pk: int) -> HttpResponse:
        """Take a supervisor away."""
        placement = self.object_or_404(request, object_id)
        rows = placement.supervisors.select_related("user", "placement__enrolment__cohort")
        row = row_or_404(rows, pk=pk, is_active=True)
        release_supervisor(row, actor=self.actor_of(request))
        messages.success(request, _("%(name)s does not supervise this student any more.") % {"name": row.user})
        return HttpResponseRedirect(self.url_of(placement))


# -- on the pages of lower apps -----------------------------------------------------------------------------------


def placements_of_student(enrolment: Model, request: HttpRequest) -> dict[str, object]:
    rows = placements_visible_to(request.user).filter(enrolment=enrolment.pk).select_related("company")
    return {"rows": list(rows)}


def trainees_of_company(company: Model, request: HttpRequest) -> dict[str, object]:
    rows = placements_visible_to(request.user).filter(company=company.pk)
    shown = rows.select_related("company", "enrolment__student")[:MOST_TRAINEES]
    return {"rows": list(shown), "show_student": True}


extend_admin(
    Enrolment,
    panels=[Panel("placements", _("Placements"), "applications/admin/placements.html", placements_of_student)],
    filters=[PlaceFilter],
)
extend_admin(
    Company, panels=[Panel("trainees", _("Trainees"), "applications/admin/placements.html", trainees_of_company)]
)
