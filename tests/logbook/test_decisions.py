from typing import Any

import pytest
from django.db import transaction

from apps.accounts.models import HistoryEntry, Notice, OutboxTask, User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog
from apps.logbook.selectors import Seen, weeks_waiting_for
from apps.logbook.services.at_once import WeekKey, move_all, validate_weeks, verify_weeks
from apps.logbook.services.decisions import Decided, WeekDecision, disown_trainee, flag_week, verify_week
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import perform
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory


def states(*rows) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_a_week_is_verified_as_it_was_seen(place):
    logs, report = [place.log(n) for n in range(3)], place.report()
    decision = WeekDecision(Seen.of(logs, [report]), comment="Good work.")
    result = verify_week(place.placement, place.monday, decision, actor=place.supervisor, via="link:7")
    assert result == Decided(days=3, reports=1)
    assert states(*logs, report) == [ChainState.VERIFIED_INDUSTRY] * 4
    assert report.host_comment == "Good work."
    assert {log.verified_by for log in logs} == {place.supervisor}
    assert set(HistoryEntry.objects.values_list("action", "via")) == {("verify", "link:7")}


def test_marked_days_go_back_and_the_rest_is_verified(place):
    first, second, third = (place.log(n) for n in range(3))
    report = place.report()
    seen = Seen.of([first, second, third], [report])
    decision = WeekDecision(seen, {second.pk: "Which lathe?", third.pk: "Which lathe?"}, "Too short.")
    result = verify_week(place.placement, place.monday, decision, actor=place.supervisor)
    assert result == Decided(days=1, days_back=2, reports_back=1)
    back = ChainState.REVISION_REQUESTED
    assert states(first, second, third, report) == [ChainState.VERIFIED_INDUSTRY, back, back, back]
    assert [second.reason, third.reason, report.reason] == ["Which lathe?", "Which lathe?", "Too short."]


def test_a_comment_without_a_report_stays_with_the_last_day(place):
    first, last = place.log(0), place.log(4)
    decision = WeekDecision(Seen.of([first, last], []), comment="Fine.")
    verify_week(place.placement, place.monday, decision, actor=place.supervisor)
    states(first, last)
    assert [first.host_comment, last.host_comment] == ["", "Fine."]


def test_a_week_that_changed_meanwhile_is_refused_whole(place):
    logs = [place.log(0), place.log(1)]
    seen = Seen.of(logs, [])
    perform(logs[1], "recall", actor=place.student)
    perform(logs[1], "submit", actor=place.student)
    with pytest.raises(Stale):
        verify_week(place.placement, place.monday, WeekDecision(seen), actor=place.supervisor)
    assert states(*logs) == [ChainState.SUBMITTED] * 2


def test_what_was_sent_after_the_look_waits_for_another(place):
    seen_log = place.log(0)
    seen = Seen.of([seen_log], [])
    later = place.log(1)
    verify_week(place.placement, place.monday, WeekDecision(seen), actor=place.supervisor)
    assert states(seen_log, later) == [ChainState.VERIFIED_INDUSTRY, ChainState.SUBMITTED]


def test_a_foreign_day_cannot_be_slipped_in(place):
    mine, foreign = place.log(0), DailyLogFactory.create(state=ChainState.SUBMITTED)
    with pytest.raises(Stale):
        verify_week(place.placement, place.monday, WeekDecision(Seen.of([mine, foreign], [])), actor=place.supervisor)
    assert states(mine, foreign) == [ChainState.SUBMITTED] * 2


def test_nothing_seen_decides_nothing(place):
    with pytest.raises(RuleViolation) as refused:
        verify_week(place.placement, place.monday, WeekDecision(Seen()), actor=place.supervisor)
    assert refused.value.code == "nothing_waits"


def test_a_day_goes_back_only_with_a_reason(place):
    log = place.log(0)
    with pytest.raises(RuleViolation) as refused:
        verify_week(
            place.placement, place.monday, WeekDecision(Seen.of([log], []), {log.pk: " "}), actor=place.supervisor
        )
    assert refused.value.code == "reason_needed"
    assert states(log) == [ChainState.SUBMITTED]


@pytest.mark.parametrize("who", ["student", "academic", "stranger", "system"])
def test_only_the_industrial_supervisor_verifies(place, who):
    log = place.log(0)
    stranger = PlacementSupervisorFactory.create().user
    others: dict[str, Any] = {"stranger": stranger, "system": SYSTEM}
    actor = others.get(who) or getattr(place, who)
    with pytest.raises(NotAllowed):
        verify_week(place.placement, place.monday, WeekDecision(Seen.of([log], [])), actor=actor)
    assert states(log) == [ChainState.SUBMITTED]


def test_a_deputy_verifies(place):
    log = place.log(0)
    deputy = PlacementSupervisorFactory.create(placement=place.placement, is_deputy=True).user
    result = verify_week(place.placement, place.monday, WeekDecision(Seen.of([log], [])), actor=deputy)
    assert result == Decided(days=1)


def test_of_two_supervisors_the_second_is_told_that_it_changed(place):
    log = place.log(0)
    seen = Seen.of([log], [])
    verify_week(place.placement, place.monday, WeekDecision(seen), actor=place.supervisor)
    deputy = PlacementSupervisorFactory.create(placement=place.placement, is_deputy=True).user
    with pytest.raises(Stale):
        verify_week(place.placement, place.monday, WeekDecision(seen, {log.pk: "No."}), actor=deputy)
    assert HistoryEntry.objects.count() == 1


def test_a_row_that_may_not_move_stops_the_whole_decision(place):
    ready, locked = place.log(0), place.log(1, ChainState.VERIFIED_ACADEMIC)
    with pytest.raises(RuleViolation) as refused, transaction.atomic():
        move_all(DailyLog, [ready.pk, locked.pk], "verify", actor=place.supervisor)
    assert refused.value.code == "wrong_state"
    assert states(ready, locked) == [ChainState.SUBMITTED, ChainState.VERIFIED_ACADEMIC]


# -- the university -----------------------------------------------------------------------------------------------


def test_weeks_are_validated_and_those_that_changed_come_back(place):
    day, report = place.log(0, ChainState.VERIFIED_INDUSTRY), place.report(ChainState.VERIFIED_INDUSTRY)
    good = WeekKey(place.placement.pk, place.monday, Seen.of([day], [report]))
    stale = WeekKey(place.placement.pk, place.monday, Seen({day.pk: day.version + 1}))
    empty = WeekKey(place.placement.pk, place.monday, Seen())
    result = validate_weeks([good, stale, empty], actor=place.academic)
    assert (result.weeks, result.days) == (1, 1)
    assert [(key, error.code) for key, error in result.refused] == [(stale, "stale"), (empty, "nothing_waits")]
    assert states(day, report) == [ChainState.VERIFIED_ACADEMIC] * 2


def test_validating_needs_the_same_queries_for_one_week_and_for_three(place, django_assert_num_queries):
    def key(offset: int) -> WeekKey:
        log = place.log(offset, ChainState.VERIFIED_INDUSTRY)
        return WeekKey(place.placement.pk, place.monday, Seen.of([log], []))

    keys = [key(n) for n in range(4)]
    with django_assert_num_queries(23):
        validate_weeks(keys[:1], actor=User.objects.get(pk=place.academic.pk))
    with django_assert_num_queries(23):
        validate_weeks(keys[1:], actor=User.objects.get(pk=place.academic.pk))


def test_the_company_approves_many_weeks_at_once_each_as_it_was_seen(place):
    day, report = place.log(0), place.report()
    late = place.log(-7)
    good = WeekKey(place.placement.pk, place.monday, Seen.of([day], [report]))
    stale = WeekKey(place.placement.pk, late.week_start, Seen.of([late], []))
    perform(late, "recall", actor=place.student)
    result = verify_weeks([good, stale], actor=place.supervisor)
    assert (result.weeks, result.days, [key for key, _error in result.refused]) == (1, 1, [stale])
    assert states(day, report, late) == [ChainState.VERIFIED_INDUSTRY] * 2 + [ChainState.DRAFT]
    with pytest.raises(NotAllowed):
        verify_weeks([good], actor=place.academic)


def test_a_day_of_another_week_cannot_be_slipped_into_one(place):
    other = place.log(-7)
    result = verify_weeks([WeekKey(place.placement.pk, place.monday, Seen.of([other], []))], actor=place.supervisor)
    assert [error.code for _key, error in result.refused] == ["stale"]
    assert states(other) == [ChainState.SUBMITTED]


@pytest.mark.parametrize("who", ["student", "supervisor", "stranger"])
def test_only_the_university_supervisor_validates_and_flags(place, who):
    log = place.log(0, ChainState.VERIFIED_INDUSTRY)
    stranger = PlacementSupervisorFactory.create(kind=SupervisorKind.UNIVERSITY).user
    actor, seen = stranger if who == "stranger" else getattr(place, who), Seen.of([log], [])
    with pytest.raises(NotAllowed):
        validate_weeks([WeekKey(place.placement.pk, place.monday, seen)], actor=actor)
    with pytest.raises(NotAllowed):
        flag_week(place.placement, place.monday, seen, actor=actor, reason="Odd.")
    assert states(log) == [ChainState.VERIFIED_INDUSTRY]


def test_a_placement_that_is_not_there_cannot_be_validated(place):
    with pytest.raises(NotAllowed):
        validate_weeks([WeekKey(0, place.monday, Seen({1: 1}))], actor=place.academic)


def test_a_week_is_flagged_with_its_reason(place):
    log, report = place.log(0, ChainState.VERIFIED_INDUSTRY), place.report(ChainState.VERIFIED_INDUSTRY)
    seen = Seen.of([log], [report])
    result = flag_week(place.placement, place.monday, seen, actor=place.academic, reason="Same text.")
    assert result == Decided(days=1, reports=1)
    assert states(log, report) == [ChainState.FLAGGED] * 2
    assert [log.reason, report.reason] == ["Same text."] * 2


# -- not my trainee -----------------------------------------------------------------------------------------------


def test_who_disowns_a_trainee_sees_nothing_any_more_and_the_coordinators_are_told(place):
    place.log(0)
    disown_trainee(place.placement, actor=place.supervisor)
    assert weeks_waiting_for(User.objects.get(pk=place.supervisor.pk), SupervisorKind.INDUSTRIAL) == []
    assert list(OutboxTask.objects.values_list("kind", flat=True)) == ["logbook.tell_trainee_disowned"]
    coordinator = UserFactory.create()
    grant(coordinator, place.enrolment.cohort, actor=SYSTEM)
    run_due_tasks()
    assert list(Notice.objects.values_list("kind", "recipient")) == [("logbook.trainee_disowned", coordinator.pk)]
    with pytest.raises(NotAllowed):
        disown_trainee(place.placement, actor=place.supervisor)


def test_who_is_named_again_meanwhile_is_no_news(place):
    disown_trainee(place.placement, actor=place.supervisor)
    coordinator = UserFactory.create()
    grant(coordinator, place.enrolment.cohort, actor=SYSTEM)
    place.placement.supervisors.update(is_active=True)
    run_due_tasks()
    assert list(Notice.objects.values_list("kind", flat=True)) == []


def test_the_university_supervisor_cannot_disown_as_the_company(place):
    with pytest.raises(NotAllowed):
        disown_trainee(place.placement, actor=place.academic)
