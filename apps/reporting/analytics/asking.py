"""What is asked: a period, what it is narrowed to, and by what it is broken down."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.applications.models import Placement

# As a choice of the form, where the empty text stands for "all".
NO_REGION: Final = "-"


class Breakdown(models.TextChoices):
    """By what figures are broken down; a placement belongs to exactly one group."""

    COHORT = "cohort", _("Cohort")
    DEPARTMENT = "department", _("Department")
    SECTOR = "sector", _("Sector")
    REGION = "region", _("Region")

    @property
    def path(self) -> str:
        """The lookup from a placement to its group."""
        return PATHS[self]


PATHS: Final = {
    Breakdown.COHORT: "enrolment__cohort",
    Breakdown.DEPARTMENT: "enrolment__cohort__department",
    Breakdown.SECTOR: "company__industry_type",
    Breakdown.REGION: "company__region",
}


class Comparison(models.TextChoices):
    """With which other period figures are compared."""

    NONE = "", pgettext_lazy("comparison", "None")
    YEAR = "year", _("The same a year before")
    BEFORE = "before", _("As many days before")


@dataclass(frozen=True)
class Period:
    """Days from ``start`` to ``end``, both included."""

    start: dt.date
    end: dt.date

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """The first moment of the period and the first after it, by the clock of the portal."""
        after = self.end + dt.timedelta(days=1)
        first, last = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (self.start, after))
        return first, last

    @property
    def is_calendar_year(self) -> bool:
        """Whether it is exactly one year from its first day to its last."""
        return (self.start, self.end) == (dt.date(self.start.year, 1, 1), dt.date(self.start.year, 12, 31))

    def other(self, comparison: Comparison) -> "Period | None":
        """Return the period with which this one is compared."""
        if comparison == Comparison.YEAR:
            return Period(_a_year_before(self.start), _a_year_before(self.end))
        if comparison == Comparison.BEFORE:
            end = self.start - dt.timedelta(days=1)
            return Period(end - (self.end - self.start), end)
        return None


def this_year() -> Period:
    """Return the calendar year in which we are."""
    year = timezone.localdate().year
    return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))


def _a_year_before(day: dt.date) -> dt.date:
    """Return the same day a year before; the 28th of February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class Asked:
    """One question; an empty ``region`` is any, ``NO_REGION`` those companies that name none."""

    period: Period
    cohort: int | None = None
    department: int | None = None
    sector: str = ""
    region: str = ""
    by: Breakdown | None = None

    def of(self, placements: QuerySet[Placement]) -> QuerySet[Placement]:
        """Return the placements to which the question is narrowed, whenever they were."""
        wanted: dict[str, Any] = {
            PATHS[Breakdown.COHORT]: self.cohort,
            PATHS[Breakdown.DEPARTMENT]: self.department,
            PATHS[Breakdown.SECTOR]: self.sector,
            PATHS[Breakdown.REGION]: self.region,
        }
        chosen = {path: "" if value == NO_REGION else value for path, value in wanted.items() if value}
        return placements.filter(**chosen).order_by()

    def in_period(self, period: Period) -> "Asked":
        """Return the same question about another period."""
        return replace(self, period=period)

    def of_rest(self) -> "Asked | None":
        """Return the question as it may be asked about the rest of the university, if it may.

        Only about whole calendar years, and about all sectors and regions: from answers about sets that differ by a
        few students one could work out what is true of these few.
        """
        if self.sector or self.region or not self.period.is_calendar_year:
            return None
        return Asked(self.period)
