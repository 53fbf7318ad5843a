"""System checks: what an installation needs, said in one sentence each before it is missed.

Errors stop the start, warnings tell the operator, infos only name what is switched off by something missing.
"""

import ctypes.util
import shutil
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connections

from portal.settings.reader import can_write

# SQLite answers numbers: synchronous 1 is NORMAL.
SQLITE_PRAGMAS: Final[dict[str, object]] = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1}
RIVALS: Final = ("django-fsm", "django-fsm-log")
PDF_LIBRARIES: Final = ("pango-1.0", "pangoft2-1.0")


@register(Tags.database)
def check_sqlite_pragmas(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """portal.E001: a PRAGMA of the settings did not take effect, so writers would wait or fail under load."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined] # SQLite's own
            continue
        with connection.cursor() as cursor:
            for name, wanted in SQLITE_PRAGMAS.items():
                value = cursor.execute(f"PRAGMA {name}").fetchone()[0]
                if value != wanted:
                    found.append(Error(f"SQLite runs with {name}={value}, not {wanted}.", id="portal.E001"))
    return found


@register()
def check_one_state_machine(**_options: Any) -> list[CheckMessage]:
    """portal.E002: a package that writes into django-fsm-2's folder; which code wins depends on the order."""
    installed = {(dist.metadata["Name"] or "").lower() for dist in metadata.distributions()}
    return [
        Error(
            f"{name} is installed beside django-fsm-2; both write into the folder django_fsm.",
            hint=f"pip uninstall {name} && pip install --force-reinstall django-fsm-2",
            id="portal.E002",
        )
        for name in RIVALS
        if name in installed
    ]


@register()
def check_data_dir(**_options: Any) -> list[CheckMessage]:
    """portal.E003: the folder of files, mails and queues cannot be written to."""
    if can_write(Path(settings.DATA_DIR)):
        return []
    return [Error(f"DATA_DIR: cannot write to {settings.DATA_DIR}.", id="portal.E003")]


@register(Tags.staticfiles, deploy=True)
def check_static_files(**_options: Any) -> list[CheckMessage]:
    """portal.W004: pages would come without style, because nothing was collected."""
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return []
    return [
        Warning(
            "The static files are not collected.",
            hint="manage.py collectstatic --no-input (the image does it when it is built)",
            id="portal.W004",
        )
    ]


@register()
def check_programs(**_options: Any) -> list[CheckMessage]:
    """portal.I005 and I006: what is switched off because a library or program is not there."""
    found: list[CheckMessage] = []
    missing = missing_libraries(PDF_LIBRARIES)
    if missing:
        found.append(
            Info(
                f"Reports cannot be made as PDF, {' and '.join(missing)} is missing.",
                hint="apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core",
                id="portal.I005",
            )
        )
    if shutil.which(settings.SOFFICE) is None:
        found.append(
            Info(
                "Word templates are filled as .docx only, LibreOffice is missing to turn them into PDF.",
                hint="apt-get install libreoffice-writer-nogui, or name the program in SOFFICE",
                id="portal.I006",
            )
        )
    return found


def missing_libraries(names: Iterable[str]) -> list[str]:
    """Return those shared libraries that the loader of this machine does not find."""
    return [name for name in names if ctypes.util.find_library(name) is None]
