"""The sums behind figures about trainings, and which questions are asked: pure functions."""

import datetime as dt
from collections import Counter

import pytest

from apps.reporting.analytics.asking import Asked, Breakdown, Comparison, Period
from apps.reporting.analytics.report import Cell
from apps.reporting.analytics.tallies import Unit, mean, percentile, ratio, share, share_column

YEAR = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    ("value", "tally", "expected"),
    [
        (percentile(50), {}, None),
        (percentile(50), {3: 1}, 3),
        (percentile(50), {1: 1, 2: 1, 9: 1}, 2),
        (percentile(50), {1: 2, 9: 2}, 1),
        (percentile(90), {0: 9, 7: 1}, 0),
        (percentile(90), {0: 8, 7: 2}, 7),
        (percentile(90), {2: 0, 5: 1}, 5),
        (share("a"), {"a": 1, "b": 3}, 25),
        (share("c"), {"a": 1}, 0),
        (share("a"), {}, None),
        (ratio("done", "required"), {"done": 80, "required": 320}, 25),
        (ratio("done", "required"), {"done": 80}, None),
        (mean, {5: 1, 2: 2}, 3),
        (mean, {}, None),
    ],
)
def test_figures_of_tallies(value, tally, expected):
    assert value(Counter(tally)) == expected


@pytest.mark.parametrize(
    ("tally", "telling"),
    [
        ({True: 5, False: 5}, False),
        ({True: 4, False: 9}, True),
        ({True: 9, False: 4}, True),
        ({True: 9}, True),
    ],
)
def test_a_share_is_telling_when_one_side_is_smaller_than_five(tally, telling):
    assert share_column("", True).is_telling(Counter(tally)) is telling


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(Unit.PERCENT, 66.6), "67 %"),
        (Cell(Unit.DAYS, 12.0), "12"),
        (Cell(Unit.STARS, 4.25), "4.2"),
        (Cell(Unit.DAYS, None), "–"),
        (Cell(Unit.DAYS, 12.0, hidden=True), "fewer than five"),
    ],
)
def test_text_of_a_cell(cell, text):
    assert cell.text == text


@pytest.mark.parametrize(
    ("start", "end", "comparison", "expected"),
    [
        ("2025-01-01", "2025-12-31", Comparison.NONE, None),
        ("2025-01-01", "2025-12-31", Comparison.YEAR, ("2024-01-01", "2024-12-31")),
        ("2024-02-29", "2024-03-31", Comparison.YEAR, ("2023-02-28", "2023-03-31")),
        ("2025-03-01", "2025-03-10", Comparison.BEFORE, ("2025-02-19", "2025-02-28")),
    ],
)
def test_the_other_period(start, end, comparison, expected):
    period = Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    other = period.other(comparison)
    assert (other and (other.start.isoformat(), other.end.isoformat())) == expected


@pytest.mark.parametrize(
    ("asked", "may"),
    [
        (Asked(YEAR), True),
        (Asked(YEAR, cohort=7, department=3, by=Breakdown.COHORT), True),
        (Asked(YEAR, sector="ENERGY"), False),
        (Asked(YEAR, region="Mwanza"), False),
        (Asked(Period(YEAR.start, dt.date(2025, 12, 30))), False),
        (Asked(Period(dt.date(2024, 1, 1), YEAR.end)), False),
    ],
)
def test_the_rest_answers_only_for_whole_years_without_filters(asked, may):
    assert asked.of_rest() == (Asked(YEAR) if may else None)
