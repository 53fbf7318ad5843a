"""Weeks that wait for a supervisor, what was seen of them, and what looks odd about them."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import MD5
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import Absence, DailyLog, WeeklyReport
from apps.logbook.selectors.rows import supervised
from apps.logbook.states import ChainState
from portal.kernel.dates import week_number
from portal.kernel.errors import Text

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

# In which state an entry waits for which side.
WAITS: Final = {
    SupervisorKind.INDUSTRIAL: ChainState.SUBMITTED,
    SupervisorKind.UNIVERSITY: ChainState.VERIFIED_INDUSTRY,
}
QUICK: Final = dt.timedelta(minutes=1)
SEVERAL: Final = 3
# What a coordinator wants to hear of: no log for so many days, a log unverified for so many.
SILENT_DAYS: Final = 4
OVERDUE_DAYS: Final = 7
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


# -- what nobody has done -------------------------------------------------------------------------------------------


def silent(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Keep the placements that go on and had no log of the last ``SILENT_DAYS`` days sent."""
    today = timezone.localdate()
    since = today - dt.timedelta(days=SILENT_DAYS)
    sent = DailyLog.objects.filter(day__gte=since, placement__isnull=False).exclude(state=ChainState.DRAFT)
    going_on = placements.filter(state=PlacementState.ACTIVE, start__lt=since, end__gte=today)
    return going_on.exclude(pk__in=sent.values("placement"))


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


# -- what looks odd -----------------------------------------------------------------------------------------------


def signals_of(weeks: Iterable[WaitingWeek]) -> dict[tuple[int, dt.date], list[Text]]:
    """Return what looks odd about each week by (placement, Monday), with one query; most have nothing.

    A signal accuses nobody: it says which weeks to open before validating.
    """
    weeks = list(weeks)
    repeated = _repeated_texts({week.placement.pk for week in weeks})
    return {(week.placement.pk, week.monday): list(_signals(week, repeated)) for week in weeks}


def _repeated_texts(placements: set[int]) -> set[tuple[int, str]]:
    logs = DailyLog.objects.filter(placement__in=placements, is_current=True).exclude(text="")
    hashed = logs.order_by().annotate(digest=MD5("text")).values("placement", "digest")
    return set(hashed.annotate(number=Count("pk")).filter(number__gt=1).values_list("placement", "digest"))


def _signals(week: WaitingWeek, repeated: set[tuple[int, str]]) -> Iterable[Text]:
    written = {timezone.localdate(log.created_at) for log in week.logs}
    if len(week.logs) >= SEVERAL and len(written) == 1:
        yield _("all days written on one day")
    digests = {hashlib.md5(log.text.encode(), usedforsecurity=False).hexdigest() for log in week.logs}
    if any((week.placement.pk, digest) in repeated for digest in digests):
        yield _("the same text twice")
    if any(_was_quick(entry) for entry in week.entries):
        yield _("approved within seconds")


def _was_quick(entry: DailyLog | WeeklyReport) -> bool:
    if entry.verified_at is None or entry.submitted_at is None:
        return False
    return entry.verified_at - entry.submitted_at < QUICK
