"""Read one mail that came to the address for bounces; the mail server pipes it in.

In Postfix, with ``BOUNCE_ADDRESS=bounces@university.example`` and ``recipient_delimiter = +``, in ``/etc/aliases``::

    bounces: "|/srv/practicum/.venv/bin/python /srv/practicum/manage.py take_bounce"

Whatever is wrong with the mail, the answer is success: a mail server that hears of a failure would answer a bounce with
a bounce. Only when the database is away it is asked to try again later (75, EX_TEMPFAIL of sysexits.h).
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from apps.accounts.services.bounces import MOST_BYTES, take_bounce
from portal.kernel.errors import RuleViolation

TRY_LATER = 75


class Command(BaseCommand):
    help = "Read one mail that came back, from standard input, and count it against the person's address."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--recipient", default="", help="To which address the mail server delivers it, if it tells."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            row = take_bounce(data, recipient=options["recipient"])
        except RuleViolation as error:
            self.stderr.write(str(error.message))
        except DatabaseError as error:
            self.stderr.write(f"The database is away: {type(error).__name__}")
            sys.exit(TRY_LATER)
        else:
            self.stdout.write("Nothing to count." if row is None else f"Counted: {row.status or 'no code'}")
