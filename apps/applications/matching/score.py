"""How well a place suits a student, in points with reasons: pure functions on dataclasses.

The points order students who want the same place. They rest on what the student has said and what the place asks for;
neither marks, nor gender, nor the name of anybody plays a part.
"""

from dataclasses import dataclass
from typing import Final

from apps.applications.matching.features import Common

BEST: Final = 1000
FAR_KM: Final = 300
SKILLS, REGION, MEANING = "skills", "region", "meaning"
NEAR: Final = "near"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; a part about which nothing is known counts nothing, and the others more."""

    skills: int = 5
    region: int = 3
    meaning: int = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in short: ``code`` says which sentence, ``facts`` what stands in it."""

    code: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Points from 0 to 1000, and what has spoken for the pair."""

    points: int
    reasons: tuple[Reason, ...]


DEFAULT: Final = Weights()


def score_of(common: Common, weights: Weights = DEFAULT, *, wishes_region: bool = False) -> Score:
    """Return the points of a pair: the weighted mean of what is known about it.

    ``wishes_region`` says that the student has named a region, so that another one counts as 0 and not as unknown.
    """
    parts: list[tuple[int, float]] = []
    reasons: list[Reason] = []
    if common.asked:
        parts.append((weights.skills, len(common.skills) / common.asked))
        if common.skills:
            reasons.append(Reason(SKILLS, common.skills))
    if wishes_region:
        parts.append((weights.region, _nearness(common)))
        if common.same_region:
            reasons.append(Reason(REGION))
        elif common.km is not None and common.km < FAR_KM:
            reasons.append(Reason(NEAR, (str(round(common.km)),)))
    if common.closeness is not None:
        parts.append((weights.meaning, common.closeness))
        reasons.append(Reason(MEANING))
    total = sum(weight for weight, _part in parts)
    points = round(BEST * sum(weight * part for weight, part in parts) / total) if total else 0
    return Score(points, tuple(reasons))


def _nearness(common: Common) -> float:
    if common.same_region:
        return 1.0
    return 0.0 if common.km is None else max(0.0, 1 - common.km / FAR_KM)


def standing_of(score: Score, *, first: bool) -> int:
    """Return how the rules see a student at a place, lower is better: who comes first, then who has more points."""
    return (0 if first else BEST + 1) + BEST - score.points
