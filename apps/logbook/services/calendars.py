"""What of the logbook stands in a person's calendar."""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.logbook.selectors import assessments_awaiting, visits_visible_to
from portal.kernel.calendars import Entry, calendar_source

BACK: Final = dt.timedelta(days=90)
MOST: Final = 500


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "practicum"


@calendar_source
def visits(person: User) -> Iterator[Entry]:
    """Yield the visits that the person makes."""
    rows = visits_visible_to(person).filter(visitor=person, planned_on__gte=timezone.localdate() - BACK)
    for row in rows.select_related("placement__company", "placement__enrolment__student").order_by("pk")[:MOST]:
        place = row.placement
        yield Entry(
            uid=f"visit-{row.pk}@{_host()}",
            start=row.planned_on,
            end=row.planned_on,
            title=_("Visit: %(student)s") % {"student": place.enrolment.student},
            where=", ".join(filter(None, [place.company.name, place.site_address or place.company.address])),
            page=settings.SITE_URL + reverse("visit_list"),
        )


@calendar_source
def forms_to_fill_in(person: User) -> Iterator[Entry]:
    """Yield the last day of trainees whose form the person has to fill in."""
    rows = assessments_awaiting(person)
    for row in rows.select_related("rubric", "placement__enrolment__student")[:MOST]:
        yield Entry(
            uid=f"assessment-{row.pk}@{_host()}",
            start=row.placement.end,
            end=row.placement.end,
            title=_("%(form)s: %(student)s") % {"form": row.rubric.title, "student": row.placement.enrolment.student},
            page=settings.SITE_URL + reverse("assessment_edit", args=[row.pk]),
        )
