"""Who looks after whom: students shared out evenly among supervisors, one town to one person.

Plain data in and out. Evenly means that those who get somebody end at most one apart, what each has already counted
in; who has more than that already gets nobody.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Trainee:
    """A student to be looked after: where, and the department or company whose people may do it (``pool``)."""

    key: int
    town: str
    pool: int
    programme: int | None = None


@dataclass(frozen=True)
class Supervisor:
    """Somebody who may look after the students of a pool, with how many there are already and where."""

    key: int
    pool: int
    load: int = 0
    towns: frozenset[str] = field(default_factory=frozenset)
    programmes: frozenset[int] = field(default_factory=frozenset)


def share_out(trainees: Sequence[Trainee], staff: Sequence[Supervisor]) -> dict[int, int]:
    """Return the supervisor's key for each trainee's; trainees for whom nobody is there are left out.

    Towns with many students come first, so that each is visited by few. Among those below the ceiling goes first who
    has somebody in the town, then who has somebody of the programme, then who has the fewest. The order of the
    sequences decides nothing: equal ones go by key.
    """
    by_pool: dict[int, list[Supervisor]] = defaultdict(list)
    for person in staff:
        by_pool[person.pool].append(person)
    waiting: dict[int, list[Trainee]] = defaultdict(list)
    for one in trainees:
        waiting[one.pool].append(one)
    found: dict[int, int] = {}
    for pool, people in sorted(by_pool.items()):
        found |= _share_in(waiting[pool], people)
    return found


def _share_in(trainees: Sequence[Trainee], staff: Sequence[Supervisor]) -> dict[int, int]:
    loads = {person.key: person.load for person in staff}
    towns = {person.key: set(person.towns) for person in staff}
    programmes = {person.key: set(person.programmes) for person in staff}
    ceiling, last = _ceiling(list(loads.values()), len(trainees))
    size: dict[str, int] = defaultdict(int)
    for one in trainees:
        size[one.town] += 1
    found: dict[int, int] = {}
    for one in sorted(trainees, key=lambda one: (-size[one.town], one.town, one.programme or 0, one.key)):
        free = [key for key, load in loads.items() if load < (ceiling if last else ceiling - 1)]
        best = min(
            free,
            key=lambda key: (
                not one.town or one.town not in towns[key],
                one.programme not in programmes[key],
                loads[key],
                key,
            ),
        )
        found[one.key] = best
        loads[best] += 1
        last -= loads[best] == ceiling
        towns[best].add(one.town)
        if one.programme is not None:
            programmes[best].add(one.programme)
    return found


def _ceiling(loads: list[int], more: int) -> tuple[int, int]:
    """Return the smallest load at which all the new ones have found room, and how many people get as far as that."""

    def room(below: int) -> int:
        return sum(max(0, below - load) for load in loads)

    ceiling = max(1, -(-more // len(loads)))
    while room(ceiling) < more:
        ceiling += 1
    while ceiling > 1 and room(ceiling - 1) >= more:
        ceiling -= 1
    return ceiling, more - room(ceiling - 1)
