"""Make the Word templates that come with the portal."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.reporting.builders.defaults import default_templates


class Command(BaseCommand):
    help = "Make the Word templates that come with the portal anew (templates/reporting/docx)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        folder = settings.ROOT / "templates" / "reporting" / "docx"
        for name, content in default_templates().items():
            (folder / name).write_bytes(content)
            self.stdout.write(f"{name}: {len(content)} bytes")
