import datetime as dt
from zoneinfo import ZoneInfo

import icalendar
import pytest

from portal.kernel.calendars import Meeting, calendar_of

DAR = ZoneInfo("Africa/Dar_es_Salaam")
BERLIN = ZoneInfo("Europe/Berlin")


def meeting(**values) -> Meeting:
    usual = {
        "uid": "interview-7@portal.example",
        "sequence": 1,
        "at": dt.datetime(2026, 7, 14, 9, 30, tzinfo=DAR),
        "minutes": 45,
        "title": "Interview: Fitter · Kilimanjaro Tools",
        "where": "Gate 3; ask for Mr. Temba, please",
        "host": "Kilimanjaro Tools",
        "host_email": "portal@university.example",
    }
    return Meeting(**{**usual, **values})


def read(text: str):
    """Read it with a reader that is not ours, and return calendar and event."""
    calendar = icalendar.Calendar.from_ical(text)
    assert [part.name for part in calendar.subcomponents] == ["VEVENT"]
    return calendar, calendar.subcomponents[0]


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        (dt.datetime(2026, 7, 14, 9, 30, tzinfo=DAR), "20260714T063000Z"),
        (dt.datetime(2026, 7, 14, 9, 30, tzinfo=dt.UTC), "20260714T093000Z"),
        # The hour before and the hour after clocks go back: the same time on the wall, an hour apart.
        (dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0), "20261025T003000Z"),
        (dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), "20261025T013000Z"),
        (dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.timezone(-dt.timedelta(hours=3))), "20270101T023000Z"),
    ],
)
def test_calendar_file_says_the_moment_in_utc(at, utc):
    text = calendar_of(meeting(at=at))
    assert f"DTSTART:{utc}\r\n" in text
    assert ("TZID" in text, "VTIMEZONE" in text) == (False, False)


def test_calendar_file_holds_all_that_was_agreed():
    calendar, event = read(calendar_of(meeting(page="https://portal.example/applications/7/")))
    assert (calendar["version"], calendar["method"], event["status"]) == ("2.0", "PUBLISH", "CONFIRMED")
    assert (event["uid"], event["sequence"]) == ("interview-7@portal.example", 1)
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(minutes=45)
    assert event["location"] == "Gate 3; ask for Mr. Temba, please"
    assert event["summary"] == "Interview: Fitter · Kilimanjaro Tools"
    assert event["url"] == "https://portal.example/applications/7/"
    assert (event["organizer"], event["organizer"].params["cn"]) == (
        "mailto:portal@university.example",
        "Kilimanjaro Tools",
    )


def test_calendar_file_that_calls_off_is_the_same_meeting_with_a_higher_number():
    _calendar, event = read(calendar_of(meeting()))
    off, gone = read(calendar_of(meeting(sequence=2), called_off=True))
    assert (off["method"], gone["status"]) == ("CANCEL", "CANCELLED")
    assert (gone["uid"], gone["sequence"] > event["sequence"]) == (event["uid"], True)


@pytest.mark.parametrize(
    "words",
    [
        "Room 4\r\nATTENDEE:mailto:evil@other.example",
        "Room 4\nBEGIN:VALARM\nACTION:PROCEDURE\nEND:VALARM",
        "غرفة ٤ " * 60,
        'a,b;c\\d:e"f',
    ],
)
def test_calendar_file_carries_words_of_people_as_words(words):
    _calendar, event = read(calendar_of(meeting(where=words, title=words, host=words.replace("\r", " "))))
    assert event["location"] == words.replace("\r\n", "\n")
    assert (event.subcomponents, "attendee" in event) == ([], False)


def test_calendar_file_without_a_place_has_none():
    _calendar, event = read(calendar_of(meeting(where="")))
    assert ("location" in event, "url" in event) == (False, False)
