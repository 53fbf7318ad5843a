"""Work that is done later: outbox rows for the machine, jobs for people to watch."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts import permissions
from apps.accounts.states import JobState, OutboxState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class OutboxTask(models.Model):
    """One piece of later work, written in the transaction that wants it; ids only in ``payload``."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - many rows have none
    state = models.CharField(_("state"), max_length=10, choices=OutboxState, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="accounts_outbox_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class Job(StatefulModel):
    """A long task as a row that its owner can watch and cancel. Ends whole or not at all."""

    KEEPS_HISTORY = False

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs", verbose_name=_("owner")
    )
    kind = models.CharField(_("kind"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    payload = models.JSONField(default=dict)
    done_count = models.PositiveIntegerField(_("done"), default=0)
    total_count = models.PositiveIntegerField(_("of"), default=0)
    message = models.CharField(_("message"), max_length=300, blank=True)
    error = models.TextField(_("error"), blank=True)
    result = models.FileField(_("result"), upload_to="jobs/", blank=True, max_length=200)
    result_name = models.CharField(max_length=200, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    next_url = models.CharField(max_length=200, blank=True)
    cancel_asked = models.BooleanField(default=False)
    # Waiting work of which this is said is paused: no worker takes it.
    pause_asked = models.BooleanField(default=False, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    state = FSMField(_("state"), choices=JobState, default=JobState.QUEUED, protected=True, editable=False)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @transition(
        field=state,
        source=[JobState.QUEUED, JobState.RUNNING],
        target=JobState.RUNNING,
        custom=move(_("Start"), system=True, stamps={"started_at": Stamp.NOW, "heartbeat_at": Stamp.NOW}),
    )
    def start(self) -> None:
        """A worker takes it; also a second time, after the worker before died."""

    @transition(
        field=state,
        source=JobState.RUNNING,
        target=JobState.QUEUED,
        custom=move(_("Pause"), system=True),
    )
    def pause(self) -> None:
        """The owner asked for it; nothing of it is stored, and it begins anew when the owner wants it."""

    @transition(
        field=state,
        source=JobState.RUNNING,
        target=JobState.DONE,
        custom=move(_("Finish"), system=True, stamps={"finished_at": Stamp.NOW}),
    )
    def finish(self) -> None:
        """All is done and stored."""

    @transition(
        field=state,
        source=[JobState.QUEUED, JobState.RUNNING],
        target=JobState.FAILED,
        custom=move(_("Fail"), system=True, stamps={"finished_at": Stamp.NOW, "error": Stamp.REASON}),
    )
    def fail(self) -> None:
        """Nothing of it is stored; the reason is for the owner."""

    @transition(
        field=state,
        source=[JobState.QUEUED, JobState.RUNNING],
        target=JobState.CANCELLED,
        permission=permissions.can_cancel_job,
        custom=move(_("Cancel"), danger=Danger.CAREFUL, system=True, stamps={"finished_at": Stamp.NOW}),
    )
    def cancel(self) -> None:
        """The owner does not want it any more; nothing of it is stored."""
