"""Codes on what leaves the portal: a code is chosen before the file is made, and kept with its hash afterwards."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Model, Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.accounts.states import Role
from apps.applications.models import IntroductionLetter, Placement
from apps.applications.services.agreements import new_code
from apps.logbook.models import ArrivalNote, Assessment, DailyLog, WeeklyReport
from apps.logbook.states import ArrivalState, AssessmentKind, ChainState
from apps.reporting.context import Logbook
from apps.reporting.models import GeneralReport, IssuedDocument
from apps.reporting.selectors.issued import decided_rows, digest_of_entries, entries_in
from apps.reporting.states import IssuedKind, IssuedState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import announce_created, perform, perform_many

if TYPE_CHECKING:
    from portal.kernel.access import Actor

type Decision = tuple[dt.datetime | None, str]


@dataclass(frozen=True)
class Subject:
    """What a document shows: whose training, and the row that it is about; ``week_start`` for one week of a book."""

    kind: IssuedKind
    target: Model
    enrolment: Enrolment
    placement: Placement | None = None
    week_start: dt.date | None = None


@dataclass(frozen=True)
class Ticket:
    """A code for the documents of one subject, chosen before they are made."""

    subject: Subject
    code: str

    @property
    def url(self) -> str:
        """The address under which anybody can check the document; its QR code holds it."""
        return check_url(self.code)

    def on(self, book: Logbook) -> Logbook:
        """Return the head of a document with code and address."""
        return replace(book, checked_code=self.code, check_url=self.url)

    def issue(self, form: str, content: bytes, *, actor: "Actor") -> IssuedDocument:
        """Remember a file that was made under the code: its hash, when, by whom, and how its entries stood."""
        subject = self.subject
        row = IssuedDocument(
            code=self.code,
            kind=subject.kind,
            form=form,
            enrolment=subject.enrolment,
            placement=subject.placement,
            target_label=subject.target._meta.label,
            target_id=subject.target.pk,
            week_start=subject.week_start,
            sha256=hashlib.sha256(content).hexdigest(),
            made_by_id=actor.pk,
        )
        decided = decided_rows(row, timezone.now())
        row.entry_count = entries_in(row)
        row.validated_count = sum(len(pks) for _seal, pks in decided)
        row.entries_digest = digest_of_entries(decided)
        row.confirmed_at, row.confirmed_role = _decision(subject)
        with transaction.atomic():
            row.save()
            announce_created(row, actor=actor)
        return row


def ticket_for(subject: Subject, code: str = "") -> Ticket:
    """Return a code for documents of a subject: a new one, or that of the paper itself."""
    return Ticket(subject, code or new_code())


def check_url(code: str) -> str:
    """Return the full address of a code's page."""
    return str(settings.SITE_URL + reverse("document_check", args=[code]))


# -- when and by whom it was decided ------------------------------------------------------------------------------


def _decision(subject: Subject) -> Decision:
    target: Any = subject.target
    match subject.kind:
        case IssuedKind.WEEK | IssuedKind.LOGBOOK | IssuedKind.CERTIFICATE:
            return _of_days(subject)
        case IssuedKind.REPORT if isinstance(target, GeneralReport):
            return target.approved_at, Role.UNIVERSITY_SUPERVISOR if target.approved_at else ""
        case IssuedKind.ARRIVAL if isinstance(target, ArrivalNote):
            confirmed = target.state == ArrivalState.CONFIRMED
            return (target.decided_at, Role.INDUSTRIAL_SUPERVISOR) if confirmed else (None, "")
        case IssuedKind.ASSESSMENT if isinstance(target, Assessment):
            by_host = target.rubric.kind == AssessmentKind.INDUSTRY
            side = Role.INDUSTRIAL_SUPERVISOR if by_host else Role.UNIVERSITY_SUPERVISOR
            return target.submitted_at, side if target.submitted_at else ""
        case IssuedKind.LETTER if isinstance(target, IntroductionLetter):
            return target.issued_at, Role.COORDINATOR
        case _:
            return getattr(target, "completed_at", None), ""


def _of_days(subject: Subject) -> Decision:
    which = Q(placement=subject.placement, state=ChainState.VERIFIED_ACADEMIC)
    if subject.week_start is not None:
        which &= Q(week_start=subject.week_start)
    found = [
        model._base_manager.filter(which).aggregate(at=Max("validated_at"))["at"] for model in (DailyLog, WeeklyReport)
    ]
    last = max((at for at in found if at is not None), default=None)
    return last, Role.UNIVERSITY_SUPERVISOR if last else ""


# -- withdrawing --------------------------------------------------------------------------------------------------


def withdraw_document(
    document: IssuedDocument, *, actor: "Actor", reason: str, expected_version: int | None = None
) -> IssuedDocument:
    """Let all files of a code count no more. Raises what ``perform`` raises; ``reason_needed`` without a reason."""
    with transaction.atomic():
        done = perform(document, "withdraw", actor=actor, reason=reason, expected_version=expected_version)
        others = IssuedDocument.objects.filter(code=document.code, state=IssuedState.ISSUED)
        perform_many(others, "withdraw", actor=actor, reason=reason)
    return done


def withdraw_papers(target: Model, *, reason: str) -> None:
    """Let the files of a letter or agreement that was withdrawn count no more."""
    rows = IssuedDocument.objects.filter(target_label=target._meta.label, target_id=target.pk, state=IssuedState.ISSUED)
    perform_many(rows, "withdraw", actor=SYSTEM, reason=reason)
