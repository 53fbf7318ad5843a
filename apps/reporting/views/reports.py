"""General reports: the student writes beside the preview, the university reads and decides."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.reporting.essay import HEADINGS
from apps.reporting.forms import ReportForm
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.permissions import can_take_report, takes_batches
from apps.reporting.selectors import (
    general_reports_visible_to,
    report_of_student,
    report_page,
    weeks_of_report,
)
from apps.reporting.selectors.helped import share_of_report
from apps.reporting.services.documents import Form, make_report, why_not
from apps.reporting.services.reports import draft_report, save_report, submit_report
from apps.reporting.states import GeneralReportState, TemplateKind
from apps.reporting.views.documents import sent
from apps.reporting.views.helping import report_menus
from apps.reporting.views.own import own_enrolment
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import moves_for
from portal.kernel.views import make_posted_move, page_of, row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User

RELATED = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "approved_by",
)
PLACES = ("enrolment__placements__supervisors",)
WRITES = ("", "draft", "submit")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def general_report(request: HttpRequest) -> HttpResponse:
    """Write one's own report: keep it, fill what is empty from the logbook, or send it."""
    enrolment = own_enrolment(request)
    if request.method != "POST":
        return _show(request, enrolment, None)
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            _keep(request, enrolment, form)
        except RuleViolation as error:
            form.refuse(error)
        else:
            return redirect("general_report")
    return _show(request, enrolment, form)


def _keep(request: HttpRequest, enrolment: Enrolment, form: ReportForm) -> None:
    actor, move = cast("User", request.user), request.POST.get("move", "")
    report = save_report(enrolment, form.written(), actor=actor, expected_version=form.cleaned_data["version"])
    try:
        messages.success(request, _after(request, report, move))
    except RuleViolation as error:
        messages.warning(request, _("Kept. %(why)s") % {"why": error.message})


def _after(request: HttpRequest, report: GeneralReport, move: str) -> str:
    """Do what the button says with the report that was just kept; return what is told."""
    actor = cast("User", request.user)
    if move == "submit":
        submit_report(report, actor=actor)
        return _("Sent. Your university supervisor reads it now.")
    if move == "draft":
        keys = [int(key) for key in request.POST.getlist("weeks") if key.isdecimal() and len(key) < 10]  # noqa: PLR2004 - longer ones are no keys
        drafted = draft_report(report.enrolment, keys, actor=actor, language=get_language() or "en")
        text = ngettext(
            "%(n)d empty part was filled from your logbook. Read it and make it yours.",
            "%(n)d empty parts were filled from your logbook. Read them and make them yours.",
            drafted.filled,
        )
        return text % {"n": drafted.filled}
    return _("Kept. Send it when it is complete.")


def _show(request: HttpRequest, enrolment: Enrolment, form: ReportForm | None) -> HttpResponse:
    report = report_of_student(enrolment)
    shown = form or ReportForm.of(report)
    if form is None and report is not None and report.state not in GeneralReportState.with_student():
        return redirect("report_detail", pk=report.pk)
    context = {
        "report": report,
        "enrolment": enrolment,
        "form": shown,
        "parts": [{"name": name, "heading": HEADINGS[name], "text": shown[name].value() or ""} for name in SECTIONS],
        "weeks": _weeks(enrolment, report),
        "helps": report_menus(enrolment.cohort),
        "autosave_url": reverse("general_report_autosave"),
        "completeness": report.completeness if report else 0,
        "words": report.words if report else 0,
    }
    return render(request, "reporting/report_edit.html", context, status=400 if form and form.errors else 200)


def _weeks(enrolment: Enrolment, report: GeneralReport | None) -> list[dict[str, Any]]:
    """Return the weekly reports to choose from; ticked are those that were chosen, at first all."""
    rows = list(weeks_of_report(enrolment))
    chosen = {week.pk for week in report.compiled_from.all()} if report else set()
    return [{"row": week, "ticked": not chosen or week.pk in chosen} for week in rows]


@login_required
@require_POST
def general_report_autosave(request: HttpRequest) -> HttpResponse:
    """Keep what is being typed; answers JSON with the time and the new version, 400 with the reason."""
    enrolment = own_enrolment(request)
    form = ReportForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": _("Not saved: something is too long.")}, status=400)
    try:
        report = save_report(
            enrolment,
            form.written(),
            actor=cast("User", request.user),
            expected_version=form.cleaned_data["version"],
        )
    except RuleViolation as error:
        return JsonResponse({"error": str(error.message), "code": error.code}, status=400)
    saved_at = time_format(timezone.localtime(report.updated_at), "H:i")
    return JsonResponse({"saved_at": saved_at, "version": report.version})


# -- read and decide ----------------------------------------------------------------------------------------------


@login_required
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports that the user has, those that wait first."""
    rows = general_reports_visible_to(request.user).select_related("enrolment__student", "enrolment__cohort")
    waiting = [GeneralReportState.SUBMITTED]
    wanted = request.GET.get("state") == "waiting"
    if wanted:
        rows = rows.filter(state__in=waiting)
    page = page_of(request, rows.order_by("-submitted_at", "-pk"))
    address = reverse("report_list")
    tabs = [
        {"label": _("All"), "url": address, "current": not wanted},
        {"label": _("Waiting"), "url": f"{address}?state=waiting", "current": wanted},
    ]
    shown = {
        "page": page,
        "tabs": tabs,
        "writes_own": has_role(request.user, Role.STUDENT),
        "takes_batches": takes_batches(request.user),
    }
    return render(request, "reporting/report_list.html", shown)


@login_required
@require_safe
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a report as it will be printed, and decide on it."""
    report = _report(request, pk)
    moves = moves_for(report, request.user)
    own = report.enrolment.student_id == request.user.pk
    context = {
        "report": report,
        "essay": report_page(report, language=get_language() or "en").as_plain(),
        # The student sends from the page on which it is written.
        "moves": [] if own else moves,
        "own": own,
        "move_url": reverse("report_move", args=[report.pk]),
        "share": share_of_report(report),
        "takes": can_take_report(report, request.user),
        "no_pdf": why_not(TemplateKind.REPORT, report.enrolment.cohort),
        "weeks": report.compiled_from.order_by("week_start"),
    }
    return render(request, "reporting/report_detail.html", context)


@login_required
@require_POST
def report_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a move with a report: approve it or send it back."""
    make_posted_move(request, _report(request, pk))
    return redirect("report_detail", pk=pk)


@login_required
@require_POST
def report_download(request: HttpRequest, pk: int, form: Form) -> HttpResponse:
    """Send the report as a Word file or PDF."""
    report = _report(request, pk)
    if not can_take_report(report, request.user):
        raise PermissionDenied
    try:
        return sent(make_report(report, form, actor=cast("User", request.user), language=get_language() or "en"))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("report_detail", pk=pk)


def _report(request: HttpRequest, pk: int) -> GeneralReport:
    rows = general_reports_visible_to(request.user).select_related(*RELATED).prefetch_related(*PLACES)
    return row_or_404(rows, pk=pk)
