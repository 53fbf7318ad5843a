"""What a request has written: seen statement by statement, and proved by a digest of all tables."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction

WRITE: Final = re.compile(
    r'^\s*(?P<verb>INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"(?P<table>\w+)"', re.IGNORECASE
)
# A refusal may leave a line in the history; that somebody was here at all is the session's own matter.
AUDIT: Final = frozenset({"accounts_historyentry", "accounts_historyblock", "django_session"})


@contextmanager
def watching() -> Iterator[set[str]]:
    """Yield the set of tables of which rows are written meanwhile, without those of the audit."""
    written: set[str] = set()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        found = WRITE.match(sql)
        # SQLite counts the rows of an INSERT that returns its key only when they are read.
        if found and found["table"] not in AUDIT and ("I" in found["verb"] or context["cursor"].rowcount != 0):
            written.add(found["table"])
        return result

    with connection.execute_wrapper(look):
        yield written


def digest() -> dict[str, str]:
    """Return a digest of each table's rows, without those of the audit."""
    found = {}
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - AUDIT
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - the name is a model's own
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest() if rows else ""
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
