"""The migrated schema, kept between runs: migrating takes longer than most tests do.

Only on SQLite, as a file under ``var/test/`` named after all that the schema is made of: when a migration, a model, a
state or a requirement changes there is no such file, and the migrations run.
"""

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core import management
from django.db import connections

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "var" / "test"
MADE_OF = (
    "requirements.txt",
    "portal/settings/*.py",
    "apps/*/models.py",
    "apps/*/models/*.py",
    "apps/*/migrations/*.py",
)
# After migrating, roles and their permissions are written from these.
WRITTEN_FROM = ("apps/*/states.py", "apps/*/receivers.py", "apps/*/services/people.py")

_migrate = management.call_command


def kept_file() -> Path:
    """Return where the schema of this state of the sources is kept."""
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    for pattern in MADE_OF + WRITTEN_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return KEPT / f"schema-{digest.hexdigest()[:20]}.sqlite3"


def call_command(name: Any, *arguments: Any, **options: Any) -> Any:
    """Stand in for Django's function while test databases are made: fill an empty one from the kept schema."""
    connection = connections[options["database"]] if name == "migrate" else None
    if connection is None or connection.vendor != "sqlite":
        return _migrate(name, *arguments, **options)
    kept = kept_file()
    connection.ensure_connection()
    if kept.exists():
        with closing(sqlite3.connect(kept)) as source:
            source.backup(connection.connection)
        return None
    _migrate(name, *arguments, **options)
    KEPT.mkdir(parents=True, exist_ok=True)
    # Several workers may be first; each writes a file of its own, and the last name wins.
    own = kept.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(own)) as target:
        connection.connection.backup(target)
    own.replace(kept)
    return None
