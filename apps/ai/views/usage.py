"""What help was used: one's own, by cohort, and of the whole installation; consent."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.permissions import has_role, is_superuser
from apps.accounts.states import Role
from apps.ai.selectors import calls_of, has_consented, health_visible_to, use_by_cohort, use_by_purpose, used_today
from apps.ai.services.consent import give_consent, withdraw_consent
from apps.ai.services.drafting import backend_in_use
from apps.ai.services.places import place_label
from apps.ai.states import Purpose
from apps.ai.views.drafts import decision_words
from portal.kernel.views import page_of

if TYPE_CHECKING:
    from apps.accounts.models import User

DAYS: Final = {"30": 30, "365": 365}


@login_required
@require_safe
def own_usage(request: HttpRequest) -> HttpResponse:
    """Show what the person has asked for, how much is left today, and the consent."""
    page = page_of(request, calls_of(request.user).defer("facts", "partial", "before", "after"))
    rows = [{"call": call, "place": place_label(call.place), "became": decision_words(call)} for call in page]
    context = {
        "page": page,
        "rows": rows,
        "consented": has_consented(request.user),
        "used": used_today(request.user),
        "most": settings.AI.calls_person,
        **_where(),
    }
    return render(request, "ai/usage.html", context)


def _where() -> dict[str, Any]:
    """Say who reads the texts: this machine, or a model elsewhere."""
    backend = backend_in_use()
    return {"is_off": backend is None, "leaves": backend is not None and backend.leaves, "model": settings.AI.model}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest) -> HttpResponse:
    """Say what happens to one's texts, and let the person agree or withdraw."""
    person = cast("User", request.user)
    target = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("ai_usage")
    if request.method == "POST":
        if request.POST.get("agree") == "1":
            give_consent(actor=person)
            messages.success(request, _("You agreed. You can withdraw it at any time."))
        else:
            withdraw_consent(actor=person)
            messages.success(request, _("Withdrawn. Nothing of yours is read by the help any more."))
        return HttpResponseRedirect(target)
    context = {"consented": has_consented(person), "next": target, **_where()}
    return render(request, "ai/consent.html", context)


@login_required
@require_safe
def cohort_usage(request: HttpRequest) -> HttpResponse:
    """Show the sums of the cohorts that the user coordinates; the superuser sees all."""
    if not (has_role(request.user, Role.COORDINATOR) or is_superuser(request.user)):
        raise Http404
    days = DAYS.get(request.GET.get("days", ""), DAYS["30"])
    since = timezone.now() - dt.timedelta(days=days)
    cohorts = use_by_cohort(request.user, since)
    purposes = use_by_purpose(request.user, since)
    words = dict(Purpose.choices)
    context = {
        "days": days,
        "cohorts": cohorts,
        "purposes": [{**row, "label": words.get(row["purpose"], row["purpose"])} for row in purposes],
        "calls": sum(row["calls"] for row in purposes),
        "health": list(health_visible_to(request.user).order_by("name")),
        "limits": settings.AI,
        "whole": is_superuser(request.user),
        "now": timezone.now(),
        **_where(),
    }
    return render(request, "ai/cohorts.html", context)
