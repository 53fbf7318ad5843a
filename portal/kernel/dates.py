"""Days: which are worked, why one is not, and how weeks are counted.

Public holidays come from the ``holidays`` package by the country's ISO code. Holidays that follow the moon are its
estimates and are marked so in their names; a cohort enters what the country has decided as a free day of its own.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import holidays
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.kernel.errors import Text

MONDAY_TO_SATURDAY = frozenset(range(6))
A_WEEK = dt.timedelta(days=7)


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of the week of a day."""
    return day - dt.timedelta(days=day.weekday())


def week_number(day: dt.date, first_day: dt.date) -> int:
    """Return the number of the day's week, counted from 1 in the week of ``first_day``; 0 and less before it."""
    return (monday_of(day) - monday_of(first_day)).days // 7 + 1


def days_between(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """Yield every day from ``start`` to ``end``, both included."""
    for number in range((end - start).days + 1):
        yield start + dt.timedelta(days=number)


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int, language: str) -> Mapping[dt.date, str]:
    spoken = next((name for name in _languages(country) if name.partition("_")[0] == language), None)
    try:
        return dict(holidays.country_holidays(country, years=year, language=spoken))
    except NotImplementedError:
        # A country that the package does not know has the cohort's own free days only.
        return {}


@lru_cache(maxsize=256)
def _languages(country: str) -> tuple[str, ...]:
    return tuple(holidays.list_localized_countries().get(country, ()))


def public_holiday(day: dt.date, country: str) -> str:
    """Return the name of the public holiday, in the active language where the package has it, else the empty text."""
    language = (get_language() or "en").partition("-")[0]
    return _public_holidays(country, day.year, language).get(day, "") if country else ""


@dataclass(frozen=True)
class Calendar:
    """The days of work of a group: ``weekdays`` count from 0, Monday; ``free_days`` maps further free days to names."""

    weekdays: Collection[int] = MONDAY_TO_SATURDAY
    country: str = ""
    free_days: Mapping[dt.date, str] = field(default_factory=dict)

    def is_working(self, day: dt.date) -> bool:
        """Say whether the day is one of work."""
        if day.weekday() not in self.weekdays or day in self.free_days:
            return False
        return not public_holiday(day, self.country)

    def working_days(self, start: dt.date, end: dt.date) -> list[dt.date]:
        """Return the days of work from ``start`` to ``end``, both included, in order."""
        return [day for day in days_between(start, end) if self.is_working(day)]

    def closed_reason(self, day: dt.date) -> Text:
        """Say in words why the day is free; the empty text for a day of work. The group's own name for it wins."""
        if name := self.free_days.get(day) or public_holiday(day, self.country):
            return _("%(day)s is free: %(name)s.") % {"day": date_format(day, "j F"), "name": name}
        if day.weekday() not in self.weekdays:
            return _("%(weekday)s is not a working day.") % {"weekday": date_format(day, "l")}
        return ""


def working_days(
    start: dt.date,
    end: dt.date,
    weekdays: Collection[int] = MONDAY_TO_SATURDAY,
    country: str = "",
    extra_free_days: Mapping[dt.date, str] | None = None,
) -> list[dt.date]:
    """Return the days of work from ``start`` to ``end``, both included; see ``Calendar``."""
    return Calendar(weekdays, country, extra_free_days or {}).working_days(start, end)
