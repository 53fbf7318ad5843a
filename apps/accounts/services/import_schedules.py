"""Scheduled imports: other programs lay tables into a folder or below an S3 prefix, and they are taken by themselves.

Each schedule has a folder of its own whose name nobody chooses. A file is taken when it is new or has changed, oldest
first and one after the other, and goes the way of an upload with the rights of who entered the schedule. The folder is
only read: what is deleted in it, and when, is the other program's business.
"""

import datetime as dt
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import Cohort, ImportBatch, ImportSchedule, User
from apps.accounts.permissions import can_change_import_schedule, can_import_into
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import import_kind
from apps.accounts.services.imports import APPLY, confirm_import, discard_import, upload_table
from apps.accounts.states import ImportRhythm, ImportState, JobState, RowStatus
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.exports import clean_filename
from portal.kernel.sheets import SheetLimits
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from django.core.files.storage import Storage

log = logging.getLogger(__name__)

LOOK: Final = "accounts.look_into_folder"
TELL: Final = "accounts.tell_of_import"
PERIODS: Final = {
    ImportRhythm.HOUR: dt.timedelta(hours=1),
    ImportRhythm.DAY: dt.timedelta(days=1),
    ImportRhythm.WEEK: dt.timedelta(days=7),
}
# What was changed a moment ago may still be written to.
SETTLED_AFTER: Final = dt.timedelta(minutes=1)
MOST_FILES: Final = 200
# What programs call a file that they have not finished, and what systems leave behind.
UNFINISHED: Final = frozenset({".part", ".filepart", ".tmp", ".crdownload", ".swp"})


# -- entering -----------------------------------------------------------------------------------------------------


def add_schedule(*, kind: str, cohort: Cohort | None, rhythm: str, applies: bool, actor: User) -> ImportSchedule:
    """Enter a schedule; its folder is made where it is on this machine, and looked into from now on.

    Raises ``NotAllowed``, or ``RuleViolation`` ``cohort_missing``, ``schedule_there``.
    """
    into = cohort if import_kind(kind).into_cohort else None
    if import_kind(kind).into_cohort and into is None:
        raise RuleViolation("cohort_missing", _("Choose the cohort."), field="cohort")
    if not can_import_into(into, actor):
        raise NotAllowed
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
        if ImportSchedule.objects.filter(owner=actor, kind=kind, cohort=into).exists():
            raise RuleViolation("schedule_there", _("You have a schedule for these tables already."), field="kind")
        row = ImportSchedule.objects.create(owner=actor, kind=kind, cohort=into, rhythm=rhythm, applies=applies)
        _note(row, "create", actor)
    _make_folder(row)
    return row


def set_schedule_active(row: ImportSchedule, *, active: bool, actor: User) -> ImportSchedule:
    """Look into the folder no more, or again, at once. Raises ``NotAllowed``."""
    with transaction.atomic():
        kept = _locked(row, actor)
        kept.is_active, kept.next_at, kept.message = active, timezone.now(), ""
        kept.save()
        _note(kept, "reactivate" if active else "deactivate", actor)
    return kept


def delete_schedule(row: ImportSchedule, *, actor: User) -> None:
    """Forget a schedule; what came by it stays, and so does its folder. Raises ``NotAllowed``."""
    with transaction.atomic():
        kept = _locked(row, actor)
        _note(kept, "delete", actor)
        kept.delete()


def look_now(row: ImportSchedule, *, actor: User) -> ImportSchedule:
    """Look into the folder without waiting for the next time. Raises ``NotAllowed``, ``RuleViolation`` ``paused``."""
    with transaction.atomic():
        kept = _locked(row, actor)
        if not kept.is_active:
            raise RuleViolation("paused", _("This schedule is paused. Let it go on first."))
        kept.next_at = timezone.now()
        kept.save()
        enqueue(LOOK, {"schedule_id": kept.pk}, dedupe_key=f"look:{kept.pk}:{kept.next_at.isoformat()}")
    return kept


def _locked(row: ImportSchedule, actor: User) -> ImportSchedule:
    found = ImportSchedule.objects.select_for_update(of=("self",)).select_related("cohort", "owner")
    kept = found.filter(pk=row.pk).first()
    if kept is None or not can_change_import_schedule(kept, actor):
        raise NotAllowed
    return kept


def _note(row: ImportSchedule, action: str, actor: User) -> None:
    department = row.cohort.department_id if row.cohort else None
    note_history(row, action, actor=actor, department_id=department, reason=row.folder)


def _store() -> "Storage":
    return storages["incoming"]


def _make_folder(row: ImportSchedule) -> None:
    """Make the folder where it is on this machine; where that fails, the next look says so."""
    try:
        Path(_store().path(row.folder)).mkdir(parents=True, exist_ok=True)
    except (NotImplementedError, OSError):
        log.info("The folder %s is not made here", row.folder)


def place_of(row: ImportSchedule) -> str:
    """Return where to lay tables for this schedule, as whoever sets up the other program needs to know it."""
    store = _store()
    bucket = getattr(store, "bucket_name", "")
    if bucket:
        return f"s3://{bucket}/{PurePosixPath(str(getattr(store, 'location', '')), row.folder)}/"
    return f"{store.path(row.folder)}/"


# -- looking ------------------------------------------------------------------------------------------------------


def take_scheduled_imports() -> None:
    """Settle what came by schedules, and look into the folders that are due; called by the beat."""
    for pk in ImportBatch.objects.filter(is_pending=True).order_by("id").values_list("pk", flat=True):
        _settle(pk)
    due = ImportSchedule.objects.filter(is_active=True, next_at__lte=timezone.now())
    for pk in due.order_by("next_at", "id").values_list("pk", flat=True):
        look_into_folder(pk)


def look_into_folder(schedule_id: int) -> None:
    """Take the oldest file that is new or has changed; none while an earlier one is on its way.

    Whatever a folder or a store answers ends as a sentence of the schedule, never as an error of the others.
    """
    rows = ImportSchedule.objects.select_related("cohort", "owner").filter(pk=schedule_id, is_active=True)
    row = rows.first()
    if row is None or row.batches.filter(is_pending=True).exists():
        return
    with translation.override(row.owner.language or settings.LANGUAGE_CODE):
        if not can_import_into(row.cohort, row.owner):
            _looked(row, _("You may not import this any more."), is_active=False)
            return
        try:
            found = _new_files(row)
            if found and _take(row, found[0]):
                # The next file is taken when this one is settled.
                return
            _looked(row, "")
        except RuleViolation as error:
            _looked(row, str(error.message))
        except Exception:
            log.exception("The folder %s cannot be looked into", row.folder)
            _looked(row, _("The folder could not be read. It is tried again."))


@dataclass(frozen=True)
class _Found:
    """A file of the folder: ``stamp`` tells it from what it was before."""

    name: str
    path: str
    changed: dt.datetime
    size: int

    @property
    def stamp(self) -> str:
        return f"{self.changed.isoformat()} {self.size}"


def _looked(row: ImportSchedule, message: str, *, is_active: bool = True) -> None:
    now = timezone.now()
    ImportSchedule.objects.filter(pk=row.pk).update(
        message=message[:200],
        looked_at=now,
        next_at=now + PERIODS[ImportRhythm(row.rhythm)],
        is_active=is_active,
    )


def _new_files(row: ImportSchedule) -> list[_Found]:
    """Return the files that were not taken yet, the oldest first. Raises ``RuleViolation`` for an unusable folder."""
    store = _store()
    try:
        names = [name for name in store.listdir(row.folder)[1] if _is_table(name)]
    except FileNotFoundError as error:
        raise RuleViolation("folder_missing", _("There is no folder %(name)s.") % {"name": row.folder}) from error
    if len(names) > MOST_FILES:
        text = _("More than %(count)d files lie in the folder. Delete those that are done.")
        raise RuleViolation("too_many_files", text % {"count": MOST_FILES})
    settled = timezone.now() - SETTLED_AFTER
    found = [file for name in names if (file := _look_at(store, row, name)) is not None]
    new = [file for file in found if file.changed <= settled and row.seen.get(file.name) != file.stamp]
    return sorted(new, key=lambda file: (file.changed, file.name))


def _is_table(name: str) -> bool:
    return bool(name) and name[0] not in ".~" and PurePosixPath(name).suffix.lower() not in UNFINISHED


def _look_at(store: "Storage", row: ImportSchedule, name: str) -> _Found | None:
    """Return what is known of a file; None for one that has gone, or that leads out of the folder."""
    path = f"{row.folder}/{name}"
    try:
        if _leads_out(store, row.folder, path):
            return None
        return _Found(name, path, store.get_modified_time(path), store.size(path))
    except FileNotFoundError:
        return None


def _leads_out(store: "Storage", folder: str, path: str) -> bool:
    try:
        whole, home = Path(store.path(path)), Path(store.path(folder))
    except NotImplementedError:
        return False  # a bucket has no links
    return not whole.resolve().is_relative_to(home.resolve())


def _take(row: ImportSchedule, file: _Found) -> bool:
    """Upload a file as its owner would; False where there is nothing to do. It is taken once, whoever looks as well."""
    limit = SheetLimits().bytes
    if file.size > limit:
        _see(row, file)
        text = _("%(file)s was left out: it is larger than %(limit)d MB.")
        raise RuleViolation("too_large", text % {"file": file.name, "limit": limit >> 20})
    with _store().open(file.path) as opened:
        data = opened.read(limit + 1)
    with transaction.atomic():
        kept = ImportSchedule.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if kept.seen.get(file.name) == file.stamp:
            return True
        _see(kept, file)
        if _is_known(kept, file.name, data):
            return False
        upload = SimpleUploadedFile(file.name, data)
        batch = upload_table(row.kind, row.cohort, upload, actor=row.owner)
        ImportBatch.objects.filter(pk=batch.pk).update(schedule=row, is_pending=True)
    return True


def _see(row: ImportSchedule, file: _Found) -> None:
    """Remember a file, and forget the oldest of so many as a folder may hold twice."""
    row.seen = dict([*((n, s) for n, s in row.seen.items() if n != file.name), (file.name, file.stamp)])
    row.seen = dict(list(row.seen.items())[-2 * MOST_FILES :])
    ImportSchedule.objects.filter(pk=row.pk).update(seen=row.seen)


def _is_known(row: ImportSchedule, name: str, data: bytes) -> bool:
    """Say whether the newest table of this name held the very same: written anew, nothing changed."""
    same = row.batches.filter(file_name=clean_filename(name)).order_by("-id").values_list("sha256", flat=True)
    return same.first() == hashlib.sha256(data).hexdigest()


# -- settling -----------------------------------------------------------------------------------------------------


def _settle(batch_id: int) -> None:
    """Do what is to be done with a table that was read: import it, tell its owner, or put away what changes nothing."""
    try:
        with transaction.atomic():
            rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("job", "owner", "schedule")
            batch = rows.filter(pk=batch_id, is_pending=True).first()
            if batch is None or (batch.job is not None and batch.job.state in JobState.unfinished()):
                return
            with translation.override(batch.owner.language or settings.LANGUAGE_CODE):
                if not _goes_on(batch):
                    ImportBatch.objects.filter(pk=batch_id).update(is_pending=False)
    except (RuleViolation, NotAllowed):
        with transaction.atomic():
            ImportBatch.objects.filter(pk=batch_id).update(is_pending=False)
            _tell(batch_id, "refused")
    except Exception:
        # It stays to be settled; the others are not kept waiting by it.
        log.exception("The scheduled import %s cannot be settled", batch_id)


def _goes_on(batch: ImportBatch) -> bool:
    """Say whether work on the table was begun now, after which there is more to settle."""
    if batch.state == ImportState.STAGED and not any(n for s, n in batch.counts.items() if s != RowStatus.UNCHANGED):
        discard_import(batch, actor=batch.owner)
        return False
    tried = batch.job is not None and batch.job.kind == APPLY
    if batch.state == ImportState.STAGED and not tried and _applies(batch):
        confirm_import(batch, actor=batch.owner)
        return True
    if batch.state != ImportState.DISCARDED:
        _tell(batch.pk, batch.state)
    return False


def _tell(batch_id: int, state: str) -> None:
    enqueue(TELL, {"batch_id": batch_id}, dedupe_key=f"import:{batch_id}:{state}")


def _applies(batch: ImportBatch) -> bool:
    schedule = batch.schedule
    return schedule is not None and schedule.is_active and schedule.applies and not batch.counts[RowStatus.ERROR]
