"""What reminders cost, and what coordinators see of them."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Notice, OutboxTask, User
from apps.applications.models import Placement
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import Reminder
from apps.logbook.notifications import send_reminders
from apps.logbook.states import ChainState, ReminderKind
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import (
    AssessmentFactory,
    DailyLogFactory,
    ReminderFactory,
    RubricFactory,
)
from tests.factories.world import build_world
from tests.logbook.reminding import FIRST, MONDAY, at, day

pytestmark = pytest.mark.django_db


# -- how much it costs --------------------------------------------------------------------------------------------------


READS = 21


def crowd(number: int) -> None:
    """Make students with something undone of every kind, in one cohort with both supervisors and a coordinator."""
    world = build_world()
    Placement.objects.update(state=PlacementState.CANCELLED)
    rubric = RubricFactory.create(cohort=world.cohort, days_before_end=60)
    for _number in range(number):
        enrolment = EnrolmentFactory.create(cohort=world.cohort)
        place: dict[str, Any] = {"enrolment": enrolment, "company": world.company, "end": dt.date(2026, 9, 5)}
        found = PlacementFactory.create(state=PlacementState.ACTIVE, start=MONDAY, arrived_on=MONDAY, **place)
        PlacementSupervisorFactory.create(placement=found, user=world.industrial_supervisor)
        PlacementSupervisorFactory.create(
            placement=found, user=world.university_supervisor, kind=SupervisorKind.UNIVERSITY
        )
        DailyLogFactory.create(placement=found, day=MONDAY, state=ChainState.SUBMITTED, submitted_at=at(MONDAY))
        AssessmentFactory.create(placement=found, rubric=rubric)
        PlacementFactory.create(state=PlacementState.CONFIRMED, start=MONDAY, **place)
        over = EnrolmentFactory.create(cohort=world.cohort)
        PlacementFactory.create(
            enrolment=over, company=world.company, state=PlacementState.COMPLETED, start=FIRST, end=day(2)
        )
    User.objects.update(notice_frequency="at_once")


@pytest.mark.parametrize("number", [3, 300])
def test_the_database_is_asked_as_often_for_300_students_as_for_3(number):
    crowd(number)
    with CaptureQueriesContext(connection) as asked:
        assert send_reminders(at(day(14))) > 4 * number
    # Four of placements, one each of logs, absences, weeks, notes, forms and reports, two of what waits for the
    # company, rules, coordinators (three), what was sent, links on their way, choices, and four for the transaction.
    # How many rows go into one INSERT is the database's matter: SQLite takes a thousand values, PostgreSQL all.
    assert len([query for query in asked if not query["sql"].startswith("INSERT")]) == READS
    kinds = set(Reminder.objects.values_list("kind", flat=True))
    assert kinds == {kind.value for kind in ReminderKind}
    assert OutboxTask.objects.count() == Notice.objects.order_by().values("recipient").distinct().count()


def test_coordinators_see_what_was_sent_in_their_cohorts(client):
    world = build_world()
    mine = ReminderFactory.create(placement=world.placement)
    other = ReminderFactory.create()
    client.force_login(world.coordinator)
    page = client.get(reverse("admin:logbook_reminder_changelist")).content.decode()
    shown = [f"/admin/logbook/reminder/{row.pk}/change/" in page for row in (mine, other)]
    assert shown == [True, False]
    assert client.get(reverse("admin:logbook_reminder_change", args=[other.pk])).status_code == 404
