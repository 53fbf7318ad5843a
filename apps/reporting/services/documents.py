"""Documents: a week, a whole logbook or a general report as a file that leaves the portal.

A Word file is made of the university's own template where one is published, else of ours. A PDF is made of the same
template through LibreOffice, so that both look alike, else of our own layout through WeasyPrint. Each carries a code,
and its hash is remembered where it was asked for by POST (``services/issuing.py``).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from apps.accounts.models import Cohort, Enrolment, User
from apps.applications.models import Placement
from apps.reporting.builders import docx, pdf, typeset
from apps.reporting.context import WeekPage
from apps.reporting.essay import Essay
from apps.reporting.models import DocumentTemplate, GeneralReport
from apps.reporting.selectors import Book, book_of, book_without_place, published_template, report_page
from apps.reporting.selectors.letterhead import letterhead
from apps.reporting.services.issuing import Subject, Ticket, ticket_for
from apps.reporting.states import GeneralReportState, IssuedKind, TemplateKind
from portal.kernel.documents import Filling, docx_to_pdf, weasyprint_available, why_no_conversion, why_no_pdf
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.typesetting import Setting

type Form = Literal["docx", "pdf"]

CONTENT_TYPES: dict[Form, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Document:
    """A finished file with the name under which it is saved."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Ways:
    """The two ways to a document: ``word`` fills a template (None: ours), ``ours`` sets our own layout as PDF."""

    word: Callable[[bytes | None], Filling]
    ours: Callable[[], bytes]

    def make(self, form: Form, template: bytes | None) -> bytes:
        """Return the file. Raises ``RuleViolation``: what is wrong with the template, or ``pdf_unavailable``."""
        if form == "docx":
            return self.word(template).document()
        if template is None:
            return self.ours()
        if reason := why_no_conversion():
            raise RuleViolation("pdf_unavailable", reason)
        [content] = docx_to_pdf([self.word(template).document()])
        return content


def make_logbook(placement: Placement, form: Form, *, actor: User, language: str, kept: bool = True) -> Document:
    """Return the whole logbook of a placement that the actor may have; not ``kept``: with a code without a row.

    Raises ``RuleViolation``: ``pdf_unavailable`` where a system library is missing, or what is wrong with the
    university's template.
    """
    book = book_of(placement, actor, language=language)
    ticket = ticket_of_book(placement, kept=kept)
    content = ways_of_book(ticket, book).make(form, template_for(TemplateKind.LOGBOOK, placement.enrolment.cohort))
    ticket.issue(form, content, actor=actor)
    return document(book.logbook.student.reg_no, "logbook", form, content)


def ticket_of_book(placement: Placement, week: WeekPage | None = None, *, kept: bool = True) -> Ticket:
    """Return the code for a logbook, or for one week of it."""
    kind = IssuedKind.LOGBOOK if week is None else IssuedKind.WEEK
    monday = None if week is None else week.start
    return ticket_for(Subject(kind, placement, placement.enrolment, placement, monday), kept=kept)


def ways_of_book(ticket: Ticket, book: Book, week: WeekPage | None = None) -> Ways:
    """Return how a logbook is made, or one week of it, with the code on every page."""
    logbook = ticket.on(book.logbook)
    if week is None:
        return Ways(
            word=lambda template: docx.logbook_filling(logbook, template, images=book.images),
            ours=lambda: pdf.build_logbook(logbook, images=book.images),
        )
    return Ways(
        word=lambda template: docx.week_filling(logbook, week, template, images=book.images),
        ours=lambda: pdf.build_week(logbook, week, images=book.images),
    )


def setting_of_book(ticket: Ticket, book: Book, week: WeekPage | None = None) -> Setting:
    """Return a logbook or one week of it to be set in a lot, with the code on every page."""
    logbook = ticket.on(book.logbook)
    if week is None:
        return typeset.logbook_setting(logbook, images=book.images)
    return typeset.week_setting(logbook, week, images=book.images)


def make_week(
    placement: Placement, monday: dt.date, form: Form, *, actor: User, language: str, kept: bool = True
) -> Document:
    """Return one week of a placement. Raises ``RuleViolation`` ``no_such_week``, and as ``make_logbook``."""
    book = book_of(placement, actor, language=language)
    week = book.week(monday)
    if week is None:
        raise RuleViolation("no_such_week", _("The training has no such week."))
    ticket = ticket_of_book(placement, week, kept=kept)
    content = ways_of_book(ticket, book, week).make(form, template_for(TemplateKind.WEEK, placement.enrolment.cohort))
    ticket.issue(form, content, actor=actor)
    return document(book.logbook.student.reg_no, f"week-{week.number:02d}", form, content)


def make_unplaced_week(enrolment: Enrolment, monday: dt.date, form: Form, *, actor: User, language: str) -> Document:
    """Return one week of a student who writes without a placement yet: a draft, which carries no code.

    Raises as ``make_week``.
    """
    book = book_without_place(enrolment, actor, language=language)
    week = book.week(monday)
    if week is None:
        raise RuleViolation("no_such_week", _("The training has no such week."))
    ways = Ways(
        word=lambda template: docx.week_filling(book.logbook, week, template, images=book.images),
        ours=lambda: pdf.build_week(book.logbook, week, images=book.images),
    )
    content = ways.make(form, template_for(TemplateKind.WEEK, enrolment.cohort))
    return document(book.logbook.student.reg_no, f"week-{week.number:02d}", form, content)


def make_report(report: GeneralReport, form: Form, *, actor: User, language: str, kept: bool = True) -> Document:
    """Return a general report. Raises ``RuleViolation`` as ``make_logbook``.

    While its student writes it is a draft of the student's own: it carries no code, and nobody can have it checked.
    """
    essay = report_page(report, language=language)
    template = template_for(TemplateKind.REPORT, report.enrolment.cohort)
    if report.state in GeneralReportState.with_student():
        content = _ways_of_essay(essay).make(form, template)
    else:
        ticket = ticket_of_report(report, kept=kept)
        content = ways_of_report(ticket, essay).make(form, template)
        ticket.issue(form, content, actor=actor)
    return document(essay.book.student.reg_no, "report", form, content)


def ticket_of_report(report: GeneralReport, *, kept: bool = True) -> Ticket:
    """Return the code for a general report."""
    return ticket_for(Subject(IssuedKind.REPORT, report, report.enrolment), kept=kept)


def ways_of_report(ticket: Ticket, essay: Essay) -> Ways:
    """Return how a general report is made, with the code on every page."""
    return _ways_of_essay(replace(essay, book=ticket.on(essay.book)))


def setting_of_report(ticket: Ticket, essay: Essay) -> Setting:
    """Return a general report to be set in a lot, with the code on every page."""
    return typeset.report_setting(replace(essay, book=ticket.on(essay.book)), images=letterhead())


def _ways_of_essay(essay: Essay) -> Ways:
    images = letterhead()
    return Ways(
        word=lambda template: docx.report_filling(essay, template, images=images),
        ours=lambda: pdf.build_report(essay, images=images),
    )


def template_for(kind: TemplateKind, cohort: Cohort) -> bytes | None:
    """Return the file of the template in force for a cohort, None where our own layout is used."""
    found = published_template(kind, cohort)
    return None if found is None else content_of(found)


def content_of(template: DocumentTemplate) -> bytes:
    """Return the Word file of a template."""
    with template.file.open("rb") as stored:
        content: bytes = stored.read()
    return content


def why_not(kind: TemplateKind, cohort: Cohort) -> Text:
    """Return in one line why a document of this kind cannot be had as PDF; empty where it can."""
    return why_no_pdf_of(published_template(kind, cohort))


def why_no_pdf_of(template: DocumentTemplate | None) -> Text:
    """Return why there is no PDF of this template, or without one of our own layout; empty where there is."""
    if template is not None:
        return why_no_conversion()
    return "" if weasyprint_available() else why_no_pdf()


def document(reg_no: str, what: str, form: Form, content: bytes) -> Document:
    """Return the file under its name."""
    return Document(f"{reg_no}-{what}.{form}", content, CONTENT_TYPES[form])
