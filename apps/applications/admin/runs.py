"""Runs of an allocation in the workspace: published on a day, repaired by hand, the waiting list."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import localize
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.applications.admin.comparing import columns_of
from apps.applications.forms.matching import PublishForm
from apps.applications.matching.words import sentences_of
from apps.applications.models import AllocationRound, AllocationRun, Allotment
from apps.applications.permissions import (
    can_repair_allotment,
    can_run_allocation,
    can_view_allotment,
    can_view_run,
)
from apps.applications.selectors import allotments_visible_to, offers_visible_to, runs_visible_to
from apps.applications.services.allocation_runs import change_allotment
from apps.applications.services.publication import place_from_waiting, publish_run
from apps.applications.states import AllocationState
from portal.kernel.admin import ListLink, Panel, PortalAdminForm, PortalModelAdmin, through
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal


def figures_of_run(run: AllocationRun, request: HttpRequest) -> dict[str, object]:
    """Fill the panel of figures and, where it can be published, the form for its day."""
    may_publish = run.state == AllocationState.SOLVED and can_run_allocation(run, request.user)
    columns = columns_of([run]) if run.result else []
    return {"run": run, "columns": columns, "form": PublishForm() if may_publish else None}


def _in_words(value: object) -> str:
    """Return a rule's value as people read it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "-" if value is None else str(localize(value))


@admin.register(AllocationRun)
class AllocationRunAdmin(PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(runs_visible_to)
    can_view = staticmethod(can_view_run)
    bulk_moves = ("discard",)
    panels = (Panel("figures", _("Figures"), "applications/admin/run.html", figures_of_run),)
    empty_sentence = _("Nothing was run yet. Start a run on the page of its round.")
    empty_next = ((_("To the rounds"), "admin:applications_allocationround_changelist"),)
    list_display = ("title", "cohort", "way", "badge", "solved_at", "published_at")
    list_filter = ("state", "round", "way")
    list_select_related = ("cohort", "round")
    search_fields = ("title",)
    fields = (
        *("round", "way", "seed", "shown_rules", "digest", "solved_at", "approved_by", "publish_on", "published_at"),
    )
    readonly_fields = ("shown_rules",)

    @admin.display(description=_("rules"))
    def shown_rules(self, row: AllocationRun) -> str:
        # Way and seed stand above.
        words = {field.name: field.verbose_name for field in AllocationRound._meta.fields if field.name in row.rules}
        return "\n".join(f"{capfirst(str(label))}: {_in_words(row.rules[name])}" for name, label in words.items())

    def object_links(self, request: HttpRequest, row: AllocationRun) -> list[ListLink]:
        del request
        places = reverse("admin:applications_allotment_changelist") + f"?run__id__exact={row.pk}"
        links = [
            ListLink(_("Who gets what"), places, main=True),
            ListLink(_("Waiting list"), f"{places}&offer__isempty=1"),
            ListLink(_("Compare"), reverse("admin:applications_allocationround_compare", args=[row.round_id])),
        ]
        if row.job_id:
            links.append(ListLink(_("Progress"), reverse("job_detail", args=[row.job_id])))
        return links

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.publish_view))
        name = "applications_allocationrun_publish"
        return [path("<path:object_id>/publication/", view, name=name), *super().get_urls()]

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Publish now or on a day."""
        run = self.object_or_404(request, object_id)
        if not can_run_allocation(run, request.user):
            raise PermissionDenied
        form = PublishForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(one) for problems in form.errors.values() for one in problems))
            return HttpResponseRedirect(self.url_of(run))
        try:
            run = publish_run(run, form.cleaned_data["day"], actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            done = run.state == AllocationState.PUBLISHED
            messages.success(request, _("It is published.") if done else _("It is published by itself on that day."))
        return HttpResponseRedirect(self.url_of(run))


class AllotmentForm(PortalAdminForm):
    why = forms.CharField(
        label=_("Why?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For the history; students do not read it."),
    )


@admin.register(Allotment)
class AllotmentAdmin(PortalModelAdmin):
    belongs = through("run__cohort")
    form = AllotmentForm
    selector = staticmethod(allotments_visible_to)
    can_view = staticmethod(can_view_allotment)
    can_change = staticmethod(can_repair_allotment)
    choices = {"offer": offers_visible_to}
    empty_sentence = _("Nobody is in this list.")
    empty_next = ((_("To the rounds"), "admin:applications_allocationround_changelist"),)
    list_display = ("student", "offer", "wish", "waiting", "repaired", "problem")
    list_filter = ("run", ("offer", admin.EmptyFieldListFilter), "by_hand")
    list_select_related = ("enrolment__student", "offer__company", "offer__vacancy", "run__cohort", "placement")
    search_fields = ("enrolment__student__first_name", "enrolment__student__last_name", "offer__company__name")
    readonly_fields = ("run", "enrolment", "wish", "waiting", "explained", "placement", "problem")

    @admin.display(description=_("by hand"), ordering="by_hand")
    def repaired(self, row: Allotment) -> str:
        return _in_words(row.by_hand) if row.by_hand else ""

    @admin.display(description=_("wish"), ordering="rank")
    def wish(self, row: Allotment) -> str:
        return gettext("not wished for") if row.rank == 0 else str(row.rank or "")

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: Allotment) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("reasons"))
    def explained(self, row: Allotment) -> str:
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences_of(row.reasons)))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may = obj is not None and can_repair_allotment(obj, request.user)
        return ("run", "enrolment", "offer", *(("why",) if may else ()), *self.readonly_fields[2:])

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        rows = super().get_field_queryset(db, db_field, request)
        key = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        if db_field.name == "offer" and rows is not None and key and str(key).isdecimal():
            return rows.filter(round__runs__allotments=int(key)).select_related("company", "vacancy")
        return rows

    def change_object(self, row: Allotment, changes: dict[str, Any], *, actor: User) -> Allotment:
        why = changes.pop("why", "")
        if "offer" not in changes:
            return row
        changed = change_allotment(row, changes["offer"], actor=actor, reason=why)
        if changed.run.state == AllocationState.PUBLISHED and changed.offer is not None:
            return place_from_waiting(changed, actor=actor)
        return changed
