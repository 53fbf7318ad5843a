"""The student's days: today and any other, with files and absences."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.applications.selectors import placements_of
from apps.applications.states import PlacementState
from apps.logbook.forms import AbsenceForm, DayForm, refuse
from apps.logbook.models import DailyLog
from apps.logbook.selectors import (
    attachments_visible_to,
    calendar_of,
    current_logs,
    day_of,
    enrolment_on,
    logs_visible_to,
    progress_of,
)
from apps.logbook.services.absences import tell_absence
from apps.logbook.services.attachments import attach_file, remove_file
from apps.logbook.services.logs import USUAL_HOURS, day_refusal, save_log, submit_log
from apps.logbook.states import AbsenceReason, ChainState
from apps.logbook.views.grids import days_of_week, week_row
from portal.kernel.dates import monday_of, week_number
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import moves_for
from portal.kernel.looks import WeekGrid
from portal.kernel.views import make_posted_move, row_or_404, send_file

if TYPE_CHECKING:
    from apps.accounts.models import User


from apps.logbook.views.own import enrolment_of, student_of

# -- a day --------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def student_today(request: HttpRequest) -> HttpResponse:
    """Open on today's entry; a student who is enrolled nowhere is told so."""
    if enrolment_on(student_of(request), timezone.localdate()) is None:
        return render(request, "logbook/not_enrolled.html")
    return _show_day(request, timezone.localdate(), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_edit(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Show a day, keep what was written, or send it."""
    if request.method != "POST":
        return _show_day(request, day, None)
    enrolment = enrolment_of(request, day)
    form = DayForm(request.POST)
    if form.is_valid():
        try:
            log = _keep(request, enrolment, day, form)
        except RuleViolation as error:
            refuse(form, error)
        else:
            return _after_keeping(request, log, day)
    return _show_day(request, day, form)


def _keep(request: HttpRequest, enrolment: Enrolment, day: dt.date, form: DayForm) -> DailyLog:
    actor = student_of(request)
    log = save_log(enrolment, day, form.written(), actor=actor, expected_version=form.cleaned_data["version"])
    for photo in request.FILES.getlist("photo"):
        attach_file(log, photo.read(), name=photo.name or "", actor=actor)
    return log


def _after_keeping(request: HttpRequest, log: DailyLog, day: dt.date) -> HttpResponse:
    if request.POST.get("move") != "submit":
        messages.success(request, _("Kept. Send it when it is complete."))
        return redirect("log_edit", day=day)
    try:
        submit_log(log, actor=student_of(request))
    except RuleViolation as error:
        messages.warning(request, _("Kept, but not sent: %(why)s") % {"why": error.message})
        return redirect("log_edit", day=day)
    messages.success(request, _("Sent. Your supervisor sees it now."))
    return redirect("student_today") if day == timezone.localdate() else redirect("log_edit", day=day)


@login_required
@require_POST
def log_autosave(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Keep what is being typed; answers JSON with the time and the new version, 400 with the reason."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": _("Not saved: look at the hours.")}, status=400)
    enrolment = enrolment_of(request, day)
    try:
        log = save_log(
            enrolment,
            day,
            form.written(),
            actor=student_of(request),
            expected_version=form.cleaned_data["version"],
        )
    except RuleViolation as error:
        return JsonResponse({"error": str(error.message), "code": error.code}, status=400)
    return JsonResponse({"saved_at": time_format(timezone.localtime(log.updated_at), "H:i"), "version": log.version})


@login_required
@require_POST
def log_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a move of one's own log, such as taking it back."""
    log = row_or_404(logs_visible_to(student_of(request)).select_related("enrolment__cohort", "placement"), pk=pk)
    make_posted_move(request, log)
    return redirect("log_edit", day=log.day)


def _show_day(request: HttpRequest, day: dt.date, form: DayForm | None) -> HttpResponse:
    student = student_of(request)
    enrolment = enrolment_of(request, day)
    place = day_of(enrolment, day)
    log, today = place.entry, timezone.localdate()
    refusal = None if log else day_refusal(enrolment, place.placement, day)
    calendar = calendar_of(enrolment.cohort)
    progress = progress_of(enrolment, calendar)
    monday = monday_of(day)
    week = current_logs(enrolment).filter(week_start=monday)
    first = place.placement.start if place.placement else enrolment.cohort.start
    context: dict[str, Any] = {
        "date": day,
        "week_number": max(week_number(day, first), 1),
        "is_today": day == today,
        "previous_url": _day_url(enrolment, day - dt.timedelta(days=1)),
        "next_url": _day_url(enrolment, day + dt.timedelta(days=1)) if day < today else "",
        "log": log,
        "form": form or DayForm.of(log, _proposed_hours(enrolment, day)),
        "editable": log.state in ChainState.with_student() if log else refusal is None,
        "why_not": refusal.message if refusal else "",
        "action_url": reverse("log_edit", args=[day]),
        "autosave_url": reverse("log_autosave", args=[day]),
        "returned": _returned(log),
        "with_whom": _with_whom(log),
        "files": _files(log),
        "grid": WeekGrid(
            caption=_("This week"),
            days=days_of_week(monday, calendar, today),
            rows=[week_row(enrolment, monday, calendar, {entry.day: entry for entry in week})],
            single=True,
        ),
        "done_days": progress.done_days,
        "required_days": progress.required_days,
        "missing_days": len(progress.missing),
        "missing_url": reverse("student_weeks"),
        "absence_url": reverse("absence_edit", args=[day]),
        "moves": [move for move in moves_for(log, student) if move.name != "submit"] if log else [],
        "move_url": reverse("log_move", args=[log.pk]) if log else "",
        "arrival_due": _arrival_due(student, log),
    }
    return render(request, "logbook/today.html", context, status=400 if form and form.errors else 200)


def _day_url(enrolment: Enrolment, day: dt.date) -> str:
    cohort = enrolment.cohort
    return reverse("log_edit", args=[day]) if cohort.start <= day <= cohort.end else ""


def _proposed_hours(enrolment: Enrolment, day: dt.date) -> Decimal:
    """Return the hours of the last day before, so that nobody types the same number every evening."""
    last = current_logs(enrolment).filter(day__lt=day).order_by("-day").values_list("hours", flat=True).first()
    return last or USUAL_HOURS


def _returned(log: DailyLog | None) -> dict[str, str] | None:
    if log is None or log.state != ChainState.REVISION_REQUESTED:
        return None
    return {"who": _("Your supervisor"), "reason": log.reason}


def _with_whom(log: DailyLog | None) -> str:
    if log is None or log.submitted_at is None:
        return ""
    since = {"day": date_format(timezone.localtime(log.submitted_at), "l")}
    if log.state == ChainState.SUBMITTED:
        return _("With your supervisor since %(day)s") % since
    if log.state == ChainState.VERIFIED_INDUSTRY:
        return _("Verified by the company; with the university now")
    return ""


def _files(log: DailyLog | None) -> list[dict[str, str]]:
    if log is None:
        return []
    open_state = log.state in ChainState.with_student()
    return [
        {
            "name": attachment.original_name,
            "url": reverse("attachment_download", args=[attachment.pk]),
            "remove_url": reverse("attachment_remove", args=[attachment.pk]) if open_state else "",
        }
        for attachment in log.attachments.all()
    ]


def _arrival_due(student: "User", log: DailyLog | None) -> Placement | None:
    """Return the placement whose arrival has to be reported before anything can be sent."""
    if log is not None and log.state not in ChainState.with_student():
        return None
    due = placements_of(student).filter(state=PlacementState.CONFIRMED, start__lte=timezone.localdate())
    return due.filter(arrival__isnull=True).select_related("company").first()


# -- files and absences -------------------------------------------------------------------------------------------


@login_required
@require_safe
def attachment_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a file of a log to whoever may see the log."""
    attachment = row_or_404(attachments_visible_to(request.user), pk=pk)
    return send_file(attachment.file, attachment.original_name)


@login_required
@require_POST
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away from a day that is still with the student."""
    rows = attachments_visible_to(student_of(request)).select_related("log__enrolment__cohort")
    attachment = row_or_404(rows, pk=pk)
    try:
        remove_file(attachment, actor=student_of(request))
    except RuleViolation as error:
        messages.error(request, str(error.message))
    return redirect("log_edit", day=attachment.log.day)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absence_edit(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Tell why there is no log of a day."""
    enrolment = enrolment_of(request, day)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, note = AbsenceReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            tell_absence(enrolment, day, reason, actor=student_of(request), note=note)
        except RuleViolation as error:
            refuse(form, error)
        else:
            messages.success(request, _("Entered. This day does not count as missing."))
            return redirect("student_weeks")
    return render(request, "logbook/absence.html", {"day": day, "form": form})
