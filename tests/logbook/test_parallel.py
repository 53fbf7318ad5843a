"""Two who decide about the same thing at the same moment: one wins, the other is told the new state.

PostgreSQL only, since SQLite has one writer. ``PARALLEL_PAIRS`` is the number of pairs, 40 unless it is set; the figure
that the product states is for 1,000.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final

import pytest
from django.db import connection

from apps.accounts.models import HistoryEntry, User
from apps.applications.models import Placement
from apps.logbook.models import DailyLog
from apps.logbook.selectors import Seen
from apps.logbook.services.at_once import WeekKey, validate_weeks, verify_weeks
from apps.logbook.services.decisions import WeekDecision, flag_week, verify_week
from apps.logbook.states import ChainState
from portal.kernel.errors import RuleViolation, Stale, WrongState
from portal.kernel.fsm import perform
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, monday_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer; PostgreSQL shows the race"),
]

PAIRS: Final = int(os.environ.get("PARALLEL_PAIRS", "40"))
WON, LOST = "won", "lost"

type Act = Callable[[DailyLog], object]


def answer(act: Act, log_pk: int, gate: Barrier) -> str:
    """Act at the same moment as the other; say whether it was done, or that another was faster."""
    try:
        log = DailyLog.objects.select_related("placement__enrolment").get(pk=log_pk)
        gate.wait(timeout=120)
        act(log)
    except (Stale, WrongState):
        return LOST
    else:
        return WON
    finally:
        connection.close()


def race(first: Act, second: Act, state: str, placement: Placement) -> None:
    day = placement.start
    log = DailyLogFactory.create(placement=placement, day=day, state=state)
    outcomes: Counter[tuple[str, str]] = Counter()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(PAIRS):
            DailyLog.objects.filter(pk=log.pk).update(state=state, version=0)
            HistoryEntry.objects.filter(target_label="logbook.DailyLog").delete()
            gate = Barrier(2)
            pair: list[Any] = [pool.submit(answer, act, log.pk, gate) for act in (first, second)]
            outcomes[pair[0].result(), pair[1].result()] += 1
            log.refresh_from_db()
            assert (log.version, HistoryEntry.objects.filter(target_label="logbook.DailyLog").count()) == (1, 1)
    assert set(outcomes) <= {(WON, LOST), (LOST, WON)}
    assert sum(outcomes.values()) == PAIRS


def people(placement: Placement) -> tuple[User, User, User, User]:
    industrial = PlacementSupervisorFactory.create(placement=placement).user
    deputy = PlacementSupervisorFactory.create(placement=placement, is_deputy=True).user
    academic = PlacementSupervisorFactory.create(placement=placement, kind="university").user
    return industrial, deputy, academic, placement.enrolment.student


def seen(log: DailyLog) -> Seen:
    return Seen({log.pk: 0})


def key(log: DailyLog) -> WeekKey:
    assert log.placement_id is not None
    return WeekKey(log.placement_id, monday_of(log.day), seen(log))


def refused(result: Any) -> None:
    for _key, error in result.refused:
        raise error


def test_of_two_supervisors_and_the_student_one_wins_each_time():
    placement = PlacementFactory.create()
    industrial, deputy, _academic, student = people(placement)

    def approve(log: DailyLog) -> None:
        verify_week(log.placement, log.week_start, WeekDecision(seen(log)), actor=industrial)

    def send_back(log: DailyLog) -> None:
        decision = WeekDecision(seen(log), {log.pk: "Which lathe?"})
        verify_week(log.placement, log.week_start, decision, actor=deputy)

    def approve_many(log: DailyLog) -> None:
        refused(verify_weeks([key(log)], actor=deputy))

    def recall(log: DailyLog) -> None:
        perform(log, "recall", actor=student)

    for first, second in ((approve, send_back), (approve, recall), (send_back, approve_many)):
        race(first, second, ChainState.SUBMITTED, placement)
        DailyLog.objects.all().delete()


def test_of_validating_and_flagging_one_wins_each_time():
    placement = PlacementFactory.create()
    _industrial, _deputy, academic, _student = people(placement)

    def validate(log: DailyLog) -> None:
        refused(validate_weeks([key(log)], actor=academic))

    def flag(log: DailyLog) -> None:
        flag_week(log.placement, log.week_start, seen(log), actor=academic, reason="Odd.")

    race(validate, flag, ChainState.VERIFIED_INDUSTRY, placement)


def test_the_race_notices_two_winners():
    placement = PlacementFactory.create()
    with pytest.raises(AssertionError):
        race(lambda _log: None, lambda _log: None, ChainState.SUBMITTED, placement)


def test_a_refusal_that_is_no_race_is_raised():
    log = DailyLogFactory.create()
    with pytest.raises(RuleViolation):
        refused(verify_weeks([WeekKey(log.placement_id, monday_of(log.day), Seen())], actor=people(log.placement)[0]))
