"""Affiliation agreements: entered with the signed paper, changed, taken away."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Agreement, User
from apps.accounts.models.companies import agreement_path
from apps.accounts.permissions import can_change_agreement
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.pdfs import check_pdf

if TYPE_CHECKING:
    from django.core.files.storage import Storage

MOST_BYTES: Final = 10 * 1024 * 1024
FIELDS: Final = frozenset({"number", "signed_on", "expires_on", "note"})


def enter_agreement(values: Mapping[str, Any], *, actor: User) -> Agreement:
    """Enter an agreement: ``company``, fields of ``FIELDS`` and, if there is one, ``file`` (the bytes of a PDF).

    Raises ``NotAllowed``, or ``RuleViolation`` ``wrong_days``, ``invalid``, ``not_a_pdf``, ``too_large`` and what
    ``check_pdf`` raises.
    """
    return _store(Agreement(company=values["company"]), values, actor)


def change_agreement(agreement: Agreement, changes: Mapping[str, Any], *, actor: User) -> Agreement:
    """Change fields of ``FIELDS`` or the paper; as ``enter_agreement``."""
    return _store(agreement, changes, actor)


def delete_agreement(agreement: Agreement, *, actor: User) -> None:
    """Take an agreement away, and its paper after commit. Raises ``NotAllowed``."""
    if not can_change_agreement(agreement, actor):
        raise NotAllowed
    with transaction.atomic():
        _drop_after_commit(agreement.file.storage, agreement.file.name or "")
        agreement.delete()


def _store(agreement: Agreement, values: Mapping[str, Any], actor: User) -> Agreement:
    if not can_change_agreement(agreement, actor):
        raise NotAllowed
    for name in FIELDS & set(values):
        setattr(agreement, name, values[name])
    try:
        agreement.clean_fields(exclude=["company", "file"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("invalid", messages[0], field=field) from error
    if agreement.expires_on < agreement.signed_on:
        raise RuleViolation("wrong_days", _("It ends before it was signed."), field="expires_on")
    data: bytes | None = values.get("file")
    if data is None:
        agreement.save()
        return agreement
    return _store_paper(agreement, _checked(data))


def _store_paper(agreement: Agreement, data: bytes) -> Agreement:
    """Write the file before the row, so that no row points at nothing; without the row it goes again."""
    storage, old = agreement.file.storage, agreement.file.name or ""
    stored = storage.save(agreement_path(agreement, ""), ContentFile(data))
    try:
        with transaction.atomic():
            agreement.file = stored
            agreement.save()
            _drop_after_commit(storage, old)
    except BaseException:
        storage.delete(stored)
        raise
    return agreement


def _checked(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise RuleViolation("too_large", _("This file is larger than 10 MB."), field="file")
    if not data.startswith(b"%PDF-"):
        raise RuleViolation("not_a_pdf", _("Send the signed paper as a PDF."), field="file")
    check_pdf(data, field="file")
    return data


def _drop_after_commit(storage: "Storage", name: str) -> None:
    if name:
        transaction.on_commit(lambda: storage.delete(name))
