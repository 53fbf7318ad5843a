"""Credentials of completed trainings, and the keys that sign them."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.applications.models import Placement
from apps.reporting import permissions
from apps.reporting.states import CredentialState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class SigningKey(Timestamped):
    """An Ed25519 key of the university: the newest that is not retired signs, all but withdrawn ones verify.

    ``public_key`` is base64url of 32 bytes, ``private_key`` the same, sealed; emptied when the key is retired.
    """

    public_key = models.CharField(_("public key"), max_length=64)
    private_key = models.TextField(_("private key"), blank=True, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"key-{self.pk}"


class Credential(StatefulModel):
    """The Open Badge of one completed placement: ``token`` is the signed credential, as its holder has it.

    ``status_index`` is its bit in the published status lists, counted over all of them; within the last list it is
    drawn by lot, so that it tells nothing.
    """

    MOVE_RELATED = ("placement__enrolment__cohort",)

    placement = models.OneToOneField(
        Placement, on_delete=models.PROTECT, related_name="credential", verbose_name=_("placement")
    )
    uuid = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    status_index = models.PositiveIntegerField(_("number in the status list"), unique=True)
    token = models.TextField(_("credential"), editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    state = FSMField(
        _("state"), choices=CredentialState, default=CredentialState.ISSUED, protected=True, editable=False
    )

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.placement)

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.placement.enrolment.cohort.department_id

    @transition(
        field=state,
        source=CredentialState.ISSUED,
        target=CredentialState.REVOKED,
        permission=permissions.can_revoke_credential,
        custom=move(
            _("Revoke"),
            help=_("Every program that checks it is told so, wherever the copy is. This cannot be taken back."),
            danger=Danger.FINAL,
            needs_reason=True,
            stamps={"revoked_at": Stamp.NOW, "reason": Stamp.REASON},
        ),
    )
    def revoke(self) -> None:
        """It does not count any more."""
