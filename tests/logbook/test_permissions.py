from decimal import Decimal

import pytest

from apps.logbook import permissions
from apps.logbook.models import DailyLog
from apps.logbook.selectors import (
    absences_visible_to,
    arrivals_visible_to,
    assessments_visible_to,
    attachments_visible_to,
    logs_awaiting,
    logs_visible_to,
    reports_awaiting,
    rubrics_visible_to,
    visits_visible_to,
    weeks_visible_to,
)
from apps.logbook.states import ArrivalState, AssessmentKind, AssessmentState, ChainState
from tests.factories.logbook import (
    AbsenceFactory,
    ArrivalNoteFactory,
    AssessmentFactory,
    DailyLogFactory,
    RubricFactory,
    VisitFactory,
    WeeklyReportFactory,
)

INDUSTRY, ACADEMIC = "industrial_supervisor", "university_supervisor"
AROUND = {"student", INDUSTRY, ACADEMIC, "coordinator", "superuser"}


def holders(world, predicate, row) -> set[str]:
    """Return who may, by the name of the persona."""
    return {name for name, person in world.personas().items() if predicate(row, person)}


def seers(world, selector, row) -> set[str]:
    """Return in whose set the row is, by the name of the persona."""
    return {name for name, person in world.personas().items() if selector(person).filter(pk=row.pk).exists()}


@pytest.mark.parametrize("state", ChainState.values)
@pytest.mark.parametrize(
    ("factory", "selector", "waiting"),
    [(DailyLogFactory, logs_visible_to, logs_awaiting), (WeeklyReportFactory, weeks_visible_to, reports_awaiting)],
    ids=["day", "week"],
)
def test_who_has_an_entry_of_the_chain(world, factory, selector, waiting, state):
    entry = factory.create(placement=world.placement, state=state)
    expected = {"student"} if state == "draft" else AROUND
    assert holders(world, permissions.can_view_entry, entry) == expected
    assert seers(world, selector, entry) == expected
    writes = {"student"} if state in ("draft", "revision_requested") else set()
    assert holders(world, permissions.can_change_entry, entry) == writes
    assert holders(world, permissions.can_delete_entry, entry) == ({"student"} if state == "draft" else set())
    corrects = {"coordinator"} if state == "verified_academic" else set()
    assert holders(world, permissions.can_correct_entry, entry) == corrects
    assert holders(world, permissions.can_export_logbook_of, entry) == {"student", ACADEMIC, "coordinator"}
    asked = {"submitted": {INDUSTRY}, "verified_industry": {ACADEMIC}}.get(state, set())
    assert seers(world, waiting, entry) == asked


def test_an_entry_without_a_placement_has_no_supervisor(world):
    entry = DailyLogFactory.create(placement=None, enrolment=world.enrolment, state=ChainState.SUBMITTED)
    expected = {"student", "coordinator", "superuser"}
    assert holders(world, permissions.can_view_entry, entry) == expected
    assert seers(world, logs_visible_to, entry) == expected
    assert permissions.placement_is_active(entry) is False


def test_files_are_had_by_whoever_has_the_log(world):
    log = DailyLogFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    file = log.attachments.create(
        file="logs/x.pdf", original_name="x.pdf", content_type="application/pdf", size=1, sha256="0"
    )
    assert seers(world, attachments_visible_to, file) == AROUND


@pytest.mark.parametrize("state", ArrivalState.values)
def test_who_has_an_arrival(world, state):
    note = ArrivalNoteFactory.create(placement=world.placement, state=state)
    assert holders(world, permissions.can_view_arrival, note) == AROUND
    assert seers(world, arrivals_visible_to, note) == AROUND
    assert holders(world, permissions.can_change_arrival, note) == ({"student"} if state == "disputed" else set())
    assert holders(world, permissions.confirms_arrival, note) == {INDUSTRY}
    assert holders(world, permissions.reports_arrival, note) == {"student"}
    assert holders(world, permissions.coordinates_arrival, note) == {"coordinator"}


def test_who_has_an_absence(world):
    absence = AbsenceFactory.create(placement=world.placement)
    assert holders(world, permissions.can_view_absence, absence) == AROUND
    assert seers(world, absences_visible_to, absence) == AROUND


def test_who_has_a_visit(world):
    visit = VisitFactory.create(placement=world.placement, visitor=world.other_university_supervisor)
    expected = {"other_university_supervisor", ACADEMIC, "coordinator", "superuser"}
    assert holders(world, permissions.can_view_visit, visit) == expected
    assert seers(world, visits_visible_to, visit) == expected


STAFF = {ACADEMIC, "coordinator", "superuser"}


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (AssessmentKind.INDUSTRY, AssessmentState.OPEN, {INDUSTRY}),
        (AssessmentKind.INDUSTRY, AssessmentState.SUBMITTED, STAFF | {INDUSTRY}),
        (AssessmentKind.INDUSTRY, AssessmentState.RELEASED, AROUND),
        (AssessmentKind.REPORT, AssessmentState.OPEN, {ACADEMIC}),
        (AssessmentKind.REPORT, AssessmentState.SUBMITTED, STAFF),
        (AssessmentKind.REPORT, AssessmentState.RELEASED, AROUND),
    ],
)
def test_who_has_an_assessment(world, kind, state, expected):
    assessment = AssessmentFactory.create(placement=world.placement, rubric__kind=kind, state=state)
    assert holders(world, permissions.can_view_assessment, assessment) == expected
    assert seers(world, assessments_visible_to, assessment) == expected
    fills_in = expected if state == "open" else set()
    assert holders(world, permissions.can_change_assessment, assessment) == fills_in
    assert holders(world, permissions.coordinates_assessment, assessment) == {"coordinator"}


def test_who_has_a_rubric(world):
    rubric = RubricFactory.create(cohort=world.cohort)
    assert holders(world, permissions.can_view_rubric, rubric) == {"coordinator", "superuser"}
    assert seers(world, rubrics_visible_to, rubric) == {"coordinator", "superuser"}
    assert holders(world, permissions.configures_rubric, rubric) == {"coordinator"}


@pytest.mark.parametrize(("hours", "fits"), [("0.25", False), ("0.50", True), ("12.00", True), ("12.50", False)])
def test_hours_are_within_the_limits_of_the_cohort(world, hours, fits):
    log = DailyLogFactory.create(placement=world.placement, hours=Decimal(hours))
    assert permissions.hours_within_limits(DailyLog.objects.get(pk=log.pk)) is fits


def test_a_week_has_no_hours_of_its_own(world):
    assert permissions.hours_within_limits(WeeklyReportFactory.create(placement=world.placement)) is True
