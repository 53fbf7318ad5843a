"""What supervisors decide about a week: one transaction, only about what they saw."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.applications.permissions import is_industrial_supervisor, is_university_supervisor
from apps.applications.services.supervisors import release_supervisor
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.models.chain import ChainModel
from apps.logbook.selectors import Seen
from apps.logbook.services.entries import clean_text
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import BulkResult, perform_many
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from portal.kernel.access import Actor


@dataclass(frozen=True)
class WeekDecision:
    """What an industrial supervisor says about a week.

    ``seen`` are the days and the report as they were shown; all of them are approved but those in ``send_back``
    (key of a day to the reason) and, with ``report_back``, the report.
    """

    seen: Seen
    send_back: Mapping[int, str] = field(default_factory=dict)
    report_back: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Decided:
    """What came of it: how many days were approved or validated, how many went back, and the same of reports."""

    days: int = 0
    days_back: int = 0
    reports: int = 0
    reports_back: int = 0


def verify_week(
    placement: Placement, monday: dt.date, decision: WeekDecision, *, actor: "Actor", via: str = ""
) -> Decided:
    """Approve what the supervisor saw of a week and send back what is marked, all or nothing.

    What the student sent after the page was shown waits for another look. Raises ``Stale`` if anything of what was
    seen has changed, ``NotAllowed`` for who does not supervise the placement, and ``RuleViolation``
    ``nothing_waits`` or ``reason_needed``.
    """
    comment = clean_text(decision.comment, field="comment", most=2000)
    back = {pk: clean_text(reason, field="reason", most=2000) for pk, reason in decision.send_back.items()}
    with transaction.atomic():
        placement = Placement.objects.prefetch_related("supervisors").get(pk=placement.pk)
        if not is_industrial_supervisor(placement, actor):  # type: ignore[arg-type] # the system supervises nobody
            raise NotAllowed
        logs = _as_seen(DailyLog, decision.seen.days, placement, monday, ChainState.SUBMITTED)
        reports = _as_seen(WeeklyReport, decision.seen.reports, placement, monday, ChainState.SUBMITTED)
        if not logs and not reports:
            raise RuleViolation("nothing_waits", _("Nothing of this week waits for you any more."))
        _keep_comment(comment, logs, reports)
        approved = [log.pk for log in logs if log.pk not in back]
        returned = [log.pk for log in logs if log.pk in back]
        reports_back = reports if decision.report_back.strip() else []
        _move(DailyLog, approved, "verify", actor, via)
        for reason, pks in _by_reason({pk: back[pk] for pk in returned}).items():
            _move(DailyLog, pks, "request_revision", actor, via, reason)
        _move(WeeklyReport, [row.pk for row in reports if row not in reports_back], "verify", actor, via)
        _move(WeeklyReport, [row.pk for row in reports_back], "request_revision", actor, via, decision.report_back)
    return Decided(len(approved), len(returned), len(reports) - len(reports_back), len(reports_back))


def _as_seen[M: ChainModel](
    model: type[M], seen: Mapping[int, int], placement: Placement, monday: dt.date, state: str
) -> list[M]:
    """Lock the rows that were seen and return them; ``Stale`` if one of them is not what it was."""
    rows = model._default_manager.select_for_update(of=("self",)).filter(
        pk__in=list(seen), placement=placement, week_start=monday, state=state
    )
    found: list[M] = list(rows.order_by("pk"))
    if {row.pk: row.version for row in found} != dict(seen):
        raise Stale("stale", _("Something of this week has changed meanwhile. Look at it again before you decide."))
    return found


def _keep_comment(comment: str, logs: Sequence[DailyLog], reports: Sequence[WeeklyReport]) -> None:
    """Write the comment to the report, or to the week's last day where the student wrote no report."""
    if not comment:
        return
    if reports:
        WeeklyReport.objects.filter(pk=reports[0].pk).update(host_comment=comment)
    else:
        last = max(logs, key=lambda log: log.day)
        DailyLog.objects.filter(pk=last.pk).update(host_comment=comment)


def _by_reason(reasons: Mapping[int, str]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for pk, reason in reasons.items():
        grouped[reason].append(pk)
    return grouped


def _move(
    model: type[DailyLog | WeeklyReport], pks: Iterable[int], name: str, actor: "Actor", via: str, reason: str = ""
) -> BulkResult:
    """Move all of these rows or raise what keeps the first one from moving."""
    rows = model._default_manager.filter(pk__in=list(pks))
    result = perform_many(rows, name, actor=actor, reason=reason, via=via)
    for refusal in result.refused:
        raise RuleViolation(refusal.code, refusal.message)
    return result


# -- the university -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeekKey:
    """A week of a placement with what was seen of it."""

    placement_id: int
    monday: dt.date
    seen: Seen


@dataclass(frozen=True)
class ValidatedWeeks:
    """What came of validating many weeks: the sum, and the weeks that were refused with the reason."""

    weeks: int
    days: int
    refused: list[tuple[WeekKey, RuleViolation]]


def validate_weeks(keys: Sequence[WeekKey], *, actor: User) -> ValidatedWeeks:
    """Validate whole weeks in one go: each week as it was seen or not at all, one update for all of them.

    Weeks that have changed meanwhile come back in ``refused``. Raises ``NotAllowed`` if a week is not of a student
    whom the actor supervises for the university.
    """
    ready: list[WeekKey] = []
    refused: list[tuple[WeekKey, RuleViolation]] = []
    with transaction.atomic():
        placements = Placement.objects.prefetch_related("supervisors").in_bulk({key.placement_id for key in keys})
        for key in keys:
            placement = placements.get(key.placement_id)
            if placement is None or not is_university_supervisor(placement, actor):
                raise NotAllowed
            try:
                _check_seen(key, placement)
            except RuleViolation as error:
                refused.append((key, error))
            else:
                ready.append(key)
        days = [pk for key in ready for pk in key.seen.days]
        _move(DailyLog, days, "validate", actor, "")
        _move(WeeklyReport, [pk for key in ready for pk in key.seen.reports], "validate", actor, "")
    return ValidatedWeeks(len(ready), len(days), refused)


def _check_seen(key: WeekKey, placement: Placement) -> None:
    _as_seen(DailyLog, key.seen.days, placement, key.monday, ChainState.VERIFIED_INDUSTRY)
    _as_seen(WeeklyReport, key.seen.reports, placement, key.monday, ChainState.VERIFIED_INDUSTRY)
    if not key.seen:
        raise RuleViolation("nothing_waits", _("Nothing of this week waits for you any more."))


def flag_week(placement: Placement, monday: dt.date, seen: Seen, *, actor: User, reason: str) -> Decided:
    """Flag what was seen of a week to the coordinators, with a reason; days and report together.

    Raises ``Stale``, ``NotAllowed``, and ``RuleViolation`` ``nothing_waits`` or ``reason_needed``.
    """
    reason = clean_text(reason, field="reason", most=2000)
    with transaction.atomic():
        placement = Placement.objects.prefetch_related("supervisors").get(pk=placement.pk)
        if not is_university_supervisor(placement, actor):
            raise NotAllowed
        _check_seen(WeekKey(placement.pk, monday, seen), placement)
        _move(DailyLog, seen.days, "flag", actor, "", reason)
        _move(WeeklyReport, seen.reports, "flag", actor, "", reason)
    return Decided(days=len(seen.days), reports=len(seen.reports))


# -- not my trainee -----------------------------------------------------------------------------------------------


def disown_trainee(placement: Placement, *, actor: User) -> None:
    """Take somebody's word that this is not the own trainee: the supervision ends, the coordinators are told.

    Raises ``NotAllowed`` for who does not supervise the placement in the company.
    """
    with transaction.atomic():
        rows = placement.supervisors.select_for_update().filter(
            user=actor, kind=SupervisorKind.INDUSTRIAL, is_active=True
        )
        row = rows.first()
        if row is None:
            raise NotAllowed
        # The person gives up only the own right, which nobody else needs to allow.
        release_supervisor(row, actor=SYSTEM)
        enqueue(
            "logbook.tell_trainee_disowned",
            {"supervision_id": row.pk},
            dedupe_key=f"trainee_disowned:{row.pk}:{row.updated_at.isoformat()}",
        )
