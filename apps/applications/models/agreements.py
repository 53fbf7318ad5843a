"""Letters and agreements that go with a placement, and who has signed them."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.applications import permissions
from apps.applications.models.placements import Placement
from apps.applications.states import AgreementKind, AgreementState, Party, SigningWay
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped

PARTIES: Final[dict[str, tuple[Party, ...]]] = {
    AgreementKind.LETTER: (Party.UNIVERSITY,),
    AgreementKind.TRIPARTITE: (Party.STUDENT, Party.HOST, Party.UNIVERSITY),
}
OPEN: Final = models.Q(state__in=[AgreementState.DRAFT, AgreementState.SENT, AgreementState.SIGNED])


def agreement_path(_agreement: "Agreement", _name: str) -> str:
    """Return a name that cannot be guessed."""
    return f"agreements/{uuid.uuid4()}.pdf"


def scan_path(_agreement: "Agreement", name: str) -> str:
    """Return a name that cannot be guessed, with the ending that the checked file was given."""
    return f"agreements/{uuid.uuid4()}.{name.rpartition('.')[2]}"


class Agreement(StatefulModel):
    """One paper about a placement: made once as PDF, which then never changes; what is signed is its hash."""

    MOVE_RELATED = ("placement__enrolment__cohort", "placement__company")
    MOVE_PREFETCH = ("placement__supervisors", "signatures")

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("placement")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=AgreementKind)
    language = models.CharField(_("language"), max_length=8)
    # Stands on the paper as words and as QR code, so that a scan finds its way back.
    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to=agreement_path, max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    problem = models.TextField(_("problem"), blank=True, editable=False)
    send_at_once = models.BooleanField(_("send as soon as it is made"), default=True)
    scan = models.FileField(_("scan"), upload_to=scan_path, max_length=200, blank=True, editable=False)
    scanned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    scanned_at = models.DateTimeField(_("scan received"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    completed_at = models.DateTimeField(_("signed by all"), null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"),
        choices=AgreementState,
        default=AgreementState.DRAFT,
        protected=True,
        db_index=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("letter or agreement")
        verbose_name_plural = _("letters and agreements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "kind"], condition=OPEN, name="applications_one_open_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.placement}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.placement.anchor_department_id

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who signs a paper of this kind, in the order in which they stand on it."""
        return PARTIES[self.kind]

    @property
    def missing(self) -> list[Party]:
        """Who has not signed."""
        signed = {signature.party for signature in self.signatures.all()}
        return [party for party in self.parties if party not in signed]

    @transition(
        field=state,
        source=AgreementState.DRAFT,
        target=AgreementState.SENT,
        permission=permissions.coordinates_agreement,
        conditions=[permissions.is_made],
        custom=move(
            _("Send to be signed"),
            help=_("Everybody who signs is told, with a link."),
            danger=Danger.MAIN,
            system=True,
            stamps={"sent_at": Stamp.NOW},
        ),
    )
    def send(self) -> None:
        """Ask for signatures."""

    @transition(
        field=state,
        source=AgreementState.SENT,
        target=AgreementState.SIGNED,
        permission=permissions.can_sign_agreement,
        conditions=[permissions.somebody_has_signed],
        custom=move(_("Sign")),
    )
    def sign(self) -> None:
        """The first signature is there."""

    @transition(
        field=state,
        source=AgreementState.SIGNED,
        target=AgreementState.COMPLETE,
        conditions=[permissions.everybody_has_signed],
        custom=move(_("Complete"), system=True, stamps={"completed_at": Stamp.NOW}),
    )
    def complete(self) -> None:
        """The last signature is there."""

    @transition(
        field=state,
        source=[AgreementState.DRAFT, AgreementState.SENT, AgreementState.SIGNED],
        target=AgreementState.WITHDRAWN,
        permission=permissions.coordinates_agreement,
        custom=move(
            _("Withdraw"), danger=Danger.FINAL, needs_reason=True, system=True, stamps={"reason": Stamp.REASON}
        ),
    )
    def withdraw(self) -> None:
        """It does not count."""


class AgreementSignature(Timestamped):
    """One signature: who, in which name, when, from where, under which file."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("letter or agreement")
    )
    party = models.CharField(_("party"), max_length=12, choices=Party)
    # Who signed electronically, or who said that the paper carries the signature.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=120)
    way = models.CharField(_("way"), max_length=12, choices=SigningWay)
    sha256 = models.CharField(max_length=64)
    address = models.GenericIPAddressField(_("signed from"), null=True)
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="applications_party_signs_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.name}"
