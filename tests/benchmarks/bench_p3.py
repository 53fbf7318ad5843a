"""P3, one move with many logs: ``perform_many`` beside the single statement that the database could do by itself.

Parts: ``statement`` is approving N days, with rights, history and the outbox row, beside UPDATE … RETURNING -> INSERT
(two statements on SQLite, which takes no UPDATE inside a WITH) that writes the same columns, but asks nobody and signs
nothing; ``counters`` is the same move beside itself without the roll-ups; ``loop`` is the same days one by one with
``perform``, measured on a part of them and scaled; ``growth`` is ten times the days beside ours for the smaller number.
The goal of 4 is PostgreSQL's; SQLite in memory writes a row in a few microseconds, so that reading the rows for the
rights weighs more there.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Department, HistoryEntry, OutboxTask, User
from apps.logbook.models import DailyLog, WeekCount
from apps.logbook.states import ChainState
from portal.kernel.fsm import changes, perform, perform_many
from tests.benchmarks.figures import ROUNDS, Figure, medians, seconds
from tests.factories.accounts import CohortFactory, EnrolmentFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import monday_of

SIZES = (500, 5000)
DAYS_EACH = 25
LOOPED = 50
GOALS = {"postgresql": 4, "sqlite": 25}

UPDATE = """
    UPDATE logbook_dailylog SET state = 'verified_industry', version = version + 1, updated_at = %(at)s,
        verified_at = %(at)s, verified_by_id = %(actor)s
    WHERE state = 'submitted' AND id <= %(last)s"""
COLUMNS = """accounts_historyentry
    (target_label, target_id, action, source, target, actor_id, actor_key, via, reason, reason_digest,
        department_id, at, batch, content_digest, digest)
    SELECT 'logbook.DailyLog', id, 'verify', 'submitted', 'verified_industry', %(actor)s, %(actor)s, '', '', '',
        %(department)s, %(at)s, %(batch)s, '', %(digest)s"""


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where not every day was moved and written down."""
    supervisor = _days(max(SIZES))
    ours_for = {}
    for size in SIZES:
        last = DailyLog.objects.order_by("pk").values_list("pk", flat=True)[size - 1]
        ours = partial(_ours, last, supervisor)
        _check(ours, size)
        ours_s, reference_s = medians(ours, partial(_statement, last, supervisor), before=_put_back)
        ours_for[size] = ours_s
        yield Figure(size, ours_s, reference_s, goal=GOALS[connection.vendor], part="statement")
        counted_s, uncounted_s = medians(ours, partial(_uncounted, last, supervisor), before=_put_back)
        yield Figure(size, counted_s, uncounted_s, goal=1.3, part="counters")
        yield Figure(size, ours_s, _loop_s(supervisor) * size / LOOPED, goal=1 / 8, part="loop")
    small, large = SIZES
    yield Figure(f"{small} -> {large}", ours_for[large], ours_for[small], goal=12, part="growth")


def _days(count: int) -> User:
    """Make so many submitted days of students of one cohort, all with one supervisor, who is returned."""
    # All days lie in one department, so that the statement writes the same keys.
    cohort = CohortFactory.create()
    supervisor: User | None = None
    logs = []
    first = timezone.localdate() - dt.timedelta(days=DAYS_EACH)
    for _number in range(count // DAYS_EACH):
        placement = PlacementFactory.create(enrolment=EnrolmentFactory.create(cohort=cohort))
        given = {} if supervisor is None else {"user": supervisor}
        supervisor = PlacementSupervisorFactory.create(placement=placement, **given).user
        days = [first + dt.timedelta(days=day) for day in range(DAYS_EACH)]
        logs += [
            DailyLog(
                enrolment=placement.enrolment,
                placement=placement,
                day=day,
                week_start=monday_of(day),
                text="Measured shafts and turned a new one.",
                state=ChainState.SUBMITTED,
            )
            for day in days
        ]
    DailyLog.objects.bulk_create(logs)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    if supervisor is None:
        message = "no days"
        raise AssertionError(message)
    return supervisor


def _put_back() -> None:
    DailyLog.objects.exclude(state=ChainState.SUBMITTED).update(state=ChainState.SUBMITTED, version=0)
    HistoryEntry.objects.all().delete()
    OutboxTask.objects.all().delete()
    WeekCount.objects.all().delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM logbook_dailylog, accounts_historyentry")


def _ours(last: int, supervisor: User) -> None:
    perform_many(DailyLog.objects.filter(pk__lte=last), "verify", actor=User.objects.get(pk=supervisor.pk))


def _uncounted(last: int, supervisor: User) -> None:
    kept = changes._parts.pop(("logbook.DailyLog", "verify"))
    try:
        _ours(last, supervisor)
    finally:
        changes._parts["logbook.DailyLog", "verify"] = kept


def _statement(last: int, supervisor: User) -> None:
    values: dict[str, Any] = {
        "at": timezone.now(),
        "actor": supervisor.pk,
        "last": last,
        "department": Department.objects.get(cohorts__isnull=False).pk,
        "batch": "0" * 32,
        "digest": "0" * 64,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH moved AS ({UPDATE} RETURNING id) INSERT INTO {COLUMNS} FROM moved", values)
        else:
            cursor.execute(f"{UPDATE} RETURNING id", values)
            cursor.fetchall()
            moved = "FROM logbook_dailylog WHERE state = 'verified_industry' AND id <= %(last)s"
            cursor.execute(f"INSERT INTO {COLUMNS} {moved}", values)


def _loop_s(supervisor: User) -> float:
    """Return the median seconds of moving ``LOOPED`` days one by one."""
    times = []
    for _round in range(ROUNDS):
        _put_back()
        logs = list(DailyLog.objects.order_by("pk")[:LOOPED])
        times.append(seconds(partial(_one_by_one, logs, User.objects.get(pk=supervisor.pk))))
    return median(times)


def _one_by_one(logs: list[DailyLog], supervisor: User) -> None:
    for log in logs:
        perform(log, "verify", actor=supervisor)


def _check(ours: partial[None], size: int) -> None:
    """Say with ``AssertionError`` that what is measured does not do the work."""
    _put_back()
    ours()
    done = DailyLog.objects.filter(state=ChainState.VERIFIED_INDUSTRY, version=1).count()
    if (done, HistoryEntry.objects.count(), OutboxTask.objects.count()) != (size, size, 1):
        message = f"{done} of {size} days were moved, {HistoryEntry.objects.count()} written down"
        raise AssertionError(message)
