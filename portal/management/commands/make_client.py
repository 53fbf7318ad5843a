"""Print the typed client of the API: the file that is handed out, or its part that the description decides."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from portal.client.writing import whole_client, write_operations


class Command(BaseCommand):
    help = "Print a typed client of the API in one Python file: manage.py make_client > practicum_client.py"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--operations", action="store_true", help="only what follows from the API as it is now")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["operations"]:
            self.stdout.write(whole_client(), ending="")
            return
        with translation.override("en"):
            description = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # the package is untyped here
            self.stdout.write(write_operations(description), ending="")
