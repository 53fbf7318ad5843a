"""The nightly look for what should have followed a move and did not."""

import datetime as dt
from collections.abc import Iterable
from itertools import batched

from django.utils import timezone

from apps.accounts.models import HistoryEntry, OutboxTask
from apps.accounts.services.outbox import retry_task
from apps.accounts.states import OutboxState
from portal.kernel.fsm import Event, reactions

# Outbox rows are kept longer than this: a row that was tidied away would look like one that never was.
LOOK_BACK = dt.timedelta(days=2)
# Entries get their numbers in the order in which transactions begin to write, not in that of their time.
SLACK = dt.timedelta(hours=1)
CHUNK = 500


def reconcile_reactions(*, look_back: dt.timedelta = LOOK_BACK) -> int:
    """Call the reactions of the last days that left no outbox row, and try dead ones again; return how many.

    A move, its history and the rows of its reactions are one transaction, so that normally nothing is missing. What
    this mends: rows that were deleted by hand, an outbox that a restored backup does not hold, a reaction that failed
    through a long night. History says what happened, for every reaction of every app in the same way; a reaction that
    did run has its row, is found by its key, and is not called twice.
    """
    since = timezone.now() - look_back
    wanted = {
        reaction.key(event.batch): (reaction, event)
        for event in _events_since(since)
        for reaction in reactions()
        if reaction.concerns(event)
    }
    known = _known(wanted)
    missing = [key for key in wanted if key not in known]
    for key in missing:
        reaction, event = wanted[key]
        reaction.enqueue(event)
    dead = OutboxTask.objects.filter(
        state=OutboxState.DEAD, done_at__gte=since, kind__in={reaction.name for reaction in reactions()}
    )
    retried = list(dead)
    for row in retried:
        retry_task(row)
    return len(missing) + len(retried)


def _events_since(since: dt.datetime) -> list[Event]:
    """Return one event a batch, as the move told it."""
    events: dict[str, Event] = {}
    # From the newest backwards, by the primary key: the time has no index of its own.
    for entry in HistoryEntry.objects.order_by("-id").iterator(chunk_size=CHUNK):
        if entry.at < since - SLACK:
            break
        if entry.at >= since:
            fresh = Event(
                entry.target_label, [], entry.action, entry.target, entry.actor_key, entry.reason, entry.batch
            )
            events.setdefault(entry.batch, fresh).pks.insert(0, entry.target_id)
    return list(events.values())


def _known(keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chunk in batched(keys, CHUNK):
        rows = OutboxTask.objects.filter(dedupe_key__in=chunk)
        found.update(key for key in rows.values_list("dedupe_key", flat=True) if key)
    return found
