"""One week as supervisors see it, the same behind a link and for who has signed in."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import HistoryEntry, User
from apps.applications.models import Placement
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, Snippet, WeeklyReport
from apps.logbook.selectors import (
    Seen,
    WaitingWeek,
    Week,
    calendar_at,
    signals_of,
    snippets_visible_to,
    week_of,
)
from apps.logbook.selectors.helped import shares_of_week
from apps.logbook.views.week_answers import REPORT, WHOLE_WEEK, reason_in, sentences_in
from portal.kernel.dates import days_between
from portal.kernel.errors import Text
from portal.kernel.looks import Blank, Look, look_of
from portal.kernel.views import TimelineEntry, timeline_of

if TYPE_CHECKING:
    from django.http import QueryDict

SUNDAY = dt.timedelta(days=6)


@dataclass(frozen=True)
class ShownDay:
    """One line of the week; ``log`` is None where nothing was sent. ``reason`` is what was typed before a refusal."""

    date: dt.date
    look: Look | Blank
    label: Text
    log: DailyLog | None = None
    waits: bool = False
    marked: bool = False
    reason: str = ""


@dataclass(frozen=True)
class ShownReport:
    """The student's report of the week; ``marked`` and ``reason`` are what was typed before a refusal."""

    row: WeeklyReport
    waits: bool
    marked: bool
    reason: str


@dataclass(frozen=True)
class Meanwhile:
    """Something that the person was about to decide and that is not so any more.

    ``what`` names the day or the report, ``entry`` says who did what with it; ``reason`` is what the person had typed.
    """

    what: Text
    entry: TimelineEntry | None
    state: Text
    reason: str


def with_people(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Read with the placements what the page of a week shows of them."""
    related = placements.select_related("company", "enrolment__student", "enrolment__cohort")
    return related.prefetch_related("enrolment__cohort__holidays")


def week_context(
    placement: Placement, monday: dt.date, kind: SupervisorKind, viewer: User, typed: "QueryDict | None" = None
) -> dict[str, Any]:
    """Return the context of ``logbook/link_week.html`` for one side; ``typed`` is a form that was refused."""
    week = week_of(placement, monday)
    waiting = week.waiting(kind)
    for_university = kind == SupervisorKind.UNIVERSITY
    marked = set(typed.getlist("back")) if typed else set()
    reasons = _reasons(typed, viewer)
    return {
        "placement": placement,
        "student_name": str(placement.enrolment.student),
        "company_name": placement.company.name,
        "week": week,
        "monday": monday,
        "last_day": monday + SUNDAY,
        "hours": sum(log.hours for log in week.logs),
        "days": [_as_typed(day, marked, reasons) for day in _days(week, set(waiting.seen.days))],
        "seen": str(waiting.seen),
        "waits": bool(waiting.seen),
        "report": _report(week, set(waiting.seen.reports), marked, reasons),
        "comment": typed.get("comment", "") if typed else "",
        "flag_reason": reasons.get(WHOLE_WEEK, ""),
        "verifies": not for_university,
        **_shares(week),
        "signals": _signals(waiting) if for_university else [],
        "sentences": _sentences(viewer) if waiting.seen else [],
        "meanwhile": _meanwhile(placement, typed.get("seen", ""), waiting.seen, reasons) if typed else [],
    }


def _shares(week: Week) -> dict[str, Any]:
    """Return how much of the texts came from help; a cohort without help costs no query."""
    if not week.placement.enrolment.cohort.ai_enabled:
        return {}
    shares = shares_of_week(week)
    return {"day_shares": shares.days, "week_shares": shares.reports}


def _signals(waiting: WaitingWeek) -> Iterable[Any]:
    return signals_of([waiting])[waiting.placement.pk, waiting.monday] if waiting.seen else []


def _sentences(viewer: User) -> list[Snippet]:
    return list(snippets_visible_to(viewer))


def _reasons(typed: "QueryDict | None", viewer: User) -> dict[str, str]:
    if typed is None:
        return {}
    names = {name.partition("-")[2] for name in typed if name.startswith(("reason-", "sentence-"))}
    sentences = sentences_in(typed, viewer)
    return {name: reason_in(typed, name, sentences) for name in names}


def _days(week: Week, waiting: set[int]) -> list[ShownDay]:
    calendar = calendar_at(week.placement.enrolment, week.placement)
    logs = {log.day: log for log in week.logs}
    shown = []
    for day in days_between(week.monday, week.monday + SUNDAY):
        absence = week.absences.get(day)
        if log := logs.get(day):
            shown.append(ShownDay(day, look_of(log.state), log.get_state_display(), log, log.pk in waiting))
        elif absence is not None:
            why = _("Absent: %(why)s") % {"why": absence.get_reason_display()}
            shown.append(ShownDay(day, Blank.ABSENT, why))
        elif calendar.is_working(day):
            shown.append(ShownDay(day, Blank.AHEAD, _("Nothing sent")))
    return shown


def _as_typed(day: ShownDay, marked: set[str], reasons: Mapping[str, str]) -> ShownDay:
    if day.log is None:
        return day
    key = str(day.log.pk)
    reason = reasons.get(key, "")
    return ShownDay(day.date, day.look, day.label, day.log, day.waits, key in marked, reason)


def _report(week: Week, waiting: set[int], marked: set[str], reasons: Mapping[str, str]) -> ShownReport | None:
    if week.report is None:
        return None
    return ShownReport(week.report, week.report.pk in waiting, REPORT in marked, reasons.get(REPORT, ""))


# -- what others have done meanwhile ------------------------------------------------------------------------------


def _meanwhile(placement: Placement, text: str, now: Seen, reasons: Mapping[str, str]) -> list[Meanwhile]:
    """Say of everything that the person saw, and that has changed since, what became of it and by whom."""
    try:
        seen = Seen.parse(text)
    except ValueError:
        return []
    days = [pk for pk, version in seen.days.items() if now.days.get(pk) != version]
    reports = [pk for pk, version in seen.reports.items() if now.reports.get(pk) != version]
    logs = DailyLog.objects.filter(placement=placement, pk__in=days).order_by("day", "pk")
    weeks = WeeklyReport.objects.filter(placement=placement, pk__in=reports)
    return [*_changed(logs, reasons), *_changed(weeks, reasons)]


def _changed(rows: "QuerySet[DailyLog] | QuerySet[WeeklyReport]", reasons: Mapping[str, str]) -> list[Meanwhile]:
    found: Sequence[DailyLog | WeeklyReport] = list(rows)
    entries = HistoryEntry.objects.filter(target_label=rows.model._meta.label, target_id__in=[row.pk for row in found])
    last = {entry.target_id: entry for entry in entries.select_related("actor").order_by("id")} if found else {}
    shown = []
    for row in found:
        lines = timeline_of(rows.model, [last[row.pk]]) if row.pk in last else [None]
        reason = reasons.get(str(row.pk) if isinstance(row, DailyLog) else REPORT, "")
        shown.append(Meanwhile(_name_of(row), lines[0], row.get_state_display(), reason))
    return shown


def _name_of(row: DailyLog | WeeklyReport) -> Text:
    return row.day.isoformat() if isinstance(row, DailyLog) else _("Weekly report")
