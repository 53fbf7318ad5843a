"""P6, the stable allocation: ours beside PyPI ``matching`` and beside OR-Tools' minimum-cost flow.

Students have ten wishes, some places are wished for far more than others, and there are 1.1 seats a student. Parts:
``matching`` solves the same problem and must give the same answer; it is quadratic and slow, so that it is run once and
on the smaller number only. ``flow`` is another problem (lowest sum of ranks, not stable), taken for its speed.
``growth`` is the larger number beside the smaller one. The two packages are no part of the project (OR-Tools brings
pandas along): install them beside it, ``pip install --target <folder> matching ortools``, and put the folder into
PYTHONPATH; what is not there is left out, and said on the error output.
"""

import importlib
import importlib.util
import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from typing import Any

from apps.applications.matching.allocate import NOBODY, Problem, stable
from tests.benchmarks.figures import Figure, medians, seconds

SIZES = ((10_000, 2_000), (100_000, 10_000))
WISHES = 10
SEATS_EACH = 1.1


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where the answers differ."""
    ours_for = {}
    for students, places in SIZES:
        problem = _problem(students, places)
        size = f"{students} x {places}"
        flow = _flow(problem) if _there("ortools") else None
        ours_s, flow_s = medians(partial(stable, problem), flow or (lambda: None))
        ours_for[students] = ours_s
        if flow:
            yield Figure(size, ours_s, flow_s, goal=0.5, part="flow")
        if students == SIZES[0][0] and _there("matching"):
            yield Figure(size, ours_s, _matching_s(problem), goal=1 / 500, part="matching")
    (small, _places), (large, _more) = SIZES
    yield Figure(f"{small} -> {large}", ours_for[large], ours_for[small], goal=30, part="growth")


def _there(package: str) -> bool:
    found = importlib.util.find_spec(package) is not None
    if not found:
        print(f"{package} is not installed: this part is left out", file=sys.stderr)
    return found


def _problem(students: int, places: int) -> Problem:
    """Make up the wishes, the same ones each time."""
    chance = random.Random(6)
    wanted = list(accumulate((number + 10) ** -0.6 for number in range(places)))
    offers = range(places)
    wishes = []
    for _student in range(students):
        drawn = chance.choices(offers, cum_weights=wanted, k=2 * WISHES)
        wishes.append(list(dict.fromkeys(drawn))[:WISHES])
    seats = [1] * places
    for _seat in range(int(students * SEATS_EACH) - places):
        seats[chance.randrange(places)] += 1
    lottery = list(range(students))
    chance.shuffle(lottery)
    standing = [[chance.randrange(1000) for _wish in mine] for mine in wishes]
    return Problem(wishes, standing, lottery, seats)


def _matching_s(problem: Problem) -> float:
    """Return the seconds of ``matching``; raise ``AssertionError`` where it gives somebody another place."""
    games = importlib.import_module("matching.games")
    wanted: dict[int, list[tuple[int, int]]] = {}
    for student, mine in enumerate(problem.wishes):
        for wish, offer in enumerate(mine):
            wanted.setdefault(offer, []).append((problem.order(student, wish), student))
    hospitals = {offer: [student for _order, student in sorted(who)] for offer, who in wanted.items()}
    # Out of the box it copies its players by recursion, and ends in a RecursionError.
    sys.setrecursionlimit(1_000_000)
    answer: dict[int, int] = {}

    def solve() -> None:
        game = games.HospitalResident.create_from_dictionaries(
            dict(enumerate(problem.wishes)), hospitals, {offer: problem.seats[offer] for offer in hospitals}
        )
        for hospital, residents in game.solve(optimal="resident").items():
            answer.update({resident.name: hospital.name for resident in residents})

    taken = seconds(solve)
    ours = {student: problem.wishes[student][wish] for student, wish in enumerate(stable(problem)) if wish != NOBODY}
    if ours != answer:
        message = f"{len(set(ours.items()) ^ set(answer.items()))} places differ"
        raise AssertionError(message)
    return taken


def _flow(problem: Problem) -> Callable[[], None]:
    """Return what builds the graph from arrays that are there already, and solves it."""
    numpy: Any = importlib.import_module("numpy")
    flows: Any = importlib.import_module("ortools.graph.python.min_cost_flow")
    students, places = len(problem.wishes), len(problem.seats)
    sink, unplaced = students + places, 10 * WISHES
    everybody, offers = numpy.arange(students), students + numpy.arange(places)
    tails = numpy.repeat(everybody, [len(mine) for mine in problem.wishes])
    heads = students + numpy.concatenate(problem.wishes)
    ranks = numpy.concatenate([numpy.arange(len(mine)) for mine in problem.wishes])
    seats, one = numpy.array(problem.seats), numpy.ones(students, int)

    def solve() -> None:
        flow = flows.SimpleMinCostFlow()
        add = flow.add_arcs_with_capacity_and_unit_cost
        add(tails, heads, numpy.ones(len(tails), int), ranks)
        add(offers, numpy.full(places, sink), seats, numpy.zeros(places, int))
        add(everybody, numpy.full(students, sink), one, numpy.full(students, unplaced))
        flow.set_nodes_supplies(everybody, one)
        flow.set_node_supply(sink, -students)
        if flow.solve() != flow.OPTIMAL:
            message = "the flow was not solved"
            raise AssertionError(message)

    return solve
