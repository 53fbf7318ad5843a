"""Places ranked by a student in three steps, and what the allocation has given."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.forms.matching import ConfirmForm, PriorityForm, RegionForm
from apps.applications.matching.words import sentences_of
from apps.applications.permissions import can_change_ranking
from apps.applications.selectors import (
    allotments_of,
    is_named_back,
    offers_open_to,
    priority_cases_visible_to,
    round_for,
)
from apps.applications.services.rankings import ask_priority, choose_wishes, confirm_wishes, order_wish, ranking_in
from portal.kernel.errors import RuleViolation
from portal.kernel.views import form_of, page_of, say_refusal, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from apps.accounts.models import User
    from apps.applications.models import AllocationOffer, AllocationRound, Ranking

STEPS = {"up": -1, "down": 1, "out": 0}
PAGE_SIZE = 30


def _student(request: HttpRequest) -> "User":
    if not has_role(request.user, Role.STUDENT):
        raise PermissionDenied
    return cast("User", request.user)


def _current(request: HttpRequest) -> "tuple[AllocationRound | None, Ranking | None]":
    """Return the round that the student sees, and the own list in it."""
    student = _student(request)
    found = round_for(student)
    return found, ranking_in(found, student) if found else None


def _nothing(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("There is nothing about an allocation for you now."))
    return redirect("my_placement")


def _numbers(values: "Iterable[str]") -> list[int]:
    """Return the keys that were sent; what cannot be one is none."""
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]  # noqa: PLR2004 - the digits of the largest key


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_choose(request: HttpRequest) -> HttpResponse:
    """Step 1: tick places; POST keeps the ticked ones, whatever other pages of the list have ticked."""
    found, ranking = _current(request)
    if found is None or ranking is None:
        return _nothing(request)
    if not can_change_ranking(ranking, request.user):
        return redirect("wish_confirm")
    if request.method == "POST":
        ticked, shown = _numbers(request.POST.getlist("offer")), _numbers(request.POST.getlist("shown"))
        try:
            choose_wishes(found, ticked, shown=shown, actor=_student(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return _show_offers(request, found, ticked, status=status_of(error))
        return redirect("wish_order")
    return _show_offers(request, found, ranking.draft)


def _show_offers(
    request: HttpRequest, found: "AllocationRound", ticked: list[int], status: int | None = None
) -> HttpResponse:
    words = request.GET.get("words", "").strip()[:80]
    offers = offers_open_to(request.user, found)
    if words:
        named = Q(company__name__icontains=words) | Q(company__region__icontains=words)
        offers = offers.filter(named | Q(vacancy__title__icontains=words))
    context = {
        "round": found,
        "ticked": ticked,
        "words": words,
        "page": page_of(request, offers.order_by("company__name", "pk"), PAGE_SIZE),
    }
    return render(request, "applications/wish_choose.html", context, status=status)


def _listed(keys: "list[int]", found: "AllocationRound") -> "list[AllocationOffer]":
    """Return the offers of a list in its order; what is not offered any more is left out."""
    offers = found.offers.select_related("company", "vacancy").in_bulk(keys)
    return [offers[key] for key in keys if key in offers]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_order(request: HttpRequest) -> HttpResponse:
    """Step 2: put the chosen places in order, one button at a time; POST moves one."""
    found, ranking = _current(request)
    if found is None or ranking is None:
        return _nothing(request)
    if not can_change_ranking(ranking, request.user):
        return redirect("wish_confirm")
    if request.method == "POST":
        move, _colon, key = request.POST.get("move", "").partition(":")
        keys = _numbers([key])
        if move in STEPS and keys:
            order_wish(found, keys[0], STEPS[move], actor=_student(request))
        return redirect("wish_order")
    context = {"round": found, "ranking": ranking, "offers": _listed(ranking.draft, found)}
    return render(request, "applications/wish_order.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_confirm(request: HttpRequest) -> HttpResponse:
    """Step 3: look it over and confirm; afterwards this page is the receipt."""
    found, ranking = _current(request)
    if found is None or ranking is None:
        return _nothing(request)
    student = _student(request)
    form = _confirm_form(ranking, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not can_change_ranking(ranking, student):
            raise PermissionDenied
        try:
            confirm_wishes(found, **form.cleaned_data, actor=student)
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("Your wishes are confirmed. A receipt is on its way to you."))
        return redirect("wish_confirm")
    return render(request, "applications/wish_confirm.html", _shown(request, found, ranking, form))


def _confirm_form(ranking: "Ranking", data: "QueryDict | None" = None) -> RegionForm:
    kind = ConfirmForm if ranking.round.allows_pairs else RegionForm
    return kind(data, initial={"region": ranking.region, "companion": ranking.companion})


def _shown(
    request: HttpRequest, found: "AllocationRound", ranking: "Ranking", form: RegionForm, priority: Any = None
) -> dict[str, Any]:
    case = priority_cases_visible_to(request.user).filter(round=found, enrolment=ranking.enrolment).first()
    initial = {"kind": case.kind, "reason": case.reason} if case else {}
    is_open = can_change_ranking(ranking, request.user)
    return {
        "round": found,
        "ranking": ranking,
        "is_open": is_open,
        "offers": _listed(ranking.draft if is_open else ranking.wishes, found),
        "form": form,
        "case": case,
        "is_named_back": is_named_back(ranking),
        "priority": priority or PriorityForm(initial=initial),
    }


@login_required
@form_of("wish_confirm")
def wish_priority(request: HttpRequest) -> HttpResponse:
    """Ask to come before others, with a reason."""
    found, ranking = _current(request)
    if found is None or ranking is None:
        return _nothing(request)
    if not can_change_ranking(ranking, request.user):
        raise PermissionDenied
    form = PriorityForm(request.POST)
    if form.is_valid():
        try:
            ask_priority(found, form.cleaned_data["kind"], form.cleaned_data["reason"], actor=_student(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("Your coordinators are asked. Nobody else reads the reason."))
        return redirect("wish_confirm")
    shown = _shown(request, found, ranking, _confirm_form(ranking), form)
    return render(request, "applications/wish_confirm.html", shown)


@login_required
@require_safe
def allotted_place(request: HttpRequest) -> HttpResponse:
    """Show what the student's newest published run gives, and why; nothing before it is published."""
    student = _student(request)
    rows = allotments_of(student).select_related("run__round", "offer__company", "offer__vacancy", "placement")
    row = rows.order_by("-run__published_at", "-pk").first()
    if row is None:
        return _nothing(request)
    return render(request, "applications/allotted.html", {"row": row, "reasons": sentences_of(row.reasons)})
