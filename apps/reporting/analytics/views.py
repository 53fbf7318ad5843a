"""The page of figures in the workspace, its files, and the list behind a number."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.applications.models import Placement
from apps.reporting.analytics.files import FORMS
from apps.reporting.analytics.forms import FiguresForm, period_text
from apps.reporting.analytics.measures import MEASURES, Measure
from apps.reporting.analytics.report import Question, sections_for
from apps.reporting.analytics.sight import has_rest, own_sight, sight_elsewhere
from apps.reporting.views.documents import sent
from portal.kernel.admin.narrowing import Anchor, narrowing_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED, page_of, say_refusal

BY_SLUG: Final = {measure.slug: measure for measure in MEASURES}


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show all measures as tables, or what is wrong with the filters."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    question = question_of(form, request.user)
    context: dict[str, Any] = {
        "sections": sections_for(question),
        "compares_with_rest": question.rest is not None and question.asked.of_rest() is not None,
        "has_rest": question.rest is not None,
    }
    return _page(request, form, **context)


@require_safe
def figures_file(request: HttpRequest, ending: str) -> HttpResponse:
    """Send the same as a file."""
    if ending not in FORMS:
        raise Http404
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    try:
        return sent(FORMS[ending](sections_for(question_of(form, request.user)), said_in(form)))
    except RuleViolation as error:
        say_refusal(request, error)
        return _page(request, form, status=REFUSED)


@require_safe
def behind_figure(request: HttpRequest, slug: str) -> HttpResponse:
    """List the placements that a number counts."""
    if slug not in BY_SLUG:
        raise Http404
    form = _form(request)
    if not form.is_valid():
        return _page(request, form)
    measure = BY_SLUG[slug]
    rows = _placements(measure, form, request).select_related(
        "enrolment__student__student_profile", "enrolment__cohort", "company"
    )
    context = {
        **admin.site.each_context(request),
        "title": measure.title,
        "measure": measure,
        "said": said_in(form),
        "page": page_of(request, rows.order_by("-start", "-pk")),
        "query": _query(request),
    }
    return TemplateResponse(request, "reporting/analytics/behind.html", context)


def question_of(form: FiguresForm, user: Any) -> Question:
    """Return what a valid form asks for this user."""
    rest = sight_elsewhere(user) if has_rest(user) else None
    return Question(own_sight(user), form.asked, form.filters, form.other_period, rest)


def said_in(form: FiguresForm) -> list[str]:
    """Return in words what the figures are narrowed to."""
    asked, chosen = form.asked, form.cleaned_data
    words = [period_text(asked.period)]
    words += [str(chosen[name]) for name in ("department", "cohort") if chosen[name]]
    for name in ("sector", "region"):
        labels: dict[Any, Any] = dict(form.fields[name].choices)  # type: ignore[attr-defined] # both are ChoiceFields
        words += [str(labels[chosen[name]])] if chosen[name] else []
    return words


def _placements(measure: Measure, form: FiguresForm, request: HttpRequest) -> QuerySet[Placement]:
    return measure.placements(own_sight(request.user), form.asked)


def _form(request: HttpRequest) -> FiguresForm:
    """Return the filters of the address; one that names neither takes the department or cohort of the workspace."""
    sent, chosen = request.GET.dict(), narrowing_of(request)
    if chosen and not {anchor.value for anchor in Anchor} & sent.keys():
        sent[chosen.anchor.value] = str(chosen.key)
    return FiguresForm(sent, user=request.user)


def _query(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()


def _page(request: HttpRequest, form: FiguresForm, *, status: int = 200, **context: Any) -> HttpResponse:
    frame = {
        **admin.site.each_context(request),
        "title": _("Analytics"),
        "form": form,
        "query": _query(request),
        "endings": list(FORMS),
        **context,
    }
    status = status if form.is_valid() else REFUSED
    return TemplateResponse(request, "reporting/analytics/figures.html", frame, status=status)
