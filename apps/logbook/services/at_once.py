"""Many weeks decided in one go: each as it was seen or not at all, with the same few statements however many."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.applications.permissions import is_industrial_supervisor, is_university_supervisor
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.models.chain import ChainModel
from apps.logbook.selectors import Seen
from apps.logbook.states import ChainState
from portal.kernel.bulk import among
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import perform_many

NOTHING_WAITS: Final = _("Nothing of this week waits for you any more.")
CHANGED: Final = _("Something of this week has changed meanwhile. Look at it again before you decide.")

type _Found = dict[int, tuple[int, dt.date, int]]


@dataclass(frozen=True)
class WeekKey:
    """A week of a placement with what was seen of it."""

    placement_id: int
    monday: dt.date
    seen: Seen


@dataclass(frozen=True)
class DecidedWeeks:
    """What came of deciding many weeks: the sums, and the weeks that were refused with the reason."""

    weeks: int
    days: int
    refused: list[tuple[WeekKey, RuleViolation]]


def verify_weeks(keys: Sequence[WeekKey], *, actor: User) -> DecidedWeeks:
    """Approve whole weeks of own trainees in one go; see ``validate_weeks``."""
    return _decide(keys, "verify", ChainState.SUBMITTED, is_industrial_supervisor, actor)


def validate_weeks(keys: Sequence[WeekKey], *, actor: User) -> DecidedWeeks:
    """Validate whole weeks in one go: each week as it was seen or not at all, one update for all of them.

    Weeks that have changed meanwhile come back in ``refused``. Raises ``NotAllowed`` if a week is not of a student
    whom the actor supervises for the university.
    """
    return _decide(keys, "validate", ChainState.VERIFIED_INDUSTRY, is_university_supervisor, actor)


def _decide(
    keys: Sequence[WeekKey], move: str, state: str, supervises: Callable[[Placement, Any], bool], actor: User
) -> DecidedWeeks:
    with transaction.atomic():
        placements = Placement.objects.prefetch_related("supervisors").in_bulk({key.placement_id for key in keys})
        if not all(key.placement_id in placements and supervises(placements[key.placement_id], actor) for key in keys):
            raise NotAllowed
        days = _locked(DailyLog, [pk for key in keys for pk in key.seen.days], state)
        reports = _locked(WeeklyReport, [pk for key in keys for pk in key.seen.reports], state)
        judged = [(key, refusal_of(key, days, reports)) for key in keys]
        ready = [key for key, refusal in judged if refusal is None]
        moved = list(chain.from_iterable(key.seen.days for key in ready))
        move_all(DailyLog, moved, move, actor=actor)
        move_all(WeeklyReport, list(chain.from_iterable(key.seen.reports for key in ready)), move, actor=actor)
    return DecidedWeeks(len(ready), len(moved), [(key, refusal) for key, refusal in judged if refusal is not None])


def check_week(key: WeekKey, state: str) -> None:
    """Lock what was seen of a week; raise ``Stale`` or ``RuleViolation`` ``nothing_waits`` where it is not so now."""
    days = _locked(DailyLog, list(key.seen.days), state)
    refusal = refusal_of(key, days, _locked(WeeklyReport, list(key.seen.reports), state))
    if refusal is not None:
        raise refusal


def _locked(model: type[ChainModel], pks: list[int], state: str) -> _Found:
    """Lock the rows that are in this state, in one order, so that two who decide at once never wait in a circle."""
    if not pks:
        return {}
    rows = model._default_manager.select_for_update(of=("self",)).filter(among(pks), state=state, is_current=True)
    found = rows.order_by("pk").values_list("pk", "placement_id", "week_start", "version")
    return {pk: (placement, monday, version) for pk, placement, monday, version in found}


def refusal_of(key: WeekKey, days: _Found, reports: _Found) -> RuleViolation | None:
    """Return why the week cannot be decided as it was seen, None if it can."""
    if not key.seen:
        return RuleViolation("nothing_waits", NOTHING_WAITS)
    pairs = [(days, key.seen.days), (reports, key.seen.reports)]
    same = all(
        found.get(pk) == (key.placement_id, key.monday, version)
        for found, seen in pairs
        for pk, version in seen.items()
    )
    return None if same else Stale("stale", CHANGED)


def move_all(
    model: type[DailyLog | WeeklyReport],
    pks: Sequence[int],
    name: str,
    *,
    actor: Any,
    via: str = "",
    reason: str = "",
) -> None:
    """Move all of these rows or raise what keeps the first one from moving."""
    if not pks:
        return
    rows = model._default_manager.filter(among(list(pks)))
    result = perform_many(rows, name, actor=actor, reason=reason, via=via)
    for refusal in result.refused:
        raise RuleViolation(refusal.code, refusal.message)
