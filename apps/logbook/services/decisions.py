"""What supervisors decide about a week: one transaction, only about what they saw."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.applications.permissions import is_industrial_supervisor, is_university_supervisor
from apps.applications.services.supervisors import release_supervisor
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.selectors import Seen
from apps.logbook.services.at_once import WeekKey, check_week, move_all
from apps.logbook.services.entries import clean_text
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed
from portal.kernel.fsm import BulkResult, perform, perform_many
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
    report_back = clean_text(decision.report_back, field="reason", most=2000)
    back = {pk: clean_text(reason, field="reason", most=2000) for pk, reason in decision.send_back.items()}
    with transaction.atomic():
        placement = Placement.objects.prefetch_related("supervisors").get(pk=placement.pk)
        if not is_industrial_supervisor(placement, actor):  # type: ignore[arg-type] # the system supervises nobody
            raise NotAllowed
        check_week(WeekKey(placement.pk, monday, decision.seen), ChainState.SUBMITTED)
        logs = list(DailyLog.objects.filter(pk__in=list(decision.seen.days)))
        reports = list(WeeklyReport.objects.filter(pk__in=list(decision.seen.reports)))
        _keep_comment(comment, logs, reports)
        approved = [log.pk for log in logs if log.pk not in back]
        returned = [log.pk for log in logs if log.pk in back]
        reports_back = reports if report_back else []
        how: dict[str, Any] = {"actor": actor, "via": via}
        move_all(DailyLog, approved, "verify", **how)
        for reason, pks in _by_reason({pk: back[pk] for pk in returned}).items():
            move_all(DailyLog, pks, "request_revision", reason=reason, **how)
        move_all(WeeklyReport, [row.pk for row in reports if row not in reports_back], "verify", **how)
        move_all(WeeklyReport, [row.pk for row in reports_back], "request_revision", reason=report_back, **how)
    return Decided(len(approved), len(returned), len(reports) - len(reports_back), len(reports_back))


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


# -- the university -----------------------------------------------------------------------------------------------


def flag_week(placement: Placement, monday: dt.date, seen: Seen, *, actor: User, reason: str) -> Decided:
    """Flag what was seen of a week to the coordinators, with a reason; days and report together.

    Raises ``Stale``, ``NotAllowed``, and ``RuleViolation`` ``nothing_waits`` or ``reason_needed``.
    """
    reason = clean_text(reason, field="reason", most=2000)
    with transaction.atomic():
        placement = Placement.objects.prefetch_related("supervisors").get(pk=placement.pk)
        if not is_university_supervisor(placement, actor):
            raise NotAllowed
        check_week(WeekKey(placement.pk, monday, seen), ChainState.VERIFIED_INDUSTRY)
        move_all(DailyLog, list(seen.days), "flag", actor=actor, reason=reason)
        move_all(WeeklyReport, list(seen.reports), "flag", actor=actor, reason=reason)
    return Decided(days=len(seen.days), reports=len(seen.reports))


# -- a report as a program sees it: without a page that showed its days -----------------------------------------------

# Where the days stand that go with a report.
WITH_DAYS: Final = {
    "verify": ChainState.SUBMITTED,
    "validate": ChainState.VERIFIED_INDUSTRY,
    "flag": ChainState.VERIFIED_INDUSTRY,
}


def move_report_with_days(
    report: WeeklyReport, name: str, *, actor: User, reason: str = "", expected_version: int | None = None
) -> WeeklyReport:
    """Make a move of ``WITH_DAYS`` with a report and the days of its week that wait for the same.

    The report moves or nothing does. Raises what ``perform`` raises.
    """
    with transaction.atomic():
        perform(report, name, actor=actor, reason=reason, via="api", expected_version=expected_version)
        _move_days([report.pk], name, actor=actor, reason=reason)
    return report


def move_reports_with_days(reports: QuerySet[WeeklyReport], name: str, *, actor: User, reason: str = "") -> BulkResult:
    """Make a move of ``WITH_DAYS`` with many reports, each with its days; the result is that of the reports."""
    with transaction.atomic():
        result = perform_many(reports, name, actor=actor, reason=reason, via="api")
        _move_days(result.moved, name, actor=actor, reason=reason)
    return result


def _move_days(reports: Sequence[int], name: str, *, actor: User, reason: str) -> None:
    week = WeeklyReport.objects.filter(
        pk__in=list(reports), placement=OuterRef("placement"), week_start=OuterRef("week_start")
    )
    days = DailyLog.objects.filter(Exists(week), is_current=True, state=WITH_DAYS[name])
    perform_many(days.order_by("day", "pk"), name, actor=actor, reason=reason, via="api")


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
