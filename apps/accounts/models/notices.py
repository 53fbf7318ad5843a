"""What we tell a person: in the portal and by mail, in one row."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.states import NoticeFrequency, NoticeState
from portal.kernel.fsm import Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class Notice(StatefulModel):
    """One thing told to one person.

    ``kind`` is ``"<app>.<noun>_<happened>"`` and names the templates; ``facts`` holds the plain values that they
    show (no rows: the mail may go out later). ``urgent`` goes out at once, the rest in the person's digest.
    ``link`` describes an access link that is made when the mail is written, because its secret is stored nowhere.
    ``taken_until`` is the lease of the worker that writes the mail: two workers never send the same notice at once.
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
    taken_until = models.DateTimeField(null=True, blank=True, editable=False)
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

    @transition(
        field=state,
        source=NoticeState.FAILED,
        target=NoticeState.QUEUED,
        custom=move(_("Try again"), system=True, stamps={"due_at": Stamp.NOW}),
    )
    def try_again(self) -> None:
        """Somebody has looked at the address or the server; it is sent once more."""


class NoticeChoice(Timestamped):
    """How one person wants one kind of notice by mail, where this differs from the usual."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=80)
    frequency = models.CharField(_("by mail"), max_length=10, choices=NoticeFrequency)

    class Meta:
        verbose_name = _("choice of mail")
        verbose_name_plural = _("choices of mail")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="accounts_notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.get_frequency_display()}"


class MailTrouble(Timestamped):
    """That mails to a person's address come back; with ``paused_at`` nothing more is sent to this address.

    It counts for the address that it names only: who enters another one is reached again. ``status`` is the enhanced
    code of the last bounce (RFC 3463), ``detail`` what the other mail server said.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_trouble", verbose_name=_("person")
    )
    address = models.EmailField(_("address"))
    count = models.PositiveSmallIntegerField(_("came back"), default=0)
    first_at = models.DateTimeField(_("first time"))
    last_at = models.DateTimeField(_("last time"))
    status = models.CharField(_("code"), max_length=16, blank=True)
    detail = models.CharField(_("what the mail server said"), max_length=300, blank=True)
    paused_at = models.DateTimeField(_("no mail since"), null=True, blank=True)

    class Meta:
        verbose_name = _("address that bounces")
        verbose_name_plural = _("addresses that bounce")
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return self.address
