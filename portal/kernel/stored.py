"""Files in the configured storage (a folder or an object store): written and compared, listed for sweeping."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

if TYPE_CHECKING:
    from django.core.files.storage import Storage

log = logging.getLogger(__name__)


class StorageFailedError(Exception):
    """The storage is away, refuses, or does not give back what it took."""


def write_checked(storage: "Storage", name: str, data: bytes) -> None:
    """Write an object under exactly this new name, read it back and compare; at most a few megabytes.

    Raises ``StorageFailedError`` whatever the storage's client raised. An object may be there all the same then: who
    calls has a row that names it, and removes both.
    """
    try:
        kept = storage.save(name, ContentFile(data))
        with storage.open(kept, "rb") as file:
            found = hashlib.sha256(file.read()).digest()
    except Exception as error:
        # Every storage has errors of its own, and each of them means the same to the person who uploads.
        log.exception("The storage has not taken %s", name)
        raise StorageFailedError(name) from error
    if kept != name or found != hashlib.sha256(data).digest():
        log.error("The storage does not hold under %s what was written", name)
        raise StorageFailedError(name)


def names_older_than(storage: "Storage", folder: str, age: dt.timedelta, *, known: set[str]) -> Iterator[str]:
    """Yield the names of the folder's objects that are older than ``age`` and not among the ``known``.

    The age is asked only of unknown ones: an object store answers it one by one.
    """
    before = timezone.now() - age
    for last in _names_in(storage, folder):
        name = f"{folder}/{last}"
        if name not in known and storage.get_modified_time(name) < before:
            yield name


def _names_in(storage: "Storage", folder: str) -> list[str]:
    try:
        return list(storage.listdir(folder)[1])
    except FileNotFoundError:
        # A folder that nobody has written to yet.
        return []
