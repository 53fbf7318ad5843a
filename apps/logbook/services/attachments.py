"""Files of a day: pictures drawn anew, PDFs as they are, kept under names that tell nothing."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.logbook.models import DailyLog, LogAttachment
from apps.logbook.models.logs import attachment_path
from apps.logbook.services.entries import check_writable, drop_file, lock_own
from portal.kernel.errors import RuleViolation
from portal.kernel.exports import clean_filename
from portal.kernel.pdfs import check_pdf
from portal.kernel.pictures import clean_picture, picture_type

if TYPE_CHECKING:
    from django.core.files.storage import Storage

    from portal.kernel.access import Actor

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_A_LOG: Final = 10
MOST_A_DAY: Final = 50
MOST_STORED: Final = 200 * 1024 * 1024
ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf"}


@dataclass(frozen=True)
class KeptFile:
    """A file that was looked at and stored under ``stored``, and belongs to no day yet."""

    stored: str
    original_name: str
    content_type: str
    size: int
    sha256: str


def keep_file(data: bytes, *, name: str) -> KeptFile:
    """Look at a PNG, JPEG, WebP or PDF of at most 5 MiB and store it; the content decides what it is, never its name.

    Do not call this inside a transaction: looking takes a child process, and on SQLite all writers would wait for it.
    Raises ``RuleViolation`` ``empty_file``, ``too_large``, ``wrong_kind``, ``not_a_picture``, ``picture_too_large``
    or what ``check_pdf`` raises.
    """
    content, kind = _checked(data)
    stored = _storage().save(attachment_path(LogAttachment(), "file" + ENDINGS[kind]), ContentFile(content))
    return KeptFile(stored, _shown_name(name, kind), kind, len(content), hashlib.sha256(content).hexdigest())


def forget_file(kept: KeptFile) -> None:
    """Remove a stored file that came to no day."""
    _storage().delete(kept.stored)


def attach_kept(log: DailyLog, kept: KeptFile, *, actor: "Actor") -> LogAttachment:
    """Give a stored file to a day that the student may still change; where this raises, the caller forgets the file.

    Raises ``NotAllowed``, ``WrongState`` and ``RuleViolation`` ``too_many_files`` or ``upload_limit``.
    """
    with transaction.atomic():
        lock_own(log.enrolment, actor)
        fresh = DailyLog.objects.select_related("enrolment").get(pk=log.pk)
        check_writable(fresh, actor, None)
        _check_limits(fresh, kept.size)
        return LogAttachment.objects.create(
            log=fresh,
            file=kept.stored,
            original_name=kept.original_name,
            content_type=kept.content_type,
            size=kept.size,
            sha256=kept.sha256,
        )


def attach_file(log: DailyLog, data: bytes, *, name: str, actor: "Actor") -> LogAttachment:
    """Keep a file with a day that the student may still change; of a day that refuses it nothing stays.

    Raises what ``keep_file`` and ``attach_kept`` do.
    """
    check_writable(log, actor, None)
    kept = keep_file(data, name=name)
    try:
        return attach_kept(log, kept, actor=actor)
    except BaseException:
        forget_file(kept)
        raise


def _storage() -> "Storage":
    storage: Storage = LogAttachment._meta.get_field("file").storage
    return storage


def _checked(data: bytes) -> tuple[bytes, str]:
    """Return what is to be stored and its media type."""
    if not data:
        raise RuleViolation("empty_file", _("This file is empty."), field="photo")
    if len(data) > MOST_BYTES:
        raise RuleViolation("too_large", _("This file is larger than 5 MB."), field="photo")
    if data.startswith(b"%PDF-"):
        check_pdf(data, field="photo")
        return data, "application/pdf"
    if not picture_type(data):
        raise RuleViolation("wrong_kind", _("Send a picture (PNG, JPEG, WebP) or a PDF."), field="photo")
    drawn = clean_picture(data)
    return drawn, picture_type(drawn)


def _check_limits(log: DailyLog, size: int) -> None:
    if log.attachments.count() >= MOST_A_LOG:
        raise RuleViolation("too_many_files", _("A day takes at most 10 files."), field="photo")
    own = LogAttachment.objects.filter(log__enrolment__student=log.enrolment.student_id)
    today = own.filter(created_at__gt=timezone.now() - dt.timedelta(days=1)).count()
    stored = own.aggregate(sum=Sum("size"))["sum"] or 0
    if today >= MOST_A_DAY or stored + size > MOST_STORED:
        raise RuleViolation("upload_limit", _("You have uploaded very much. Go on tomorrow."), field="photo")


def _shown_name(name: str, kind: str) -> str:
    """Return a clean name whose ending says what the file is."""
    return clean_filename(PurePath(name.replace("\\", "/")).stem + ENDINGS[kind])


def remove_file(attachment: LogAttachment, *, actor: "Actor") -> None:
    """Take a file away from a day that the student may still change. Raises ``NotAllowed`` or ``WrongState``."""
    with transaction.atomic():
        lock_own(attachment.log.enrolment, actor)
        fresh = DailyLog.objects.select_related("enrolment").get(pk=attachment.log_id)
        check_writable(fresh, actor, None)
        drop_file(attachment.file)
        attachment.delete()
