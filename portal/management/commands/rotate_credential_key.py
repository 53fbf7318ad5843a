"""Sign credentials with a new key from now on."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.reporting.services.credentials import rotate_key
from portal.kernel.access import SYSTEM


class Command(BaseCommand):
    help = "Sign credentials with a new key; what the old one signed stays good, unless it is said to be compromised."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--compromised", action="store_true", help="let nothing that the old key signed be good")

    def handle(self, *_args: Any, compromised: bool = False, **_options: Any) -> None:
        key = rotate_key(actor=SYSTEM, compromised=compromised)
        self.stdout.write(f"{key} signs from now on: {key.public_key}")
