"""The outbox: work that is done later, taken with a lease, sent again until it is done or dead."""

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from contextvars import ContextVar

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import OutboxTask
from apps.accounts.states import OutboxState
from portal.kernel.tasks import Payload, function_of

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=120)
GRACE = dt.timedelta(seconds=15)
# Ten pauses that double up to an hour, then every hour: three days of a mail server that is away.
MAX_ATTEMPTS = 80
MAX_PAUSE_S = 3600
# Of many rows written at once only these get a hint; the relay wakes workers for the rest.
WOKEN = 100

_running: ContextVar[uuid.UUID | None] = ContextVar("running_outbox_task", default=None)


def store_task(kind: str, payload: Payload, dedupe_key: str, not_before: dt.datetime | None) -> None:
    """Insert a row in the current transaction and wake a worker after commit; a known ``dedupe_key`` is no error."""
    row = OutboxTask(kind=kind, payload=dict(payload), dedupe_key=dedupe_key or None)
    if not_before is not None:
        row.not_before = not_before
    OutboxTask.objects.bulk_create([row], ignore_conflicts=True)
    if not_before is None:
        transaction.on_commit(lambda: wake_worker(row.uuid))


def store_tasks(kind: str, work: Sequence[tuple[Payload, str]]) -> None:
    """Insert many rows in the current transaction; those whose key is known already are left as they are."""
    rows = [OutboxTask(kind=kind, payload=dict(payload), dedupe_key=key or None) for payload, key in work]
    OutboxTask.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)

    def wake() -> None:
        for row in rows[:WOKEN]:
            wake_worker(row.uuid)

    transaction.on_commit(wake)


def wake_worker(task_uuid: uuid.UUID) -> None:
    """Send the Celery hint. A broker that is away is logged and forgotten: the relay sends due rows again."""
    if not settings.OUTBOX_HINTS:
        return
    try:
        current_app.send_task("portal.run_outbox", args=[str(task_uuid)])
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the row is safe
        log.warning("The broker is away, the outbox will send again: %s", type(error).__name__)


def run_task(task_uuid: uuid.UUID | str) -> bool:
    """Take the row, do its work, mark it; return whether the work was done now.

    The work runs outside the transaction that takes the row: a mail or a conversion must not hold SQLite's write
    lock. Tasks are idempotent, so a crash between work and mark only does the work again.
    """
    row = _take(task_uuid)
    if row is None:
        return False
    function = function_of(row.kind)
    if function is None:
        _mark(row, OutboxState.DEAD, error="nobody knows this kind")
        return False
    token = _running.set(row.uuid)
    try:
        function(**row.payload)
    except Exception as error:
        log.exception("Task %s %s failed", row.kind, row.uuid)
        _put_back(row, f"{type(error).__name__}: {error}"[:2000])
        return False
    finally:
        _running.reset(token)
    _mark(row, OutboxState.DONE)
    return True


def _take(task_uuid: uuid.UUID | str) -> OutboxTask | None:
    now = timezone.now()
    with transaction.atomic():
        rows = OutboxTask.objects.filter(_due(now), uuid=task_uuid)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        row = rows.first()
        if row is None:
            return None
        row.state = OutboxState.RUNNING
        row.attempts += 1
        row.lease_until = now + LEASE
        row.save(update_fields=["state", "attempts", "lease_until"])
    return row


def _due(now: dt.datetime) -> Q:
    waiting = Q(state=OutboxState.WAITING, not_before__lte=now)
    return waiting | Q(state=OutboxState.RUNNING, lease_until__lt=now)


def _mark(row: OutboxTask, state: OutboxState, *, error: str = "") -> None:
    OutboxTask.objects.filter(pk=row.pk).update(state=state, last_error=error, done_at=timezone.now(), lease_until=None)


def _put_back(row: OutboxTask, error: str) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        _mark(row, OutboxState.DEAD, error=error)
        return
    pause = dt.timedelta(seconds=min(10 * 2**row.attempts, MAX_PAUSE_S))
    OutboxTask.objects.filter(pk=row.pk).update(
        state=OutboxState.WAITING, last_error=error, lease_until=None, not_before=timezone.now() + pause
    )


def extend_lease() -> None:
    """Tell the outbox that the running task is alive; long jobs call this with every sign of progress."""
    running = _running.get()
    if running is not None:
        OutboxTask.objects.filter(uuid=running).update(lease_until=timezone.now() + LEASE)


def due_tasks(*, grace: dt.timedelta = GRACE) -> list[uuid.UUID]:
    """Return the rows that should have run by now, oldest first, at most 500."""
    rows = OutboxTask.objects.filter(_due(timezone.now() - grace)).order_by("not_before", "id")
    return list(rows.values_list("uuid", flat=True)[:500])


def relay_outbox() -> int:
    """Wake workers for rows that wait although they are due; the beat table calls this. Returns how many."""
    due = due_tasks()
    for task_uuid in due:
        wake_worker(task_uuid)
    return len(due)


def run_due_tasks(*, limit: int = 10_000) -> int:
    """Run everything that is due here and now, without a broker, until nothing is left; returns how many ran."""
    count = 0
    while count < limit:
        due = due_tasks(grace=dt.timedelta(0))
        if not due:
            break
        for task_uuid in due:
            count += run_task(task_uuid)
    return count


def retry_task(row: OutboxTask) -> None:
    """Give a dead row another round of attempts at once."""
    OutboxTask.objects.filter(pk=row.pk, state=OutboxState.DEAD).update(
        state=OutboxState.WAITING, attempts=0, not_before=timezone.now(), done_at=None
    )
    wake_worker(row.uuid)
