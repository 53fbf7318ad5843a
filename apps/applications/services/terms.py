"""What the days and shares of a placement must keep to."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from portal.kernel.errors import RuleViolation

WHOLE: Final = 100


@dataclass(frozen=True)
class Terms:
    """When and what; the days are the cohort's unless said otherwise, ``share`` is in per cent of the week."""

    start: dt.date | None = None
    end: dt.date | None = None
    share: int = WHOLE
    site_address: str = ""
    task: str = ""


def check_dates(placement: Placement) -> None:
    """Refuse days in the wrong order (``dates_wrong``)."""
    if placement.end < placement.start:
        raise RuleViolation("dates_wrong", _("The last day lies before the first."), field="end")


def check_terms(placement: Placement) -> None:
    """Refuse what cannot be: ``dates_wrong``, ``share_wrong``, ``placed_there_already`` or ``no_time_left``."""
    check_dates(placement)
    if not 1 <= placement.share <= WHOLE:
        raise RuleViolation("share_wrong", _("The share is a number from 1 to 100 per cent."), field="share")
    here = _same_days(placement).filter(company=placement.company, state__in=PlacementState.alive())
    if here.exists():
        raise RuleViolation("placed_there_already", _("The student has a place at this company in these days."))
    check_time_left(placement)


def check_time_left(placement: Placement) -> None:
    """Refuse a place that makes more than a whole week of some day, with the other settled ones (``no_time_left``).

    The sum of shares can only rise on a first day, so only those are looked at.
    """
    others = list(_same_days(placement).filter(state__in=PlacementState.settled()))
    for day in sorted({max(placement.start, other.start) for other in others}):
        taken = sum(other.share for other in others if other.start <= day <= other.end)
        if taken + placement.share > WHOLE:
            raise RuleViolation("no_time_left", _no_time(day, taken, placement.share), field="share")


def _no_time(day: dt.date, taken: int, share: int) -> str:
    words = _(
        "On %(day)s other places take %(taken)d %% of the student's week; with %(share)d %% more it is over 100 %%."
        " Lower the shares, or change the days."
    )
    return str(words) % {"day": date_format(day, "j F Y"), "taken": taken, "share": share}


def _same_days(placement: Placement) -> QuerySet[Placement]:
    others = Placement.objects.filter(enrolment=placement.enrolment).exclude(pk=placement.pk)
    return others.filter(start__lte=placement.end, end__gte=placement.start)
