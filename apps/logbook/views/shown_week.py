"""One week as supervisors see it, the same behind a link and for who has signed in, and what they send back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.selectors import Seen, Week, calendar_of, week_of
from apps.logbook.services.decisions import Decided, WeekDecision, disown_trainee, verify_week
from portal.kernel.dates import days_between
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.looks import Blank, Look, look_of

SUNDAY = dt.timedelta(days=6)
REPORT = "report"


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


def with_people(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Read with the placements what the page of a week shows of them."""
    related = placements.select_related("company", "enrolment__student", "enrolment__cohort")
    return related.prefetch_related("enrolment__cohort__holidays")


def week_context(
    placement: Placement, monday: dt.date, kind: SupervisorKind, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the context of ``logbook/link_week.html`` for one side; ``typed`` is a form that was refused."""
    week, typed = week_of(placement, monday), typed or {}
    waiting = week.waiting(kind)
    marked = set(typed.getlist("back")) if hasattr(typed, "getlist") else set()
    days = _days(week, set(waiting.seen.days))
    return {
        "placement": placement,
        "student_name": str(placement.enrolment.student),
        "company_name": placement.company.name,
        "week": week,
        "monday": monday,
        "last_day": monday + SUNDAY,
        "hours": sum(log.hours for log in week.logs),
        "days": [_as_typed(day, marked, typed) for day in days],
        "seen": str(waiting.seen),
        "waits": bool(waiting.seen),
        "report": _report(week, set(waiting.seen.reports), marked, typed),
        "comment": typed.get("comment", ""),
        "flag_reason": typed.get("reason-week", ""),
        "verifies": kind == SupervisorKind.INDUSTRIAL,
    }


def _days(week: Week, waiting: set[int]) -> list[ShownDay]:
    calendar = calendar_of(week.placement.enrolment.cohort)
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


def _as_typed(day: ShownDay, marked: set[str], typed: Mapping[str, Any]) -> ShownDay:
    if day.log is None:
        return day
    key = str(day.log.pk)
    reason = typed.get(f"reason-{key}", "")
    return ShownDay(day.date, day.look, day.label, day.log, day.waits, key in marked, reason)


def _report(week: Week, waiting: set[int], marked: set[str], typed: Mapping[str, Any]) -> ShownReport | None:
    if week.report is None:
        return None
    return ShownReport(week.report, week.report.pk in waiting, REPORT in marked, typed.get(f"reason-{REPORT}", ""))


# -- what comes back ----------------------------------------------------------------------------------------------

_NOT_OURS = gettext_lazy("This page is too old. Look at the week again before you decide.")


def seen_in(text: str) -> Seen:
    """Return what the form says was seen. Raises ``RuleViolation`` ``form_unreadable``."""
    try:
        return Seen.parse(text)
    except ValueError as error:
        raise RuleViolation("form_unreadable", _NOT_OURS) from error


def decide_for_company(placement: Placement, monday: dt.date, posted: Any, *, actor: User, via: str = "") -> str:
    """Do what the company's form says and return what came of it; the same behind a link and for who signed in.

    Raises ``RuleViolation`` as ``decision_in`` and ``verify_week`` do, and ``NotAllowed``.
    """
    if posted.get("decision", "") == "disown":
        disown_trainee(placement, actor=actor)
        return _("Thank you. The university is told.")
    return _words_of(verify_week(placement, monday, decision_in(posted), actor=actor, via=via))


def decision_in(posted: Any) -> WeekDecision:
    """Read the decision from the form: ``decision=approve`` takes all, ``decision=back`` returns what is marked.

    Raises ``RuleViolation`` ``form_unreadable``, ``nothing_marked`` or ``reason_needed``.
    """
    seen, wanted = seen_in(posted.get("seen", "")), posted.get("decision", "")
    if wanted not in ("approve", "back"):
        raise RuleViolation("form_unreadable", _NOT_OURS)
    back: dict[int, str] = {}
    report_back = ""
    if wanted == "back":
        marked = set(posted.getlist("back"))
        back = {pk: posted.get(f"reason-{pk}", "").strip() for pk in seen.days if str(pk) in marked}
        reasons = list(back.values())
        if seen.reports and REPORT in marked:
            report_back = posted.get(f"reason-{REPORT}", "").strip()
            reasons.append(report_back)
        if not reasons:
            raise RuleViolation("nothing_marked", _("Mark first what shall go back."))
        if not all(reasons):
            raise RuleViolation("reason_needed", _("Say for everything that is marked what should be different."))
    return WeekDecision(seen, send_back=back, report_back=report_back, comment=posted.get("comment", ""))


def _words_of(decided: Decided) -> str:
    words = [ngettext("%(n)d day approved.", "%(n)d days approved.", decided.days) % {"n": decided.days}]
    if decided.days_back:
        back = ngettext("%(n)d day sent back.", "%(n)d days sent back.", decided.days_back)
        words.append(back % {"n": decided.days_back})
    if decided.reports:
        words.append(_("The weekly report is approved."))
    if decided.reports_back:
        words.append(_("The weekly report is sent back."))
    return " ".join(words)
