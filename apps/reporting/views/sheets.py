"""Single sheets to take along: arrival note, assessment, certificate."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.applications.states import PlacementState
from apps.logbook.selectors import arrivals_visible_to, assessments_visible_to
from apps.logbook.states import AssessmentState
from apps.reporting.selectors import logbooks_visible_to
from apps.reporting.services.documents import Document, Form
from apps.reporting.services.sheets import make_arrival, make_assessment, make_certificate
from apps.reporting.views.documents import sent
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

PLACE = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "company",
)
OF_PLACEMENT = tuple(f"placement__{path}" for path in PLACE)


@login_required
@require_POST
def arrival_download(request: HttpRequest, pk: int, form: Form) -> HttpResponse:
    """Send the arrival note to everybody who sees it."""
    rows = arrivals_visible_to(request.user).select_related(*OF_PLACEMENT)
    note = row_or_404(rows.prefetch_related("placement__supervisors__user"), pk=pk)
    return _answer(request, lambda: make_arrival(note, form, actor=_person(request), language=_language()))


@login_required
@require_POST
def assessment_download(request: HttpRequest, pk: int, form: Form) -> HttpResponse:
    """Send a filled-in assessment to everybody who sees it."""
    rows = assessments_visible_to(request.user).exclude(state=AssessmentState.OPEN)
    rows = rows.select_related("rubric", "submitted_by", *OF_PLACEMENT)
    found = row_or_404(rows.prefetch_related("rubric__criteria", "placement__supervisors__user"), pk=pk)
    return _answer(request, lambda: make_assessment(found, form, actor=_person(request), language=_language()))


@login_required
@require_POST
def certificate_download(request: HttpRequest, pk: int, form: Form) -> HttpResponse:
    """Send the certificate of a completed placement to who has its logbook."""
    rows = logbooks_visible_to(request.user).filter(state=PlacementState.COMPLETED).select_related(*PLACE)
    placement = row_or_404(rows.prefetch_related("supervisors__user"), pk=pk)
    return _answer(request, lambda: make_certificate(placement, form, actor=_person(request), language=_language()))


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _language() -> str:
    return get_language() or "en"


def _answer(request: HttpRequest, make: Callable[[], Document]) -> HttpResponse:
    try:
        return sent(make())
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("documents")
