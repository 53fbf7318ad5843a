import datetime as dt

import pytest

from apps.applications.models import Placement
from apps.logbook.models import Absence, DailyLog
from apps.logbook.services.absences import Away, tell_absence, withdraw_absence
from apps.logbook.states import AbsenceReason, ChainState
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import HolidayFactory
from tests.factories.logbook import AbsenceFactory, DailyLogFactory


def test_tell_absence_enters_it_and_drops_an_empty_draft(world, today):
    DailyLogFactory.create(placement=world.placement, day=today, text="")
    absence = tell_absence(world.enrolment, today, Away(AbsenceReason.SICK, " Malaria "), actor=world.student)
    assert (absence.placement, absence.reason, absence.note) == (world.placement, "sick", "Malaria")
    assert DailyLog.objects.count() == 0


def test_tell_absence_again_changes_the_reason(world, today):
    first = tell_absence(world.enrolment, today, Away(AbsenceReason.SICK), actor=world.student)
    again = tell_absence(world.enrolment, today, Away(AbsenceReason.FAMILY), actor=world.student)
    assert (first.pk, Absence.objects.get().reason) == (again.pk, "family")


def test_an_absence_may_be_told_before(world, today):
    absence = tell_absence(
        world.enrolment, today + dt.timedelta(days=2), Away(AbsenceReason.OTHER), actor=world.student
    )
    assert absence.day == today + dt.timedelta(days=2)


def refusal(world, day: dt.date) -> str:
    with pytest.raises(RuleViolation) as refused:
        tell_absence(world.enrolment, day, Away(AbsenceReason.SICK), actor=world.student)
    assert (refused.value.field, Absence.objects.count()) == ("day", 0)
    return refused.value.code


def test_an_absence_without_a_placement_is_refused(world, today):
    Placement.objects.filter(pk=world.placement.pk).update(state="cancelled")
    assert refusal(world, today) == "no_placement"


def test_an_absence_long_ago_is_refused(world, today):
    assert refusal(world, today - dt.timedelta(days=15)) == "too_late"


def test_an_absence_on_a_free_day_is_refused(world, today):
    HolidayFactory.create(cohort=world.cohort, day=today)
    assert refusal(world, today) == "free_day"


@pytest.mark.parametrize(("state", "text"), [("draft", "Turned."), ("submitted", ""), ("verified_academic", "Turned.")])
def test_an_absence_does_not_drop_what_was_written(world, today, state, text):
    DailyLogFactory.create(placement=world.placement, day=today, state=ChainState(state), text=text)
    assert refusal(world, today) == "day_has_log"


@pytest.mark.parametrize("who", ["fellow_student", "coordinator", "industrial_supervisor", "superuser"])
def test_an_absence_is_the_students_to_tell_and_to_take_back(world, today, who):
    with pytest.raises(NotAllowed):
        tell_absence(world.enrolment, today, Away(AbsenceReason.SICK), actor=getattr(world, who))
    absence = AbsenceFactory.create(placement=world.placement)
    with pytest.raises(NotAllowed):
        withdraw_absence(absence, actor=getattr(world, who))


def test_an_absence_is_taken_back(world):
    withdraw_absence(AbsenceFactory.create(placement=world.placement), actor=world.student)
    assert Absence.objects.count() == 0
