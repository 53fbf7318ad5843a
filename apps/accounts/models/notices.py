"""What we tell a person: in the portal and by mail, in one row."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.states import NoticeState
from portal.kernel.fsm import Stamp, move, transition
from portal.kernel.models import StatefulModel


class Notice(StatefulModel):
    """One thing told to one person.

    ``kind`` is ``"<app>.<noun>_<happened>"`` and names the templates; ``facts`` holds the plain values that they
    show (no rows: the mail may go out later). ``urgent`` goes out at once, the rest in the person's digest.
    ``link`` describes an access link that is made when the mail is written, because its secret is stored nowhere.
    """

    KEEPS_HISTORY = False

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name=_("recipient")
    )
    kind = models.CharField(_("kind"), max_length=80)
    facts = models.JSONField(default=dict)
    url = models.CharField(_("page"), max_length=200, blank=True)
    link = models.JSONField(null=True, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    dedupe_key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - many rows have none
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    message_id = models.CharField(max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    state = FSMField(
        _("state"), choices=NoticeState, default=NoticeState.QUEUED, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "read_at"]),
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="accounts_notice_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.recipient}"

    @transition(
        field=state,
        source=[NoticeState.QUEUED, NoticeState.FAILED],
        target=NoticeState.SENT,
        custom=move(_("Sent"), system=True, stamps={"sent_at": Stamp.NOW}),
    )
    def mark_sent(self) -> None:
        """The mail server took it."""

    @transition(
        field=state,
        source=NoticeState.QUEUED,
        target=NoticeState.FAILED,
        custom=move(_("Failed"), system=True, stamps={"reason": Stamp.REASON}),
    )
    def mark_failed(self) -> None:
        """The mail server refused it for good."""

    @transition(
        field=state,
        source=NoticeState.QUEUED,
        target=NoticeState.SKIPPED,
        custom=move(_("Skip"), system=True, stamps={"reason": Stamp.REASON}),
    )
    def skip(self) -> None:
        """No mail is needed: no address, or the matter is settled."""
