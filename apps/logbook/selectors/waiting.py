"""Weeks that wait for a supervisor, and what was seen of them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.applications.models import Placement
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import Absence, Assessment, DailyLog, PlacementCount, WeeklyReport
from apps.logbook.selectors.rows import supervised
from apps.logbook.states import AssessmentState, ChainState
from portal.kernel.dates import week_number

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

# In which state an entry waits for which side.
WAITS: Final = {
    SupervisorKind.INDUSTRIAL: ChainState.SUBMITTED,
    SupervisorKind.UNIVERSITY: ChainState.VERIFIED_INDUSTRY,
}
# What a coordinator wants to hear of: no log for so many days, a log unverified for so many.
SILENT_DAYS: Final = 4
OVERDUE_DAYS: Final = 7
WAS_THERE: Final = (PlacementState.ACTIVE, PlacementState.COMPLETED)
_SEEN: Final = re.compile(r"([dw])([1-9]\d{0,17})\.(\d{1,9})")


@dataclass(frozen=True)
class Seen:
    """What a decision is about: the keys of days and reports with the versions that the person had before the eyes.

    Written into a form as ``"d12.3,d13.3,w4.1"`` and read back from it.
    """

    days: Mapping[int, int] = field(default_factory=dict)
    reports: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, logs: Iterable[DailyLog], reports: Iterable[WeeklyReport]) -> "Seen":
        """Return what the rows show."""
        return cls({log.pk: log.version for log in logs}, {report.pk: report.version for report in reports})

    @classmethod
    def parse(cls, text: str) -> "Seen":
        """Read it back from a form; raises ``ValueError`` for what was not written by us."""
        days: dict[int, int] = {}
        reports: dict[int, int] = {}
        for part in text.split(",") if text else ():
            match = _SEEN.fullmatch(part)
            if match is None:
                message = f"not a day or week: {part[:40]!r}"
                raise ValueError(message)
            rows = days if match[1] == "d" else reports
            rows[int(match[2])] = int(match[3])
        return cls(days, reports)

    def __str__(self) -> str:
        days = [f"d{pk}.{version}" for pk, version in self.days.items()]
        return ",".join(days + [f"w{pk}.{version}" for pk, version in self.reports.items()])

    def __bool__(self) -> bool:
        return bool(self.days or self.reports)


@dataclass(frozen=True)
class WaitingWeek:
    """One week of one placement that waits: only the days and the report on which the supervisor has to decide."""

    placement: Placement
    monday: dt.date
    logs: list[DailyLog] = field(default_factory=list)
    reports: list[WeeklyReport] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number of the week within the placement."""
        return week_number(self.monday, self.placement.start)

    @property
    def hours(self) -> Decimal:
        """The hours of the waiting days."""
        return sum((log.hours for log in self.logs), Decimal(0))

    @property
    def entries(self) -> list[DailyLog | WeeklyReport]:
        """Days and report together."""
        return [*self.logs, *self.reports]

    @property
    def seen(self) -> Seen:
        """What the form sends back."""
        return Seen.of(self.logs, self.reports)

    @property
    def key(self) -> str:
        """What a form sends back of a list of weeks: placement, Monday and what was seen."""
        return f"{self.placement.pk}:{self.monday}:{self.seen}"


def weeks_waiting_for(user: "Viewer", kind: SupervisorKind) -> list[WaitingWeek]:
    """Return the weeks on which the user has to decide on this side, the oldest first; two queries however many.

    A supervisor's waiting weeks are a few hundred rows at most, and the pages need texts and versions of each day:
    grouping here costs less than grouping in the database and reading the rows as well.
    """
    waiting = supervised(user, kind) & Q(state=WAITS[kind], is_current=True)
    related = ("placement__company", "placement__enrolment__student", "placement__enrolment__cohort", "verified_by")
    found: dict[tuple[dt.date, int], WaitingWeek] = {}

    def week(row: DailyLog | WeeklyReport) -> WaitingWeek:
        placement = row.placement
        assert placement is not None  # noqa: S101 - the condition is on the placement's supervisors
        return found.setdefault((row.week_start, placement.pk), WaitingWeek(placement, row.week_start))

    for log in DailyLog.objects.filter(waiting).select_related(*related).order_by("day", "pk"):
        week(log).logs.append(log)
    for report in WeeklyReport.objects.filter(waiting).select_related(*related):
        week(report).reports.append(report)
    return [found[key] for key in sorted(found)]


@dataclass(frozen=True)
class Ahead:
    """What else waits for the same person: how many further weeks, and the one to show next (None: no other)."""

    count: int
    placement_id: int | None = None
    monday: dt.date | None = None


def ahead_of(user: "Viewer", kind: SupervisorKind, placement_id: int, monday: dt.date) -> Ahead:
    """Return which week follows this one in the list of those that wait, the oldest first; two queries."""
    waiting = supervised(user, kind) & Q(state=WAITS[kind], is_current=True)
    keys = {
        key
        for model in (DailyLog, WeeklyReport)
        for key in model._default_manager.filter(waiting).order_by().values_list("week_start", "placement").distinct()
    }
    here = (monday, placement_id)
    others = sorted(keys - {here})
    if not others:
        return Ahead(0)
    # After the last one the list begins anew: what was left out comes again.
    following = next((key for key in others if key > here), others[0])
    return Ahead(len(others), following[1], following[0])


# -- what nobody has done -------------------------------------------------------------------------------------------


def silent(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Keep the placements that go on and had no log of the last ``SILENT_DAYS`` days sent, as the roll-up says."""
    today = timezone.localdate()
    since = today - dt.timedelta(days=SILENT_DAYS)
    going_on = placements.filter(state=PlacementState.ACTIVE, start__lt=since, end__gte=today)
    return going_on.exclude(pk__in=PlacementCount.objects.filter(last_day__gte=since).values("placement"))


def left_unassessed(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Keep the placements whose days are over and for which a form of assessment is still open."""
    forms = Assessment.objects.filter(placement=OuterRef("pk"), state=AssessmentState.OPEN)
    return placements.filter(Exists(forms), state__in=WAS_THERE, end__lt=timezone.localdate())


def overdue(logs: QuerySet[DailyLog]) -> QuerySet[DailyLog]:
    """Keep the logs that were sent more than ``OVERDUE_DAYS`` days ago and that the company has not verified."""
    before = timezone.now() - dt.timedelta(days=OVERDUE_DAYS)
    return logs.filter(state=ChainState.SUBMITTED, submitted_at__lt=before, is_current=True)


# -- one week, whole ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Week:
    """Everything that supervisors see of one week of a placement; drafts are the student's alone."""

    placement: Placement
    monday: dt.date
    logs: list[DailyLog]
    report: WeeklyReport | None
    absences: dict[dt.date, Absence]

    @property
    def number(self) -> int:
        """The number of the week within the placement."""
        return week_number(self.monday, self.placement.start)

    def waiting(self, kind: SupervisorKind) -> WaitingWeek:
        """Return the part of the week on which this side has to decide."""
        logs = [log for log in self.logs if log.state == WAITS[kind]]
        reports = [self.report] if self.report is not None and self.report.state == WAITS[kind] else []
        return WaitingWeek(self.placement, self.monday, logs, reports)


def week_of(placement: Placement, monday: dt.date) -> Week:
    """Read one week of a placement with five queries."""
    here = {"placement": placement, "is_current": True, "week_start": monday}
    logs = DailyLog.objects.filter(**here).exclude(state=ChainState.DRAFT).order_by("day", "pk")
    reports = WeeklyReport.objects.filter(**here).exclude(state=ChainState.DRAFT)
    days = (monday, monday + dt.timedelta(days=6))
    absences = Absence.objects.filter(placement=placement, day__range=days)
    return Week(
        placement,
        monday,
        list(logs.select_related("verified_by", "enrolment__cohort").prefetch_related("attachments")),
        reports.select_related("verified_by", "enrolment__cohort").prefetch_related("operations").first(),
        {absence.day: absence for absence in absences},
    )
