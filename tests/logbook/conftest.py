import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone

from apps.accounts.models import Enrolment, User
from apps.applications.models import Placement
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from tests.factories.accounts import CohortFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.world import World, build_world


@dataclass(frozen=True)
class Place:
    """A student at an active placement with both supervisors, and last week's Monday."""

    placement: Placement
    enrolment: Enrolment
    student: User
    supervisor: User
    academic: User
    monday: dt.date

    def log(self, offset: int = 0, state: str = ChainState.SUBMITTED, **values) -> DailyLog:
        """Make the log of a day of last week, counted from Monday."""
        day = self.monday + dt.timedelta(days=offset)
        return DailyLogFactory.create(placement=self.placement, day=day, state=state, **values)

    def report(self, state: str = ChainState.SUBMITTED, **values) -> WeeklyReport:
        """Make last week's report."""
        return WeeklyReportFactory.create(placement=self.placement, week_start=self.monday, state=state, **values)


@pytest.fixture
def place(db) -> Place:
    today = timezone.localdate()
    cohort = CohortFactory.create(
        working_days=list(range(7)), start=today - dt.timedelta(days=60), end=today + dt.timedelta(days=60)
    )
    placement = PlacementFactory.create(enrolment__cohort=cohort)
    return Place(
        placement,
        placement.enrolment,
        placement.enrolment.student,
        PlacementSupervisorFactory.create(placement=placement).user,
        PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY).user,
        monday_of(today) - dt.timedelta(days=7),
    )


@pytest.fixture
def world(db) -> World:
    """The small university, working on all days so that no test depends on the weekday."""
    world = build_world()
    world.cohort.working_days = list(range(7))
    world.cohort.save()
    return world


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def monday(today) -> dt.date:
    """The Monday of last week: over, and still taken by the cohort."""
    return monday_of(today) - dt.timedelta(days=7)
