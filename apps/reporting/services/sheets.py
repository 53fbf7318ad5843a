"""Single sheets as files: arrival note, assessment, certificate."""

from django.utils.translation import gettext as _

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import ArrivalNote, Assessment
from apps.reporting.builders import docx, pdf
from apps.reporting.selectors import arrival_sheet, assessment_sheet, certificate_sheet
from apps.reporting.services.documents import Document, Form, Ways, document, template_for
from apps.reporting.sheets import Sheet
from apps.reporting.states import TemplateKind
from portal.kernel.errors import RuleViolation


def make_arrival(note: ArrivalNote, form: Form, *, language: str) -> Document:
    """Return an arrival note as a file. Raises ``RuleViolation``, as for all documents."""
    return _made(arrival_sheet(note, language=language), note.placement, form)


def make_assessment(assessment: Assessment, form: Form, *, language: str) -> Document:
    """Return a filled-in assessment as a file. Raises ``RuleViolation``, as for all documents."""
    return _made(assessment_sheet(assessment, language=language), assessment.placement, form)


def make_certificate(placement: Placement, form: Form, *, language: str) -> Document:
    """Return the certificate of a completed placement. Raises ``RuleViolation`` ``not_completed`` before its end."""
    if placement.state != PlacementState.COMPLETED:
        raise RuleViolation("not_completed", _("The certificate comes when the training is completed."))
    return _made(certificate_sheet(placement, language=language), placement, form)


def _made(sheet: Sheet, placement: Placement, form: Form) -> Document:
    ways = Ways(word=lambda template: docx.build_sheet(sheet, template), ours=lambda: pdf.build_sheet(sheet))
    content = ways.make(form, template_for(TemplateKind(sheet.kind), placement.enrolment.cohort))
    return document(sheet.book.student.reg_no, sheet.kind, form, content)
