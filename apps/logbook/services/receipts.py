"""A day as a page or a phone sends it: kept with its files, sent on if asked; the same thing twice is one thing."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.logbook.models import DailyLog, DayReceipt
from apps.logbook.services.attachments import KeptFile, attach_kept, forget_file, keep_file
from apps.logbook.services.entries import check_own, lock_own
from apps.logbook.services.logs import DayText, keep_log, submit_log
from apps.logbook.services.places import Position
from apps.logbook.states import ChainState
from portal.kernel.errors import RuleViolation, Text

if TYPE_CHECKING:
    from portal.kernel.access import Actor

# A phone that has not been on the network for so long sends nothing any more that it sent before.
KEEP_RECEIPTS: Final = dt.timedelta(days=60)
A_PART: Final = 5000

# The files of a day by the names that they came under: stored, or why they were refused.
type Kept = list[tuple[str, KeptFile | Text]]


@dataclass(frozen=True)
class SentDay:
    """What arrives for a day: the text, files as (name, content), and how it was meant.

    ``version`` is that of the log as it was shown, 0 where there was none. ``key`` is the device's own for this
    sending; without one, sending twice is guarded by the version alone. ``placement_id`` is asked for by a student with
    several places at once.
    """

    written: DayText
    version: int = 0
    key: uuid.UUID | None = None
    files: Sequence[tuple[str, bytes]] = ()
    submit: bool = False
    position: Position | None = None
    placement_id: int | None = None

    def digest(self, day: dt.date) -> str:
        """Return the SHA-256 of all that the student said with it."""
        written = self.written
        files = [hashlib.sha256(content).hexdigest() for _name, content in self.files]
        said = [day.isoformat(), written.text, str(written.hours), list(written.skills), files, self.submit]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True)
class TakenDay:
    """What came of it: the log, whether it is sent on, why not, which files were refused, whether it was a repeat."""

    log: DailyLog
    is_sent: bool
    why_not: Text = ""
    refused_files: list[tuple[str, Text]] = field(default_factory=list)
    is_repeat: bool = False


def forget_old_receipts() -> int:
    """Delete the receipts that have been kept long enough, in parts; returns how many went.

    There are as many of them as days are sent, more than the nightly deletion takes in one go.
    """
    old = DayReceipt.objects.filter(created_at__lt=timezone.now() - KEEP_RECEIPTS).order_by("pk")
    gone = 0
    while part := list(old.values_list("pk", flat=True)[:A_PART]):
        gone += DayReceipt.objects.filter(pk__in=part).delete()[0]
    return gone


def take_day(enrolment: Enrolment, day: dt.date, sent: SentDay, *, actor: "Actor") -> TakenDay:
    """Keep a day and, if it is meant so, send it; what was taken under the same key before is only answered again.

    What is wrong with a file or with sending never loses the text. Raises what ``save_log`` does, and
    ``RuleViolation`` ``key_used`` for a key under which something else was taken.
    """
    # On SQLite whoever writes keeps all others waiting: the files are looked at before, the transaction stays short.
    kept: Kept = []
    try:
        _keep_files(kept, enrolment, sent, actor)
        with transaction.atomic():
            log, receipt, refused = _take(enrolment, day, sent, kept, actor)
    except BaseException:
        _forget_files(kept)
        raise
    # Moved on since: it was sent, decided or written anew, and none of that is to be done again.
    is_fresh = receipt is None or log.version == receipt.taken_version
    why_not: Text = refused[0][1] if refused else ""
    if sent.submit and is_fresh and not refused:
        log, why_not = _send_on(log, sent, actor)
    is_sent = log.state not in ChainState.with_student()
    return TakenDay(log, is_sent, why_not if sent.submit else "", refused, receipt is not None)


def _take(
    enrolment: Enrolment, day: dt.date, sent: SentDay, kept: Kept, actor: "Actor"
) -> tuple[DailyLog, DayReceipt | None, list[tuple[str, Text]]]:
    """Return the stored log, the receipt if it was taken before, and which files were refused."""
    own = lock_own(enrolment, actor)
    receipt = _receipt_of(own, sent)
    if receipt is not None:
        if receipt.digest != sent.digest(day):
            raise RuleViolation("key_used", _("Something else was sent under this key already. Reload the page."))
        # The same thing twice at once: the other one has stored these files.
        _forget_files(kept)
        return receipt.log, receipt, []
    log = keep_log(
        *(own, day, sent.written),
        actor=actor,
        placement_id=sent.placement_id,
        expected_version=sent.version,
    )
    refused = _attach(log, kept, actor)
    _note_receipt(own, log, sent, day)
    return log, None, refused


def _receipt_of(own: Enrolment, sent: SentDay) -> DayReceipt | None:
    if sent.key is None:
        return None
    rows = DayReceipt.objects.select_related("log__enrolment__cohort", "log__placement")
    return rows.filter(student=own.student_id, key=sent.key).first()


def _keep_files(kept: Kept, enrolment: Enrolment, sent: SentDay, actor: "Actor") -> None:
    """Look at the files and store them; what was taken before needs none of them."""
    check_own(enrolment, actor)
    if not sent.files or _receipt_of(enrolment, sent) is not None:
        return
    for name, content in sent.files:
        try:
            kept.append((name, keep_file(content, name=name)))
        except RuleViolation as error:
            kept.append((name, error.message))


def _forget_files(kept: Kept) -> None:
    for _name, file in kept:
        if isinstance(file, KeptFile):
            forget_file(file)


def _attach(log: DailyLog, kept: Kept, actor: "Actor") -> list[tuple[str, Text]]:
    refused: list[tuple[str, Text]] = []
    for name, file in kept:
        if not isinstance(file, KeptFile):
            refused.append((name, file))
            continue
        try:
            attach_kept(log, file, actor=actor)
        except RuleViolation as error:
            forget_file(file)
            refused.append((name, error.message))
    return refused


def _note_receipt(own: Enrolment, log: DailyLog, sent: SentDay, day: dt.date) -> None:
    if sent.key is not None:
        DayReceipt.objects.create(
            student_id=own.student_id, key=sent.key, log=log, digest=sent.digest(day), taken_version=log.version
        )


def _send_on(log: DailyLog, sent: SentDay, actor: "Actor") -> tuple[DailyLog, Text]:
    try:
        return submit_log(log, actor=actor, position=sent.position), ""
    except RuleViolation as error:
        return log, error.message
