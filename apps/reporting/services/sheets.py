"""Single sheets as files: arrival note, assessment, certificate."""

from dataclasses import replace

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import ArrivalNote, Assessment
from apps.reporting.builders import docx, pdf
from apps.reporting.selectors import arrival_sheet, assessment_sheet, certificate_sheet
from apps.reporting.selectors.letterhead import letterhead
from apps.reporting.services.documents import Document, Form, Ways, document, template_for
from apps.reporting.services.issuing import Subject, ticket_for
from apps.reporting.sheets import Sheet
from apps.reporting.states import IssuedKind, TemplateKind
from portal.kernel.errors import RuleViolation


def make_arrival(note: ArrivalNote, form: Form, *, actor: User, language: str) -> Document:
    """Return an arrival note as a file. Raises ``RuleViolation``, as for all documents."""
    subject = Subject(IssuedKind.ARRIVAL, note, note.placement.enrolment, note.placement)
    return _made(arrival_sheet(note, language=language), subject, form, actor)


def make_assessment(assessment: Assessment, form: Form, *, actor: User, language: str) -> Document:
    """Return a filled-in assessment as a file. Raises ``RuleViolation``, as for all documents."""
    placement = assessment.placement
    subject = Subject(IssuedKind.ASSESSMENT, assessment, placement.enrolment, placement)
    return _made(assessment_sheet(assessment, language=language), subject, form, actor)


def make_certificate(placement: Placement, form: Form, *, actor: User, language: str) -> Document:
    """Return the certificate of a completed placement. Raises ``RuleViolation`` ``not_completed`` before its end."""
    if placement.state != PlacementState.COMPLETED:
        raise RuleViolation("not_completed", _("The certificate comes when the training is completed."))
    subject = Subject(IssuedKind.CERTIFICATE, placement, placement.enrolment, placement)
    return _made(certificate_sheet(placement, language=language), subject, form, actor)


def _made(sheet: Sheet, subject: Subject, form: Form, actor: User) -> Document:
    ticket = ticket_for(subject)
    coded = replace(sheet, book=ticket.on(sheet.book))
    images = letterhead()
    ways = Ways(
        word=lambda template: docx.sheet_filling(coded, template, images=images),
        ours=lambda: pdf.build_sheet(coded, images=images),
    )
    content = ways.make(form, template_for(TemplateKind(sheet.kind), subject.enrolment.cohort))
    ticket.issue(form, content, actor=actor)
    return document(sheet.book.student.reg_no, sheet.kind, form, content)
