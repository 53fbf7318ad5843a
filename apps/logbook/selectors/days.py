"""Days of one student: where the student worked, what is written, what is missing."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from apps.accounts.models import Cohort, Enrolment, HistoryEntry
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, DailyLog, WeeklyReport
from apps.logbook.selectors.rows import logs_visible_to
from apps.logbook.states import ChainState
from portal.kernel.dates import Calendar

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


# Those in which a student may write.
OPEN_STATES: Final = (PlacementState.ACTIVE, PlacementState.CONFIRMED)


def calendar_of(cohort: Cohort, country: str = "") -> Calendar:
    """Return the cohort's days of work; reads its free days with one query unless they are prefetched.

    ``country`` is the host's: who trains abroad keeps the holidays of the place. Without it that of the cohort counts;
    a cohort without a country keeps no public holidays wherever its students are.
    """
    free_days = {holiday.day: holiday.name for holiday in cohort.holidays.all()}
    kept = (country or cohort.country) if cohort.country else ""
    return Calendar(frozenset(cohort.working_days), kept, free_days)


def calendar_at(enrolment: Enrolment, placement: Placement | None) -> Calendar:
    """Return the days of work of a student at a placement: the cohort's, with the holidays of the host's country."""
    return calendar_of(enrolment.cohort, placement.company.country if placement else "")


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
    touching = Placement.objects.filter(enrolment=enrolment, start__lte=last, end__gte=first, state__in=OPEN_STATES)
    # "active" sorts before "confirmed".
    return list(touching.select_related("company", "enrolment__cohort").order_by("state", "start", "pk"))


def current_logs(enrolment: Enrolment) -> QuerySet[DailyLog]:
    """The logs that count: of each correction only the newest version."""
    return DailyLog.objects.filter(enrolment=enrolment, is_current=True)


def last_written_before(enrolment: Enrolment, day: dt.date) -> DailyLog | None:
    """Return the student's last log before a day: its hours are proposed and its text can be taken over."""
    return current_logs(enrolment).filter(day__lt=day).exclude(text="").order_by("-day", "-pk").first()


def versions_of(log: DailyLog, user: "Viewer") -> QuerySet[DailyLog]:
    """Return all versions of a day that the user may see, the first one first."""
    rows = logs_visible_to(user).filter(enrolment=log.enrolment_id, placement=log.placement_id, day=log.day)
    related = ("enrolment__cohort", "placement", "verified_by", "validated_by")
    return rows.select_related(*related).prefetch_related("attachments", "placement__supervisors").order_by("pk")


def reasons_of_versions(logs: Iterable[DailyLog]) -> dict[int, str]:
    """Return why each version was opened, by its key; the first version of a day has no reason.

    The row's own ``reason`` says only what was last wanted of it.
    """
    keys = [log.pk for log in logs]
    opened = HistoryEntry.objects.filter(target_label=DailyLog._meta.label, target_id__in=keys, action="create")
    return dict(opened.values_list("target_id", "reason"))


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
    """How far a student is: days sent, of how many; days missing up to yesterday; hours sent, of how many.

    ``to_make_up`` are the hours that the absences cost.
    """

    done_days: int
    required_days: int
    missing: list[dt.date]
    hours: Decimal
    required_hours: int
    to_make_up: Decimal = Decimal(0)

    @property
    def percent_of_hours(self) -> int:
        """Hours done of the required ones in per cent, whole and at most 100."""
        return min(100, int(100 * self.hours / self.required_hours)) if self.required_hours else 100


class LogLine(NamedTuple):
    """As much of a log as calendars and sums need."""

    day: dt.date
    week_start: dt.date
    hours: Decimal
    state: str


@dataclass(frozen=True)
class Training:
    """What is read at once of an enrolment: settled placements, a line for each log that counts, absences by day.

    ``elsewhere`` are the settled placements of the student's other enrolments.
    """

    placements: list[Placement]
    elsewhere: list[Placement]
    logs: list[LogLine]
    absences: dict[dt.date, Absence]


def training_of(enrolment: Enrolment) -> Training:
    """Return the training with three queries, however long it is."""
    settled = Placement.objects.filter(enrolment__student=enrolment.student_id, state__in=PlacementState.settled())
    # "active" sorts before "confirmed".
    places = list(settled.select_related("company", "enrolment__cohort", "arrival").order_by("state", "start", "pk"))
    lines = current_logs(enrolment).order_by("day", "-pk").values_list(*LogLine._fields)
    absences = Absence.objects.filter(enrolment=enrolment).order_by("day", "pk")
    return Training(
        [place for place in places if place.enrolment_id == enrolment.pk],
        [place for place in places if place.enrolment_id != enrolment.pk],
        [LogLine(*line) for line in lines],
        {absence.day: absence for absence in absences},
    )


def day_within(
    training: Training, enrolment: Enrolment, day: dt.date, placement_id: int | None = None
) -> tuple[Place[DailyLog], DailyLog | None]:
    """Return what ``day_of`` and ``last_written_before`` do, with one query for both."""
    touching = [place for place in training.placements if place.start <= day <= place.end]
    choices = [place for place in touching if place.state in OPEN_STATES]
    wanted = current_logs(enrolment).filter(Q(day=day) | (Q(day__lt=day) & ~Q(text="")))
    logs = wanted.select_related("placement__company", "enrolment__cohort").order_by("-day", "-pk")
    on_that_day = sum(line.day == day for line in training.logs)
    found = list(logs[: on_that_day + 1])
    here, before = found[:on_that_day], next(iter(found[on_that_day:]), None)
    return _place(choices, here, placement_id), before


def progress_of(enrolment: Enrolment, training: Training | None = None) -> Progress:
    """Count the days and hours of an enrolment; reads what was not read before.

    The days are those of work from arrival to the end of the settled placements, or of the cohort while there is
    none. A day is missing when it is over and has neither a log that was sent nor an absence.
    """
    training = training or training_of(enrolment)
    days = days_of_work(enrolment, training.placements)
    sent = dict[dt.date, Decimal]()
    for line in training.logs:
        if line.state != ChainState.DRAFT:
            sent[line.day] = sent.get(line.day, Decimal(0)) + line.hours
    absent = training.absences
    today = timezone.localdate()
    missing = [day for day in days if day < today and day not in sent and day not in absent]
    hours, to_make_up = (
        sum(sent.values(), Decimal(0)),
        sum((row.hours_to_make_up for row in absent.values()), Decimal(0)),
    )
    return Progress(len(sent), len(days), missing, hours, enrolment.cohort.required_hours, to_make_up)


def days_of_work(enrolment: Enrolment, places: Sequence[Placement] | None = None) -> list[dt.date]:
    """Return the days of work from arrival to the end of the settled placements, or of the cohort without any.

    Placements that are not given are read.
    """
    if places is None:
        settled = Placement.objects.filter(enrolment=enrolment, state__in=PlacementState.settled())
        places = list(settled.select_related("company"))
    spans = [(place.arrived_on or place.start, place.end, place.company.country) for place in places]
    cohort = enrolment.cohort
    spans = spans or [(cohort.start, cohort.end, "")]
    calendars = {country: calendar_of(cohort, country) for _first, _last, country in spans}
    return sorted({day for first, last, country in spans for day in calendars[country].working_days(first, last)})
