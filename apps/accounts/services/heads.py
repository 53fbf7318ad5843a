"""The head of the history at the end of each day: published, so that others can keep it and compare."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import HistoryBlock, HistoryHead
from apps.accounts.services.history import seal_history
from apps.accounts.services.seals import Damage

LINE: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d+) (\d+) ([0-9a-f]{64})")


def note_head() -> bool:
    """Note which block is the newest one today; the beat table calls it daily. Returns whether one was noted."""
    seal_history()
    last = HistoryBlock.objects.order_by("-number").first()
    if last is None:
        return False
    count = HistoryBlock.objects.filter(number__lte=last.number).aggregate(all=Sum("entry_count"))["all"]
    values = {"block_number": last.number, "entry_count": count, "hash": last.hash}
    _head, is_new = HistoryHead.objects.get_or_create(day=timezone.localdate(), defaults=values)
    return is_new


def published_heads() -> str:
    """Return all heads, one a line, the newest first: day, block, number of entries up to it, hash."""
    return "".join(f"{head}\n" for head in HistoryHead.objects.order_by("-day"))


def verify_heads(kept: Iterable[str] = ()) -> Iterator[Damage]:
    """Compare the noted heads with the chain, and lines that somebody has kept with both."""
    known = {str(head.day): head for head in HistoryHead.objects.order_by("day")}
    for head in known.values():
        yield from _verify_head(str(head))
    for line in kept:
        found = LINE.fullmatch(line.strip())
        if found is None:
            continue
        if found[1] not in known:
            yield Damage(None, None, "the kept head of this day is not noted any more", found[1])
        elif str(known[found[1]]) != found[0]:
            yield Damage(None, None, "the kept head of this day is another one", found[1])
        yield from _verify_head(found[0])


def _verify_head(line: str) -> Iterator[Damage]:
    day, number, count, expected = line.split()
    block = HistoryBlock.objects.filter(number=int(number)).first()
    if block is None:
        yield Damage(int(number), None, "the block of the head is gone", day)
        return
    sealed = HistoryBlock.objects.filter(number__lte=block.number).aggregate(all=Sum("entry_count"))["all"]
    if block.hash != expected or sealed != int(count):
        yield Damage(block.number, None, "is not the block of the head", day)
