"""What the scores of several reviewers say together: pure functions on numbers. No ORM, no Django.

A score orders a pile of papers for people who then decide; nothing is decided or sorted out by it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

LOWEST: Final = 1
HIGHEST: Final = 5


@dataclass(frozen=True, slots=True)
class Score:
    """How one reviewer sees one criterion, with the weight that the criterion has now."""

    reviewer: int
    weight: int
    value: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """``mean`` over the reviewers' weighted means; ``low`` and ``high`` are the furthest of these; ``spread`` between.

    Each reviewer counts once, however many criteria the reviewer has filled in.
    """

    mean: float
    low: float
    high: float
    reviewers: int

    @property
    def spread(self) -> float:
        """How far the reviewers are apart."""
        return self.high - self.low


def means_of(scores: Iterable[Score]) -> Mapping[int, float]:
    """Return each reviewer's weighted mean."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for score in scores:
        sums[score.reviewer][0] += score.weight * score.value
        sums[score.reviewer][1] += score.weight
    return {reviewer: points / weight for reviewer, (points, weight) in sums.items()}


def verdict_of(scores: Iterable[Score]) -> Verdict | None:
    """Return what all reviewers say together; None where nobody has said anything."""
    means = means_of(scores).values()
    if not means:
        return None
    return Verdict(sum(means) / len(means), min(means), max(means), len(means))
