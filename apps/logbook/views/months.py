"""The calendar: one month of a student's days at a glance."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import Enrolment
from apps.logbook.models import Absence
from apps.logbook.selectors import calendar_at, current_logs, placements_between, progress_of
from apps.logbook.views.grids import MonthDay, month_days
from apps.logbook.views.own import enrolment_of
from portal.kernel.dates import days_between, monday_of

MOST_MISSING = 12


@login_required
@require_safe
def student_months(request: HttpRequest) -> HttpResponse:
    """Open on the month of today."""
    today = timezone.localdate()
    enrolment_of(request, today)
    return redirect("student_month", first=today.replace(day=1))


@login_required
@require_safe
def student_month(request: HttpRequest, first: dt.date) -> HttpResponse:
    """Show the days of a month with their states in shapes and words, and how much is done of what is required."""
    if first.day != 1:
        raise Http404
    today = timezone.localdate()
    last = next_month(first) - dt.timedelta(days=1)
    enrolment = enrolment_of(request, min(max(first, today), last))
    progress = progress_of(enrolment)
    cohort = enrolment.cohort
    before = first - dt.timedelta(days=1)
    context = {
        "first": first,
        "enrolment": enrolment,
        "weeks": _weeks(enrolment, first, last, progress.missing),
        "progress": progress,
        "missing": progress.missing[-MOST_MISSING:],
        "previous_url": _month_url(before) if before >= cohort.start else "",
        "next_url": _month_url(last + dt.timedelta(days=1)) if last < cohort.end else "",
        "weekdays": list(days_between(monday_of(first), monday_of(first) + dt.timedelta(days=6))),
        "tabs": student_tabs("months"),
    }
    return render(request, "logbook/month.html", context)


def next_month(first: dt.date) -> dt.date:
    """Return the first day of the month after."""
    return (first + dt.timedelta(days=31)).replace(day=1)


def student_tabs(current: str) -> list[dict[str, object]]:
    """Return the two sights of a student's days; ``current`` is ``months`` or ``weeks``."""
    return [
        {"label": _("Calendar"), "url": reverse("student_months"), "current": current == "months"},
        {"label": _("Weeks"), "url": reverse("student_weeks"), "current": current == "weeks"},
    ]


def _month_url(day: dt.date) -> str:
    return reverse("student_month", args=[day.replace(day=1)])


def _weeks(enrolment: Enrolment, first: dt.date, last: dt.date, missing: list[dt.date]) -> list[list[MonthDay | None]]:
    """Return the weeks of the month, Monday first, None for days of the months around it."""
    placements = placements_between(enrolment, first, last)
    calendar = calendar_at(enrolment, placements[0] if placements else None)
    logs = {log.day: log for log in current_logs(enrolment).filter(day__range=(first, last))}
    absences = {row.day: row for row in Absence.objects.filter(enrolment=enrolment, day__range=(first, last))}
    days = month_days(enrolment.cohort, calendar, (first, last), (logs, absences), missing, placements)
    shown = {cell.day: cell for cell in days}
    dates = list(days_between(monday_of(first), monday_of(last) + dt.timedelta(days=6)))
    return [[shown.get(day) for day in dates[start : start + 7]] for start in range(0, len(dates), 7)]
