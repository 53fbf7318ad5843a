"""Rows that were decided before contents were sealed get their seal afterwards, and say so.

What stands in such a row today may be another thing than what was decided: nobody can tell any more. The entry that
seals it has a move of its own (``seal_later``) and the day of today, so that it never passes for the decision.
"""

import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import HistoryEntry
from apps.accounts.services.history import seal_content_of
from apps.accounts.services.seals import CHUNK, Seal, last_entries, seals

SEAL_LATER: Final = "seal_later"


def seal_older_rows() -> dict[str, int]:
    """Seal the content of all decided rows that have no seal; returns how many by kind, without those that have none.

    Left alone are rows whose history says another state, or nothing: what is wrong with them must stay in sight. A
    second run finds nothing. Each part is a transaction, so that a run that was broken off goes on where it ended.
    """
    found = {seal.label: sum(_seal_part(seal, part) for part in _parts(seal)) for seal in seals()}
    return {label: count for label, count in found.items() if count}


def sealed_later(seal: Seal, pks: list[Any]) -> list[Any]:
    """Return the moments at which rows got their seal afterwards, the first one first."""
    entries = HistoryEntry.objects.filter(target_label=seal.label, target_id__in=pks, action=SEAL_LATER)
    return list(entries.order_by("at").values_list("at", flat=True))


def _parts(seal: Seal) -> Iterator[list[Any]]:
    rows, after = seal.rows.filter(state__in=seal.states).order_by("pk"), 0
    while part := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[:CHUNK]):
        after = part[-1]
        yield part


def _seal_part(seal: Seal, pks: list[Any]) -> int:
    with transaction.atomic():
        # Who moves one of them meanwhile waits, and writes the later entry.
        states = dict(seal.rows.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk", "state"))
        last = last_entries(seal.label, pks)
        explained = {pk: last[pk] for pk, state in states.items() if pk in last and last[pk].target == state}
        bare = [pk for pk, entry in explained.items() if not entry.content_digest]
        if bare:
            model = apps.get_model(seal.label)
            seal_content_of(
                seal,
                list(model._base_manager.filter(pk__in=bare).select_related(*model.MOVE_RELATED).order_by("pk")),
                action=SEAL_LATER,
                at=timezone.now(),
                batch=uuid.uuid4().hex,
            )
    return len(bare)
