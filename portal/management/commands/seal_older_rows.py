"""Seal once what was decided before contents were sealed; the history says of each row that it was sealed later."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.services.late_seals import seal_older_rows


class Command(BaseCommand):
    help = "Seal the content of rows that were decided before contents were sealed, marked as sealed later."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = seal_older_rows()
        for label, count in found.items():
            self.stdout.write(f"{label}: {count} sealed later")
        if not found:
            self.stdout.write("Everything that was decided is sealed already.")
