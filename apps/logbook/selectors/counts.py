"""What the roll-ups say: numbers of days without reading the days."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from apps.accounts.selectors import everything_for, in_scope
from apps.applications.models import PlacementSupervisor
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, PlacementCount, WeekCount
from apps.logbook.selectors.rows import supervised
from apps.logbook.selectors.waiting import OVERDUE_DAYS
from apps.logbook.states import ChainState

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

_VERIFIERS = "placement__supervisors"
# How long it is shown that the nightly check had to mend something.
MENDED_SHOWN: Final = dt.timedelta(days=7)


def week_counts_visible_to(user: "Viewer") -> QuerySet[WeekCount]:
    """The set for which ``can_view_week_count`` holds: of coordinated cohorts."""
    return WeekCount.objects.filter(everything_for(user, in_scope(user, "cohort")))


def placement_counts_visible_to(user: "Viewer") -> QuerySet[PlacementCount]:
    """The set for which ``can_view_placement_count`` holds: as university supervisor or coordinator."""
    seen = supervised(user, SupervisorKind.UNIVERSITY) | in_scope(user, "placement__enrolment__cohort")
    return PlacementCount.objects.filter(everything_for(user, seen))


# -- who lets days wait -------------------------------------------------------------------------------------------


def let_wait(counts: QuerySet[PlacementCount]) -> QuerySet[PlacementCount]:
    """Keep the placements of which a day has waited for the company for more than ``OVERDUE_DAYS`` days."""
    return counts.filter(waiting_since__lt=timezone.now() - dt.timedelta(days=OVERDUE_DAYS))


def by_company(counts: QuerySet[PlacementCount]) -> QuerySet[PlacementCount, tuple[Any, ...]]:
    """Return (key, name, days that wait) of the companies, the most days first."""
    rows = counts.order_by().values_list("placement__company", "placement__company__name")
    return rows.annotate(days=Sum("submitted")).order_by("-days", "placement__company__name")


def by_verifier(counts: QuerySet[PlacementCount]) -> QuerySet[PlacementCount, tuple[Any, ...]]:
    """Return (key, first name, last name, days that wait) of the supervisors in companies, the most days first.

    Deputies are left out, so that no day counts twice at one placement with one supervisor.
    """
    first = {"kind": SupervisorKind.INDUSTRIAL, "is_active": True, "is_deputy": False}
    rows = counts.filter(**{f"{_VERIFIERS}__{name}": value for name, value in first.items()}).order_by()
    person = F(f"{_VERIFIERS}__user")
    names = (f"{_VERIFIERS}__user__first_name", f"{_VERIFIERS}__user__last_name")
    return (
        rows.annotate(person=person)
        .values_list("person", *names)
        .annotate(days=Sum("submitted"))
        .order_by("-days", "person")
    )


def waiting_for(logs: QuerySet[DailyLog], person: int) -> QuerySet[DailyLog]:
    """Keep the days that ``by_verifier`` counts for this supervisor."""
    supervisions = PlacementSupervisor.objects.filter(
        user=person, kind=SupervisorKind.INDUSTRIAL, is_active=True, is_deputy=False
    )
    late = let_wait(PlacementCount.objects.filter(placement__in=supervisions.values("placement")))
    return logs.filter(state=ChainState.SUBMITTED, is_current=True, placement__in=late.values("placement"))


def mended_lately() -> tuple[QuerySet[WeekCount], QuerySet[PlacementCount]]:
    """Return the roll-ups that the nightly check had to mend, in sight for a week; for superusers only."""
    since = timezone.now() - MENDED_SHOWN
    return WeekCount.objects.filter(mended_at__gte=since), PlacementCount.objects.filter(mended_at__gte=since)
