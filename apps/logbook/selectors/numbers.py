"""Weeks by their number, as some clients name them: counted from the placement's first week, else the cohort's."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog, WeeklyReport
from portal.kernel.dates import monday_of, week_number


def first_day_of(enrolment: Enrolment) -> dt.date:
    """Return the day from which the student's weeks are counted."""
    settled = Placement.objects.filter(enrolment=enrolment, state__in=PlacementState.settled())
    return settled.order_by("start").values_list("start", flat=True).first() or enrolment.cohort.start


def monday_numbered(enrolment: Enrolment, number: int) -> dt.date:
    """Return the Monday of the student's n-th week, from 1."""
    return monday_of(first_day_of(enrolment)) + dt.timedelta(weeks=number - 1)


def number_of(log: DailyLog) -> int:
    """Return the number of the week of a log; reads placement and cohort."""
    start = log.placement.start if log.placement is not None else log.enrolment.cohort.start
    return max(1, week_number(log.week_start, start))


def in_week_numbered(logs: QuerySet[DailyLog], number: int) -> QuerySet[DailyLog]:
    """Narrow logs, of whatever students, to those of the n-th week; one query for all the days of beginning."""
    starts: set[tuple[dt.date | None, dt.date]] = set(
        logs.order_by().values_list("placement__start", "enrolment__cohort__start")
    )
    conditions = [
        Q(placement__start=placed) if placed is not None else Q(placement__isnull=True, enrolment__cohort__start=begun)
        for placed, begun in starts
    ]
    mondays = [monday_of(placed or begun) + dt.timedelta(weeks=number - 1) for placed, begun in starts]
    wanted = [Q(week_start=monday) & condition for monday, condition in zip(mondays, conditions, strict=True)]
    return logs.filter(reduce(or_, wanted, Q(pk__in=[])))


def days_of(reports: list[WeeklyReport], logs: QuerySet[DailyLog]) -> dict[int, list[DailyLog]]:
    """Return the days of each weekly report by its key, out of the logs that the reader has; one query."""
    keys = {(report.enrolment_id, report.week_start, report.placement_id): report.pk for report in reports}
    weeks = logs.filter(
        is_current=True,
        enrolment__in={report.enrolment_id for report in reports},
        week_start__in={report.week_start for report in reports},
    )
    found: dict[int, list[DailyLog]] = {report.pk: [] for report in reports}
    for log in weeks.select_related("placement", "enrolment__cohort").order_by("day", "pk"):
        report = keys.get((log.enrolment_id, log.week_start, log.placement_id))
        report = report or keys.get((log.enrolment_id, log.week_start, None))
        if report is not None:
            found[report].append(log)
    return found
