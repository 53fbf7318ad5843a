"""What of applications and placements stands in a person's calendar."""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.applications.selectors import applications_visible_to, placements_visible_to
from apps.applications.services.interviews import meeting_facts, meeting_from
from apps.applications.states import ApplicationState, PlacementState
from portal.kernel.calendars import Entry, calendar_source

BACK: Final = dt.timedelta(days=90)
MOST: Final = 500


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "practicum"


@calendar_source
def interviews(person: User) -> Iterator[Entry]:
    """Yield the interviews that are agreed, of one's own applications and of those at one's company."""
    agreed = applications_visible_to(person).filter(
        interview_at__gte=timezone.now() - BACK, state__in=ApplicationState.undecided()
    )
    concerned = agreed.filter(student=person) | agreed.filter(vacancy__company__members__user=person)
    for row in concerned.distinct().select_related("vacancy__company").order_by("pk")[:MOST]:
        meeting = meeting_from(meeting_facts(row))
        until = meeting.at + dt.timedelta(minutes=meeting.minutes)
        yield Entry(meeting.uid, meeting.at, until, meeting.title, meeting.where, sequence=meeting.sequence)


@calendar_source
def trainings(person: User) -> Iterator[Entry]:
    """Yield the days of one's own settled places."""
    rows = placements_visible_to(person).filter(enrolment__student=person, state__in=PlacementState.settled())
    for row in rows.select_related("company").order_by("pk")[:MOST]:
        yield Entry(
            uid=f"placement-{row.pk}@{_host()}",
            start=row.start,
            end=row.end,
            title=_("Training: %(company)s") % {"company": row.company.name},
            where=row.site_address,
            page=settings.SITE_URL + reverse("my_placement"),
            sequence=row.version,
        )
