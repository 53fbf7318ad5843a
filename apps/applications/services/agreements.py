"""Letters and agreements: prepared, made, signed, withdrawn.

The portal makes the PDF in the app that makes all documents; here it is kept under its hash, and every signature
names the hash that the signer saw.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.accounts.models import User
from apps.accounts.services.history import note_history
from apps.applications.models import Agreement, AgreementSignature, Placement
from apps.applications.permissions import can_prepare_agreement, coordinates_agreement, parties_of
from apps.applications.states import AgreementKind, AgreementState, Party, PlacementState, SigningWay
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import announce_created, perform, perform_many
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile


# Without letters and digits that look alike: people type it from paper.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MAKE: Final = "reporting.make_agreement_again"
LONGEST_NAME: Final = 120
PLACE_CHANGED: Final = gettext_noop("The placement has changed")


def new_code() -> str:
    """Return a code of ten signs, ``K7QMX-2XHDT``: 49 bits, which lead to a page that is slow to guessers."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(10))
    return f"{signs[:5]}-{signs[5:]}"


# -- preparing ----------------------------------------------------------------------------------------------------


def prepare_agreement(
    placement: Placement, kind: AgreementKind, *, actor: "User", language: str = "", send: bool = True
) -> Agreement:
    """Enter a paper about a placement; its PDF is made in a moment and, with ``send``, sent to who signs.

    The language is the student's unless said otherwise. Raises ``NotAllowed``, and ``RuleViolation``
    ``not_confirmed`` (only the letter goes out before the place is settled) or ``paper_open``.
    """
    with transaction.atomic():
        rows = Placement.objects.select_for_update(of=("self",)).select_related("enrolment__cohort")
        placement = rows.select_related("enrolment__student", "company").get(pk=placement.pk)
        if not can_prepare_agreement(placement, actor):
            raise NotAllowed
        if kind == AgreementKind.TRIPARTITE and placement.state == PlacementState.PROPOSED:
            raise RuleViolation("not_confirmed", _("Confirm the place first; then its agreement can be signed."))
        if Agreement.objects.filter(placement=placement, kind=kind, state__in=AgreementState.open()).exists():
            raise RuleViolation("paper_open", _("This paper is on its way already. Withdraw it to make another one."))
        agreement = Agreement(
            placement=placement,
            kind=kind,
            language=language or placement.enrolment.student.language or settings.LANGUAGE_CODE,
            code=new_code(),
            send_at_once=send,
        )
        agreement.save()
        announce_created(agreement, actor=actor)
    return agreement


def keep_document(agreement: Agreement, content: bytes) -> None:
    """Keep the PDF that was made, and send the paper if that was wished; a second call changes nothing."""
    with transaction.atomic():
        row = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if row.sha256 or row.state != AgreementState.DRAFT:
            return
        row.sha256, row.problem = hashlib.sha256(content).hexdigest(), ""
        row.file.save("agreement.pdf", ContentFile(content), save=False)
        row.version += 1
        row.save()
        if row.send_at_once:
            perform(row, "send", actor=SYSTEM)


def note_problem(agreement: Agreement, problem: str) -> None:
    """Keep why the PDF could not be made, for the coordinator who waits for it."""
    Agreement.objects.filter(pk=agreement.pk, sha256="").update(problem=problem)


def make_again(agreement: Agreement, *, actor: User) -> None:
    """Try once more to make the PDF. Raises ``NotAllowed``, ``RuleViolation`` ``made_already``."""
    if not coordinates_agreement(agreement, actor):
        raise NotAllowed
    if agreement.sha256 or agreement.state != AgreementState.DRAFT:
        raise RuleViolation("made_already", _("The file is there already."))
    enqueue(MAKE, {"agreement_id": agreement.pk})


# -- signing ------------------------------------------------------------------------------------------------------


def sign_agreement(
    agreement: Agreement, *, name: str, seen: str, actor: User, address: str = "", via: str = ""
) -> AgreementSignature:
    """Sign electronically: the typed name, the moment, the address and the hash of the file that was ``seen``.

    Who may sign for several parties signs for the first that is missing, and never for two: nobody makes an agreement
    with oneself. Raises ``NotAllowed``, ``WrongState`` for what is not to be signed, ``Stale`` for another file, and
    ``RuleViolation`` ``name_missing``, ``signed_already`` or ``file_changed``.
    """
    name = " ".join(name.split())
    if not any(sign.isalpha() for sign in name) or len(name) > LONGEST_NAME:
        raise RuleViolation("name_missing", _("Type your full name, as you write it under a letter."), field="name")
    with transaction.atomic():
        row = _locked(agreement)
        parties = parties_of(row, actor)
        if not parties:
            raise NotAllowed
        if row.state not in AgreementState.open() or row.state == AgreementState.DRAFT:
            raise WrongState("wrong_state", _("There is nothing to be signed any more."))
        open_parties = [party for party in parties if party in row.missing]
        if not open_parties or any(signature.user_id == actor.pk for signature in row.signatures.all()):
            raise RuleViolation("signed_already", _("This was signed already."))
        if seen != row.sha256:
            raise Stale("stale", _("This is not the file that you saw. Look at it again before you sign."))
        if _hash_of(row.file) != row.sha256:
            raise RuleViolation("file_changed", _("The stored file is damaged. Tell your coordinator."))
        ink = _Ink(SigningWay.ELECTRONIC, name, address, via)
        [signature] = _write(row, open_parties[:1], ink, actor=actor)
    agreement.refresh_from_db()
    return signature


def _locked(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related(*Agreement.MOVE_RELATED)
    return rows.prefetch_related(*Agreement.MOVE_PREFETCH).get(pk=agreement.pk)


def _hash_of(stored: "FieldFile") -> str:
    with stored.open("rb") as opened:
        return hashlib.sha256(opened.read()).hexdigest()


@dataclass(frozen=True)
class _Ink:
    """How a signature comes: on paper it stands in the name of the party."""

    way: SigningWay
    name: str = ""
    address: str = ""
    via: str = ""


def _write(agreement: Agreement, parties: list[Party], ink: _Ink, *, actor: User) -> list[AgreementSignature]:
    """Write signatures and move the paper on; the first makes it partly signed, the last completes it."""
    now = timezone.now()
    signatures = [
        AgreementSignature(
            agreement=agreement,
            party=party,
            user=actor,
            name=ink.name or _name_of(agreement, party),
            way=ink.way,
            sha256=agreement.sha256,
            address=ink.address or None,
            signed_at=now,
        )
        for party in parties
    ]
    for signature in signatures:
        signature.save()
    fresh = _locked(agreement)
    if fresh.state == AgreementState.SENT:
        perform(fresh, "sign", actor=actor, via=ink.via)
    else:
        note_history(fresh, "sign", actor=actor, department_id=fresh.anchor_department_id, via=ink.via)
    if not _locked(agreement).missing:
        perform(fresh, "complete", actor=SYSTEM)
    return signatures


def _name_of(agreement: Agreement, party: Party) -> str:
    """Return in whose name a signature on paper is entered."""
    placement = agreement.placement
    if party == Party.STUDENT:
        return str(placement.enrolment.student)
    return placement.company.name if party == Party.HOST else settings.UNIVERSITY_NAME


def accept_scan(agreement: Agreement, *, actor: User, parties: Iterable[Party] = ()) -> Agreement:
    """Say that the paper in the scan carries the signatures of ``parties``; of all that are missing if none is named.

    Raises ``NotAllowed``, ``WrongState``, and ``RuleViolation`` ``no_scan`` or ``signed_already``.
    """
    with transaction.atomic():
        row = _locked(agreement)
        if not coordinates_agreement(row, actor):
            raise NotAllowed
        if row.state not in AgreementState.waiting():
            raise WrongState("wrong_state", _("There is nothing to be signed any more."))
        if not row.scan:
            raise RuleViolation("no_scan", _("There is no scan of this paper yet."))
        wanted = list(parties) or row.missing
        if any(party not in row.missing for party in wanted):
            raise RuleViolation("signed_already", _("This was signed already."))
        _write(row, wanted, _Ink(SigningWay.PAPER), actor=actor)
    agreement.refresh_from_db()
    return agreement


def withdraw_open_agreements(placement: Placement) -> None:
    """Withdraw what is on its way for a placement that has changed or does not take place; signed ones stay."""
    rows = Agreement.objects.filter(placement=placement, state__in=AgreementState.open())
    perform_many(rows, "withdraw", actor=SYSTEM, reason=PLACE_CHANGED)
