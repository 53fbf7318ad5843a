"""``python -m tests.benchmarks P3`` runs one benchmark, ``... all`` runs all: one line of JSON for each figure.

A benchmark is a module ``bench_<id>.py`` with ``run() -> Iterator[Figure]``. It finds an empty, migrated database (the
one of DATABASE_URL, under its test name) and may leave rows in it. The exit code is 1 where a goal is missed.
"""

import importlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.db import connection

FOLDER = Path(__file__).parent


def known() -> list[str]:
    """Return the ids of all benchmarks, in the order of their numbers."""
    names = [path.stem.removeprefix("bench_").upper() for path in FOLDER.glob("bench_*.py")]
    return sorted(names, key=lambda name: (len(name), name))


@contextmanager
def database() -> Iterator[None]:
    """Make the test database of the settings and drop it afterwards."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    django.setup()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def run(name: str) -> bool:
    """Print the figures of one benchmark as they come; say whether all of them hold."""
    module = importlib.import_module(f"tests.benchmarks.bench_{name.lower()}")
    good = True
    for figure in module.run():
        print(json.dumps(figure.as_line(name)), flush=True)
        good = good and figure.holds
    return good


def main(arguments: list[str]) -> int:
    """Run what the arguments name and return the exit code."""
    names = known() if arguments in ([], ["all"]) else [name.upper() for name in arguments]
    unknown = [name for name in names if name not in known()]
    if unknown or not names:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(known())}", file=sys.stderr)
        return 2
    with database():
        results = [run(name) for name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
