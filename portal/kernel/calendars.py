"""Calendar files (RFC 5545, 5546): one meeting, said, said again with changes, or called off.

Times are written in UTC: every program shows them in the zone of whoever looks, and no file has to carry the rules of
a zone that a government may change before the day. The same ``uid`` with a higher ``sequence`` replaces what a
calendar holds already.
"""

import datetime as dt
from dataclasses import dataclass

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
