"""The files of resumes: a row that waits, the object, the row that knows it; and what goes away again.

At any moment a process may be killed. Before the object is written there is a row that names it, so nothing in the
storage is without a trace; a row is nobody's to see until its object was read back and compared. What a killed
process leaves (a waiting row, an object that no row names) is removed by the sweep after a day.
"""

import datetime as dt
import logging
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.applications.models import Resume
from apps.applications.models.resumes import FOLDER, resume_path
from portal.kernel.errors import RuleViolation
from portal.kernel.stored import StorageFailedError, names_older_than, write_checked
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.files.storage import Storage

log = logging.getLogger(__name__)

ABANDONED_AFTER: Final = dt.timedelta(hours=24)


def store_file(draft: Resume, data: bytes, *, check_limits: "Callable[[], None]") -> Resume:
    """Bring the bytes of an unsaved ``draft`` (owner, name, size, hash) into the storage and return the stored row.

    Two requests with the same bytes at once share one row; the first whose object stands wins, the other's object is
    removed. ``check_limits`` runs under the lock of the owner. Raises what it raises, and ``RuleViolation``
    ``storage_away``.
    """
    name = resume_path(draft, "")
    row = _waiting_row(draft, name, check_limits)
    if row.is_stored:
        return row
    try:
        write_checked(storage_of_resumes(), name, data)
    except StorageFailedError as error:
        enqueue("applications.remove_file", {"name": name})
        raise RuleViolation(
            "storage_away", _("The file could not be stored just now. Nothing is lost: try again in a minute.")
        ) from error
    with transaction.atomic():
        waiting = Resume.objects.filter(pk=row.pk, stored_at__isnull=True)
        won = waiting.update(file=name, original_name=draft.original_name, stored_at=timezone.now())
        if won:
            enqueue("applications.extract_resume", {"resume_id": row.pk}, dedupe_key=f"resume:{row.pk}")
        else:
            enqueue("applications.remove_file", {"name": name})
    row.refresh_from_db()
    return row


def _waiting_row(draft: Resume, name: str, check_limits: "Callable[[], None]") -> Resume:
    with transaction.atomic():
        # Who sends many files at once waits here in line, so that the limits hold and the same bytes are one row.
        User.objects.select_for_update(no_key=True).get(pk=draft.owner_id)
        known = Resume.objects.filter(owner=draft.owner_id, sha256=draft.sha256).first()
        if known is not None:
            return known
        check_limits()
        draft.file.name = name
        draft.save()
    return draft


def storage_of_resumes() -> "Storage":
    """Return the storage of the field: a folder of the machine or an object store, as the settings say."""
    storage: Storage = Resume._meta.get_field("file").storage
    return storage


def remove_file(name: str) -> None:
    """Remove an object that no row names as its own; one that is gone already is no error."""
    if not Resume.objects.filter(file=name, stored_at__isnull=False).exists():
        storage_of_resumes().delete(name)


def sweep_files() -> int:
    """Remove what killed processes have left for a day: rows that still wait, objects that no row names.

    The beat table calls this; returns how many were removed.
    """
    waiting = Resume.objects.filter(stored_at__isnull=True, created_at__lt=timezone.now() - ABANDONED_AFTER)
    count, _models = waiting.delete()
    known = set(Resume.objects.values_list("file", flat=True))
    for name in names_older_than(storage_of_resumes(), FOLDER, ABANDONED_AFTER, known=known):
        remove_file(name)
        count += 1
    if count:
        log.warning("%s abandoned resumes were removed", count)
    return count
