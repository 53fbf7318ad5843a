"""How much of what a student wrote came from AI help, for who reads it."""

from dataclasses import dataclass
from typing import Final

from apps.ai.selectors import Share, shares_of
from apps.logbook.selectors.waiting import Week

DAY: Final = "logbook.day"
WEEK: Final = "logbook.week"
TEXTS_OF_WEEK: Final = ("summary", "main_job_title", "main_job_detail")


@dataclass(frozen=True)
class WeekShares:
    """By key of the day and of the report; what no help touched is not in it."""

    days: dict[int, Share]
    reports: dict[int, Share]


def shares_of_week(week: Week) -> WeekShares:
    """Return the shares of a week's texts, with two queries at most."""
    days = shares_of(DAY, {log.pk: {"text": log.text} for log in week.logs})
    report = week.report
    if report is None:
        return WeekShares(days, {})
    return WeekShares(days, shares_of(WEEK, {report.pk: {name: getattr(report, name) for name in TEXTS_OF_WEEK}}))
