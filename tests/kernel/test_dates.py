import datetime as dt

import pytest
from django.utils import translation

from portal.kernel.dates import Calendar, days_between, monday_of, public_holiday, week_number, working_days

MONDAY = dt.date(2026, 7, 6)
SABASABA = dt.date(2026, 7, 7)


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


@pytest.mark.parametrize("number", range(7))
def test_every_day_of_a_week_has_the_same_monday(number):
    assert monday_of(day(number)) == MONDAY


@pytest.mark.parametrize(
    ("first_day", "expected"),
    [(MONDAY, 1), (day(6), 1), (day(-1), 2), (day(-7), 2), (day(7), 0), (day(14), -1)],
)
def test_weeks_count_from_the_week_of_the_first_day(first_day, expected):
    assert week_number(day(3), first_day) == expected


def test_days_between_are_both_included_and_none_backwards():
    assert list(days_between(day(0), day(2))) == [day(0), day(1), day(2)]
    assert list(days_between(day(2), day(0))) == []


def test_working_days_are_monday_to_saturday_without_holidays_and_free_days():
    assert working_days(MONDAY, day(13)) == [day(n) for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12)]
    assert working_days(MONDAY, day(6), {0, 1, 2}, "TZ", {day(2): "Open day"}) == [MONDAY]


def test_a_country_that_nobody_knows_has_no_public_holidays():
    assert public_holiday(SABASABA, "XX") == ""
    assert public_holiday(SABASABA, "") == ""


def test_a_holiday_is_named_in_the_language_of_the_page_where_there_is_one():
    with translation.override("en"):
        english = public_holiday(SABASABA, "TZ")
    with translation.override("sw"):
        swahili = public_holiday(SABASABA, "TZ")
    with translation.override("ar"):
        other = public_holiday(SABASABA, "TZ")
    with translation.override(None):
        unset = public_holiday(SABASABA, "TZ")
    assert (english, swahili, other, unset) == ("International Trade Fair", "Sabasaba", "Sabasaba", english)


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (MONDAY, ""),
        (day(6), "Sunday is not a working day."),
        (SABASABA, "7 July is free: International Trade Fair."),
        (day(2), "8 July is free: Graduation."),
        (day(13), "19 July is free: Graduation."),
    ],
)
def test_the_reason_why_a_day_is_free_is_said_in_words(when, reason):
    calendar = Calendar(range(6), "TZ", {day(2): "Graduation", day(13): "Graduation"})
    with translation.override("en"):
        assert calendar.closed_reason(when) == reason
        assert calendar.is_working(when) == (reason == "")
