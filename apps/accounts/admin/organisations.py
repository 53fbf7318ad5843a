"""Departments, programmes, cohorts with their free days."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts import permissions, selectors
from apps.accounts.admin.access import AccessPages
from apps.accounts.forms import CohortForm
from apps.accounts.models import Cohort, Department, Enrolment, Holiday, Programme
from apps.accounts.services import cohorts
from portal.kernel.admin import ListLink, Paths, PortalModelAdmin, PortalTabularInline
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal


@admin.register(Department)
class DepartmentAdmin(AccessPages, PortalModelAdmin):
    belongs = Paths(department="pk", cohort="cohorts")
    selector = staticmethod(selectors.departments_visible_to)
    can_view = staticmethod(permissions.can_view_department)
    can_change = can_delete = staticmethod(permissions.only_superuser)
    can_add = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("There is no department yet. A superuser enters them and says who coordinates which.")
    add_with = staticmethod(cohorts.enter_department)
    change_with = staticmethod(cohorts.change_department)
    delete_with = staticmethod(cohorts.delete_department)
    fields = ("code", "name", "faculty")
    list_display = ("name", "code", "faculty")
    search_fields = ("name", "code", "faculty")
    ordering = ("name",)


@admin.register(Programme)
class ProgrammeAdmin(PortalModelAdmin):
    belongs = Paths(department="department", cohort="department__cohorts")
    selector = staticmethod(selectors.programmes_visible_to)
    can_view = staticmethod(permissions.can_view_programme)
    can_change = can_delete = staticmethod(permissions.can_change_programme)
    can_add = staticmethod(permissions.coordinates_whole_department)
    add_with = staticmethod(cohorts.enter_programme)
    change_with = staticmethod(cohorts.change_programme)
    delete_with = staticmethod(cohorts.delete_programme)
    choices = {"department": selectors.departments_coordinated_by}
    empty_sentence = gettext_lazy("There is no programme yet. Students are imported into programmes.")
    fields = ("department", "code", "name")
    list_display = ("name", "code", "department")
    list_filter = ("department",)
    list_select_related = ("department",)
    search_fields = ("name", "code")
    ordering = ("name",)


class FreeDays(PortalTabularInline):
    model = Holiday
    fields = ("day", "name")
    verbose_name_plural = gettext_lazy("free days beside the public holidays")
    save_with = staticmethod(cohorts.save_free_days)


def _with_students(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    enrolled = Enrolment.objects.filter(cohort=OuterRef("pk"), is_active=True).order_by().values("cohort")
    return rows.annotate(students=Coalesce(Subquery(enrolled.annotate(n=Count("pk")).values("n")), 0))


@admin.register(Cohort)
class CohortAdmin(AccessPages, PortalModelAdmin):
    belongs = Paths(department="department", cohort="pk")
    selector = staticmethod(selectors.cohorts_visible_to)
    can_view = staticmethod(permissions.can_view_cohort)
    can_change = staticmethod(permissions.can_change_cohort)
    can_delete = staticmethod(permissions.can_delete_cohort)
    can_add = staticmethod(permissions.coordinates_whole_department)
    add_with = staticmethod(cohorts.enter_cohort)
    change_with = staticmethod(cohorts.change_cohort)
    delete_with = staticmethod(cohorts.delete_cohort)
    choices = {"department": selectors.departments_visible_to}
    empty_sentence = gettext_lazy("There is no cohort yet. A cohort is one group in one phase, with its calendar.")
    form = CohortForm
    inlines = (FreeDays,)
    fieldsets = (
        (None, {"fields": ("department", "name", "phase", "start", "end")}),
        (gettext_lazy("Calendar"), {"fields": ("working_days", "country")}),
        (gettext_lazy("Limits"), {"fields": ("required_hours", "latest_day_back", "min_hours", "max_hours")}),
        (
            gettext_lazy("Where the company does not answer"),
            {"fields": ("deputy_after_days", "coordinator_after_days")},
        ),
        (
            gettext_lazy("Switches"),
            {
                "fields": (
                    *("is_open", "self_found_allowed", "letters_at_once", "one_place_closes_others"),
                    *("ai_enabled", "location_hint", "publication_date"),
                )
            },
        ),
    )
    list_display = ("name", "department", "phase", "start", "end", "students")
    list_filter = ("department", "is_open")
    list_select_related = ("department",)
    search_fields = ("name", "phase")
    ordering = ("-start", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _with_students(super().get_queryset(request))

    @admin.display(description=gettext_lazy("students"), ordering="students")
    def students(self, cohort: Any) -> int:
        return int(cohort.students)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.copy_view))
        return [path("<path:object_id>/copy/", view, name="accounts_cohort_copy"), *super().get_urls()]

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:
        links = super().object_links(request, row)
        if permissions.can_import_students(row, request.user):
            address = reverse("admin:accounts_enrolment_import")
            links.append(ListLink(_("Import students"), f"{address}?cohort={row.pk}"))
        if permissions.can_delete_cohort(row, request.user):
            links.append(
                ListLink(_("Copy to next year"), reverse("admin:accounts_cohort_copy", args=[row.pk]), post=True)
            )
        return links

    def copy_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.object_or_404(request, object_id)
        try:
            copy = cohorts.copy_cohort(row, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(row))
        self.message_user(request, _("Here is the copy. Check its dates."))
        return HttpResponseRedirect(self.url_of(copy))
