"""Resumes that arrive inside other data: as base64, together with an application, or only to be read."""

import base64
import binascii
from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.limits import HOUR_S, Limit, take
from apps.applications.extraction.reader import MAX_BYTES, Extraction, check_pdf, extract_text
from apps.applications.models import Application, Resume
from apps.applications.permissions import can_have_upload_read
from apps.applications.services.applications import apply_for_vacancy
from apps.applications.services.resumes import delete_resume, store_resume
from apps.vacancies.models import Vacancy
from portal.kernel.errors import NotAllowed, RuleViolation

# How "%PDF" begins in base64; whatever stands before it must be short.
MARK: Final = "JVBER"
MARK_WITHIN: Final = 30
READINGS: Final = Limit("read_upload", 10, HOUR_S)


def read_base64_pdf(text: str) -> bytes:
    """Return the bytes of a PDF that was sent as base64 without a ``data:`` prefix, in the plain alphabet, unbroken.

    Raises ``RuleViolation`` ``not_a_pdf`` or ``too_large`` (over 5 MiB decoded), which is judged before decoding.
    """
    if MARK not in text[:MARK_WITHIN]:
        raise RuleViolation("not_a_pdf", _("Send a PDF as base64, without anything before it."), field="cv")
    # Three bytes are four letters.
    if len(text) // 4 * 3 > MAX_BYTES + 3:
        raise RuleViolation("too_large", _("This file is larger than 5 MB."), field="cv")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RuleViolation("not_a_pdf", _("This is not base64."), field="cv") from error
    if len(data) > MAX_BYTES:
        raise RuleViolation("too_large", _("This file is larger than 5 MB."), field="cv")
    return data


def apply_with_file(vacancy: Vacancy, data: bytes, *, name: str, cover_letter: str, actor: User) -> Application:
    """Store a resume and apply with it; where the application is refused, a file that was not there before goes.

    Raises what ``store_resume`` and ``apply_for_vacancy`` raise.
    """
    before = set(Resume.objects.filter(owner=actor).values_list("pk", flat=True))
    resume = store_resume(data, name=name, actor=actor)
    try:
        return apply_for_vacancy(vacancy, actor=actor, resume=resume, cover_letter=cover_letter)
    except RuleViolation:
        if resume.pk not in before:
            delete_resume(resume, actor=actor)
        raise


def read_upload(data: bytes, *, actor: User) -> Extraction:
    """Read the text of a PDF that nobody stores, ten times an hour and person.

    Raises ``NotAllowed``, ``TooManyTries`` and what ``check_pdf`` raises.
    """
    if not can_have_upload_read(actor):
        raise NotAllowed
    take(READINGS, f"person:{actor.pk}")
    check_pdf(data)
    return extract_text(data)


def text_of_resume(resume: Resume) -> Extraction:
    """Return what was read from a stored resume; one that still waits is read now, and nothing is written."""
    if resume.text or resume.method:
        return Extraction(text=resume.text, page_count=resume.page_count, method=resume.method)
    with resume.file.open("rb") as file:
        return extract_text(file.read())
