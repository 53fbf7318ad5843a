"""How a run turned out, to be laid beside another one: pure functions on dataclasses."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

# Of fewer than so many nothing is said: a mean of three people tells about each of them.
LEAST_OF_GROUP: Final = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one student: ``rank`` of the wish that came true from 1, 0 for a place nobody wished for."""

    programme: str
    gender: str
    rank: int | None

    @property
    def has_place(self) -> bool:
        """Whether there is one at all."""
        return self.rank is not None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One programme or gender: how many, how many in a hundred with a place and with the first wish, the mean rank."""

    name: str
    count: int
    placed: float
    first: float
    mean_rank: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A whole run. ``by_rank[r]`` counts who got wish ``r``; 0 stands for places that nobody wished for."""

    count: int
    placed: int
    unplaced: int
    mean_rank: float | None
    by_rank: dict[int, int]
    programmes: tuple[GroupFigures, ...]
    genders: tuple[GroupFigures, ...]
    gap: float


def figures_of(outcomes: Sequence[Outcome]) -> Figures:
    """Return the figures. ``gap`` is the widest distance in per cent placed between two programmes or two genders."""
    programmes = _groups((one.programme, one) for one in outcomes)
    genders = _groups((one.gender, one) for one in outcomes if one.gender)
    placed = sum(one.has_place for one in outcomes)
    return Figures(
        count=len(outcomes),
        placed=placed,
        unplaced=len(outcomes) - placed,
        mean_rank=_mean_rank(outcomes),
        by_rank=dict(sorted(Counter(one.rank for one in outcomes if one.rank is not None).items())),
        programmes=programmes,
        genders=genders,
        gap=max(_width(programmes), _width(genders)),
    )


def _groups(pairs: Iterable[tuple[str, Outcome]]) -> tuple[GroupFigures, ...]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for name, outcome in pairs:
        found[name].append(outcome)
    return tuple(_group(name, rows) for name, rows in sorted(found.items()) if len(rows) >= LEAST_OF_GROUP)


def _group(name: str, rows: Sequence[Outcome]) -> GroupFigures:
    return GroupFigures(
        name=name,
        count=len(rows),
        placed=_per_cent(sum(row.has_place for row in rows), len(rows)),
        first=_per_cent(sum(row.rank == 1 for row in rows), len(rows)),
        mean_rank=_mean_rank(rows),
    )


def _mean_rank(rows: Sequence[Outcome]) -> float | None:
    ranks = [row.rank for row in rows if row.rank]
    return round(sum(ranks) / len(ranks), 2) if ranks else None


def _per_cent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


def _width(groups: Sequence[GroupFigures]) -> float:
    shares = [group.placed for group in groups]
    return round(max(shares) - min(shares), 1) if shares else 0.0
