"""Documents: a week or a whole logbook as a file that leaves the portal."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.reporting.builders import docx, pdf
from apps.reporting.selectors import Book, book_of, published_template
from apps.reporting.states import TemplateKind
from portal.kernel.errors import RuleViolation

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


def make_logbook(placement: Placement, form: Form, *, actor: User, language: str) -> Document:
    """Return the whole logbook of a placement that the actor may have.

    Raises ``RuleViolation``: ``pdf_unavailable`` where a system library is missing, or what is wrong with the
    university's template.
    """
    book = book_of(placement, actor, language=language)
    if form == "pdf":
        content = pdf.build_logbook(book.logbook, images=book.images)
    else:
        content = docx.build_logbook(book.logbook, _template(TemplateKind.LOGBOOK, placement), images=book.images)
    return _document(book, "logbook", form, content)


def make_week(placement: Placement, monday: dt.date, form: Form, *, actor: User, language: str) -> Document:
    """Return one week of a placement. Raises ``RuleViolation`` ``no_such_week``, and as ``make_logbook``."""
    book = book_of(placement, actor, language=language)
    week = book.week(monday)
    if week is None:
        raise RuleViolation("no_such_week", _("The training has no such week."))
    if form == "pdf":
        content = pdf.build_week(book.logbook, week, images=book.images)
    else:
        content = docx.build_week(book.logbook, week, _template(TemplateKind.WEEK, placement), images=book.images)
    return _document(book, f"week-{week.number:02d}", form, content)


def _template(kind: TemplateKind, placement: Placement) -> bytes | None:
    found = published_template(kind, placement.enrolment.cohort.department_id)
    if found is None:
        return None
    with found.file.open("rb") as stored:
        content: bytes = stored.read()
    return content


def _document(book: Book, what: str, form: Form, content: bytes) -> Document:
    return Document(f"{book.logbook.student.reg_no}-{what}.{form}", content, CONTENT_TYPES[form])
