"""Rows of each kind that only the workspace shows; the others come from ``build_everything``."""

from apps.accounts.models import ImportBatch, Notice
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import LinkPurpose, NoticeState
from apps.applications.states import SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import perform
from tests.factories.accounts import (
    CohortFactory,
    DepartmentFactory,
    EnrolmentFactory,
    JobFactory,
    MailTroubleFactory,
    MassMailFactory,
    ProgrammeFactory,
)
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DayReceiptFactory, PlaceConsentFactory, ReminderFactory, VisitFactory
from tests.factories.world import World


def build_workspace(world: World) -> None:
    """Make three rows of each, within the coordinator's reach."""
    person, job = world.industrial_supervisor, JobFactory.create(owner=world.coordinator)
    for number in range(3):
        placement = PlacementFactory.create(enrolment=world.enrolment, company=world.company)
        PlacementSupervisorFactory.create(
            placement=placement, user=world.university_supervisor, kind=SupervisorKind.UNIVERSITY
        )
        VisitFactory.create(placement=placement, visitor=world.university_supervisor)
        perform(placement, "end_early", actor=world.coordinator, reason="for a history entry")
        target = Target("applications.Placement", world.placement.pk, {"week": f"2026-01-0{number + 1}"})
        issue_link(person, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)
        Notice.objects.create(
            recipient=person, kind="logbook.week_waits", state=NoticeState.FAILED, reason="no such box"
        )
        MailTroubleFactory.create(user=EnrolmentFactory.create(cohort=world.cohort).student)
        ReminderFactory.create(placement=placement)
        DayReceiptFactory.create(log__placement=placement)
        PlaceConsentFactory.create(enrolment__cohort=world.cohort)
        MassMailFactory.create(author=world.coordinator)
        ImportBatch.objects.create(
            owner=world.coordinator, cohort=world.cohort, kind=STUDENTS, file_name=f"students{number}.csv", job=job
        )
        ProgrammeFactory.create(department=world.department)
        CohortFactory.create(department=world.department)
        DepartmentFactory.create()
