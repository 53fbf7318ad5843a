"""What looks odd about weeks that wait: said in words, counted for all weeks at once, never in anybody's way."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Max, prefetch_related_objects
from django.db.models.functions import MD5
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.selectors.days import calendar_at
from apps.logbook.selectors.waiting import SILENT_DAYS, WaitingWeek
from apps.logbook.states import ChainState, LocationHint
from portal.kernel.errors import Text

QUICK: Final = dt.timedelta(minutes=1)
SEVERAL: Final = 3
A_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class Signal:
    """One thing that looks odd: ``label`` for a list, ``words`` say what was counted and that it may have a reason."""

    code: str
    label: Text
    words: Text

    def __str__(self) -> str:
        return str(self.label)


def signals_of(weeks: Iterable[WaitingWeek]) -> dict[tuple[int, dt.date], list[Signal]]:
    """Return what looks odd about each week by (placement, Monday), with three queries; most have nothing.

    A signal accuses nobody and stops nothing: it says which weeks to open before validating.
    """
    weeks = list(weeks)
    if not weeks:
        return {}
    placements = {week.placement.pk: week.placement for week in weeks}
    repeated, silence = _repeated_texts(set(placements)), _silences(list(placements.values()))
    newest = {week.placement.pk: week.monday for week in sorted(weeks, key=lambda week: week.monday)}
    found = {(week.placement.pk, week.monday): list(_signals(week, repeated)) for week in weeks}
    # Silence is about the student and not about a week: it is said once, at the newest one.
    for pk, signal in silence.items():
        found[pk, newest[pk]].append(signal)
    return found


def _repeated_texts(placements: set[int]) -> set[tuple[int, str]]:
    logs = DailyLog.objects.filter(placement__in=placements, is_current=True).exclude(text="")
    hashed = logs.order_by().annotate(digest=MD5("text")).values("placement", "digest")
    return set(hashed.annotate(number=Count("pk")).filter(number__gt=1).values_list("placement", "digest"))


def _silences(placements: Sequence[Placement]) -> dict[int, Signal]:
    """Return the signal of each placement that goes on without a day sent for ``SILENT_DAYS`` days of work."""
    prefetch_related_objects([placement.enrolment.cohort for placement in placements], "holidays")
    sent = DailyLog.objects.filter(placement__in=placements).exclude(state=ChainState.DRAFT).order_by()
    last = dict(sent.values_list("placement").annotate(last=Max("day")))
    today, found = timezone.localdate(), {}
    for placement in placements:
        day = last.get(placement.pk)
        if placement.state != PlacementState.ACTIVE or day is None:
            continue
        until = min(today - A_DAY, placement.end)
        missed = len(calendar_at(placement.enrolment, placement).working_days(day + A_DAY, until)) if day < until else 0
        if missed >= SILENT_DAYS:
            found[placement.pk] = _silent(missed, day)
    return found


def _silent(missed: int, day: dt.date) -> Signal:
    label = ngettext("silent for %(n)d day", "silent for %(n)d days", missed) % {"n": missed}
    words = _("No day has been sent since %(day)s; days of work are counted. Ask whether all is well.")
    return Signal("silent", label, words % {"day": date_format(day, "j F")})


def _signals(week: WaitingWeek, repeated: set[tuple[int, str]]) -> Iterable[Signal]:
    written = {timezone.localdate(log.created_at) for log in week.logs}
    if len(week.logs) >= SEVERAL and len(written) == 1:
        words = ngettext(
            "%(n)d day was begun on %(day)s. What is written later is remembered less well.",
            "All %(n)d days were begun on %(day)s. What is written later is remembered less well.",
            len(week.logs),
        )
        facts = {"n": len(week.logs), "day": date_format(written.pop(), "l j F")}
        yield Signal("one_day", _("all days written on one day"), words % facts)
    if twice := [log for log in week.logs if (week.placement.pk, _digest(log)) in repeated]:
        words = _("%(days)s: the same text stands at another day of this student.") % {"days": _days(twice)}
        yield Signal("same_text", _("the same text twice"), words)
    if quick := [waited for entry in week.entries if (waited := _waited(entry)) is not None and waited < QUICK]:
        seconds = max(0, round(min(quick).total_seconds()))
        words = ngettext(
            "Approved %(n)d second after it was sent: hardly time to read it.",
            "Approved %(n)d seconds after it was sent: hardly time to read it.",
            seconds,
        )
        yield Signal("quick", _("approved within seconds"), words % {"n": seconds})
    if far := [log for log in week.logs if log.location_hint == LocationHint.FAR]:
        words = _("%(days)s: sent from outside the company's surroundings. Work at a customer's may be the reason.")
        yield Signal("far", _("far from the site"), words % {"days": _days(far)})


def _digest(log: DailyLog) -> str:
    return hashlib.md5(log.text.encode(), usedforsecurity=False).hexdigest()


def _days(logs: Sequence[DailyLog]) -> str:
    return ", ".join(date_format(log.day, "D j M") for log in logs)


def _waited(entry: DailyLog | WeeklyReport) -> dt.timedelta | None:
    if entry.verified_at is None or entry.submitted_at is None:
        return None
    return entry.verified_at - entry.submitted_at
