"""Resumes: stored once, read in the background, opened by companies only on record."""

import datetime as dt
import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import HistoryEntry, User
from apps.accounts.permissions import has_role
from apps.accounts.services.history import note_history
from apps.accounts.states import Role
from apps.applications.extraction.facts import find_facts
from apps.applications.extraction.reader import check_pdf, extract_text
from apps.applications.models import Application, Disclosure, Resume
from apps.applications.models.resumes import FACT_KINDS
from apps.applications.permissions import can_delete_resume, can_view_resume_of, owns_resume, represents_host
from apps.applications.services.resume_files import store_file
from apps.applications.states import DisclosureWay, ExtractionState
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.exports import clean_filename
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)

DAY: Final = dt.timedelta(days=1)
MOST_A_DAY: Final = 50
MOST_BYTES: Final = 200 * 1024 * 1024
HOUR: Final = dt.timedelta(hours=1)
MOST_OPENINGS_AN_HOUR: Final = 200
MOST_FACTS: Final = 60
LONGEST_FACT: Final = 200
ALARM: Final = "opened_too_many"


# -- storing ------------------------------------------------------------------------------------------------------


def store_resume(data: bytes, *, name: str, actor: User) -> Resume:
    """Check a PDF and keep it under a random name; its text is read later.

    The same bytes from the same student are the same resume, which is returned. Two students with the same bytes have
    a row and an object each, so that what one deletes or the portal erases is gone without a look at the other.
    Raises ``NotAllowed`` for who is no student, and ``RuleViolation`` ``empty_file``, ``too_large``, ``not_a_pdf``,
    ``upload_limit`` or ``storage_away``.
    """
    if not has_role(actor, Role.STUDENT):
        raise NotAllowed
    digest = hashlib.sha256(data).hexdigest()
    known = Resume.objects.filter(owner=actor, sha256=digest, stored_at__isnull=False).first()
    if known is not None:
        return known
    check_pdf(data)
    draft = Resume(owner=actor, original_name=clean_name(name), size=len(data), sha256=digest)
    return store_file(draft, data, check_limits=lambda: _check_limits(actor, len(data)))


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


def delete_resume(resume: Resume, *, actor: User) -> None:
    """Throw a resume away that no application carries; its file is removed after the commit, by the outbox.

    Raises ``NotAllowed`` for strangers and ``RuleViolation`` ``resume_in_use``.
    """
    if resume.owner_id != actor.pk:
        raise NotAllowed
    if not can_delete_resume(resume, actor):
        raise RuleViolation("resume_in_use", _("This resume belongs to an application and stays with it."))
    with transaction.atomic():
        enqueue("applications.remove_file", {"name": resume.file.name})
        resume.delete()


# -- reading ------------------------------------------------------------------------------------------------------


def extract_resume(resume_id: int) -> None:
    """Read the text of a stored resume and keep it; a resume that is gone or was read already is no error."""
    waiting = Resume.objects.filter(extraction=ExtractionState.WAITING, stored_at__isnull=False)
    resume = waiting.filter(pk=resume_id).first()
    if resume is None:
        return
    with resume.file.open("rb") as file:
        found = extract_text(file.read())
    resume.text = found.text
    resume.page_starts = list(found.page_starts)
    resume.page_count = found.page_count
    resume.method = found.method
    resume.quality = found.quality
    resume.problem = found.problem
    resume.facts = asdict(find_facts(found.text))
    resume.extraction = ExtractionState.READ if found.text else ExtractionState.UNREADABLE
    resume.save()


def correct_facts(resume: Resume, facts: Mapping[str, Sequence[str]], *, actor: User) -> Resume:
    """Keep the student's own version of what the rules found; the text and the file stay as they are.

    ``facts`` maps kinds (``FACT_KINDS``) to lists of words. Raises ``NotAllowed`` for strangers and ``RuleViolation``
    ``too_many_facts``, ``fact_too_long`` or ``wrong_link`` with the kind as field.
    """
    if not owns_resume(resume, actor):
        raise NotAllowed
    resume.own_facts = {kind: _cleaned(kind, facts.get(kind, ())) for kind in FACT_KINDS}
    resume.save(update_fields=["own_facts", "updated_at"])
    return resume


def _cleaned(kind: str, words: Sequence[str]) -> list[str]:
    """Return the words without blanks and doubles, in their order."""
    kept = list(dict.fromkeys(line for word in words if (line := " ".join(word.split()))))
    if len(kept) > MOST_FACTS:
        raise RuleViolation("too_many_facts", _("Keep the 60 that matter most."), field=kind)
    for word in kept:
        if len(word) > LONGEST_FACT:
            raise RuleViolation("fact_too_long", _("A line may have 200 characters at most."), field=kind)
        # It becomes a link on the company's page.
        if kind == "links" and not word.lower().startswith(("https://", "http://")):
            raise RuleViolation("wrong_link", _("A link begins with https:// or http://."), field=kind)
    return kept


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
    with transaction.atomic():
        # Many requests of one person at once stand in line here: none slips through beside the count.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        mine = Disclosure.objects.filter(viewer=actor)
        if mine.filter(at__gt=timezone.now() - HOUR).count() < MOST_OPENINGS_AN_HOUR:
            return _written_down(mine, application, way, actor)
        _raise_alarm(application, actor)
    raise RuleViolation("too_many_openings", _("You have opened very many resumes. Go on in an hour."))


def _written_down(
    mine: "QuerySet[Disclosure]", application: Application, way: DisclosureWay, actor: User
) -> Disclosure:
    if way == DisclosureWay.TEXT:
        today = mine.filter(application=application, resume=application.resume, way=way)
        known = today.filter(at__date=timezone.localdate()).first()
        if known is not None:
            return known
    return Disclosure.objects.create(application=application, resume=application.resume, viewer=actor, way=way)


def _raise_alarm(application: Application, actor: User) -> None:
    """Put it into the history, once an hour and person, for the coordinators of the student who was next."""
    log.warning("Person %s has opened %s resumes within an hour", actor.pk, MOST_OPENINGS_AN_HOUR)
    raised = HistoryEntry.objects.filter(action=ALARM, actor_key=actor.pk, at__gt=timezone.now() - HOUR)
    if not raised.exists():
        department = application.anchor_department_id
        note_history(application, ALARM, actor=actor, department_id=department)


def open_resume(resume: Resume, *, actor: User) -> None:
    """Let a person have the file, on record where it is a company. Raises as ``disclose_resume`` does."""
    if resume.owner_id == actor.pk and actor.is_active:
        return
    related = Application.objects.filter(resume=resume).select_related("vacancy", "enrolment__cohort", "resume")
    readable = [application for application in related.order_by("-pk") if can_view_resume_of(application, actor)]
    if not readable:
        raise NotAllowed
    # On record for the newest application by which the company may read it.
    received = [application for application in readable if represents_host(application, actor)]
    if received:
        disclose_resume(received[0], way=DisclosureWay.DOWNLOAD, actor=actor)
