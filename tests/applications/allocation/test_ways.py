"""Who gets which place: laws that hold for every cohort, tried on small ones that a machine makes up."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.applications.matching import allocate
from apps.applications.matching.allocate import NOBODY, Problem, fewest_without, fill_up, stable
from tests.applications.allocation.problems import overrun, problems, sitting

WAYS = pytest.mark.parametrize("solve", [stable, fewest_without])


def blocking(problem, chosen):
    """Return the pairs of a student and a better wish that the rules would rather have."""
    rooms_taken, found = sitting(problem, chosen), []
    for student, mine in enumerate(problem.wishes):
        better = range(chosen[student]) if chosen[student] != NOBODY else range(len(mine))
        for wish in better:
            rooms = problem.rooms(student, mine[wish])
            full = [room for room in rooms if len(rooms_taken.get(room, ())) >= problem.room_of(room)]
            order = problem.order(student, wish)
            if not full or any(problem.order(*pair) > order for pair in rooms_taken.get(full[0], ())):
                found.append((student, wish))
    return found


@WAYS
@given(problem=problems())
def test_seats_and_caps_are_never_overrun(solve, problem):
    assert overrun(problem, solve(problem)) == {}


@given(problem=problems())
def test_nobody_could_have_had_a_better_place_by_the_rules(problem):
    assert blocking(problem, stable(problem)) == []


@given(problem=problems(), data=st.data())
def test_the_answer_hangs_on_nothing_but_the_problem(problem, data):
    order = data.draw(st.permutations(range(len(problem.wishes))))

    def shuffled(values):
        return [values[student] for student in order]

    other = replace(
        problem,
        wishes=shuffled(problem.wishes),
        standing=shuffled(problem.standing),
        lottery=shuffled(problem.lottery),
        groups=shuffled(problem.groups),
    )
    assert stable(other) == shuffled(stable(problem))
    assert fewest_without(problem) == fewest_without(problem)


@given(problem=problems(students=4, offers=3), data=st.data())
def test_no_student_gains_by_hiding_what_the_student_wants(problem, data):
    student = data.draw(st.integers(0, len(problem.wishes) - 1))
    mine, seen = problem.wishes[student], problem.standing[student]
    honest = stable(problem)[student]
    best = len(mine) if honest == NOBODY else honest
    for length in range(len(mine) + 1):
        for said in itertools.permutations(range(len(mine)), length):
            wishes, standing = list(problem.wishes), list(problem.standing)
            wishes[student], standing[student] = [mine[wish] for wish in said], [seen[wish] for wish in said]
            got = stable(replace(problem, wishes=wishes, standing=standing))[student]
            assert got == NOBODY or said[got] >= best


@given(problem=problems(students=4, offers=3))
def test_the_flow_places_as_many_as_can_be_with_the_lowest_sum_of_ranks(problem):
    ways = itertools.product(*[range(NOBODY, len(mine)) for mine in problem.wishes])
    possible = [way for way in ways if not overrun(problem, way)]

    def worth(way):
        got = [wish for wish in way if wish != NOBODY]
        return -len(got), sum(got)

    assert worth(fewest_without(problem)) == min(map(worth, possible))


def test_two_students_two_places_by_hand():
    both = Problem(wishes=[[0, 1], [0]], standing=[[0, 0], [5, 5]], lottery=[0, 1], seats=[1, 1])
    # The first has the better standing and keeps the place; the flow sends the first on, so that nobody is without.
    assert stable(both) == [0, NOBODY]
    assert fewest_without(both) == [1, 0]


def test_equals_are_decided_by_the_lottery():
    problem = Problem(wishes=[[0], [0], [0]], standing=[[7], [7], [7]], lottery=[2, 0, 1], seats=[2])
    assert stable(problem) == [NOBODY, 0, 0]


def test_for_whom_it_counts_more_the_flow_finds_a_place_first():
    problem = Problem(wishes=[[0], [0]], standing=[[0], [0]], lottery=[0, 1], seats=[1])
    assert [fewest_without(problem, weights) for weights in ([1, 2], [2, 1])] == [[NOBODY, 0], [0, NOBODY]]


def test_nobody_wishes_anything():
    problem = Problem(wishes=[[], []], standing=[[], []], lottery=[0, 1], seats=[])
    assert stable(problem) == fewest_without(problem) == [NOBODY, NOBODY]


def test_a_flow_that_takes_too_long_is_given_up():
    problem = Problem(wishes=[[0, 1]] * 60, standing=[[0, 0]] * 60, lottery=list(range(60)), seats=[1, 1])
    with pytest.raises(TimeoutError):
        fewest_without(problem, seconds=0)


def test_who_watches_hears_how_far_it_is_and_can_stop():
    problem = Problem(wishes=[[]] * 2050, standing=[[]] * 2050, lottery=list(range(2050)), seats=[])
    heard = []
    stable(problem, heard.append)
    assert heard == [0, 1024, 2048]

    def stop(_done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        stable(problem, stop)


@given(problem=problems())
def test_seats_that_are_left_go_to_who_has_none_in_turn(problem):
    chosen, everywhere = stable(problem), range(len(problem.seats))
    turns = sorted(range(len(chosen)), key=lambda student: problem.lottery[student])
    filled = fill_up(problem, chosen, turns, lambda _student: everywhere)
    assert [chosen[student] for student in filled] == [NOBODY] * len(filled)
    wishes = [
        [filled[student]] if student in filled else [mine[chosen[student]]] if chosen[student] != NOBODY else []
        for student, mine in enumerate(problem.wishes)
    ]
    everybody = replace(problem, wishes=wishes)
    took = [0 if mine else NOBODY for mine in wishes]
    assert overrun(everybody, took) == {}
    rooms = sitting(everybody, took)
    left = [
        (student, offer)
        for student in range(len(chosen))
        if took[student] == NOBODY
        for offer in everywhere
        if all(len(rooms.get(room, ())) < problem.room_of(room) for room in problem.rooms(student, offer))
    ]
    assert left == []


def test_whether_the_library_is_there(monkeypatch):
    monkeypatch.setattr(allocate, "LIBRARY", "no_such_library")
    assert not allocate.has_flow()
    monkeypatch.undo()
    assert allocate.has_flow()
