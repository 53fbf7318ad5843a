"""Jobs: long work as a row that its owner watches, cancels and gets a result from."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Job, OutboxTask, User
from apps.accounts.permissions import can_cancel_job
from apps.accounts.services.outbox import extend_lease
from apps.accounts.states import JobState, OutboxState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform
from portal.kernel.tasks import enqueue

log = logging.getLogger(__name__)

TICK = dt.timedelta(seconds=1)

type Work = Callable[..., None]
type StillTheirs = Callable[[Job], bool]

_kinds: dict[str, Work] = {}
_still_theirs: dict[str, StillTheirs] = {}


class JobPausedError(Exception):
    """The owner asked to pause: nothing stays, and the work is done from its beginning later."""


class JobCancelledError(Exception):
    """The owner asked to stop; whatever the job wrote in its transaction is rolled back."""


@dataclass
class Progress:
    """What a job's function gets to say how far it is; writes at most once a second."""

    job: Job
    total: int = 0
    done: int = 0
    _told_at: dt.datetime = field(default_factory=timezone.now)

    def start(self, total: int) -> None:
        """Say how many steps there are."""
        self.total, self.done = total, 0
        self._write()

    def step(self, count: int = 1) -> None:
        """Say that some steps are done. Raises ``JobCancelledError`` if the owner asked to stop."""
        self.done += count
        if self.done >= self.total or timezone.now() - self._told_at >= TICK:
            self._write()

    def attach(self, content: File[bytes], name: str) -> None:
        """Store the result file that the owner downloads under ``name``; one of an earlier run goes."""
        storage, earlier = self.job.result.storage, self.job.result.name
        self.job.result.save(name, content, save=False)
        Job.objects.filter(pk=self.job.pk).update(result=self.job.result.name, result_name=name)
        if earlier:
            storage.delete(earlier)

    def say(self, message: str, *, next_url: str = "") -> None:
        """Store a sentence for the owner, and the page to go on with."""
        Job.objects.filter(pk=self.job.pk).update(message=message[:300], next_url=next_url)

    def note(self, outcome: Mapping[str, Any]) -> None:
        """Store what came of it for a page that shows more than a sentence: keys of rows and codes, no names."""
        Job.objects.filter(pk=self.job.pk).update(outcome=dict(outcome))

    def _write(self) -> None:
        self._told_at = timezone.now()
        Job.objects.filter(pk=self.job.pk).update(
            done_count=self.done, total_count=self.total, heartbeat_at=self._told_at
        )
        extend_lease()
        self.check()

    def check(self) -> None:
        """Stop if the owner asked to, without a word of how far it is: for work inside of one transaction.

        Raises ``JobCancelledError`` or ``JobPausedError``.
        """
        asked = Job.objects.filter(pk=self.job.pk).values_list("cancel_asked", "pause_asked").first()
        if asked is not None and asked[0]:
            raise JobCancelledError
        if asked is not None and asked[1]:
            raise JobPausedError


def job(kind: str, *, still_theirs: StillTheirs | None = None) -> Callable[[Work], Work]:
    """Register ``function(progress, **payload)`` as the work of jobs of this kind.

    It SHALL write its effect in one transaction or under keys that make a second run harmless: a job whose worker
    died is run again from the beginning. ``still_theirs(job)`` is asked at each download whether the owner would get
    all of it today as well; without it the file is the owner's as long as it is kept.
    """

    def register(function: Work) -> Work:
        _kinds[kind] = function
        if still_theirs is not None:
            _still_theirs[kind] = still_theirs
        return function

    return register


def start_job(kind: str, *, title: str, payload: Mapping[str, Any], actor: User) -> Job:
    """Create the row and its outbox task in the current transaction; ids only in ``payload``."""
    if kind not in _kinds:
        message = f"no job of kind {kind}"
        raise ValueError(message)
    row = Job.objects.create(owner=actor, kind=kind, title=title, payload=dict(payload))
    enqueue("accounts.run_job", {"job_id": row.pk}, dedupe_key=f"job:{row.pk}")
    return row


def result_is_still_theirs(row: Job) -> bool:
    """Say whether the owner may have the finished file with the rights of this moment."""
    asked = _still_theirs.get(row.kind)
    return row.state == JobState.DONE and bool(row.result) and (asked is None or asked(row))


def run_job(job_id: int) -> None:
    """Do the work of a job; called by the outbox. Ends in done, failed or cancelled, and never raises."""
    row = Job.objects.filter(pk=job_id, state__in=JobState.unfinished()).first()
    if row is None or (row.state == JobState.QUEUED and row.pause_asked):
        return
    perform(row, "start", actor=SYSTEM)
    try:
        _kinds[row.kind](Progress(row), **row.payload)
    except JobPausedError:
        perform(row, "pause", actor=SYSTEM)
        _run_again_if_resumed(row)
    except JobCancelledError:
        perform(row, "cancel", actor=SYSTEM)
    except RuleViolation as error:
        perform(row, "fail", actor=SYSTEM, reason=str(error.message))
    except Exception as error:
        log.exception("Job %s failed", row.pk)
        perform(row, "fail", actor=SYSTEM, reason=f"{type(error).__name__}: {error}"[:2000])
    else:
        perform(row, "finish", actor=SYSTEM)


LOST_AFTER = dt.timedelta(minutes=5)


def sweep_jobs() -> int:
    """Fail jobs whose outbox task is gone or dead, so that nobody watches a bar that will never move again."""
    alive = set(_tasks_of_jobs().values_list("payload__job_id", flat=True))
    old = Job.objects.filter(state__in=JobState.unfinished(), created_at__lt=timezone.now() - LOST_AFTER)
    old = old.exclude(state=JobState.QUEUED, pause_asked=True)
    lost = [row for row in old if row.pk not in alive]
    for row in lost:
        perform(row, "fail", actor=SYSTEM, reason=str(_("The work was lost. Please start it again.")))
    return len(lost)


def cancel_job(row: Job, *, actor: User) -> Job:
    """Stop a job: at once while it waits, at its next step while it runs."""
    if row.state == JobState.QUEUED:
        return perform(row, "cancel", actor=actor)
    Job.objects.filter(pk=row.pk, state=JobState.RUNNING, owner=actor).update(cancel_asked=True)
    row.refresh_from_db()
    return row


def pause_job(row: Job, *, actor: User) -> Job:
    """Keep a job from going on: at once while it waits, at its next step while it runs. Raises ``NotAllowed``."""
    if not can_cancel_job(row, actor):
        raise NotAllowed
    Job.objects.filter(pk=row.pk, state__in=JobState.unfinished()).update(pause_asked=True)
    row.refresh_from_db()
    return row


def resume_job(row: Job, *, actor: User) -> Job:
    """Let a paused job go on: it is done from its beginning, which its kind allows. Raises ``NotAllowed``."""
    if not can_cancel_job(row, actor):
        raise NotAllowed
    with transaction.atomic():
        paused = Job.objects.select_for_update(of=("self",)).filter(pk=row.pk, pause_asked=True).first()
        if paused is not None:
            Job.objects.filter(pk=row.pk).update(pause_asked=False)
            if paused.state == JobState.QUEUED:
                _run_again(paused)
    row.refresh_from_db()
    return row


def _run_again(row: Job) -> None:
    """Start the work a second time, unless a task for it still waits."""
    if not _tasks_of_jobs().filter(payload__job_id=row.pk, state=OutboxState.WAITING).exists():
        enqueue("accounts.run_job", {"job_id": row.pk}, dedupe_key=f"job:{row.pk}:{uuid.uuid4().hex}")


def _run_again_if_resumed(row: Job) -> None:
    """Go on with work whose owner wanted it again before it had stopped."""
    with transaction.atomic():
        if Job.objects.filter(pk=row.pk, state=JobState.QUEUED, pause_asked=False).exists():
            _run_again(row)


def _tasks_of_jobs() -> QuerySet[OutboxTask]:
    return OutboxTask.objects.filter(kind="accounts.run_job", state__in=[OutboxState.WAITING, OutboxState.RUNNING])
