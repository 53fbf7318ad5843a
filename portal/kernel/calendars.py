"""Calendar files (RFC 5545, 5546): one meeting, said, said again with changes, or called off.

Times are written in UTC: every program shows them in the zone of whoever looks, and no file has to carry the rules of
a zone that a government may change before the day. The same ``uid`` with a higher ``sequence`` replaces what a
calendar holds already.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Practicum//Calendar//EN"


@dataclass(frozen=True)
class Meeting:
    """One meeting: ``where`` is a place or the link of a call, ``host`` a name and ``host_email`` its address."""

    uid: str
    sequence: int
    at: dt.datetime
    minutes: int
    title: str
    where: str
    host: str
    host_email: str
    page: str = ""


def calendar_of(meeting: Meeting, *, called_off: bool = False) -> str:
    """Return the text of the calendar file.

    Published, not requested: an answer to an invitation would be a mail to the portal, which nobody reads.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method_of(called_off=called_off))
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", timezone.now().astimezone(dt.UTC))
    start = meeting.at.astimezone(dt.UTC)
    event.add("dtstart", start)
    event.add("dtend", start + dt.timedelta(minutes=meeting.minutes))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if called_off else "CONFIRMED")
    if meeting.where:
        event.add("location", meeting.where)
    if meeting.page:
        event.add("url", meeting.page)
    host = vCalAddress(f"mailto:{meeting.host_email}")
    host.params["cn"] = vText(meeting.host)
    event["organizer"] = host
    calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def method_of(*, called_off: bool) -> str:
    """Return the word that says what a calendar shall do with the file."""
    return "CANCEL" if called_off else "PUBLISH"


# -- a whole calendar ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One line of a calendar: from ``start`` to ``end``, which belongs to it where both are days."""

    uid: str
    start: dt.date | dt.datetime
    end: dt.date | dt.datetime
    title: str
    where: str = ""
    page: str = ""
    sequence: int = 0


type Source = Callable[[Any], Iterable[Entry]]
_sources: list[Source] = []


def calendar_source(function: Source) -> Source:
    """Register what an app has to say in a person's calendar; it reads within the person's rights."""
    _sources.append(function)
    return function


def entries_of(person: Any) -> list[Entry]:
    """Return all lines of the person's calendar."""
    return [entry for source in _sources for entry in source(person)]


def feed_of(entries: Iterable[Entry]) -> str:
    """Return the text of a calendar to which programs subscribe."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Practicum")
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    text: str = calendar.to_ical().decode()
    return text


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", timezone.now().astimezone(dt.UTC))
    for name, moment in (("dtstart", entry.start), ("dtend", entry.end)):
        if isinstance(moment, dt.datetime):
            event.add(name, moment.astimezone(dt.UTC))
        else:
            # The end of a day is written as the day after it.
            event.add(name, moment + dt.timedelta(days=name == "dtend"))
    event.add("summary", entry.title)
    if entry.where:
        event.add("location", entry.where)
    if entry.page:
        event.add("url", entry.page)
    return event
