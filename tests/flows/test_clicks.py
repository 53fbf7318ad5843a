"""How many clicks the twelve commonest chores of a coordinator take: from the first page, and from their own list.

Links and buttons count; ticking, typing and waiting do not. Each is walked over the rendered pages, and the second
number is what is left once the list or the object of the chore is open.
"""

import datetime as dt
from collections.abc import Callable
from typing import Final

import pytest
from django.core import mail as mailbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import AccessLink, Cohort, Company, Enrolment, Job
from apps.accounts.services.links import Target, issue_link
from apps.accounts.states import CompanyState, LinkPurpose, Role
from apps.applications.models import AllocationRun, Placement, PlacementSupervisor
from apps.applications.states import AllocationState, PlacementOrigin, PlacementState, SupervisorKind
from apps.logbook.notifications import tell_week_waits
from apps.logbook.services.marks import EXPORT as MARKS
from apps.logbook.states import ChainState
from apps.reporting.selectors.batches import BATCH
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from tests.accounts.tables import table
from tests.factories.accounts import (
    CompanyFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StaffProfileFactory,
    UserFactory,
)
from tests.factories.applications import AllocationRunFactory, PlacementFactory
from tests.factories.logbook import DailyLogFactory
from tests.factories.world import World, build_world
from tests.flows.hand import Hand

pytestmark = pytest.mark.django_db

type Chore = Callable[[World, Hand], None]

#                              chore: (clicks from the first page, of them on its list or object)
CLICKS: Final[dict[str, tuple[int, int]]] = {
    "place": (2, 1),
    "approve 50 self-found": (2, 1),
    "import": (4, 3),
    "chase": (3, 2),
    "assign 300 supervisors": (3, 2),
    "publish an allocation": (4, 1),
    "export marks": (3, 2),
    "merge companies": (4, 2),
    "extend a placement": (3, 1),
    "resend a link": (3, 2),
    "print a cohort": (4, 2),
    "copy a cohort to next year": (3, 1),
}


def place(world: World, hand: Hand) -> None:
    hand.follow("/admin/applications/placement/place/")
    hand.here()
    free = Enrolment.objects.filter(cohort=world.cohort, placements=None)
    hand.press("Place the ticked", enrolment=list(free.values_list("pk", flat=True)), company=world.company.pk)
    assert not free.exists()


def approve(world: World, hand: Hand) -> None:
    hand.follow("?todo=confirm")
    hand.here()
    hand.choose("move_confirm", across=True)
    assert Placement.objects.filter(origin=PlacementOrigin.SELF_FOUND, state=PlacementState.CONFIRMED).count() == 2


def import_students(world: World, hand: Hand) -> None:
    hand.follow("/admin/accounts/enrolment/")
    hand.here()
    hand.follow("/admin/accounts/enrolment/import/")
    rows = table(("2021-04-00001", "Asha", "Moshi", "BSC-ME")).encode()
    hand.press("Read the table", cohort=world.cohort.pk, file=SimpleUploadedFile("students.csv", rows))
    hand.wait()
    hand.press("Import")
    hand.wait()
    assert Enrolment.objects.filter(student__first_name="Asha").exists()


def chase(world: World, hand: Hand) -> None:
    hand.follow("?logs=silent")
    hand.here()
    hand.choose("remind_of_logbook", across=True)
    hand.press("Send to")
    hand.wait()
    assert {letter.subject for letter in mailbox.outbox} == {"Your logbook waits for you"}


def assign(world: World, hand: Hand) -> None:
    hand.follow("/admin/applications/placement/")
    hand.here()
    hand.choose("plan_supervisors", across=True)
    hand.press("Name for")
    free = Placement.objects.filter(state__in=PlacementState.unfinished(), enrolment__cohort=world.cohort)
    named = PlacementSupervisor.objects.filter(kind=SupervisorKind.UNIVERSITY, is_active=True).values("placement")
    assert not free.exclude(pk__in=named).exists()


def publish(world: World, hand: Hand) -> None:
    run = AllocationRun.objects.get()
    hand.follow("/admin/applications/allocationround/")
    hand.follow(f"/admin/applications/allocationround/{run.round_id}/change/")
    hand.follow(f"/admin/applications/allocationrun/{run.pk}/change/")
    hand.here()
    hand.press("Publish on this day", day=timezone.localdate().isoformat())
    run.refresh_from_db()
    assert run.approved_by == world.coordinator


def export_marks(world: World, hand: Hand) -> None:
    hand.follow("/admin/logbook/assessment/")
    hand.here()
    hand.follow("/marks/")
    hand.press("Download as XLSX")
    assert Job.objects.get().kind == MARKS


def merge(world: World, hand: Hand) -> None:
    double = Company.objects.get(name="Njia Works Ltd")
    hand.follow("/admin/accounts/company/")
    hand.follow(f"/admin/accounts/company/{double.pk}/change/")
    hand.here()
    hand.follow(f"/admin/accounts/company/{double.pk}/merge/?into=")
    hand.press("Merge")
    double.refresh_from_db()
    assert double.merged_into is not None


def extend(world: World, hand: Hand) -> None:
    hand.follow("/admin/applications/placement/")
    hand.follow(f"/admin/applications/placement/{world.placement.pk}/change/")
    hand.here()
    later = world.placement.end + dt.timedelta(days=7)
    hand.press("Save", end=later.isoformat(), why="The host asks for another week.")
    world.placement.refresh_from_db()
    assert world.placement.end == later


def resend(world: World, hand: Hand) -> None:
    link = AccessLink.objects.get()
    hand.follow(f"/admin/accounts/accesslink/{link.pk}/change/")
    hand.here()
    hand.follow("/chat/")
    hand.press("Mail it")
    hand.wait()
    assert AccessLink.objects.exclude(pk=link.pk).exists()


def print_cohort(world: World, hand: Hand) -> None:
    hand.follow("/admin/accounts/cohort/")
    hand.follow(f"/admin/accounts/cohort/{world.cohort.pk}/change/")
    hand.here()
    hand.follow(f"?whose=cohort-{world.cohort.pk}")
    hand.press("Make the zip")
    assert Job.objects.get().kind == BATCH


def copy_cohort(world: World, hand: Hand) -> None:
    hand.follow("/admin/accounts/cohort/")
    hand.follow(f"/admin/accounts/cohort/{world.cohort.pk}/change/")
    hand.here()
    hand.press("Copy to next year")
    assert Cohort.objects.filter(department=world.department).count() == 2


CHORES: Final[dict[str, Chore]] = dict(
    zip(
        CLICKS,
        [
            *(place, approve, import_students, chase, assign, publish),
            *(export_marks, merge, extend, resend, print_cohort, copy_cohort),
        ],
        strict=True,
    )
)


@pytest.fixture
def world(settings, tmp_path) -> World:
    """What waits on the morning of a coordinator, two of each: a thousand take as many clicks."""
    settings.MEDIA_ROOT = tmp_path
    world = build_world()
    of_cohort = {"enrolment__cohort": world.cohort}
    EnrolmentFactory.create_batch(2, cohort=world.cohort)
    ProgrammeFactory.create(department=world.department, code="BSC-ME")
    PlacementFactory.create_batch(2, **of_cohort, origin=PlacementOrigin.SELF_FOUND, state=PlacementState.PROPOSED)
    long_ago = timezone.localdate() - dt.timedelta(days=40)
    PlacementFactory.create_batch(2, **of_cohort, state=PlacementState.ACTIVE, start=long_ago)
    person = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    StaffProfileFactory.create(user=person, department=world.department)
    days = [timezone.localdate() - dt.timedelta(days=ago) for ago in (7, 1)]
    closed = {"round__opens_on": days[0], "round__closes_on": days[1]}
    AllocationRunFactory.create(cohort=world.cohort, state=AllocationState.SOLVED, **closed)
    for name in ("Njia Works", "Njia Works Ltd"):
        CompanyFactory.create(name=name, state=CompanyState.APPROVED, proposed_for=world.department)
    return world


@pytest.mark.parametrize("name", CLICKS)
def test_a_chore_takes_no_more_clicks_than_said(world, name):
    if name == "resend a link":
        monday = monday_of(timezone.localdate()) - dt.timedelta(days=7)
        DailyLogFactory.create(placement=world.placement, day=monday, state=ChainState.SUBMITTED)
        tell_week_waits(world.placement, monday, monday)
        target = Target("applications.Placement", world.placement.pk, {"week": monday.isoformat()})
        issue_link(world.industrial_supervisor, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)
        AccessLink.objects.update(created_at=timezone.now() - dt.timedelta(days=20))
    hand = Hand(world.coordinator)
    CHORES[name](world, hand)
    assert (hand.clicks, hand.clicks - hand.at_list) == CLICKS[name]
