"""What answers are worth, and what follows from all marks of a student: pure functions on plain values.

Marks are in per cent with two decimal places, rounded half up, as a gradebook does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from apps.logbook.states import MarkRuleKind, MarkStatus

HUNDRED: Final = Decimal(100)
CENT: Final = Decimal("0.01")


def rounded(mark: Decimal) -> Decimal:
    """Return the mark with two decimal places."""
    return mark.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Question:
    """One question that counts: the points given of the most possible, None where it was left out."""

    points: Decimal | None
    most: int
    weight: int


def mark_of(questions: Sequence[Question]) -> Decimal | None:
    """Return the weighted mean of the answered questions in per cent; None where nothing that counts was answered."""
    answered = [(q.points, q.most, q.weight) for q in questions if q.points is not None and q.weight]
    weights = sum(weight for _points, _most, weight in answered)
    if not weights:
        return None
    parts = (points / most * weight for points, most, weight in answered)
    return rounded(sum(parts, Decimal(0)) * HUNDRED / weights)


@dataclass(frozen=True)
class Part:
    """One rubric's part of the final mark; ``mark`` is None until it was sent."""

    title: str
    weight: int
    mark: Decimal | None
    is_required: bool = True
    zero_below: Decimal | None = None


@dataclass(frozen=True)
class Work:
    """What a student did: hours that the company verified, visits made, sent days that are not validated."""

    hours: Decimal
    required_hours: int
    visits: int = 0
    open_days: int = 0

    @property
    def hours_share(self) -> Decimal:
        """The verified hours in per cent of the required ones; all where none are required."""
        return self.hours * HUNDRED / self.required_hours if self.required_hours else HUNDRED


@dataclass(frozen=True)
class FinalMark:
    """The mark, what it is worth, and why: ``reasons`` are titles of rubrics or kinds of rules."""

    mark: Decimal | None
    status: MarkStatus
    reasons: tuple[str, ...] = ()


def final_mark(parts: Sequence[Part], work: Work, rules: Mapping[str, Decimal]) -> FinalMark:
    """Return the final mark: incomplete before zero before the weighted mean.

    Incomplete wins, because what is missing may still change everything. Weights count relative to their sum over the
    parts that have a mark, so a form that is not needed and was not filled in does not pull the mark down.
    """
    missing = [part.title for part in parts if part.is_required and part.mark is None]
    missing += [kind for kind in _broken(work, rules) if kind != MarkRuleKind.ZERO_HOURS]
    marked = [(part, part.mark) for part in parts if part.mark is not None and part.weight]
    weights = sum(part.weight for part, _mark in marked)
    if missing or not weights:
        return FinalMark(None, MarkStatus.INCOMPLETE, tuple(missing))
    failed = [part.title for part in parts if _is_below(part)]
    failed += [kind for kind in _broken(work, rules) if kind == MarkRuleKind.ZERO_HOURS]
    if failed:
        return FinalMark(rounded(Decimal(0)), MarkStatus.ZERO, tuple(failed))
    mean = sum((mark * part.weight for part, mark in marked), Decimal(0)) / weights
    return FinalMark(rounded(mean), MarkStatus.FINAL)


def _is_below(part: Part) -> bool:
    return part.zero_below is not None and part.mark is not None and part.mark < part.zero_below


def _broken(work: Work, rules: Mapping[str, Decimal]) -> list[str]:
    """Return the kinds of the rules that the work does not meet."""
    # What is at least to be reached; days that are open are counted the other way round.
    reached = {
        MarkRuleKind.ZERO_HOURS: work.hours_share,
        MarkRuleKind.INCOMPLETE_HOURS: work.hours_share,
        MarkRuleKind.INCOMPLETE_VISITS: Decimal(work.visits),
    }
    broken = [kind.value for kind, value in reached.items() if kind in rules and value < rules[kind]]
    if work.open_days > rules.get(MarkRuleKind.INCOMPLETE_DAYS, work.open_days):
        broken.append(MarkRuleKind.INCOMPLETE_DAYS.value)
    return broken
