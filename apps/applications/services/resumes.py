"""Resumes: stored once, read in the background, opened by companies only on record."""

import datetime as dt
import hashlib
import logging
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, cast

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.extraction.facts import find_facts
from apps.applications.extraction.reader import check_pdf, extract_text
from apps.applications.models import Application, Disclosure, Resume
from apps.applications.models.resumes import resume_path
from apps.applications.permissions import can_delete_resume, can_view_resume_of, represents_host
from apps.applications.states import DisclosureWay, ExtractionState
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.exports import clean_filename
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from django.core.files.storage import Storage

log = logging.getLogger(__name__)

DAY: Final = dt.timedelta(days=1)
MOST_A_DAY: Final = 50
MOST_BYTES: Final = 200 * 1024 * 1024
HOUR: Final = dt.timedelta(hours=1)
MOST_OPENINGS_AN_HOUR: Final = 200


# -- storing ------------------------------------------------------------------------------------------------------


def store_resume(data: bytes, *, name: str, actor: User) -> Resume:
    """Check a PDF and keep it under a random name; its text is read later.

    The same bytes from the same student are the same resume, which is returned. The file is written before the row,
    so that no row ever points at nothing, and removed again if the row cannot be written. Raises ``NotAllowed`` for
    who is no student, and ``RuleViolation`` ``empty_file``, ``too_large``, ``not_a_pdf`` or ``upload_limit``.
    """
    if not has_role(actor, Role.STUDENT):
        raise NotAllowed
    digest = hashlib.sha256(data).hexdigest()
    known = Resume.objects.filter(owner=actor, sha256=digest).first()
    if known is not None:
        return known
    check_pdf(data)
    _check_limits(actor, len(data))
    resume = Resume(owner=actor, original_name=clean_name(name), size=len(data), sha256=digest)
    storage = resume.file.storage
    resume.file.name = storage.save(resume_path(resume, name), ContentFile(data))
    try:
        with transaction.atomic():
            resume.save()
            enqueue("applications.extract_resume", {"resume_id": resume.pk}, dedupe_key=f"resume:{resume.pk}")
    except IntegrityError:
        # The same file by two requests at once: the first is kept.
        _remove(storage, resume.file.name)
        return Resume.objects.get(owner=actor, sha256=digest)
    except BaseException:
        _remove(storage, resume.file.name)
        raise
    return resume


def _check_limits(owner: User, size: int) -> None:
    own = Resume.objects.filter(owner=owner)
    today = own.filter(created_at__gt=timezone.now() - DAY).count()
    stored = own.aggregate(sum=Sum("size"))["sum"] or 0
    if today >= MOST_A_DAY or stored + size > MOST_BYTES:
        raise RuleViolation(
            "upload_limit", _("You have uploaded very much. Delete what you do not need, or go on tomorrow.")
        )


def clean_name(name: str) -> str:
    """Return the name under which the file is offered later: no path, nothing invisible, ends in ``.pdf``."""
    last = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r"\.pdf$", "", last.strip(), flags=re.IGNORECASE).strip(". ")
    return clean_filename(f"{stem or 'resume'}.pdf")


def _remove(storage: "Storage", name: str) -> None:
    try:
        storage.delete(name)
    except OSError:
        log.warning("The file %s could not be removed", name)


def delete_resume(resume: Resume, *, actor: User) -> None:
    """Throw a resume away that no application carries; its file goes after the commit.

    Raises ``NotAllowed`` for strangers and ``RuleViolation`` ``resume_in_use``.
    """
    if resume.owner_id != actor.pk:
        raise NotAllowed
    if not can_delete_resume(resume, actor):
        raise RuleViolation("resume_in_use", _("This resume belongs to an application and stays with it."))
    storage, name = resume.file.storage, resume.file.name
    with transaction.atomic():
        resume.delete()
        transaction.on_commit(lambda: _remove(storage, cast("str", name)))


# -- reading ------------------------------------------------------------------------------------------------------


def extract_resume(resume_id: int) -> None:
    """Read the text of a stored resume and keep it; a resume that is gone or was read already is no error."""
    resume = Resume.objects.filter(pk=resume_id, extraction=ExtractionState.WAITING).first()
    if resume is None:
        return
    with resume.file.open("rb") as file:
        found = extract_text(file.read())
    resume.text = found.text
    resume.page_count = found.page_count
    resume.method = found.method
    resume.quality = found.quality
    resume.problem = found.problem
    resume.facts = asdict(find_facts(found.text))
    resume.extraction = ExtractionState.READ if found.text else ExtractionState.UNREADABLE
    resume.save()


# -- opening ------------------------------------------------------------------------------------------------------


def disclose_resume(application: Application, *, way: DisclosureWay, actor: User) -> Disclosure | None:
    """Write down that the company opens the resume of an application; the student sees who did and when.

    Reading the text twice on one day is one line. Only companies leave a trace: returns None for the student and the
    coordinators. Raises ``NotAllowed`` for who may not open it, ``RuleViolation`` ``too_many_openings`` for a person
    who opens more than 200 in an hour.
    """
    if not can_view_resume_of(application, actor):
        raise NotAllowed
    if not represents_host(application, actor):
        return None
    mine = Disclosure.objects.filter(viewer=actor)
    if mine.filter(at__gt=timezone.now() - HOUR).count() >= MOST_OPENINGS_AN_HOUR:
        log.warning("Person %s has opened %s resumes within an hour", actor.pk, MOST_OPENINGS_AN_HOUR)
        raise RuleViolation("too_many_openings", _("You have opened very many resumes. Go on in an hour."))
    if way == DisclosureWay.TEXT:
        today = mine.filter(application=application, resume=application.resume, way=way)
        known = today.filter(at__date=timezone.localdate()).first()
        if known is not None:
            return known
    return Disclosure.objects.create(application=application, resume=application.resume, viewer=actor, way=way)


def open_resume(resume: Resume, *, actor: User) -> None:
    """Let a person have the file, on record where it is a company. Raises as ``disclose_resume`` does."""
    if resume.owner_id == actor.pk and actor.is_active:
        return
    related = Application.objects.filter(resume=resume).select_related("vacancy", "enrolment__cohort", "resume")
    readable = [application for application in related.order_by("-pk") if can_view_resume_of(application, actor)]
    if not readable:
        if actor.is_superuser and actor.is_active:
            return
        raise NotAllowed
    # On record for the newest application by which the company may read it.
    received = [application for application in readable if represents_host(application, actor)]
    if received:
        disclose_resume(received[0], way=DisclosureWay.DOWNLOAD, actor=actor)
