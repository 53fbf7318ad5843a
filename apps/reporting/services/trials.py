"""A template tried with a real student: the document that it would make, before anybody else gets one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.applications.models import Agreement, Placement
from apps.applications.selectors import placements_visible_to
from apps.applications.states import AgreementKind, Party, PlacementState
from apps.logbook.selectors import arrivals_visible_to, assessments_visible_to
from apps.reporting.builders import docx
from apps.reporting.models import DocumentTemplate
from apps.reporting.selectors import (
    arrival_sheet,
    assessment_sheet,
    book_of,
    certificate_sheet,
    general_reports_visible_to,
    report_page,
)
from apps.reporting.selectors.letterhead import letterhead
from apps.reporting.services.documents import Document, Form, Ways, content_of, document
from apps.reporting.services.papers import paper_for
from apps.reporting.services.templates import note_trial
from apps.reporting.states import TemplateKind
from portal.kernel.documents import Filling
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from django.db.models import QuerySet

type Fill = Callable[[bytes | None], Filling]

CODE = "EXAMPLE"


def placements_to_try(template: DocumentTemplate, user: User) -> "QuerySet[Placement]":
    """Return the placements of the template's scope that the user sees, the newest first."""
    rows = placements_visible_to(user).filter(state__in=PlacementState.settled())
    if template.cohort_id is not None:
        rows = rows.filter(enrolment__cohort=template.cohort_id)
    elif template.department_id is not None:
        rows = rows.filter(enrolment__cohort__department=template.department_id)
    return rows.order_by("-start", "-pk")


def try_template(
    template: DocumentTemplate, placement: Placement, form: Form, *, actor: User, language: str
) -> Document:
    """Return the document that the template makes for this placement, and note that it was tried.

    Raises ``NotAllowed``, ``RuleViolation`` ``nothing_to_try`` where the student has nothing of the kind yet,
    ``pdf_unavailable``, and what is wrong with the template.
    """
    fill = _filler(TemplateKind(template.kind), placement, actor, language)
    ways = Ways(word=fill, ours=lambda: b"")
    content = ways.make(form, content_of(template))
    note_trial(template, actor=actor)
    return document(placement.enrolment.student.student_profile.reg_no, f"{template.kind}-trial", form, content)


def _filler(kind: TemplateKind, placement: Placement, actor: User, language: str) -> Fill:
    match kind:
        case TemplateKind.WEEK | TemplateKind.LOGBOOK:
            return _book(kind, placement, actor, language)
        case TemplateKind.LETTER | TemplateKind.TRIPARTITE:
            paper_kind = AgreementKind(kind)
            parties: tuple[Party, ...] = Agreement(kind=paper_kind).parties
            paper = paper_for(placement, paper_kind, parties, code=CODE, language=language)
            return lambda template: docx.paper_filling(paper, template, images=letterhead())
        case TemplateKind.REPORT:
            return _report(placement, actor, language)
        case _:
            return _sheet(kind, placement, actor, language)


def _book(kind: TemplateKind, placement: Placement, actor: User, language: str) -> Fill:
    """Fill a logbook, or of a week's template the last week that has an entry."""
    book = book_of(placement, actor, language=language)
    if kind == TemplateKind.LOGBOOK:
        return lambda template: docx.logbook_filling(book.logbook, template, images=book.images)
    weeks = book.logbook.weeks
    written = [week for week in weeks if week.total_hours or week.summary]
    week = (written or list(weeks))[-1]
    return lambda template: docx.week_filling(book.logbook, week, template, images=book.images)


def _report(placement: Placement, actor: User, language: str) -> Fill:
    rows = general_reports_visible_to(actor).filter(enrolment=placement.enrolment_id)
    report = rows.select_related("enrolment__student__student_profile__programme", "enrolment__cohort").first()
    if report is None:
        raise _nothing()
    essay = report_page(report, language=language)
    return lambda template: docx.report_filling(essay, template, images=letterhead())


def _sheet(kind: TemplateKind, placement: Placement, actor: User, language: str) -> Fill:
    if kind == TemplateKind.CERTIFICATE:
        sheet = certificate_sheet(placement, language=language)
    elif kind == TemplateKind.ARRIVAL:
        note = arrivals_visible_to(actor).filter(placement=placement).first()
        if note is None:
            raise _nothing()
        sheet = arrival_sheet(note, language=language)
    else:
        rows = assessments_visible_to(actor).filter(placement=placement).order_by("-pk")
        assessment = rows.select_related("rubric", "submitted_by").first()
        if assessment is None:
            raise _nothing()
        sheet = assessment_sheet(assessment, language=language)
    return lambda template: docx.sheet_filling(sheet, template, images=letterhead())


def _nothing() -> RuleViolation:
    return RuleViolation("nothing_to_try", _("This student has no document of this kind yet. Choose another one."))
