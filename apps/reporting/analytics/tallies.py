"""Sums that can be added up, and the figures that are made of them: pure functions."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.kernel.errors import Text

type Tally = Counter[Hashable]
type Value = Callable[[Tally], float | None]

SMALLEST_GROUP: Final = 5
HUNDRED: Final = 100


class Unit(StrEnum):
    """In what a figure is given."""

    PERCENT = "%"
    DAYS = "d"
    STARS = "*"


@dataclass(frozen=True)
class Column:
    """One figure of a measure. ``part`` names what a share is a share of, where that is a number of placements."""

    title: Text
    unit: Unit
    value: Value
    part: Hashable = None

    def is_telling(self, tally: Tally) -> bool:
        """Say whether the share names fewer than five, on its one side or on the other."""
        if self.part is None:
            return False
        mine = tally[self.part]
        return min(mine, tally.total() - mine) < SMALLEST_GROUP


def added(tallies: "dict[Hashable, Tally]") -> Tally:
    """Return the sum of all groups."""
    total: Tally = Counter()
    for tally in tallies.values():
        total.update(tally)
    return total


def percentile(percent: int) -> Value:
    """Return the smallest value that so many per cent do not pass; the tally counts how often each value occurs."""

    def value(tally: Tally) -> float | None:
        # Nearest rank, in whole numbers: a rounding error would take the next value.
        rank, seen = -(-tally.total() * percent // HUNDRED), 0
        for one, times in sorted(tally.items()):
            seen += times
            if times and seen >= rank:
                return float(one)  # type: ignore[arg-type] # tallies of percentiles have numbers as keys
        return None

    return value


def share(part: Hashable) -> Value:
    """Return how many per cent of all one part is."""
    return lambda tally: HUNDRED * tally[part] / whole if (whole := tally.total()) else None


def ratio(part: Hashable, of: Hashable) -> Value:
    """Return one sum in per cent of another."""
    return lambda tally: float(HUNDRED * tally[part] / tally[of]) if tally[of] else None


def mean(tally: Tally) -> float | None:
    """Return the mean of the values that the tally counts."""
    count = tally.total()
    return sum(one * times for one, times in tally.items()) / count if count else None  # type: ignore[operator, misc] # as above


def share_column(title: Text, part: Hashable) -> Column:
    """Return the column of a share of placements."""
    return Column(title, Unit.PERCENT, share(part), part)
