"""The week grid of one student: rows read once, glyphs from the states."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import Cohort, Enrolment
from apps.applications.models import Placement
from apps.logbook.models import Absence, DailyLog
from apps.logbook.selectors import LogLine, current_logs
from apps.logbook.states import ChainState
from portal.kernel.dates import Calendar, days_between, monday_of
from portal.kernel.looks import Blank, Cell, Day, GridRow, WeekGrid, look_of

DAYS = 6


def days_of_week(monday: dt.date, calendar: Calendar, today: dt.date) -> list[Day]:
    """Return the columns: the working days of the group, Monday first."""
    return [
        Day(day, date_format(day, "D"), date_format(day, "l j F"), today=day == today)
        for day in days_between(monday, monday + dt.timedelta(days=DAYS))
        if day.weekday() in calendar.weekdays
    ]


def week_row(
    enrolment: Enrolment,
    monday: dt.date,
    calendar: Calendar,
    entries: tuple[Mapping[dt.date, DailyLog | LogLine], Mapping[dt.date, Absence] | None],
    missing: Collection[dt.date],
    places: Sequence[Placement | None] = (),
) -> GridRow:
    """Return one week of a student with its logs and absences (``entries``); each day of the training has its page.

    Absences that are None are read here; see ``_cell`` for ``missing`` and ``_spans`` for ``places``.
    """
    logs, absences = entries
    if absences is None:
        days = (monday, monday + dt.timedelta(days=DAYS))
        absences = {row.day: row for row in Absence.objects.filter(enrolment=enrolment, day__range=days)}
    spans = _spans(enrolment.cohort, places)
    cells = [
        _cell(day, calendar, (logs.get(day), absences.get(day)), missing, spans)
        for day in days_between(monday, monday + dt.timedelta(days=DAYS))
        if day.weekday() in calendar.weekdays
    ]
    return GridRow(label=date_format(monday, "j M"), cells=cells, url=reverse("week_edit", args=[monday]))


def _spans(cohort: Cohort, places: Sequence[Placement | None]) -> list[tuple[dt.date, dt.date]]:
    """Return first and last days between which the training goes on: a placement can outlast its cohort."""
    return [(cohort.start, cohort.end), *((place.start, place.end) for place in places if place)]


def _cell(
    day: dt.date,
    calendar: Calendar,
    entries: tuple[DailyLog | LogLine | None, Absence | None],
    missing: Collection[dt.date],
    spans: Sequence[tuple[dt.date, dt.date]],
) -> Cell:
    """Return one day. Days that are over and not among the ``missing`` passed before a placement began."""
    log, absence = entries
    url, today = reverse("log_edit", args=[day]), timezone.localdate()
    if log is not None:
        label = _("%(state)s, %(hours)s h") % {
            "state": ChainState(log.state).label,
            "hours": f"{log.hours.normalize():f}",
        }
        return Cell(look_of(log.state), label, url)
    if absence is not None:
        return Cell(Blank.ABSENT, _("Absent: %(why)s") % {"why": absence.get_reason_display()}, url)
    outside = not any(first <= day <= last for first, last in spans)
    if outside or (day < today and calendar.is_working(day) and day not in missing):
        return Cell(Blank.OFF, _("Outside of your training"))
    if not calendar.is_working(day):
        return Cell(Blank.OFF, calendar.closed_reason(day))
    if day >= today:
        return Cell(Blank.AHEAD, _("Not written yet"), url if day == today else "")
    return Cell(Blank.MISSING, _("Missing"), url)


@dataclass(frozen=True)
class MonthDay:
    """One day of the calendar: its number is shown, ``cell`` says in shape, words and link what is there."""

    day: dt.date
    cell: Cell
    is_today: bool


def month_days(
    cohort: Cohort,
    calendar: Calendar,
    days: tuple[dt.date, dt.date],
    entries: tuple[Mapping[dt.date, DailyLog], Mapping[dt.date, Absence]],
    missing: Collection[dt.date],
    places: Sequence[Placement | None] = (),
) -> list[MonthDay]:
    """Return the days from the first to the last with their logs and absences (``entries``).

    What lies outside of the training, or passed before the placement began, says so and leads nowhere.
    """
    today, spans = timezone.localdate(), _spans(cohort, places)
    logs, absences = entries
    shown = []
    for day in days_between(*days):
        cell = _cell(day, calendar, (logs.get(day), absences.get(day)), missing, spans)
        shown.append(MonthDay(day, cell, day == today))
    return shown


def weeks_grid(
    enrolment: Enrolment,
    calendar: Calendar,
    today: dt.date,
    missing: Collection[dt.date],
    places: Sequence[Placement] = (),
) -> WeekGrid:
    """Return all weeks of an enrolment that have begun, the latest first, with two queries."""
    logs = {log.day: log for log in current_logs(enrolment)}
    absences = {absence.day: absence for absence in Absence.objects.filter(enrolment=enrolment)}
    first, last = monday_of(enrolment.cohort.start), monday_of(min(today, enrolment.cohort.end))
    mondays = [last - dt.timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    return WeekGrid(
        caption=_("Your weeks"),
        days=days_of_week(last, calendar, today),
        rows=[week_row(enrolment, monday, calendar, (logs, absences), missing, places) for monday in mondays],
        corner=_("Week"),
    )
