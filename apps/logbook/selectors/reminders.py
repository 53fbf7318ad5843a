"""What nobody has done: read in sets, one query a kind of row, however many students there are.

A reminder is due because of a state of the rows, never because a message was missed: the same rows give the same answer
when the work runs twice a day, or after a day on which it did not run.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Cohort
from apps.accounts.selectors import everything_for, in_scope
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, ArrivalNote, Assessment, DailyLog, Reminder, ReminderRule, WeeklyReport
from apps.logbook.selectors.days import calendar_of
from apps.logbook.states import ArrivalState, AssessmentKind, AssessmentState, ChainState, ReminderKind
from portal.kernel.dates import A_WEEK, Calendar, monday_of

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

# Nobody is reminded of what lies further back.
LOOK_BACK: Final = dt.timedelta(days=60)
# The states of a week that the student need not touch.
CLOSED: Final = [ChainState.SUBMITTED, *ChainState.verified(), ChainState.FLAGGED]
# After days, again every, at most, university supervisor after, coordinator after: what a cohort does by itself.
# Who does not answer a link is escalated with the link, to the deputy and then the coordinator, and not here.
USUAL: Final[Mapping[str, tuple[int, int, int, int | None, int | None]]] = {
    ReminderKind.LOG: (2, 2, 3, 5, 10),
    ReminderKind.UNVERIFIED: (3, 3, 2, None, None),
    ReminderKind.WEEK: (2, 3, 3, 10, None),
    ReminderKind.ARRIVAL: (2, 2, 3, 5, 8),
    ReminderKind.REPORT: (3, 5, 3, 10, 15),
    ReminderKind.ASSESSMENT: (5, 5, 2, 10, 15),
}


def usual_rule(cohort: Cohort, kind: str) -> ReminderRule:
    """Return the rule of a cohort that says nothing, unsaved."""
    after, every, times, supervisor, coordinator = USUAL[kind]
    return ReminderRule(
        cohort=cohort,
        kind=kind,
        after_days=after,
        every_days=every,
        times=times,
        supervisor_after=supervisor,
        coordinator_after=coordinator,
    )


def reminder_rules_visible_to(user: "Viewer") -> QuerySet[ReminderRule]:
    """Those of the cohorts that the user coordinates; a superuser has all."""
    return ReminderRule.objects.filter(everything_for(user, in_scope(user)))


def reminders_visible_to(user: "Viewer") -> QuerySet[Reminder]:
    """What was sent because of students of the cohorts that the user coordinates; a superuser has all."""
    return Reminder.objects.filter(everything_for(user, in_scope(user, "placement__enrolment__cohort")))


@dataclass(frozen=True)
class Undone:
    """One thing that somebody has not done: since which day it counts, and what tells it apart (see ``Reminder``)."""

    placement: Placement
    kind: ReminderKind
    since: dt.date
    about: str = ""
    monday: dt.date | None = None
    assessment: Assessment | None = None

    @property
    def is_passed_on(self) -> bool:
        """Whether it waits for the company, whose silence goes to deputies and coordinators (``unanswered``)."""
        by_host = self.assessment is not None and self.assessment.rubric.kind == AssessmentKind.INDUSTRY
        return by_host or self.kind == ReminderKind.UNVERIFIED


@dataclass
class Sight:
    """The placements that are looked at, and what there is of them; each kind of row is read once, when asked for."""

    placements: list[Placement]
    today: dt.date
    rows: QuerySet[Placement]
    _calendars: dict[tuple[int, str], Calendar] = field(default_factory=dict)

    def calendar(self, placement: Placement) -> Calendar:
        """Return the days of work: the cohort's weekdays and free days, the public holidays of the host's country."""
        cohort = placement.enrolment.cohort
        country = placement.company.country or cohort.country
        key = (cohort.pk, country)
        if key not in self._calendars:
            own = calendar_of(cohort)
            self._calendars[key] = Calendar(own.weekdays, country, own.free_days)
        return self._calendars[key]

    def going_on(self, *states: str) -> Iterator[Placement]:
        """Yield the placements in these states."""
        return (placement for placement in self.placements if placement.state in states)

    @cached_property
    def by_key(self) -> dict[int, Placement]:
        """The placements by their keys."""
        return {placement.pk: placement for placement in self.placements}

    @cached_property
    def sent_days(self) -> dict[int, set[dt.date]]:
        """The days by placement of which a log was sent."""
        logs = DailyLog.objects.filter(placement__in=self.rows.values("pk"), is_current=True)
        sent = logs.filter(day__gte=self.today - LOOK_BACK).exclude(state=ChainState.DRAFT)
        return _by_placement(sent.order_by().values_list("placement", "day"))

    @cached_property
    def absent_days(self) -> dict[int, set[dt.date]]:
        """The days by placement for which a reason was given."""
        rows = Absence.objects.filter(placement__in=self.rows.values("pk"), day__gte=self.today - LOOK_BACK)
        return _by_placement(rows.order_by().values_list("placement", "day"))

    @cached_property
    def closed_weeks(self) -> dict[int, set[dt.date]]:
        """The Mondays by placement of the weeks whose report was sent."""
        rows = WeeklyReport.objects.filter(placement__in=self.rows.values("pk"), is_current=True, state__in=CLOSED)
        return _by_placement(rows.order_by().values_list("placement", "week_start"))


def _by_placement(pairs: Any) -> dict[int, set[dt.date]]:
    found: dict[int, set[dt.date]] = {}
    for placement, day in pairs:
        found.setdefault(placement, set()).add(day)
    return found


def look_at(condition: Q, today: dt.date) -> Sight:
    """Read the placements of a condition that go on or ended lately, with four queries."""
    states = [PlacementState.CONFIRMED, PlacementState.ACTIVE, PlacementState.COMPLETED]
    rows = Placement.objects.filter(condition, state__in=states, start__lte=today, end__gte=today - LOOK_BACK)
    rows = rows.filter(enrolment__is_active=True, enrolment__student__is_active=True)
    related = rows.select_related("enrolment__student", "enrolment__cohort", "company").order_by("pk")
    found = related.prefetch_related("supervisors__user", "enrolment__cohort__holidays")
    return Sight(list(found), today, rows.order_by())


# -- what there is to be reminded of --------------------------------------------------------------------------------

type Finder = Callable[[Sight], Iterator[Undone]]
_finders: dict[ReminderKind, Finder] = {}


def finds(kind: ReminderKind) -> Callable[[Finder], Finder]:
    """Register the function that finds what is undone of a kind; an upper app does so for what it holds."""

    def register(function: Finder) -> Finder:
        _finders[kind] = function
        return function

    return register


def undone(sight: Sight, kinds: "set[ReminderKind] | None" = None) -> Iterator[Undone]:
    """Yield all that is undone, or what is undone of these kinds."""
    for kind, finder in _finders.items():
        if kinds is None or kind in kinds:
            yield from finder(sight)


def is_undone(kind: ReminderKind, placement_id: int, about: str, today: dt.date) -> bool:
    """Say whether this one thing still waits; asked when a mail is written, hours after it was found."""
    return any(thing.about == about for thing in undone(look_at(Q(pk=placement_id), today), {kind}))


@finds(ReminderKind.LOG)
def _without_log(sight: Sight) -> Iterator[Undone]:
    yesterday = sight.today - dt.timedelta(days=1)
    for placement in sight.going_on(PlacementState.ACTIVE):
        first = max(placement.arrived_on or placement.start, sight.today - LOOK_BACK)
        days = sight.calendar(placement).working_days(first, min(yesterday, placement.end))
        done = sight.sent_days.get(placement.pk, set()) | sight.absent_days.get(placement.pk, set())
        if sight.today in done:
            continue
        since = None
        # Backwards to the last day that was written: one log ends the matter, whatever is missing before it.
        for day in reversed(days):
            if day in done:
                break
            since = day
        if since is not None and placement.end >= yesterday:
            yield Undone(placement, ReminderKind.LOG, since)


@finds(ReminderKind.UNVERIFIED)
def _unverified(sight: Sight) -> Iterator[Undone]:
    oldest: dict[int, tuple[dt.datetime, dt.date]] = {}
    for model in (DailyLog, WeeklyReport):
        rows = model._default_manager.filter(placement__in=sight.rows.values("pk"), is_current=True)
        waiting = rows.filter(state=ChainState.SUBMITTED, submitted_at__isnull=False).order_by()
        for key, monday, at in waiting.values_list("placement", "week_start").annotate(at=Min("submitted_at")):
            oldest[key] = min(oldest.get(key, (at, monday)), (at, monday))
    for key, (at, monday) in sorted(oldest.items()):
        sent = timezone.localdate(at)
        since = sent + dt.timedelta(days=1)
        yield Undone(sight.by_key[key], ReminderKind.UNVERIFIED, since, monday.isoformat(), monday=monday)


@finds(ReminderKind.WEEK)
def _open_weeks(sight: Sight) -> Iterator[Undone]:
    this_week = monday_of(sight.today)
    for placement in sight.going_on(PlacementState.ACTIVE, PlacementState.COMPLETED):
        written = {monday_of(day) for day in sight.sent_days.get(placement.pk, set())}
        waiting = sorted(written - sight.closed_weeks.get(placement.pk, set()) - {this_week})
        if waiting:
            # The oldest alone: one mail leads to one page, and the next week comes when this one is closed.
            monday = waiting[0]
            yield Undone(placement, ReminderKind.WEEK, monday + A_WEEK, monday.isoformat(), monday=monday)


@finds(ReminderKind.ARRIVAL)
def _not_arrived(sight: Sight) -> Iterator[Undone]:
    notes = ArrivalNote.objects.filter(placement__in=sight.rows.values("pk")).exclude(state=ArrivalState.DISPUTED)
    reported = set(notes.order_by().values_list("placement", flat=True))
    for placement in sight.going_on(PlacementState.CONFIRMED):
        if placement.pk not in reported and placement.end >= sight.today:
            yield Undone(placement, ReminderKind.ARRIVAL, placement.start)


@finds(ReminderKind.ASSESSMENT)
def _not_assessed(sight: Sight) -> Iterator[Undone]:
    rows = Assessment.objects.filter(placement__in=sight.rows.values("pk"), state=AssessmentState.OPEN)
    for assessment in rows.select_related("rubric").order_by("pk"):
        placement = sight.by_key[assessment.placement_id]
        asked = placement.end - dt.timedelta(days=assessment.rubric.days_before_end)
        if placement.state == PlacementState.ACTIVE and asked < sight.today:
            since = asked + dt.timedelta(days=1)
            yield Undone(placement, ReminderKind.ASSESSMENT, since, str(assessment.pk), assessment=assessment)
