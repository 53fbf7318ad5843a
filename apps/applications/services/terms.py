"""What the days and shares of a placement must keep to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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


def check_terms(placement: Placement, among: Iterable[Placement] | None = None) -> None:
    """Refuse what cannot be: ``dates_wrong``, ``share_wrong``, ``placed_there_already`` or ``no_time_left``.

    ``among`` are the student's placements where they are read already.
    """
    check_dates(placement)
    if not 1 <= placement.share <= WHOLE:
        raise RuleViolation("share_wrong", _("The share is a number from 1 to 100 per cent."), field="share")
    others = _same_days(placement, among)
    if any(row.company_id == placement.company_id and row.state in PlacementState.alive() for row in others):
        raise RuleViolation("placed_there_already", _("The student has a place at this company in these days."))
    _check_time(placement, others)


def check_time_left(placement: Placement) -> None:
    """Refuse a place that makes more than a whole week of some day, with the other settled ones (``no_time_left``).

    The sum of shares can only rise on a first day, so only those are looked at.
    """
    _check_time(placement, _same_days(placement))


def _check_time(placement: Placement, others: list[Placement]) -> None:
    others = [other for other in others if other.state in PlacementState.settled()]
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


def _same_days(placement: Placement, among: Iterable[Placement] | None = None) -> list[Placement]:
    rows = Placement.objects.filter(enrolment=placement.enrolment) if among is None else among
    return [row for row in rows if row.pk != placement.pk and row.start <= placement.end and row.end >= placement.start]
