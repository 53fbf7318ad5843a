"""The credential of a completed training for its holder, and what verifiers ask for."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.reporting.permissions import can_take_credential
from apps.reporting.selectors import logbooks_visible_to
from apps.reporting.selectors.credentials import credential_of_placement
from apps.reporting.services.credentials import (
    has_status_list,
    issue_credential,
    issuer,
    published_did,
    published_status,
)
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User

MINUTES_S = 300
CONTENT = ("enrolment__student__student_profile__programme", "enrolment__cohort__department", "company")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credential(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a completed training's credential is good for; POST makes it where there is none."""
    placement = _placement(request, pk)
    if request.method == "POST":
        try:
            issue_credential(placement, actor=cast("User", request.user))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("The credential is made."))
        return redirect("credential", pk=pk)
    context = {"placement": placement, "credential": credential_of_placement(placement), "issuer": issuer()}
    return render(request, "reporting/credential.html", context)


@login_required
@require_safe
def credential_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the credential as its holder gives it to others."""
    found = credential_of_placement(_placement(request, pk))
    if found is None or not found.token:
        raise Http404
    answer = HttpResponse(found.token, content_type="application/vc+jwt")
    answer["Content-Disposition"] = 'attachment; filename="credential.jwt"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _placement(request: HttpRequest, pk: int) -> Placement:
    rows = logbooks_visible_to(request.user).filter(state=PlacementState.COMPLETED).select_related(*CONTENT)
    placement = row_or_404(rows.prefetch_related("supervisors__user"), pk=pk)
    if not can_take_credential(placement, request.user):
        raise Http404
    return placement


@cache_control(public=True, max_age=MINUTES_S)
@require_safe
def did(_request: HttpRequest) -> JsonResponse:
    """Answer with the keys that speak for the university."""
    answer = JsonResponse(published_did(), content_type="application/did+json")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@cache_control(public=True, max_age=MINUTES_S)
@require_safe
def credential_status(_request: HttpRequest, number: int = 0) -> HttpResponse:
    """Answer with a signed list of revoked credentials; it says of nobody which is whose."""
    if not has_status_list(number):
        raise Http404
    answer = HttpResponse(published_status(number), content_type="application/vc+jwt")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
