"""Makes many documents one after the other; Word files wait in small lots, because LibreOffice's start is dear."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.applications.models import Placement
from apps.reporting.models import DocumentTemplate, GeneralReport
from apps.reporting.naming import path_of
from apps.reporting.selectors import Book, book_of, report_page
from apps.reporting.services.documents import (
    Form,
    Ways,
    content_of,
    ticket_of_book,
    ticket_of_report,
    ways_of_book,
    ways_of_report,
)
from apps.reporting.services.issuing import Ticket
from apps.reporting.states import TemplateKind
from portal.kernel.documents import docx_to_pdf_each, libreoffice_available, why_no_conversion
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User
    from portal.kernel.exports import ZipSink

log = logging.getLogger(__name__)

# With the waiting before it, a lot ends within the outbox' lease: nobody else takes the job up meanwhile.
LOT: Final = 6


@dataclass(frozen=True)
class Order:
    """What is made of each placement, and how it is called."""

    kinds: Sequence[TemplateKind]
    forms: Sequence[Form]
    folder: str
    file_name: str
    language: str


@dataclass(frozen=True)
class Piece:
    """One document that is to be made: ``label`` is what it is called in names and lists, ``ticket`` its code."""

    placement: Placement
    kind: TemplateKind
    label: str
    ticket: Ticket
    ways: Ways

    def path(self, order: Order, form: Form) -> str:
        """Return where the document lies in the zip."""
        enrolment = self.placement.enrolment
        profile = enrolment.student.student_profile
        values = {
            "reg_no": profile.reg_no,
            "last_name": enrolment.student.last_name,
            "first_name": enrolment.student.first_name,
            "programme": profile.programme.name,
            "department": enrolment.cohort.department.name,
            "cohort": enrolment.cohort.name,
            "company": self.placement.company.name,
            "document": self.label,
        }
        return path_of(order.folder, order.file_name, values, form)


@dataclass(frozen=True)
class Missing:
    """A document that could not be made, and why in a sentence."""

    placement: Placement
    label: str
    form: str
    why: str


def pieces_of(placement: Placement, report: GeneralReport | None, order: Order, owner: "User") -> Iterator[Piece]:
    """Yield what the owner has of a placement: its book, its weeks that have begun, the general report."""
    kinds = order.kinds
    if TemplateKind.LOGBOOK in kinds or TemplateKind.WEEK in kinds:
        book = book_of(placement, owner, language=order.language)
        if TemplateKind.LOGBOOK in kinds:
            ticket = ticket_of_book(placement)
            yield Piece(placement, TemplateKind.LOGBOOK, _("Logbook"), ticket, ways_of_book(ticket, book))
        if TemplateKind.WEEK in kinds:
            yield from _weeks(placement, book)
    if report is not None:
        ticket, essay = ticket_of_report(report), report_page(report, language=order.language)
        yield Piece(placement, TemplateKind.REPORT, _("General report"), ticket, ways_of_report(ticket, essay))


def _weeks(placement: Placement, book: Book) -> Iterator[Piece]:
    today = timezone.localdate()
    for page in book.logbook.weeks:
        if page.start <= today:
            ticket, label = ticket_of_book(placement, page), _("Week %(number)s") % {"number": f"{page.number:02d}"}
            yield Piece(placement, TemplateKind.WEEK, label, ticket, ways_of_book(ticket, book, page))


class Press:
    """Makes the documents into a zip. ``alive`` is called between two of them and may raise to stop."""

    def __init__(
        self,
        sink: "ZipSink",
        order: Order,
        templates: Mapping[tuple[TemplateKind, int], DocumentTemplate],
        *,
        actor: "User",
        alive: Callable[[], None],
    ) -> None:
        self.made = 0
        self.missing: list[Missing] = []
        self._sink, self._order, self._templates, self._alive = sink, order, templates, alive
        self._actor, self._contents = actor, dict[int, bytes]()
        self._waiting: list[tuple[Piece, bytes]] = []

    def add(self, piece: Piece) -> None:
        """Make one document in the forms that are wanted; what cannot be made is noted and left out."""
        self._alive()
        template = self._templates.get((piece.kind, piece.placement.enrolment.cohort_id))
        # Without a template too: a lot through LibreOffice takes a fifth of the time that our own pages take.
        through_word = libreoffice_available()
        word: bytes | None = None
        if "docx" in self._order.forms or through_word:
            form: Form = "docx" if "docx" in self._order.forms else "pdf"
            word = self._try(piece, form, lambda: piece.ways.word(self._content(template)))
        if "docx" in self._order.forms and word is not None:
            self._store(piece, "docx", word)
        if "pdf" not in self._order.forms:
            return
        if not through_word:
            ours = self._try(piece, "pdf", lambda: _our_own(piece, template))
            if ours is not None:
                self._store(piece, "pdf", ours)
        elif word is not None:
            self._waiting.append((piece, word))
            if len(self._waiting) >= LOT:
                self.finish()

    def note(self, placement: Placement, label: str, why: str) -> None:
        """List a document that there is not."""
        self.missing.append(Missing(placement, label, "", why))

    def finish(self) -> None:
        """Turn the Word files that wait into PDF."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            made = docx_to_pdf_each([word for _piece, word in waiting], between=self._alive)
        except RuleViolation as error:
            made = [error for _one in waiting]
        for (piece, _word), result in zip(waiting, made, strict=True):
            if isinstance(result, RuleViolation):
                self.missing.append(Missing(piece.placement, piece.label, "pdf", str(result.message)))
            else:
                self._store(piece, "pdf", result)

    def _content(self, template: DocumentTemplate | None) -> bytes | None:
        if template is None:
            return None
        if template.pk not in self._contents:
            self._contents[template.pk] = content_of(template)
        return self._contents[template.pk]

    def _try(self, piece: Piece, form: Form, make: Callable[[], bytes]) -> bytes | None:
        try:
            return make()
        except RuleViolation as error:
            why = str(error.message)
        except Exception:
            # One document that fails as nobody foresaw must not cost the others; it is listed all the same.
            log.exception("A document of placement %s could not be made", piece.placement.pk)
            why = _("The document could not be made. The operator finds the reason in the log.")
        self.missing.append(Missing(piece.placement, piece.label, form, why))
        return None

    def _store(self, piece: Piece, form: Form, content: bytes) -> None:
        self._sink.add(piece.path(self._order, form), content)
        piece.ticket.issue(form, content, actor=self._actor)
        self.made += 1


def _our_own(piece: Piece, template: DocumentTemplate | None) -> bytes:
    if template is not None:
        raise RuleViolation("pdf_unavailable", why_no_conversion())
    return piece.ways.ours()
