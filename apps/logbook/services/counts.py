"""Roll-ups of the days (decision 0021), written in the transaction of each move, folded and checked by beat tasks.

``WeekCount`` is a ledger: a move appends what it adds and takes away. ``PlacementCount`` is counted anew for the
placements of the move, after their rows were locked in one order, so that whoever waited counts what the others did.
Slower and wrong ways that were tried: one upsert for each key of a cohort's week (all of a cohort wait for one row on a
Sunday evening, and two weeks decided at once in two orders end in a deadlock), a materialised view (10 s a refresh of
5,000,000 days).
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.logbook.models import DailyLog, WeekCount
from apps.logbook.selectors.counts import MENDED_SHOWN
from apps.logbook.states import ChainState
from portal.kernel.bulk import Sql, among, insert_many
from portal.kernel.fsm import Change, with_move

log = logging.getLogger(__name__)

MOVES: Final = (
    *("create", "submit", "recall", "verify", "request_revision", "validate", "flag"),
    *("return_to_student", "return_to_host", "uphold"),
)
# So many keys at once: what is left is folded a minute later.
FOLDED: Final = 2000
COUNTED: Final = tuple(str(state) for state in ChainState if state != ChainState.DRAFT)

type _Key = tuple[int, dt.date, str]

# -- in the transaction of a move ---------------------------------------------------------------------------------


def _count_move(change: Change) -> None:
    days = [row for row in cast("Sequence[DailyLog]", change.objects) if row.is_current]
    _append([(day, change.sources[day.pk], -1) for day in days] + [(day, change.target, 1) for day in days])
    count_placements({day.placement_id for day in days})


for _name in MOVES:
    with_move("logbook.DailyLog", _name)(_count_move)


def count_appeared(days: Iterable[DailyLog], by: int = 1) -> None:
    """Count days that became current without a move, or (``by=-1``) ceased to be; in the caller's transaction."""
    days = list(days)
    _append([(day, day.state, by) for day in days])
    count_placements({day.placement_id for day in days})


def _append(changes: Iterable[tuple[DailyLog, str, int]]) -> None:
    sums: Counter[_Key] = Counter()
    for day, state, by in changes:
        if state in COUNTED:
            sums[day.enrolment.cohort_id, day.week_start, state] += by
    _insert(sums)


def _insert(sums: Counter[_Key]) -> None:
    found = sorted((key, number) for key, number in sums.items() if number)
    if not found:
        return
    now = timezone.now()
    columns: dict[str, list[Any]] = {
        "cohort_id": [key[0] for key, _number in found],
        "week_start": [key[1] for key, _number in found],
        "state": [key[2] for key, _number in found],
        "number": [number for _key, number in found],
    }
    insert_many(WeekCount, {"created_at": now, "updated_at": now}, columns)


# -- placements ---------------------------------------------------------------------------------------------------

_STATES: Final = ", ".join(COUNTED)
_SUMS: Final = ", ".join(f"COUNT(*) FILTER (WHERE state = '{state}') AS {state}" for state in COUNTED)
_LIVE: Final = f"""
    SELECT placement_id, {_SUMS}, MIN(submitted_at) FILTER (WHERE state = 'submitted') AS waiting_since,
        MAX(day) AS last_day
    FROM logbook_dailylog WHERE is_current AND state <> 'draft' AND placement_id {{chosen}} GROUP BY placement_id"""  # noqa: S608 - no stranger's word
_NOTHING: Final = ", ".join(f"{state} = 0" for state in COUNTED)
_LOCK: Final = """
    INSERT INTO logbook_placementcount (placement_id, created_at, updated_at, {states})
    SELECT id, %s, %s, {zeros} FROM applications_placement WHERE id {chosen} ORDER BY id
    ON CONFLICT (placement_id) DO UPDATE SET updated_at = excluded.updated_at, waiting_since = NULL, last_day = NULL,
        mended_at = {mended}, {nothing}"""
_FILL: Final = """
    UPDATE logbook_placementcount SET {columns} FROM ({live}) AS live
    WHERE live.placement_id = logbook_placementcount.placement_id"""


def count_placements(keys: Iterable[int | None], *, mended_at: dt.datetime | None = None) -> None:
    """Count the days of these placements anew, in the caller's transaction.

    The first statement locks the rows in one order and empties them, the second, which sees what those have committed
    for whom it waited, fills them. In one statement it would count what was there before it waited.
    """
    found = sorted(key for key in set(keys) if key is not None)
    if not found:
        return
    chosen, values = _among(found)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    mark = "%s" if mended_at else "logbook_placementcount.mended_at"
    marks = [connection.ops.adapt_datetimefield_value(mended_at)] if mended_at else []
    zeros = ", ".join("0" for _state in COUNTED)
    lock = _LOCK.format(states=_STATES, zeros=zeros, chosen=chosen, mended=mark, nothing=_NOTHING)
    columns = ", ".join(f"{name} = live.{name}" for name in (*COUNTED, "waiting_since", "last_day"))
    fill = _FILL.format(columns=columns, live=_LIVE.format(chosen=chosen))
    with connection.cursor() as cursor:
        cursor.execute(lock, [now, now, *values, *marks])
        cursor.execute(fill, values)


def _among(keys: list[int]) -> Sql:
    if connection.vendor == "postgresql":
        return "= ANY(%s::bigint[])", (keys,)
    return "IN (SELECT value FROM json_each(%s))", (str(keys),)


# -- by the minute ------------------------------------------------------------------------------------------------


def fold_counts() -> int:
    """Fold the rows of one key into one; return how many rows are gone. Whoever reads meanwhile sees one sum.

    What was mended stays in sight for a week.
    """
    old = Q(mended_at__isnull=True) | Q(mended_at__lt=timezone.now() - MENDED_SHOWN)
    rows = WeekCount.objects.filter(old)
    keys = rows.values_list("cohort", "week_start", "state").annotate(rows=Count("pk")).filter(rows__gt=1)
    several: set[_Key] = {(key[0], key[1], key[2]) for key in keys.order_by()[:FOLDED]}
    if not several:
        return 0
    with transaction.atomic():
        near = rows.filter(cohort__in={key[0] for key in several}, week_start__in={key[1] for key in several})
        locked = near.select_for_update().order_by("pk").values_list("pk", "cohort", "week_start", "state", "number")
        sums: Counter[_Key] = Counter()
        gone: list[int] = []
        for pk, cohort, week, state, number in locked:
            if (cohort, week, state) in several:
                sums[cohort, week, state] += number
                gone.append(pk)
        WeekCount.objects.filter(among(gone)).delete()
        _insert(sums)
    return len(gone)


# -- by night -----------------------------------------------------------------------------------------------------

# One statement is one view of the tables: what commits meanwhile is either on both sides or on neither.
_MEND_WEEKS: Final = """
    INSERT INTO logbook_weekcount (created_at, updated_at, mended_at, cohort_id, week_start, state, number)
    SELECT %s, %s, %s, cohort_id, week_start, state, SUM(number) FROM (
        SELECT cohort_id, week_start, state, COUNT(*) AS number
        FROM logbook_dailylog JOIN accounts_enrolment ON accounts_enrolment.id = enrolment_id
        WHERE is_current AND state <> 'draft' GROUP BY cohort_id, week_start, state
        UNION ALL
        SELECT cohort_id, week_start, state, -SUM(number) FROM logbook_weekcount GROUP BY cohort_id, week_start, state
    ) AS sides GROUP BY cohort_id, week_start, state HAVING SUM(number) <> 0"""
_KEPT: Final = (
    f"SELECT placement_id, {_STATES}, waiting_since, last_day FROM logbook_placementcount WHERE last_day IS NOT NULL"  # noqa: S608 - no stranger's word
)
_WRONG: Final = f"""
    WITH live AS ({_LIVE.format(chosen="IS NOT NULL")}), kept AS ({_KEPT})
    SELECT placement_id FROM (SELECT * FROM live EXCEPT SELECT * FROM kept) AS missing
    UNION SELECT placement_id FROM (SELECT * FROM kept EXCEPT SELECT * FROM live) AS left_over"""  # noqa: S608 - no stranger's word


def recount_days(*, reported: bool = True) -> int:
    """Compare the roll-ups with the days and mend them; return how many keys were wrong, and say so in the log.

    ``reported=False`` leaves no mark: for whoever has written days past the services, such as the demonstration.
    """
    now = timezone.now()
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_MEND_WEEKS, [at, at, at if reported else None])
        wrong_weeks = int(cursor.rowcount)
        cursor.execute(_WRONG)
        wrong: list[int] = sorted(row[0] for row in cursor.fetchall())
    with transaction.atomic():
        count_placements(wrong, mended_at=now if reported else None)
    if reported and (wrong_weeks or wrong):
        log.error("Roll-ups of days were wrong and are mended: %d weeks, %d placements", wrong_weeks, len(wrong))
    return wrong_weeks + len(wrong)
