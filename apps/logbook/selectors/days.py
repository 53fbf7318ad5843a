"""Days of one student: where the student worked, what is written, what is missing."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from apps.accounts.models import Cohort, Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, DailyLog, WeeklyReport
from apps.logbook.states import ChainState
from portal.kernel.dates import Calendar

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def calendar_of(cohort: Cohort) -> Calendar:
    """Return the cohort's days of work; reads its free days with one query unless they are prefetched."""
    free_days = {holiday.day: holiday.name for holiday in cohort.holidays.all()}
    return Calendar(frozenset(cohort.working_days), cohort.country, free_days)


def enrolment_on(user: "Viewer", day: dt.date) -> Enrolment | None:
    """Return the student's active enrolment whose cohort goes on that day; else the latest, None without any."""
    if not has_role(user, Role.STUDENT):
        return None
    going_on = Case(
        When(cohort__start__lte=day, cohort__end__gte=day, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    own = Enrolment.objects.filter(student=user.pk, is_active=True).select_related("cohort", "student")
    return own.prefetch_related("cohort__holidays").order_by(going_on, "-cohort__start", "-pk").first()


def placements_between(enrolment: Enrolment, first: dt.date, last: dt.date) -> list[Placement]:
    """Return where the student may write for these days: settled placements that touch them, active ones first."""
    open_states = [PlacementState.ACTIVE, PlacementState.CONFIRMED]
    touching = Placement.objects.filter(enrolment=enrolment, start__lte=last, end__gte=first, state__in=open_states)
    # "active" sorts before "confirmed".
    return list(touching.select_related("company", "enrolment__cohort").order_by("state", "start", "pk"))


def current_logs(enrolment: Enrolment) -> QuerySet[DailyLog]:
    """The logs that count: of each correction only the newest version."""
    return DailyLog.objects.filter(enrolment=enrolment, is_current=True)


@dataclass(frozen=True)
class Place[M: (DailyLog, WeeklyReport)]:
    """Where a student writes for a day or week, where else that could be, and what is written there already."""

    placement: Placement | None
    choices: list[Placement]
    entry: M | None


def day_of(enrolment: Enrolment, day: dt.date, placement_id: int | None = None) -> Place[DailyLog]:
    """Return where the student writes for that day, with two queries.

    ``placement_id`` chooses among several; without it the place of what is written counts, else the first active one.
    """
    choices = placements_between(enrolment, day, day)
    logs = current_logs(enrolment).filter(day=day).select_related("placement__company", "enrolment__cohort")
    return _place(choices, list(logs), placement_id)


def report_of(enrolment: Enrolment, monday: dt.date, placement_id: int | None = None) -> Place[WeeklyReport]:
    """Return where the student writes for that week; see ``day_of``."""
    choices = placements_between(enrolment, monday, monday + dt.timedelta(days=6))
    reports = WeeklyReport.objects.filter(enrolment=enrolment, week_start=monday, is_current=True)
    return _place(choices, list(reports.select_related("placement__company", "enrolment__cohort")), placement_id)


def _place[M: (DailyLog, WeeklyReport)](choices: list[Placement], entries: list[M], wanted: int | None) -> Place[M]:
    placements = {placement.pk: placement for placement in choices}
    for entry in entries:
        if entry.placement is not None:
            # What was written at a place that is over stays in sight.
            placements.setdefault(entry.placement.pk, entry.placement)
    placement = placements.get(wanted) if wanted else next(iter(placements.values()), None)
    here = [entry for entry in entries if placement is not None and entry.placement_id == placement.pk]
    # What was begun before there was a placement moves to it with the next word.
    unplaced = [entry for entry in entries if entry.placement_id is None]
    return Place(placement, list(placements.values()), next(iter(here + unplaced), None))


@dataclass(frozen=True)
class Progress:
    """How far a student is: days sent, of how many; days missing up to yesterday; hours sent, of how many."""

    done_days: int
    required_days: int
    missing: list[dt.date]
    hours: Decimal
    required_hours: int


def progress_of(enrolment: Enrolment, calendar: Calendar) -> Progress:
    """Count the days and hours of an enrolment, with three queries.

    The days are those of work from arrival to the end of the settled placements, or of the cohort while there is
    none. A day is missing when it is over and has neither a log that was sent nor an absence.
    """
    days = _days_of_work(enrolment, calendar)
    sent = dict[dt.date, Decimal]()
    for day, hours in current_logs(enrolment).exclude(state=ChainState.DRAFT).values_list("day", "hours"):
        sent[day] = sent.get(day, Decimal(0)) + hours
    absent = set(Absence.objects.filter(enrolment=enrolment).values_list("day", flat=True))
    today = timezone.localdate()
    missing = [day for day in days if day < today and day not in sent and day not in absent]
    return Progress(len(sent), len(days), missing, sum(sent.values(), Decimal(0)), enrolment.cohort.required_hours)


def _days_of_work(enrolment: Enrolment, calendar: Calendar) -> list[dt.date]:
    places = Placement.objects.filter(enrolment=enrolment, state__in=PlacementState.settled())
    spans = [(arrived or first, last) for arrived, first, last in places.values_list("arrived_on", "start", "end")]
    spans = spans or [(enrolment.cohort.start, enrolment.cohort.end)]
    return sorted({day for first, last in spans for day in calendar.working_days(first, last)})
