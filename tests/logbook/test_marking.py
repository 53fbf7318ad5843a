from decimal import Decimal

import pytest

from apps.logbook.marking import FinalMark, Part, Question, Work, final_mark, mark_of
from apps.logbook.services.marks import reasons_of
from apps.logbook.states import MarkRuleKind, MarkStatus

FULL = Work(hours=Decimal(320), required_hours=320, visits=2)


@pytest.mark.parametrize(
    ("questions", "mark"),
    [
        ([], None),
        ([Question(None, 5, 1)], None),
        ([Question(Decimal(5), 5, 0)], None),
        ([Question(Decimal(0), 5, 1)], Decimal("0.00")),
        ([Question(Decimal(5), 5, 1), Question(Decimal(0), 5, 3)], Decimal("25.00")),
        ([Question(Decimal("2.5"), 5, 1), Question(None, 5, 9)], Decimal("50.00")),
        ([Question(Decimal(1), 3, 1)], Decimal("33.33")),
        ([Question(Decimal(2), 3, 1)], Decimal("66.67")),
        ([Question(Decimal(1), 8, 1), Question(Decimal(1), 16, 1)], Decimal("9.38")),  # 9.375: half goes up
    ],
)
def test_mark_is_the_weighted_mean_of_what_was_answered(questions, mark):
    assert mark_of(questions) == mark


PARTS = [Part("Host", 60, Decimal(80)), Part("Report", 40, Decimal(50))]


@pytest.mark.parametrize(
    ("parts", "work", "rules", "expected"),
    [
        (PARTS, FULL, {}, FinalMark(Decimal("68.00"), MarkStatus.FINAL)),
        (
            [*PARTS, Part("Extra", 100, None, is_required=False)],
            FULL,
            {},
            FinalMark(Decimal("68.00"), MarkStatus.FINAL),
        ),
        (
            [Part("Host", 30, Decimal(80)), Part("Report", 20, Decimal(50))],
            FULL,
            {},
            FinalMark(Decimal("68.00"), MarkStatus.FINAL),
        ),
        ([*PARTS, Part("Talk", 10, None)], FULL, {}, FinalMark(None, MarkStatus.INCOMPLETE, ("Talk",))),
        ([], FULL, {}, FinalMark(None, MarkStatus.INCOMPLETE)),
        ([Part("Host", 0, Decimal(80))], FULL, {}, FinalMark(None, MarkStatus.INCOMPLETE)),
        (
            [Part("Host", 60, Decimal(39), zero_below=Decimal(40))],
            FULL,
            {},
            FinalMark(Decimal("0.00"), MarkStatus.ZERO, ("Host",)),
        ),
        (
            [Part("Host", 60, Decimal(40), zero_below=Decimal(40))],
            FULL,
            {},
            FinalMark(Decimal("40.00"), MarkStatus.FINAL),
        ),
        (
            PARTS,
            Work(Decimal(159), 320),
            {"zero_hours": Decimal(50)},
            FinalMark(Decimal("0.00"), MarkStatus.ZERO, ("zero_hours",)),
        ),
        (PARTS, Work(Decimal(160), 320), {"zero_hours": Decimal(50)}, FinalMark(Decimal("68.00"), MarkStatus.FINAL)),
        (PARTS, Work(Decimal(0), 0), {"zero_hours": Decimal(100)}, FinalMark(Decimal("68.00"), MarkStatus.FINAL)),
        (
            PARTS,
            Work(Decimal(100), 320, visits=1, open_days=3),
            {
                "incomplete_hours": Decimal(80),
                "incomplete_visits": Decimal(2),
                "incomplete_days": Decimal(2),
                "zero_hours": Decimal(50),
            },
            FinalMark(None, MarkStatus.INCOMPLETE, ("incomplete_hours", "incomplete_visits", "incomplete_days")),
        ),
        (
            PARTS,
            Work(Decimal(256), 320, visits=2, open_days=2),
            {"incomplete_hours": Decimal(80), "incomplete_visits": Decimal(2), "incomplete_days": Decimal(2)},
            FinalMark(Decimal("68.00"), MarkStatus.FINAL),
        ),
    ],
)
def test_final_mark_is_incomplete_before_zero_before_the_mean(parts, work, rules, expected):
    assert final_mark(parts, work, rules) == expected


def test_reasons_are_words_that_fit_beside_a_mark():
    missing = FinalMark(None, MarkStatus.INCOMPLETE, ("Report", "Logbook", MarkRuleKind.INCOMPLETE_DAYS.value))
    failed = FinalMark(Decimal(0), MarkStatus.ZERO, ("Report", MarkRuleKind.ZERO_HOURS.value))
    assert reasons_of(missing) == ["Without a mark: Report, Logbook", "days not validated"]
    assert reasons_of(failed) == ["Too low: Report", "too few hours"]
    assert reasons_of(FinalMark(Decimal(71), MarkStatus.FINAL)) == []
