"""Runs of an allocation side by side: their figures as columns of one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.states import Gender
from apps.applications.models import AllocationRun


@dataclass(frozen=True)
class RunColumn:
    """One run; ``best`` are the names of the figures in which no other run of the table is better."""

    run: AllocationRun
    figures: dict[str, Any]
    ranks: list[tuple[int, int]]
    filled: int
    genders: list[dict[str, Any]]
    best: frozenset[str]


def columns_of(runs: Sequence[AllocationRun]) -> list[RunColumn]:
    """Return a column for each run; beside a single one nothing is called the best."""
    lowest: dict[str, float] = {}
    for name in ("unplaced", "mean_rank", "gap"):
        values = [run.result[name] for run in runs if run.result.get(name) is not None]
        if len(values) > 1 and min(values) != max(values):
            lowest[name] = min(values)
    longest = max((int(rank) for run in runs for rank in run.result.get("by_rank", {})), default=0)
    return [_column(run, lowest, longest) for run in runs]


def _column(run: AllocationRun, lowest: dict[str, float], longest: int) -> RunColumn:
    by_rank = {int(rank): count for rank, count in run.result.get("by_rank", {}).items()}
    words = {str(key): str(label) for key, label in Gender.choices}
    genders = [{**one, "name": words.get(one["name"], one["name"])} for one in run.result.get("genders", [])]
    return RunColumn(
        run=run,
        figures=run.result,
        ranks=[(rank, by_rank.get(rank, 0)) for rank in range(1, longest + 1)],
        filled=by_rank.get(0, 0),
        genders=genders,
        best=frozenset(name for name, value in lowest.items() if run.result.get(name) == value),
    )
