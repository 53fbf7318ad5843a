"""When a placement is over: the student rates the host, the host says whether it would do it again."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import AccessLink
from apps.accounts.states import LinkPurpose
from apps.accounts.views.links import behind_link, gone, leave, use, via
from apps.applications.forms import HostFeedbackForm, HostRatingForm
from apps.applications.models import Placement
from apps.applications.permissions import can_answer_as_host
from apps.applications.selectors import placements_to_answer, placements_to_rate
from apps.applications.services.ratings import answer_as_host, rate_host
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED, row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def host_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Rate the host of a placement that is over; the host does not read it."""
    placement = row_or_404(placements_to_rate(request.user).select_related("company", "rating"), pk=pk)
    known = getattr(placement, "rating", None)
    initial = {name: getattr(known, name) for name in HostRatingForm.base_fields} if known else {}
    form = HostRatingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rate_host(placement, actor=cast("User", request.user), **form.cleaned_data)
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Thank you. Your university reads it, the company does not."))
            return redirect("my_placement")
    return render(request, "applications/host_rate.html", {"form": form, "placement": placement})


def _answer_form(request: HttpRequest, placement: Placement) -> HostFeedbackForm:
    known = getattr(placement, "host_feedback", None)
    initial = {}
    if known is not None:
        initial = {"again": "yes" if known.again else "no", "places": known.places, "comment": known.comment}
    return HostFeedbackForm(request.POST or None, initial=initial)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def host_feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether the company would host again, and how many."""
    rows = placements_to_answer(request.user).select_related("company", "enrolment__student", "enrolment__cohort")
    placement = row_or_404(rows.select_related("host_feedback"), pk=pk)
    form = _answer_form(request, placement)
    if request.method == "POST" and form.is_valid():
        try:
            answer_as_host(placement, actor=cast("User", request.user), **form.values())
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Thank you. The university knows now."))
            return redirect("home")
    return render(request, "applications/host_feedback.html", {"form": form, "placement": placement})


@behind_link(LinkPurpose.HOST_FEEDBACK, "link_host_feedback")
def link_host_feedback(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Answer by the link of a mail, without an account."""
    rows = Placement.objects.select_related("company", "enrolment__student", "enrolment__cohort", "host_feedback")
    placement = rows.prefetch_related("supervisors").filter(pk=link.target_id).first()
    if placement is None or not can_answer_as_host(placement, link.user):
        return gone(request)
    form = _answer_form(request, placement)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            answer_as_host(placement, actor=link.user, via=via(link), **form.values())
            return _("Thank you. The university knows now.")

        if use(request, link, act):
            return leave()
    status = REFUSED if request.method == "POST" else None
    return render(request, "applications/host_feedback.html", {"form": form, "placement": placement}, status=status)
