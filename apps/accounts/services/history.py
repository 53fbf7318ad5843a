"""History: entries written with the move, sealed afterwards into blocks whose hashes chain."""

import hmac
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from apps.accounts.models import HistoryBlock, HistoryEntry
from apps.accounts.services.seals import Damage, Seal, content_digests, sealed_in
from apps.accounts.states import ErasureState
from portal.kernel.bulk import insert_many
from portal.kernel.fsm import Change
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    from apps.accounts.models import Erasure
    from portal.kernel.access import Actor

GENESIS = "0" * 64
BATCH = 5000


def write_history(change: Change) -> None:
    """Insert one entry for each row of the change, in the transaction of the move.

    No chain lock is taken here: two supervisors who approve at once do not wait for each other.
    """
    if not change.model.KEEPS_HISTORY:
        return
    label, actor, stamp = change.model._meta.label, change.actor.pk, change.at.timestamp()
    keys = [row.pk for row in change.objects]
    sources = [change.sources[key] for key in keys]
    # In the order of ``digest_of``, without an object for each of some thousand rows.
    reason_digest = reason_digest_of(change.reason)
    after = [change.target, actor, change.via, reason_digest, stamp, change.batch]
    seal = sealed_in(label, change.target)
    contents = content_digests(seal, keys) if seal is not None else {}
    said = [contents.get(key, "") for key in keys]
    digests = [
        _signed([label, key, change.move, source, *after, *([content] if content else [])])
        for key, source, content in zip(keys, sources, said, strict=True)
    ]
    insert_many(
        HistoryEntry,
        {
            "target_label": label,
            "action": change.move,
            "target": change.target,
            "actor_id": actor,
            "actor_key": actor,
            "via": change.via,
            "reason": change.reason,
            "reason_digest": reason_digest,
            "at": change.at,
            "batch": change.batch,
        },
        {
            "target_id": keys,
            "source": sources,
            "department_id": [row.anchor_department_id for row in change.objects],
            "content_digest": said,
            "digest": digests,
        },
    )


def note_history(
    row: Model, action: str, *, actor: "Actor", department_id: int | None, reason: str = "", via: str = ""
) -> None:
    """Write down what was done to a row beside its moves (``create``, ``change``, ``delete`` or a verb of its own)."""
    entry = HistoryEntry(
        target_label=row._meta.label,
        target_id=row.pk,
        action=action,
        actor_id=actor.pk,
        actor_key=actor.pk,
        via=via,
        reason=reason,
        department_id=department_id,
        at=timezone.now(),
        batch=uuid.uuid4().hex,
    )
    _seal_words(entry)
    entry.save(force_insert=True)


def seal_anew(rows: Sequence[StatefulModel], *, erasure: "Erasure") -> None:
    """Seal what an erasure has left of rows that are sealed with their content; their state stays."""
    for row in rows:
        seal = sealed_in(row._meta.label, row.state)
        if seal is not None:
            how = {"action": "erase", "via": f"erasure:{erasure.pk}"}
            seal_content_of(seal, [row], **how, at=timezone.now(), batch=uuid.uuid4().hex)


def seal_content_of(seal: Seal, rows: Sequence[StatefulModel], **entry: Any) -> None:
    """Seal what rows of one kind say now, in which state they are; ``entry`` has the action and what else is said."""
    contents = content_digests(seal, [row.pk for row in rows])
    for row in rows:
        written = HistoryEntry(
            target_label=seal.label,
            target_id=row.pk,
            source=row.state,
            target=row.state,
            department_id=row.anchor_department_id,
            content_digest=contents[row.pk],
            **entry,
        )
        _seal_words(written)
        written.save(force_insert=True)


def _seal_words(entry: HistoryEntry) -> None:
    entry.reason_digest = reason_digest_of(entry.reason)
    entry.digest = digest_of(entry)


def reason_digest_of(reason: str) -> str:
    """Return the HMAC under which a reason is sealed; without the key no reason can be guessed from it."""
    return _hmac(f"reason:{reason}") if reason else ""


def digest_of(entry: HistoryEntry) -> str:
    """Return the HMAC-SHA-256 of what the entry says, with a key that is not in the database.

    The foreign keys are left out: they may be emptied when a person or department goes, ``actor_key`` stays.
    """
    return _signed(
        [
            entry.target_label,
            entry.target_id,
            entry.action,
            entry.source,
            entry.target,
            entry.actor_key,
            entry.via,
            entry.reason_digest,
            entry.at.timestamp(),
            entry.batch,
            # Only where there is one: entries from before contents were sealed keep their digest.
            *([entry.content_digest] if entry.content_digest else []),
        ]
    )


def _signed(content: list[Any]) -> str:
    return _hmac(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def _hmac(text: str) -> str:
    return hmac.digest(settings.AUDIT_KEY.encode(), text.encode(), "sha256").hex()


def _block_hash(number: int, previous: str, digests: list[str]) -> str:
    return _hmac(f"{number}:{previous}:{''.join(digests)}")


def seal_history(*, most: int = 20_000) -> int:
    """Seal the entries that are not sealed yet into one block; return how many. Two at once: one gives way."""
    with transaction.atomic():
        last = HistoryBlock.objects.order_by("-number").first()
        entries = list(
            HistoryEntry.objects.filter(block__isnull=True).order_by("id").values_list("id", "digest")[:most]
        )
        if not entries:
            return 0
        number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
        block = HistoryBlock.objects.create(
            number=number,
            entry_count=len(entries),
            previous_hash=previous,
            hash=_block_hash(number, previous, [digest for _id, digest in entries]),
        )
        HistoryEntry.objects.filter(id__in=[pk for pk, _digest in entries]).update(block=block)
    return len(entries)


def verify_chain() -> Iterator[Damage]:
    """Compare every entry and every block with what was sealed; yield each difference, oldest block first."""
    expected, previous = 1, GENESIS
    for block in HistoryBlock.objects.order_by("number").iterator():
        if block.number != expected:
            yield Damage(expected, None, "block is missing")
        if block.previous_hash != previous:
            yield Damage(block.number, None, "does not follow the block before it")
        yield from _verify_entries(block)
        expected, previous = block.number + 1, block.hash
    for entry in _entries(block__isnull=True):
        if not _is_whole(entry):
            yield Damage(None, entry.pk, "entry was changed")


def _entries(**which: Any) -> Iterator[HistoryEntry]:
    yield from HistoryEntry.objects.filter(**which).select_related("erasure").order_by("id").iterator(chunk_size=BATCH)


def _is_whole(entry: HistoryEntry) -> bool:
    """Say whether an entry says what was sealed; a reason may be missing where an erasure that was done took it."""
    erasure = entry.erasure
    taken = erasure is not None and erasure.state == ErasureState.DONE and not entry.reason
    words_hold = taken or reason_digest_of(entry.reason) == entry.reason_digest
    # The key that people see may be emptied, but never name somebody else.
    actor_holds = entry.actor_id in (None, entry.actor_key)
    return words_hold and actor_holds and digest_of(entry) == entry.digest


def _verify_entries(block: HistoryBlock) -> Iterator[Damage]:
    digests = []
    for entry in _entries(block=block):
        digests.append(entry.digest)
        if not _is_whole(entry):
            yield Damage(block.number, entry.pk, "entry was changed")
    if len(digests) != block.entry_count:
        yield Damage(block.number, None, f"has {len(digests)} entries instead of {block.entry_count}")
    elif _block_hash(block.number, block.previous_hash, digests) != block.hash:
        yield Damage(block.number, None, "hash does not match its entries")
