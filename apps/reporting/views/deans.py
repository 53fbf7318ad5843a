"""The page of deans: figures of the whole university by department, and the same as files."""

from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.reporting.analytics.asking import Comparison
from apps.reporting.analytics.files import FORMS
from apps.reporting.analytics.forms import UniversityForm, period_text
from apps.reporting.analytics.report import Section
from apps.reporting.analytics.university import university_sections
from apps.reporting.permissions import can_view_university_figures
from apps.reporting.views.documents import sent
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED, say_refusal

TEMPLATE: Final = "reporting/analytics/university.html"


@login_required
@require_safe
def university_figures(request: HttpRequest) -> HttpResponse:
    """Show the departments side by side."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    return _page(request, form, sections=_sections(form))


@login_required
@require_safe
def university_figures_file(request: HttpRequest, ending: str) -> HttpResponse:
    """Send the same as a file."""
    form = _form(request)
    if ending not in FORMS:
        raise Http404
    if not form.is_valid():
        return _page(request, form, status=REFUSED)
    try:
        return sent(FORMS[ending](_sections(form), [period_text(form.period)]))
    except RuleViolation as error:
        say_refusal(request, error)
        return _page(request, form, status=REFUSED)


def _form(request: HttpRequest) -> UniversityForm:
    if not can_view_university_figures(request.user):
        raise PermissionDenied
    return UniversityForm(request.GET.dict())


def _sections(form: UniversityForm) -> list[Section]:
    return university_sections(form.period, form.period.other(Comparison.YEAR))


def _page(request: HttpRequest, form: UniversityForm, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"form": form, "endings": list(FORMS), "year": form.data["year"], **context}
    return render(request, TEMPLATE, shown, status=status)
