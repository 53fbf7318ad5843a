"""Documents to take along: one's own logbook and weeks; for staff those of their students."""

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.permissions import coordinates_agreement, coordinates_letter
from apps.applications.selectors import agreements_visible_to, letters_visible_to
from apps.logbook.selectors import arrivals_visible_to, assessments_visible_to
from apps.logbook.states import AssessmentState
from apps.reporting.permissions import takes_batches
from apps.reporting.selectors import logbooks_visible_to, templates_in_force
from apps.reporting.services.documents import Document, Form, make_logbook, make_week, why_no_pdf_of
from apps.reporting.services.papers import RELATED, RELATED_OF_LETTER, make_letter_word_file, make_word_file
from apps.reporting.states import TemplateKind
from portal.kernel.dates import monday_of, week_number
from portal.kernel.errors import RuleViolation
from portal.kernel.views import page_of, row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.applications.models import Placement

PEOPLE = ("enrolment__student", "enrolment__cohort", "company")
CONTENT = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "company",
)


@login_required
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """Show what can be taken along: logbooks and their weeks, and one's own general report."""
    rows = logbooks_visible_to(request.user).select_related(*PEOPLE)
    page = page_of(request, rows.order_by("enrolment__student__last_name", "-start", "-pk"))
    cohorts = {placement.enrolment.cohort for placement in page}
    in_force = templates_in_force([TemplateKind.LOGBOOK, TemplateKind.WEEK], cohorts)
    sheets = _sheets(request, [placement.pk for placement in page])
    books = [
        {
            "placement": placement,
            "weeks": weeks_of(placement),
            "sheets": sheets.get(placement.pk, ()),
            "no_pdf": why_no_pdf_of(in_force.get((TemplateKind.LOGBOOK, placement.enrolment.cohort_id))),
            "no_week_pdf": why_no_pdf_of(in_force.get((TemplateKind.WEEK, placement.enrolment.cohort_id))),
        }
        for placement in page
    ]
    context = {
        "page": page,
        "books": books,
        "writes": has_role(request.user, Role.STUDENT),
        "takes_batches": takes_batches(request.user),
    }
    return render(request, "reporting/documents.html", context)


def _sheets(request: HttpRequest, placements: list[int]) -> dict[int, list[dict[str, object]]]:
    """Return arrival notes and filled-in assessments of each placement with the address of their files."""
    found: dict[int, list[dict[str, object]]] = {}
    for note in arrivals_visible_to(request.user).filter(placement__in=placements).order_by("pk"):
        label = _("Arrival note of %(day)s") % {"day": date_format(note.arrived_on)}
        found.setdefault(note.placement_id, []).append({"label": label, "route": "arrival_download", "pk": note.pk})
    rows = assessments_visible_to(request.user).exclude(state=AssessmentState.OPEN).filter(placement__in=placements)
    for one in rows.select_related("rubric").order_by("pk"):
        sheet = {"label": one.rubric.title, "route": "assessment_download", "pk": one.pk}
        found.setdefault(one.placement_id, []).append(sheet)
    return found


def weeks_of(placement: "Placement") -> list[dict[str, object]]:
    """Return number and Monday of every week of the placement that has begun."""
    last = min(placement.end, timezone.localdate())
    mondays = [monday_of(placement.start)]
    while mondays[-1] + dt.timedelta(weeks=1) <= last:
        mondays.append(mondays[-1] + dt.timedelta(weeks=1))
    return [{"monday": monday, "number": week_number(monday, placement.start)} for monday in mondays]


@login_required
@require_POST
def logbook_download(request: HttpRequest, pk: int, form: Form) -> HttpResponse:
    placement = _placement(request, pk)
    try:
        made = make_logbook(placement, form, actor=cast("User", request.user), language=get_language() or "en")
    except RuleViolation as error:
        return _refused(request, error)
    return sent(made)


@login_required
@require_POST
def week_download(request: HttpRequest, pk: int, monday: dt.date, form: Form) -> HttpResponse:
    placement = _placement(request, pk)
    actor, language = cast("User", request.user), get_language() or "en"
    try:
        made = make_week(placement, monday, form, actor=actor, language=language)
    except RuleViolation as error:
        if error.code == "no_such_week":
            raise Http404 from error
        return _refused(request, error)
    return sent(made)


@login_required
@require_POST
def agreement_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a letter or agreement as a Word file to who coordinates the student."""
    rows = agreements_visible_to(request.user).select_related(*RELATED).prefetch_related("placement__supervisors__user")
    agreement = row_or_404(rows, pk=pk)
    if not coordinates_agreement(agreement, request.user):
        raise PermissionDenied
    try:
        return sent(make_word_file(agreement, actor=cast("User", request.user)))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("agreement_detail", pk=pk)


@login_required
@require_POST
def letter_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an introduction letter as a Word file to who coordinates the student."""
    letter = row_or_404(letters_visible_to(request.user).select_related(*RELATED_OF_LETTER), pk=pk)
    if not coordinates_letter(letter, request.user):
        raise PermissionDenied
    try:
        return sent(make_letter_word_file(letter, actor=cast("User", request.user)))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("letter_detail", pk=pk)


def _placement(request: HttpRequest, pk: int) -> "Placement":
    rows = logbooks_visible_to(request.user).select_related(*CONTENT)
    return row_or_404(rows.prefetch_related("supervisors__user", "enrolment__cohort__holidays"), pk=pk)


def _refused(request: HttpRequest, error: RuleViolation) -> HttpResponse:
    say_refusal(request, error)
    return redirect("documents")


def sent(made: Document) -> HttpResponse:
    """Answer with a finished document as an attachment."""
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
