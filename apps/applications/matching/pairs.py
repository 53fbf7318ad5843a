"""Two who want to be near each other: a soft wish, looked after when everybody has an answer. Pure functions.

A pair is moved only to seats that nobody holds, among the wishes of both: nobody else loses anything by it, and none
of the two loses a place. What a pair leaves goes to those who wished for it more than for what they have. There is no
promise of stability for pairs, and the sum of ranks may grow by them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from apps.applications.matching.allocate import NOBODY, Problem

type Pair = tuple[int, int]
type Near = Callable[[int, int], bool]


def pairs_of(named: Mapping[int, int]) -> list[Pair]:
    """Return those who have named each other, the lower number first."""
    return sorted((one, other) for one, other in named.items() if one < other and named.get(other) == one)


def bring_together(problem: Problem, chosen: Sequence[int], pairs: Iterable[Pair], near: Near) -> list[int]:
    """Return the wishes that come true once pairs are moved near each other where seats are left for it.

    ``near`` says so of two offers. Of all ways to be near each other a pair gets the one with the lowest sum of ranks;
    pairs choose in the order of the lottery. A pair of which one has no place, or that is near already, stays.
    """
    pairs = sorted(pairs, key=lambda pair: min(problem.lottery[one] for one in pair))
    table = _Table(problem, chosen, {one for pair in pairs for one in pair})
    for one, other in pairs:
        if NOBODY not in (table.at[one], table.at[other]) and not near(table.offer(one), table.offer(other)):
            table.join(one, other, near)
    return table.at


class _Table:
    """Who sits where, with room for more; ``kept`` are not moved for what others leave."""

    def __init__(self, problem: Problem, chosen: Sequence[int], kept: set[int]) -> None:
        self.problem, self.kept = problem, kept
        self.at = [NOBODY] * len(chosen)
        self.count: Counter[tuple[int, int, int]] = Counter()
        self.wishers: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for student, wish in enumerate(chosen):
            if wish != NOBODY:
                self._sit(student, wish)
        if kept:
            for student, mine in enumerate(problem.wishes):
                for wish, offer in enumerate(mine):
                    self.wishers[offer].append((problem.order(student, wish), student, wish))
            for wishers in self.wishers.values():
                wishers.sort()

    def offer(self, student: int) -> int:
        """Return what a student has."""
        return self.problem.wishes[student][self.at[student]]

    def join(self, one: int, other: int, near: Near) -> None:
        """Seat the two near each other if there is room, and let others have what they leave."""
        before = self.at[one], self.at[other]
        left = self.offer(one), self.offer(other)
        self._leave(one)
        self._leave(other)
        mine, yours = self.problem.wishes[one], self.problem.wishes[other]
        ways = product(range(len(mine)), range(len(yours)))
        for a, b in sorted(ways, key=lambda way: (sum(way), max(way))):
            if near(mine[a], yours[b]) and self._sit_both(one, a, other, b):
                break
        else:
            self._sit_both(one, before[0], other, before[1])
            return
        for offer in left:
            self._pass_on(offer)

    def _pass_on(self, offer: int) -> None:
        """Give a seat that is free to the first by the rules who would rather have it, then the seat that this leaves.

        It ends: each time somebody has something better than before.
        """
        free = [offer]
        while free:
            seat = free.pop()
            for _order, student, wish in self.wishers[seat]:
                has = self.at[student]
                if has != NOBODY and (has <= wish or student in self.kept):
                    continue
                left = [] if has == NOBODY else [self.offer(student)]
                if self._move(student, wish):
                    free += left
                    break

    def _move(self, student: int, wish: int) -> bool:
        """Seat a student elsewhere if there is room; what the student leaves counts as room."""
        has = self.at[student]
        if has != NOBODY:
            self._leave(student)
        if self._sit(student, wish):
            return True
        if has != NOBODY:
            self._sit(student, has)
        return False

    def _sit_both(self, one: int, a: int, other: int, b: int) -> bool:
        if not self._sit(one, a):
            return False
        if self._sit(other, b):
            return True
        self._leave(one)
        return False

    def _sit(self, student: int, wish: int) -> bool:
        rooms = self.problem.rooms(student, self.problem.wishes[student][wish])
        if any(self.count[room] >= self.problem.room_of(room) for room in rooms):
            return False
        self.at[student] = wish
        self.count.update(rooms)
        return True

    def _leave(self, student: int) -> None:
        self.count.subtract(self.problem.rooms(student, self.offer(student)))
        self.at[student] = NOBODY
