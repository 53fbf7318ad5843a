"""Visits as coordinators and supervisors plan, move and report them, through the services."""

import datetime as dt

import pytest

from apps.accounts.services.people import grant
from apps.applications.states import SupervisorKind
from apps.logbook.models import Visit
from apps.logbook.selectors import fewest_visits
from apps.logbook.services.visits import move_visit, plan_visit, plan_visits, report_visit
from apps.logbook.states import MarkRuleKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementSupervisorFactory
from tests.factories.logbook import MarkRuleFactory, VisitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(place):
    person = UserFactory.create()
    grant(person, place.enrolment.cohort, actor=SYSTEM)
    return person


@pytest.fixture
def visit(place, today) -> Visit:
    return VisitFactory.create(placement=place.placement, visitor=place.academic, planned_on=today)


def test_the_same_visit_planned_twice_is_one_and_told_once(place, today):
    first = plan_visits([place.placement], today, visitor=place.academic, actor=place.academic)
    again = plan_visits([place.placement], today, visitor=place.academic, actor=place.academic)
    assert (first, Visit.objects.count()) == (again, 1)


def test_a_coordinator_plans_for_who_supervises_the_student_and_nobody_else(place, today, desk):
    values = {"placement": place.placement, "planned_on": today, "visitor": place.academic}
    assert plan_visit(values, actor=desk).visitor == place.academic
    with pytest.raises(RuleViolation) as refused:
        plan_visit({**values, "visitor": desk}, actor=desk)
    assert (refused.value.code, refused.value.field) == ("visitor_unknown", "visitor")
    with pytest.raises(NotAllowed):
        plan_visit(values, actor=place.student)
    assert Visit.objects.count() == 1


def test_a_planned_visit_moves_to_another_day_and_visitor(place, today, visit, desk):
    deputy = PlacementSupervisorFactory.create(placement=place.placement, kind=SupervisorKind.UNIVERSITY).user
    day = today + dt.timedelta(days=2)
    moved = move_visit(visit, {"planned_on": day, "visitor": deputy}, actor=desk)
    moved.refresh_from_db()
    assert (moved.planned_on, moved.visitor) == (day, deputy)
    with pytest.raises(RuleViolation) as refused:
        move_visit(moved, {"planned_on": today - dt.timedelta(days=1)}, actor=desk)
    assert (refused.value.code, refused.value.field) == ("day_in_past", "planned_on")
    with pytest.raises(NotAllowed):
        move_visit(moved, {"planned_on": today}, actor=place.student)


def test_only_who_makes_the_visit_reports_it_and_for_a_day_of_the_placement(place, today, visit, desk):
    for stranger in (desk, place.student):
        with pytest.raises(NotAllowed):
            report_visit(visit, today, "All well.", actor=stranger)
    codes = []
    for day in (today + dt.timedelta(days=1), place.placement.start - dt.timedelta(days=1)):
        with pytest.raises(RuleViolation) as refused:
            report_visit(visit, day, "All well.", actor=place.academic)
        codes.append((refused.value.code, refused.value.field))
    assert codes == [("day_in_future", "done_on"), ("day_outside_placement", "done_on")]
    visit.refresh_from_db()
    assert (visit.done_on, visit.report) == (None, "")


@pytest.mark.parametrize(("kind", "fewest"), [(MarkRuleKind.INCOMPLETE_VISITS, 2), (MarkRuleKind.INCOMPLETE_HOURS, 0)])
def test_how_many_visits_are_asked_for_is_a_rule_of_the_cohort(place, kind, fewest):
    assert fewest_visits(place.enrolment.cohort) == 0
    MarkRuleFactory.create(cohort=place.enrolment.cohort, kind=kind, limit=2)
    assert fewest_visits(place.enrolment.cohort) == fewest
