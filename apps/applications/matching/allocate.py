"""Who gets which place: pure functions on arrays of numbers. No ORM, no I/O, no Django.

Two ways, to be compared side by side. ``stable`` is deferred acceptance with the students proposing: nobody could
have had a place that the student likes better, unless by pushing out somebody whom the rules put first, and no
student gains by hiding what the student really wants. ``fewest_without`` is a minimum-cost flow: as many as possible
get one of their wishes, then with the lowest sum of ranks; it is not stable.

Students and offers are numbers from 0. Both ways give the same answer to the same ``Problem``.
"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush, heapreplace
from itertools import accumulate, chain
from typing import Any, Final

NOBODY: Final = -1
STEP: Final = 1024
LIBRARY: Final = "highspy"
MOST_SECONDS: Final = 600

type Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be solved.

    ``wishes[s]`` are the offers of student ``s``, best first, each at most once; ``standing[s][i]`` says how the rules
    see the student at that wish, lower is better. ``lottery`` is a permutation that decides between equals.
    ``seats[o]`` are those of offer ``o``, ``hosts[o]`` its host with ``host_seats[host]`` over all its offers (None:
    no cap). ``groups[s]`` is the student's group, of which each offer takes ``group_seats`` at most (None: no cap).
    """

    wishes: Sequence[Sequence[int]]
    standing: Sequence[Sequence[int]]
    lottery: Sequence[int]
    seats: Sequence[int]
    hosts: Sequence[int] = ()
    host_seats: int | None = None
    groups: Sequence[int] = ()
    group_seats: int | None = None

    @property
    def has_caps(self) -> bool:
        """Whether more than the seats of an offer can refuse a student."""
        return self.host_seats is not None or self.group_seats is not None

    def order(self, student: int, wish: int) -> int:
        """Return where the rules see the student at a wish, different for any two students; lower is better."""
        return self.standing[student][wish] * len(self.lottery) + self.lottery[student]

    def rooms(self, student: int, offer: int) -> list[tuple[int, int, int]]:
        """Return what must have room for the student at an offer, the narrowest first.

        They lie within each other (a group at an offer, the offer, its host), so that one student has to leave at
        most for another to come in.
        """
        found = [(1, offer, NOBODY)]
        if self.group_seats is not None:
            found.insert(0, (0, offer, self.groups[student]))
        if self.host_seats is not None:
            found.append((2, self.hosts[offer], NOBODY))
        return found

    def room_of(self, room: tuple[int, int, int]) -> int:
        """Return how many have room there."""
        kind, key, _group = room
        limits = (self.group_seats, self.seats[key] if kind == 1 else 0, self.host_seats)
        return limits[kind] or 0


def stable(problem: Problem, tick: Tick = lambda _done: None) -> list[int]:
    """Return for each student the number of the wish that comes true, or ``NOBODY``.

    Time grows with the sum of the lists' lengths times the logarithm of the seats. ``tick`` hears after some students
    how many have been looked at, and may raise to stop.
    """
    solve = _Capped(problem).come if problem.has_caps else _Plain(problem).come
    at = [NOBODY] * len(problem.wishes)
    for student in range(len(problem.wishes)):
        solve(student, at)
        if student % STEP == 0:
            tick(student)
    lengths = map(len, problem.wishes)
    return [wish if wish < length else NOBODY for wish, length in zip(at, lengths, strict=True)]


class _Plain:
    """Only the seats of each offer count: one heap an offer, with the weakest of its students on top.

    An entry is the negative order; the student is read off its last part.
    """

    def __init__(self, problem: Problem) -> None:
        self.wishes, self.standing, self.lottery = problem.wishes, problem.standing, problem.lottery
        self.count = len(problem.lottery)
        self.drawn = [0] * self.count
        for student, number in enumerate(problem.lottery):
            self.drawn[number] = student
        self.room = list(problem.seats)
        self.held: list[list[int]] = [[] for _seats in problem.seats]

    def come(self, student: int, at: list[int]) -> None:
        """Let a student ask, and whoever is pushed out by that, until nobody is left asking."""
        wishes, standing, lottery, count = self.wishes, self.standing, self.lottery, self.count
        room, held = self.room, self.held
        wish = 0
        mine, seen, number = wishes[student], standing[student], lottery[student]
        while wish < len(mine):
            offer = mine[wish]
            entry = -(seen[wish] * count + number)
            if room[offer]:
                room[offer] -= 1
                heappush(held[offer], entry)
                at[student] = wish
                return
            if held[offer] and held[offer][0] < entry:
                out = heapreplace(held[offer], entry)
                at[student] = wish
                student = self.drawn[-out % count]
                mine, seen, number = wishes[student], standing[student], lottery[student]
                wish = at[student]
            wish += 1
        at[student] = wish


class _Capped:
    """Groups, offers and hosts have room for so many each; the innermost full one decides who has to leave."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.held: dict[tuple[int, int, int], list[tuple[int, int, int]]] = {}
        self.count: dict[tuple[int, int, int], int] = {}
        self.sits: dict[int, int] = {}

    def come(self, student: int, at: list[int]) -> None:
        """Let a student ask, and whoever is pushed out by that, until nobody is left asking."""
        asking, wish = student, 0
        while asking != NOBODY:
            at[asking] = wish
            if wish == len(self.problem.wishes[asking]):
                return
            asking = self._sit_down(asking, wish)
            wish = at[asking] + 1

    def _sit_down(self, student: int, wish: int) -> int:
        """Seat the student if there is room or somebody weaker; return who must ask on, the student too."""
        problem = self.problem
        rooms = problem.rooms(student, problem.wishes[student][wish])
        full = next((room for room in rooms if self.count.get(room, 0) >= problem.room_of(room)), None)
        out, entry = NOBODY, (-problem.order(student, wish), student, wish)
        if full is not None:
            weakest = self._weakest(full)
            if weakest is None or weakest > entry:
                return student
            out = weakest[1]
            self._leave(out, weakest[2])
        self.sits[student] = wish
        for room in rooms:
            self.count[room] = self.count.get(room, 0) + 1
            heappush(self.held.setdefault(room, []), entry)
        return out

    def _weakest(self, room: tuple[int, int, int]) -> tuple[int, int, int] | None:
        """Return the entry of the weakest who sits there; who has gone meanwhile is swept away."""
        held = self.held.get(room, [])
        while held and self.sits.get(held[0][1]) != held[0][2]:
            heappop(held)
        return held[0] if held else None

    def _leave(self, student: int, wish: int) -> None:
        del self.sits[student]
        for room in self.problem.rooms(student, self.problem.wishes[student][wish]):
            self.count[room] -= 1


# -- fewest without a place ---------------------------------------------------------------------------------------


def has_flow() -> bool:
    """Say whether the library is installed that ``fewest_without`` needs."""
    return importlib.util.find_spec(LIBRARY) is not None


def fewest_without(problem: Problem, weights: Sequence[int] = (), *, seconds: float = MOST_SECONDS) -> list[int]:
    """Return for each student the number of the wish that comes true, or ``NOBODY``; the sum of ranks is lowest.

    ``weights[s]`` says for whom to have a place counts more, all alike if there are none; nobody is left out for it
    alone. It is a linear programme whose rows lie within each other, so that its answer is whole. Raises
    ``TimeoutError`` after so many seconds.
    """
    lines = _Lines.of(problem)
    chosen = [NOBODY] * len(problem.wishes)
    if not lines.students:
        return chosen
    highs = importlib.import_module(LIBRARY)
    solver = highs.Highs()
    # One thread and one seed: the same answer each time.
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "solver": "simplex", "time_limit": float(seconds)}
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(_programme(highs, problem, lines, weights))
    solver.run()
    if solver.getModelStatus() != highs.HighsModelStatus.kOptimal:
        raise TimeoutError
    for student, wish, share in zip(lines.students, lines.wishes, solver.getSolution().col_value, strict=True):
        if share > 1 / 2:
            chosen[student] = wish
    return chosen


@dataclass(slots=True)
class _Lines:
    """One column a wish: whose, which, and the rows in which it counts."""

    students: list[int] = field(default_factory=list)
    wishes: list[int] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, problem: Problem) -> "_Lines":
        """Number the rows: one for each student, then one for each room that somebody wants."""
        lines = cls(limits=[1] * len(problem.wishes))
        numbers: dict[tuple[int, int, int], int] = {}
        for student, wishes in enumerate(problem.wishes):
            for wish, offer in enumerate(wishes):
                rows = [student]
                for room in problem.rooms(student, offer):
                    if room not in numbers:
                        numbers[room] = len(lines.limits)
                        lines.limits.append(problem.room_of(room))
                    rows.append(numbers[room])
                lines.students.append(student)
                lines.wishes.append(wish)
                lines.rows.append(rows)
        return lines


def _programme(highs: Any, problem: Problem, lines: _Lines, weights: Sequence[int]) -> Any:
    # To place one more is worth more than the best that all others can lose in their lists.
    worth = len(problem.wishes) * (1 + max(map(len, problem.wishes)))
    ends = list(accumulate(map(len, lines.rows), initial=0))
    found = highs.HighsLp()
    found.num_col_, found.num_row_ = len(lines.students), len(lines.limits)
    found.col_cost_ = [
        float(wish - worth * (weights[student] if weights else 1))
        for student, wish in zip(lines.students, lines.wishes, strict=True)
    ]
    found.col_lower_, found.col_upper_ = [0.0] * found.num_col_, [1.0] * found.num_col_
    found.row_lower_, found.row_upper_ = [-highs.kHighsInf] * found.num_row_, [float(most) for most in lines.limits]
    found.a_matrix_.format_ = highs.MatrixFormat.kColwise
    found.a_matrix_.start_, found.a_matrix_.index_ = ends, list(chain.from_iterable(lines.rows))
    found.a_matrix_.value_ = [1.0] * ends[-1]
    return found


# -- what is left -------------------------------------------------------------------------------------------------


def fill_up(
    problem: Problem, chosen: Sequence[int], turns: Sequence[int], liked: Callable[[int], Sequence[int]]
) -> dict[int, int]:
    """Give who has no wish come true a seat that is left; returns student to offer.

    ``turns`` are the students in the order in which they choose, ``liked(student)`` the offers that fit one, the best
    fitting first.
    """
    count: dict[tuple[int, int, int], int] = {}
    for student, wish in enumerate(chosen):
        if wish != NOBODY:
            for room in problem.rooms(student, problem.wishes[student][wish]):
                count[room] = count.get(room, 0) + 1
    found: dict[int, int] = {}
    for student in (one for one in turns if chosen[one] == NOBODY):
        for offer in liked(student):
            rooms = problem.rooms(student, offer)
            if all(count.get(room, 0) < problem.room_of(room) for room in rooms):
                found[student] = offer
                for room in rooms:
                    count[room] = count.get(room, 0) + 1
                break
    return found
