"""Rounds of allocation in the workspace: what is offered, who asks to come first, runs side by side."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.selectors import cohorts_coordinated_by, companies_visible_to
from apps.applications.admin.comparing import columns_of
from apps.applications.forms.matching import RunForm
from apps.applications.models import AllocationOffer, AllocationRound, PriorityCase, Ranking
from apps.applications.permissions import (
    can_change_offer,
    can_view_offer,
    can_view_priority,
    can_view_ranking,
    can_view_round,
    coordinates_round,
)
from apps.applications.selectors import (
    offers_visible_to,
    priority_cases_visible_to,
    rankings_visible_to,
    rounds_coordinated_by,
    rounds_visible_to,
    runs_visible_to,
)
from apps.applications.services import rankings, rounds
from apps.applications.services.allocation_runs import start_run
from apps.applications.states import AllocationState, AllocationWay, PriorityState
from apps.vacancies.permissions import coordinates_any
from portal.kernel.admin import ListLink, Panel, PortalModelAdmin, through
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.views import say_refusal

MOST_RUNS = 6


def runs_of(found: AllocationRound, request: HttpRequest) -> dict[str, object]:
    """Fill the panel from which runs are started."""
    rows = runs_visible_to(request.user).filter(round=found).select_related("job")
    may_run = coordinates_round(found, request.user)
    return {"round": found, "rows": list(rows[:MOST_RUNS]), "form": RunForm() if may_run else None}


@admin.register(AllocationRound)
class AllocationRoundAdmin(PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(rounds_visible_to)
    can_view = staticmethod(can_view_round)
    can_change = can_delete = staticmethod(coordinates_round)
    can_add = staticmethod(coordinates_any)
    add_with = staticmethod(rounds.enter_round)
    change_with = staticmethod(rounds.change_round)
    delete_with = staticmethod(rounds.delete_round)
    choices = {"cohort": cohorts_coordinated_by}
    panels = (Panel("runs", _("Runs"), "applications/admin/runs.html", runs_of),)
    empty_sentence = _("No round yet. Enter one: students then rank the places that you offer.")
    list_display = ("title", "cohort", "opens_on", "closes_on", "publish_on")
    list_filter = ("cohort",)
    list_select_related = ("cohort",)
    search_fields = ("title", "cohort__name")
    stays = ("cohort",)
    fields = (
        *("cohort", "title", "opens_on", "closes_on", "publish_on", "most_wishes"),
        *("host_cap", "department_cap", "fills_up", "uses_meaning", "allows_pairs", "students_confirm"),
    )

    def object_links(self, request: HttpRequest, row: AllocationRound) -> list[ListLink]:
        def at(name: str) -> str:
            return reverse(f"admin:applications_allocationround_{name}", args=[row.pk])

        def those(model: str) -> str:
            return reverse(f"admin:applications_{model}_changelist") + f"?round__id__exact={row.pk}"

        links = [
            ListLink(_("Offered places"), those("allocationoffer")),
            ListLink(_("Wishes"), those("ranking")),
            ListLink(_("Compare the runs"), at("compare"), main=True),
        ]
        if coordinates_round(row, request.user):
            links.insert(2, ListLink(_("Priority cases"), those("prioritycase")))
            links += [
                ListLink(_("Take the companies' places"), at("take_capacities"), post=True),
                ListLink(_("Take active vacancies"), at("take_vacancies"), post=True),
            ]
        return links

    def get_urls(self) -> list[URLPattern]:
        at = self.task_path
        return [
            at("<path:object_id>/compare/", self.compare_view, "compare"),
            at("<path:object_id>/run/", require_POST(self.run_view), "run"),
            at("<path:object_id>/take-capacities/", require_POST(self.capacities_view), "take_capacities"),
            at("<path:object_id>/take-vacancies/", require_POST(self.vacancies_view), "take_vacancies"),
            *super().get_urls(),
        ]

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lay the runs of a round side by side."""
        found = self.object_or_404(request, object_id)
        solved = [AllocationState.SOLVED, AllocationState.PUBLISHED]
        runs = list(runs_visible_to(request.user).filter(round=found, state__in=solved)[:MOST_RUNS])
        context = {
            **self.frame(request),
            "title": _("Compare the runs"),
            "round": found,
            "back_url": self.url_of(found),
            "columns": columns_of(runs),
        }
        return TemplateResponse(request, "applications/admin/compare.html", context)

    def run_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Start a run and show its bar."""
        found = self.object_or_404(request, object_id)
        if not coordinates_round(found, request.user):
            raise PermissionDenied
        form = RunForm(request.POST)
        if form.is_valid():
            way = AllocationWay(form.cleaned_data["way"])
            try:
                run = start_run(found, way, form.cleaned_data["seed"], actor=self.actor_of(request))
            except RuleViolation as error:
                say_refusal(request, error)
            else:
                return HttpResponseRedirect(reverse("job_detail", args=[run.job_id]) + "?on=1")
        for problems in form.errors.values():
            messages.error(request, " ".join(str(problem) for problem in problems))
        return HttpResponseRedirect(self.url_of(found))

    def capacities_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Offer what companies have told for the cohort."""
        return self._take(request, object_id, rounds.take_capacities)

    def vacancies_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Offer what is left of active vacancies."""
        return self._take(request, object_id, rounds.take_vacancies)

    def _take(self, request: HttpRequest, object_id: str, take: Any) -> HttpResponse:
        found = self.object_or_404(request, object_id)
        count = take(found, actor=self.actor_of(request))
        text = ngettext("%(count)d offer has come.", "%(count)d offers have come.", count) % {"count": count}
        messages.success(request, text)
        return HttpResponseRedirect(self.url_of(found))


@admin.register(AllocationOffer)
class AllocationOfferAdmin(PortalModelAdmin):
    belongs = through("round__cohort")
    selector = staticmethod(offers_visible_to)
    can_view = staticmethod(can_view_offer)
    can_change = can_delete = staticmethod(can_change_offer)
    can_add = staticmethod(coordinates_any)
    add_with = staticmethod(rounds.enter_offer)
    change_with = staticmethod(rounds.change_offer)
    delete_with = staticmethod(rounds.delete_offer)
    choices = {"round": rounds_coordinated_by, "company": companies_visible_to}
    empty_sentence = _("Nothing is offered yet. Take the companies' places or active vacancies on the round's page.")
    empty_next = ((_("To the rounds"), "admin:applications_allocationround_changelist"),)
    list_display = ("company", "vacancy", "places", "round")
    list_filter = ("round",)
    list_select_related = ("company", "vacancy", "round__cohort")
    search_fields = ("company__name", "vacancy__title")
    autocomplete_fields = ("company", "vacancy")
    stays = ("round",)
    fields = ("round", "company", "vacancy", "places")


class OfOneStudent(PortalModelAdmin):
    """Pages of what one student has in a round."""

    belongs = through("enrolment__cohort")
    search_fields = ("enrolment__student__first_name", "enrolment__student__last_name")

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: Ranking | PriorityCase) -> str:
        return str(row.enrolment.student)


@admin.register(Ranking)
class RankingAdmin(OfOneStudent):
    selector = staticmethod(rankings_visible_to)
    can_view = staticmethod(can_view_ranking)
    empty_sentence = _("Nobody has chosen yet.")
    empty_next = ((_("To the rounds"), "admin:applications_allocationround_changelist"),)
    list_display = ("student", "round", "count", "region", "confirmed_at")
    list_filter = ("round",)
    list_select_related = ("enrolment__student", "round__cohort")
    fields = ("enrolment", "round", "listed", "region", "companion", "confirmed_at")
    readonly_fields = ("listed",)

    @admin.display(description=_("wishes"))
    def count(self, row: Ranking) -> int:
        return len(row.wishes)

    @admin.display(description=_("wishes"))
    def listed(self, row: Ranking) -> str:
        names = {offer.pk: str(offer) for offer in row.round.offers.select_related("company", "vacancy")}
        return "\n".join(f"{number}. {names.get(key, '?')}" for number, key in enumerate(row.wishes, 1))


@admin.register(PriorityCase)
class PriorityCaseAdmin(OfOneStudent):
    selector = staticmethod(priority_cases_visible_to)
    can_view = staticmethod(can_view_priority)
    can_add = staticmethod(coordinates_any)
    add_with = staticmethod(rankings.enter_priority)
    choices = {"round": rounds_coordinated_by}
    empty_sentence = _("Nobody asks to come first.")
    empty_next = ((_("To the rounds"), "admin:applications_allocationround_changelist"),)
    list_display = ("student", "round", "kind", "state", "answered_by", "answered_at")
    list_filter = ("round", "kind", "state")
    list_select_related = ("enrolment__student", "round__cohort", "answered_by")
    autocomplete_fields = ("enrolment",)
    actions = ("grant", "refuse")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        del request
        asked = ("round", "enrolment", "kind", "reason")
        return asked if obj is None else (*asked, "state", "answered_by", "answered_at")

    @admin.action(description=_("Grant"))
    def grant(self, request: HttpRequest, rows: QuerySet[PriorityCase]) -> None:
        self._answer(request, rows, PriorityState.GRANTED)

    @admin.action(description=_("Refuse"))
    def refuse(self, request: HttpRequest, rows: QuerySet[PriorityCase]) -> None:
        self._answer(request, rows, PriorityState.REFUSED)

    def _answer(self, request: HttpRequest, rows: QuerySet[PriorityCase], state: PriorityState) -> None:
        actor = self.actor_of(request)
        done = 0
        for case in rows.select_related("round__cohort", "enrolment__student"):
            try:
                rankings.answer_priority(case, state, actor=actor)
            except NotAllowed:
                continue
            done += 1
        text = ngettext("%(count)d case is answered.", "%(count)d cases are answered.", done) % {"count": done}
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)
