from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts.admin.imports import table_links
from apps.accounts.models import Cohort, Enrolment
from apps.accounts.permissions import can_change_cohort, coordinates_something
from apps.accounts.selectors import cohorts_visible_to, enrolments_visible_to
from apps.applications.selectors import placements_visible_to
from apps.logbook.models import Assessment, Criterion, MarkRule, Rubric, Visit
from apps.logbook.permissions import (
    can_change_visit,
    can_view_assessment,
    can_view_mark_rule,
    can_view_rubric,
    can_view_visit,
    configures_mark_rule,
    configures_rubric,
)
from apps.logbook.selectors import (
    assessments_visible_to,
    mark_rules_visible_to,
    marks_of,
    rubrics_visible_to,
    supervisors_for_visits,
    visits_visible_to,
)
from apps.logbook.services import marks, rubrics, visits
from apps.logbook.services.mark_tables import MARKS
from portal.kernel.admin import ListLink, PortalModelAdmin, PortalTabularInline, through
from portal.kernel.errors import RuleViolation
from portal.kernel.views import page_of, row_or_404, say_refusal

PEOPLE = (
    "placement__enrolment__student__first_name",
    "placement__enrolment__student__last_name",
    "placement__enrolment__student__student_profile__reg_no",
)


class CriterionInline(PortalTabularInline):
    model = Criterion
    save_with = staticmethod(rubrics.save_criteria)
    fields = ("number", "kind", "label", "label_sw", "label_ar", "options", "most", "weight", "is_required")


@admin.register(Rubric)
class RubricAdmin(PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(rubrics_visible_to)
    can_view = staticmethod(can_view_rubric)
    can_change = can_delete = staticmethod(configures_rubric)
    can_add = staticmethod(coordinates_something)
    add_with = staticmethod(rubrics.enter_rubric)
    change_with = staticmethod(rubrics.change_rubric)
    delete_with = staticmethod(rubrics.delete_rubric)
    empty_sentence = gettext_lazy("There is no form of assessment yet. Enter one for each side that gives a mark.")
    list_display = ("title", "cohort", "kind", "weight", "is_required", "zero_below")
    list_filter = ("kind", "cohort")
    list_select_related = ("cohort",)
    search_fields = ("title",)
    stays = ("cohort", "kind")
    fields = ("cohort", "kind", "title", "weight", "is_required", "zero_below", "days_before_end")
    inlines = (CriterionInline,)


@admin.register(MarkRule)
class MarkRuleAdmin(PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(mark_rules_visible_to)
    can_view = staticmethod(can_view_mark_rule)
    can_change = can_delete = staticmethod(configures_mark_rule)
    can_add = staticmethod(coordinates_something)
    add_with = staticmethod(rubrics.enter_mark_rule)
    change_with = staticmethod(rubrics.change_mark_rule)
    delete_with = staticmethod(rubrics.delete_mark_rule)
    empty_sentence = gettext_lazy("No rule: the final mark is the weighted mean of the assessments.")
    list_display = ("cohort", "kind", "limit")
    list_filter = ("cohort",)
    list_select_related = ("cohort",)
    fields = ("cohort", "kind", "limit")


@admin.register(Assessment)
class AssessmentAdmin(PortalModelAdmin):
    belongs = through("placement__enrolment__cohort")
    selector = staticmethod(assessments_visible_to)
    can_view = staticmethod(can_view_assessment)
    bulk_moves = ("release", "reopen")
    empty_sentence = gettext_lazy("No assessment has been sent yet.")
    empty_next = ((gettext_lazy("To the forms of assessment"), "admin:logbook_rubric_changelist"),)
    list_display = ("placement", "rubric", "mark", "submitted_at", "badge")
    shared_columns = list_display
    list_filter = ("state", "rubric__kind", "placement__enrolment__cohort")
    list_select_related = ("placement__enrolment__student", "placement__company", "rubric")
    search_fields = PEOPLE
    fields = ("rubric", "placement", "answered", "comment", "mark", "submitted_at", "submitted_by")
    readonly_fields = ("answered",)

    @admin.display(description=gettext_lazy("answers"))
    def answered(self, row: Assessment) -> str:
        return "\n".join(f"{one}: {row.answers.get(str(one.pk), '—')}" for one in row.rubric.criteria.all())

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        links = [ListLink(_("Final marks"), reverse("admin:logbook_assessment_marks"))]
        return [*links, *table_links(MARKS, request.user)] if coordinates_something(request.user) else links

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("marks/", wrap(self.marks_view), name="logbook_assessment_marks"),
            path(
                "marks/<int:pk>/<slug:form>/",
                wrap(require_POST(self.marks_export_view)),
                name="logbook_assessment_marks_export",
            ),
            *super().get_urls(),
        ]

    def _cohort(self, request: HttpRequest, pk: Any) -> Cohort:
        cohort: Cohort = row_or_404(cohorts_visible_to(request.user), pk=pk)
        if not can_change_cohort(cohort, self.actor_of(request)):
            raise Http404
        return cohort

    def marks_view(self, request: HttpRequest) -> HttpResponse:
        """Show the final marks of one cohort, each with what is missing or failed."""
        if not self.has_view_permission(request):
            raise Http404
        cohorts = [row for row in cohorts_visible_to(request.user) if can_change_cohort(row, self.actor_of(request))]
        wanted = request.GET.get("cohort", "")
        cohort = self._cohort(request, wanted) if wanted else next(iter(cohorts), None)
        context = {
            **self.frame(request),
            "title": _("Final marks"),
            "cohorts": cohorts,
            "cohort": cohort,
            **(self._marks(request, cohort) if cohort else {}),
        }
        return TemplateResponse(request, "logbook/admin/marks.html", context)

    def _marks(self, request: HttpRequest, cohort: Cohort) -> dict[str, Any]:
        rows = enrolments_visible_to(request.user).filter(cohort=cohort).select_related("cohort", "student")
        page = page_of(request, rows.order_by("student__last_name", "student__first_name", "pk"))
        found: list[Enrolment] = list(page)
        return {"page": page, "rows": [(row, marks.reasons_of(row.final)) for row in marks_of(found)]}

    def marks_export_view(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """Start writing the marks of a cohort as a table."""
        cohort = self._cohort(request, pk)
        try:
            job = marks.export_marks(cohort, form, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(reverse("admin:logbook_assessment_marks") + f"?cohort={pk}")
        return HttpResponseRedirect(reverse("job_detail", args=[job.pk]))


@admin.register(Visit)
class VisitAdmin(PortalModelAdmin):
    belongs = through("placement__enrolment__cohort")
    selector = staticmethod(visits_visible_to)
    can_view = staticmethod(can_view_visit)
    can_change = can_delete = staticmethod(can_change_visit)
    can_add = staticmethod(coordinates_something)
    add_with = staticmethod(visits.plan_visit)
    change_with = staticmethod(visits.move_visit)
    delete_with = staticmethod(visits.cancel_visit)
    choices = {"placement": placements_visible_to, "visitor": supervisors_for_visits}
    empty_sentence = gettext_lazy("No visit is planned.")
    empty_next = ((gettext_lazy("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("placement", "town", "visitor", "planned_on", "done_on")
    shared_columns = list_display
    list_filter = ("placement__enrolment__cohort",)
    list_select_related = ("placement__enrolment__student", "placement__company", "visitor")
    search_fields = (*PEOPLE, "placement__company__region")
    date_hierarchy = "planned_on"
    stays = ("placement",)
    fields = ("placement", "visitor", "planned_on")
    shown = ("placement", "visitor", "planned_on", "done_on", "report")

    @admin.display(description=gettext_lazy("town"), ordering="placement__company__region")
    def town(self, row: Visit) -> str:
        return row.placement.company.region

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        del request
        return self.fields if obj is None or obj.done_on is None else self.shown
