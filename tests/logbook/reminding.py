"""Days around a Monday without holidays, and what has been told on them."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.logbook.models import Reminder

# A Monday without holidays near it.
MONDAY = dt.date(2026, 7, 13)
FIRST = dt.date(2026, 7, 1)


def day(number: int) -> dt.date:
    """Return a day of the week of MONDAY: 0 is the Monday itself."""
    return MONDAY + dt.timedelta(days=number)


def at(date: dt.date, hour: int = 7) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time(hour)))


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, today: dt.date) -> None:
    of = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda moment=None: today if moment is None else of(moment))


def sent() -> list[tuple[str, str, dt.date]]:
    return list(Reminder.objects.order_by("on", "pk").values_list("kind", "level", "on"))
