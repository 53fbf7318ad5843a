"""The student's weeks: all at a glance, and the report of one."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Enrolment
from apps.ai.asking import help_menu
from apps.logbook.forms import WeekForm, refuse, step_rows
from apps.logbook.models import WeeklyReport
from apps.logbook.selectors import (
    calendar_at,
    current_logs,
    days_of_work,
    placements_between,
    progress_of,
    report_of,
    weeks_visible_to,
)
from apps.logbook.services.help import WEEK_HELP
from apps.logbook.services.weeks import Step, remove_sketch, save_week, set_sketch, submit_week, week_refusal
from apps.logbook.states import ChainState
from apps.logbook.views.grids import days_of_week, week_row, weeks_grid
from apps.logbook.views.months import student_tabs
from apps.logbook.views.own import enrolment_of, student_of
from portal.kernel.dates import monday_of, week_number
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import moves_for
from portal.kernel.looks import Blank, WeekGrid
from portal.kernel.views import make_posted_move, row_or_404


@login_required
@require_safe
def student_weeks(request: HttpRequest) -> HttpResponse:
    """Show all weeks at a glance: what is sent, what is missing, hours done and required."""
    enrolment = enrolment_of(request, timezone.localdate())
    cohort = enrolment.cohort
    placements = placements_between(enrolment, cohort.start, cohort.end)
    calendar = calendar_at(enrolment, placements[0] if placements else None)
    progress = progress_of(enrolment)
    context = {
        "enrolment": enrolment,
        "grid": weeks_grid(enrolment, calendar, timezone.localdate(), progress.missing, placements),
        "progress": progress,
        "tabs": student_tabs("weeks"),
    }
    return render(request, "logbook/student_weeks.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def week_edit(request: HttpRequest, monday: dt.date) -> HttpResponse:
    """Write the report of a week, keep it, or send it with its days."""
    if monday != monday_of(monday):
        raise Http404
    enrolment = enrolment_of(request, monday)
    if request.method != "POST":
        return _show_week(request, enrolment, monday, None)
    form = WeekForm(request.POST)
    if form.is_valid():
        try:
            report = _keep_week(request, enrolment, monday, form)
        except RuleViolation as error:
            refuse(form, error)
        else:
            if "step" in request.POST:
                return redirect(reverse("week_edit", args=[monday]) + "#steps")
            _after_keeping_week(request, report)
            return redirect("week_edit", monday=monday)
    return _show_week(request, enrolment, monday, form)


def _keep_week(request: HttpRequest, enrolment: Enrolment, monday: dt.date, form: WeekForm) -> WeeklyReport:
    """Keep text, operations and sketch together, or nothing of it."""
    actor, version = student_of(request), form.cleaned_data["version"]
    with transaction.atomic():
        report = save_week(enrolment, monday, form.written(), actor=actor, expected_version=version)
        if sketch := request.FILES.get("sketch"):
            return set_sketch(report, sketch.read(), actor=actor)
        return remove_sketch(report, actor=actor) if "sketch_off" in request.POST else report


def _after_keeping_week(request: HttpRequest, report: WeeklyReport) -> None:
    if request.POST.get("move") != "submit":
        messages.success(request, _("Kept. Send the week when it is complete."))
        return
    try:
        sent = submit_week(report, actor=student_of(request))
    except RuleViolation as error:
        messages.warning(request, _("Kept, but not sent: %(why)s") % {"why": error.message})
        return
    days = ngettext("The week is sent with %(n)d day.", "The week is sent with %(n)d days.", sent.days)
    messages.success(request, days % {"n": sent.days})
    for refusal in sent.refused:
        messages.warning(request, str(refusal.message))


@login_required
@require_POST
def week_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a move of one's own week, such as taking it back."""
    rows = weeks_visible_to(student_of(request)).select_related("enrolment__cohort", "placement")
    report = row_or_404(rows, pk=pk)
    make_posted_move(request, report)
    return redirect("week_edit", monday=report.week_start)


def _show_week(request: HttpRequest, enrolment: Enrolment, monday: dt.date, form: WeekForm | None) -> HttpResponse:
    place = report_of(enrolment, monday)
    report = place.entry
    refusal = None if report else week_refusal(enrolment, place.placement, monday)
    calendar = calendar_at(enrolment, place.placement)
    logs = list(current_logs(enrolment).filter(week_start=monday).order_by("day"))
    stored = [Step(step.description, step.tools) for step in report.operations.all()] if report else []
    first = place.placement.start if place.placement else enrolment.cohort.start
    days = days_of_week(monday, calendar, timezone.localdate())
    entries = {log.day: log for log in logs}, None
    row = week_row(enrolment, monday, calendar, entries, days_of_work(enrolment), [place.placement])
    context = {
        "monday": monday,
        "last_day": monday + dt.timedelta(days=max([*calendar.weekdays, 4])),
        "number": max(week_number(monday, first), 1),
        "report": report,
        "placement": place.placement,
        "form": form or WeekForm.of(report),
        "steps": step_rows(form.typed_steps() if form else stored),
        "editable": report.state in ChainState.with_student() if report else refusal is None,
        "why_not": refusal.message if refusal else "",
        "logs": logs,
        "hours": sum((log.hours for log in logs), Decimal(0)),
        "grid": WeekGrid(
            caption=_("This week"),
            days=days,
            rows=[row],
            single=True,
        ),
        "missing": [(day, cell) for day, cell in zip(days, row.cells, strict=True) if cell.look == Blank.MISSING],
        "moves": [m for m in moves_for(report, student_of(request)) if m.name != "submit"] if report else [],
        "move_url": reverse("week_move", args=[report.pk]) if report else "",
        "help": help_menu(enrolment.cohort, reverse("week_help", args=[monday]), WEEK_HELP),
    }
    return render(request, "logbook/week_edit.html", context, status=400 if form and form.errors else 200)
