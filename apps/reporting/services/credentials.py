"""Credentials: issued when a placement is completed, revoked with a reason, verified by anybody without us."""

import base64
import secrets
import uuid
from typing import TYPE_CHECKING, Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.services.history import note_history
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.reporting.badges import BITS, Issuer, Training, credential_of, did_document, status_list
from apps.reporting.models import Credential, SigningKey
from apps.reporting.selectors import certificate_sheet
from apps.reporting.states import CredentialState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import announce_created, perform
from portal.kernel.sealing import seal, unseal

if TYPE_CHECKING:
    from portal.kernel.access import Actor

# A list of which half the bits are drawn is followed by the next one.
FULL: Final = BITS // 2


def issuer() -> Issuer:
    """Return who issues: the university of this installation."""
    return Issuer(settings.SITE_URL.rstrip("/"), settings.UNIVERSITY_NAME)


# -- keys ---------------------------------------------------------------------------------------------------------


def current_key() -> SigningKey:
    """Return the key that signs, made at the first use."""
    found = SigningKey.objects.filter(retired_at__isnull=True).order_by("-id").first()
    return found or _new_key(SYSTEM)


def rotate_key(*, actor: "Actor", compromised: bool = False) -> SigningKey:
    """Sign with a new key from now on; what the old one signed stays good unless it is ``compromised``."""
    now = timezone.now()
    with transaction.atomic():
        old = SigningKey.objects.select_for_update().filter(retired_at__isnull=True)
        # A private key that signs nothing any more is a danger only.
        old.update(private_key="", retired_at=now, withdrawn_at=now if compromised else None)
        return _new_key(actor)


def _new_key(actor: "Actor") -> SigningKey:
    private = Ed25519PrivateKey.generate()
    row = SigningKey.objects.create(
        public_key=_text(private.public_key().public_bytes_raw()), private_key=seal(_text(private.private_bytes_raw()))
    )
    note_history(row, "create", actor=actor, department_id=None)
    return row


def published_did() -> dict[str, Any]:
    """Return the document under ``/.well-known/did.json``: the newest key first, withdrawn ones left out."""
    keys = SigningKey.objects.filter(withdrawn_at__isnull=True).order_by("-id")
    return did_document(issuer(), {str(key): key.public_key for key in keys})


def _signed(payload: dict[str, Any]) -> str:
    key = current_key()
    private = Ed25519PrivateKey.from_private_bytes(_bytes(unseal(key.private_key)))
    headers = {"kid": f"{issuer().did}#{key}", "typ": "vc+jwt"}
    return jwt.encode(payload, private, algorithm="EdDSA", headers=headers)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# -- credentials --------------------------------------------------------------------------------------------------


def issue_credential(placement: Placement, *, actor: "Actor") -> Credential:
    """Return the credential of a completed placement, made where there is none.

    Raises ``RuleViolation`` ``not_completed`` before the end, and ``LookupError`` where the key was sealed with another
    ``SECRET_KEY``.
    """
    if placement.state != PlacementState.COMPLETED:
        raise RuleViolation("not_completed", _("The credential comes when the training is completed."))
    with transaction.atomic():
        Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
        found = Credential.objects.filter(placement=placement).first()
        if found is not None:
            return found
        key, index = uuid.uuid4(), _free_index()
        payload = credential_of(issuer(), training_of(placement), str(key), index, timezone.now())
        row = Credential(placement=placement, uuid=key, status_index=index, token=_signed(payload))
        row.save()
        announce_created(row, actor=actor)
    return row


def _free_index() -> int:
    """Draw a bit of the last list by lot; it never gets so full that drawing takes long."""
    number = _last_list()
    taken = set(Credential.objects.filter(_in_list(number)).values_list("status_index", flat=True))
    if len(taken) >= FULL:
        number, taken = number + 1, set()
    while (index := number * BITS + secrets.randbelow(BITS)) in taken:
        pass
    return index


def _last_list() -> int:
    return (Credential.objects.aggregate(last=Max("status_index"))["last"] or 0) // BITS


def _in_list(number: int) -> Q:
    return Q(status_index__range=(number * BITS, (number + 1) * BITS - 1))


def training_of(placement: Placement) -> Training:
    """Return what the credential says, in the language of the installation."""
    sheet = certificate_sheet(placement, language=settings.LANGUAGE_CODE)
    certificate: Any = sheet.content
    with translation.override(settings.LANGUAGE_CODE):
        return Training(
            student=certificate.student,
            programme=certificate.programme,
            company=certificate.company,
            start=certificate.start,
            end=certificate.end,
            title=_("Practical training at %(company)s") % {"company": certificate.company},
            sentence=f"{certificate.student} {certificate.as_plain()['sentence']}",
            criteria=_("Days were recorded by the student, verified by the company and validated by the university."),
            skills=certificate.skills,
        )


def revoke_credential(
    credential: Credential, *, actor: "Actor", reason: str, expected_version: int | None = None
) -> Credential:
    """Revoke a credential for good. Raises what ``perform`` raises; ``reason_needed`` without a reason."""
    return perform(credential, "revoke", actor=actor, reason=reason, expected_version=expected_version)


def has_status_list(number: int) -> bool:
    """Say whether a list is opened; the first one always is."""
    return number <= _last_list()


def published_status(number: int = 0) -> str:
    """Return a signed list of revoked credentials, as it is now."""
    rows = Credential.objects.filter(_in_list(number), state=CredentialState.REVOKED)
    return _signed(status_list(issuer(), number, rows.values_list("status_index", flat=True), timezone.now()))
