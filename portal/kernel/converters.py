"""Kinds of values in addresses."""

import datetime as dt

from django.urls import register_converter


class DayConverter:
    """A day as ``2026-07-13``; an address with a day that does not exist matches nothing.

    Only the years 2000 to 2199: with them the days and weeks around every day exist too.
    """

    regex = r"2[01]\d{2}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Return the day. Raises ``ValueError``, which Django takes for no match."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        """Return the address part."""
        return value.isoformat()


register_converter(DayConverter, "day")
