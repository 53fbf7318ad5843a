"""Days and hours read the same way in every language."""

import datetime as dt

import pytest
from django.utils import formats, translation

MOMENT = dt.datetime(2026, 4, 3, 15, 4)  # noqa: DTZ001 - only how it is written matters


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "3 April 2026, 15:04", "3 Apr 2026"),
        ("sw", "3 Aprili 2026, 15:04", "3 Apr 2026"),
        ("ar", "3 إبريل 2026، 15:04", "3 إبريل 2026"),
    ],
)
def test_the_day_stands_before_the_month_and_hours_run_to_24(language, long, short):
    with translation.override(language):
        assert formats.date_format(MOMENT, "DATETIME_FORMAT") == long
        assert formats.date_format(MOMENT, "SHORT_DATE_FORMAT") == short
