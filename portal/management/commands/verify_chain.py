"""Compare the history with its seals, and all rows with the history; name whatever does not fit."""

from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import HistoryBlock, HistoryEntry
from apps.accounts.services.heads import verify_heads
from apps.accounts.services.history import verify_chain
from apps.accounts.services.seals import verify_rows


class Command(BaseCommand):
    help = "Verify the sealed history, the heads of its days and every sealed row; fails and names what was altered."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--heads", type=Path, help="a copy of /history/heads.txt that was kept elsewhere")

    def handle(self, *_args: Any, heads: Path | None = None, **_options: Any) -> None:
        try:
            kept = heads.read_text(encoding="utf-8").splitlines() if heads is not None else []
        except (OSError, UnicodeDecodeError) as error:
            message = f"{heads} cannot be read: {error}"
            raise CommandError(message) from error
        found = 0
        for damage in chain(verify_chain(), verify_heads(kept), verify_rows()):
            found += 1
            self.stdout.write(str(damage))
        if found:
            message = f"{found} places are not what was sealed."
            raise CommandError(message)
        last = HistoryBlock.objects.order_by("-number").first()
        entries = HistoryEntry.objects.count()
        self.stdout.write(f"{entries} entries hold; head: {last.number if last else 0} {last.hash if last else '-'}")
