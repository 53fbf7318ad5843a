"""Codes on what leaves the portal: a code is chosen before the file is made, and kept with its hash afterwards.

What is only read, such as by a program's GET, gets a code that carries what it stands for, and no row (decision 0014).
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.applications.services.agreements import new_code
from apps.reporting.carried import Carried
from apps.reporting.context import Logbook
from apps.reporting.models import IssuedDocument
from apps.reporting.selectors.decisions import decision_of
from apps.reporting.selectors.issued import decided_rows, digest_of_entries, entries_in
from apps.reporting.states import IssuedKind, IssuedState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import announce_created, perform, perform_many

if TYPE_CHECKING:
    from portal.kernel.access import Actor


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
    """A code for the documents of one subject, chosen before they are made.

    One that is not ``kept`` carries what it stands for: nothing is remembered of its files.
    """

    subject: Subject
    code: str
    kept: bool = True

    @property
    def url(self) -> str:
        """The address under which anybody can check the document; its QR code holds it."""
        return check_url(self.code)

    def on(self, book: Logbook) -> Logbook:
        """Return the head of a document with code and address."""
        return replace(book, checked_code=self.code, check_url=self.url)

    def issue(self, form: str, content: bytes, *, actor: "Actor") -> IssuedDocument | None:
        """Remember a file that was made under the code: its hash, when, by whom, and how its entries stood."""
        if not self.kept:
            return None
        subject, now = self.subject, timezone.now()
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
        decided = decided_rows(row, now)
        row.entry_count = entries_in(row)
        row.validated_count = sum(len(pks) for _seal, pks in decided)
        row.entries_digest = digest_of_entries(decided)
        row.confirmed_at, row.confirmed_role = decision_of(row, subject.target, now)
        with transaction.atomic():
            row.save()
            announce_created(row, actor=actor)
        return row


def ticket_for(subject: Subject, code: str = "", *, kept: bool = True) -> Ticket:
    """Return a code for documents of a subject: a new one, or that of the paper itself."""
    if not kept:
        carried = Carried(subject.kind, subject.target.pk, subject.week_start, timezone.now())
        return Ticket(subject, carried.code(), kept=False)
    return Ticket(subject, code or new_code())


def check_url(code: str) -> str:
    """Return the full address of a code's page."""
    return str(settings.SITE_URL + reverse("document_check", args=[code]))


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
