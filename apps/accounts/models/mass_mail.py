"""Mails that a coordinator writes to many people, and to whom each went."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts import permissions
from apps.accounts.models.jobs import Job
from apps.accounts.models.notices import Notice
from apps.accounts.states import MassMailState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class MassMail(StatefulModel):
    """A text with places for names (``{first_name}``), to people who were chosen in a list of the workspace.

    ``audience`` names what they were chosen as (``services.mass_mail.Audience``). Who gets it is fixed when it is
    begun: a hundred and forty-three people that were confirmed are the ones to whom it goes. ``translations`` are
    subject and text by language, for who reads another one than ``text`` is written in; ``left_out`` the chosen rows
    to which nobody is written, by a code of the reason.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mass_mails", verbose_name=_("written by")
    )
    audience = models.CharField(max_length=60, editable=False)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    text = models.TextField(_("text"), max_length=5000, blank=True)
    translations = models.JSONField(_("in other languages"), default=dict, blank=True)
    left_out = models.JSONField(default=dict, blank=True, editable=False)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    state = FSMField(
        _("state"), choices=MassMailState, default=MassMailState.DRAFT, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("mail to many")
        verbose_name_plural = _("mails to many")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject or str(_("Mail without a subject"))

    @transition(
        field=state,
        source=MassMailState.DRAFT,
        target=MassMailState.SENDING,
        permission=permissions.wrote_mass_mail,
        conditions=[permissions.mass_mail_is_written],
        custom=move(_("Send"), danger=Danger.MAIN, bulk=False, stamps={"sent_at": Stamp.NOW}),
    )
    def send(self) -> None:
        """Let it go to everybody."""

    @transition(
        field=state,
        source=MassMailState.SENDING,
        target=MassMailState.SENT,
        custom=move(_("Sent"), system=True),
    )
    def finish(self) -> None:
        """It is in everybody's queue."""

    @transition(
        field=state,
        source=[MassMailState.DRAFT, MassMailState.SENDING, MassMailState.SENT],
        target=MassMailState.STOPPED,
        permission=permissions.wrote_mass_mail,
        custom=move(
            _("Stop"),
            help=_("Who has not got it does not get it any more."),
            danger=Danger.FINAL,
            bulk=False,
            system=True,
        ),
    )
    def stop(self) -> None:
        """Throw it away, or keep back what has not gone out."""


class MassMailRecipient(models.Model):
    """One person to whom a mail goes, why (``target_id``, a row of the audience), and the notice that told it.

    ``fields`` are the values for the places in the text, as they were when the person was chosen.
    """

    mail = models.ForeignKey(MassMail, on_delete=models.CASCADE, related_name="recipients", verbose_name=_("mail"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    target_id = models.BigIntegerField()
    fields = models.JSONField(default=dict)
    notice = models.ForeignKey(
        Notice, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("notice")
    )

    class Meta:
        verbose_name = _("recipient of a mail to many")
        verbose_name_plural = _("recipients of mails to many")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["mail", "person"], name="accounts_mass_mail_once")]

    def __str__(self) -> str:
        return str(self.person)
