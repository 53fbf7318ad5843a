"""Makes many documents; they wait in lots, because each start of what makes them is dear.

A PDF of the university's own template comes from its Word file through LibreOffice; one of our own layout is set by
Typst. A cohort so takes minutes and not an hour.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.applications.models import Placement
from apps.reporting.builders import typeset
from apps.reporting.context import WeekPage
from apps.reporting.models import DocumentTemplate, GeneralReport
from apps.reporting.naming import path_of
from apps.reporting.selectors import Book, book_of, report_page
from apps.reporting.services.documents import (
    Form,
    content_of,
    setting_of_book,
    setting_of_report,
    ticket_of_book,
    ticket_of_report,
    ways_of_book,
    ways_of_report,
)
from apps.reporting.services.issuing import Ticket
from apps.reporting.states import TemplateKind
from portal.kernel.documents import Filling, docx_to_pdf_each, fill_each, libreoffice_available, why_no_conversion
from portal.kernel.errors import RuleViolation
from portal.kernel.lots import is_full
from portal.kernel.typesetting import Setting

if TYPE_CHECKING:
    from apps.accounts.models import User
    from portal.kernel.exports import ZipSink

log = logging.getLogger(__name__)

# With the waiting before it, a lot ends within the outbox' lease: nobody else takes the job up meanwhile.
LOT: Final = 6
SET_LOT: Final = 25
FILLED_LOT: Final = 25


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
    """One document that is to be made: ``label`` is what it is called in names and lists, ``ticket`` its code.

    ``word`` fills a template (None: ours), ``setting`` says what our own layout is set from.
    """

    placement: Placement
    kind: TemplateKind
    label: str
    ticket: Ticket
    word: Callable[[bytes | None], Filling]
    setting: Callable[[], Setting]

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
            yield _of_book(placement, book)
        if TemplateKind.WEEK in kinds:
            today = timezone.localdate()
            yield from (_of_book(placement, book, page) for page in book.logbook.weeks if page.start <= today)
    if report is not None:
        ticket, essay = ticket_of_report(report), report_page(report, language=order.language)
        word, setting = ways_of_report(ticket, essay).word, partial(setting_of_report, ticket, essay)
        yield Piece(placement, TemplateKind.REPORT, _("General report"), ticket, word, setting)


def _of_book(placement: Placement, book: Book, page: WeekPage | None = None) -> Piece:
    kind, label = TemplateKind.LOGBOOK, _("Logbook")
    if page is not None:
        kind, label = TemplateKind.WEEK, _("Week %(number)s") % {"number": f"{page.number:02d}"}
    ticket = ticket_of_book(placement, page)
    word, setting = ways_of_book(ticket, book, page).word, partial(setting_of_book, ticket, book, page)
    return Piece(placement, kind, label, ticket, word, setting)


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
        self._unfilled: list[tuple[Piece, Filling, bool]] = []
        self._unset: list[tuple[Piece, Setting]] = []
        self._unconverted: list[tuple[Piece, bytes]] = []

    def add(self, piece: Piece) -> None:
        """Make one document in the forms that are wanted; what cannot be made is noted and left out."""
        self._alive()
        template = self._templates.get((piece.kind, piece.placement.enrolment.cohort_id))
        with_word, with_pdf = "docx" in self._order.forms, "pdf" in self._order.forms
        converted = with_pdf and template is not None
        if converted and not libreoffice_available():
            self._miss(piece, "pdf", str(why_no_conversion()))
            converted = False
        if with_word or converted:
            self._fill_later(piece, template, converted=converted)
        if with_pdf and template is None:
            self._set_later(piece)

    def note(self, placement: Placement, label: str, why: str) -> None:
        """List a document that there is not."""
        self.missing.append(Missing(placement, label, "", why))

    def finish(self) -> None:
        """Make what waits."""
        self._fill()
        self._set()
        self._convert()

    def _fill_later(self, piece: Piece, template: DocumentTemplate | None, *, converted: bool) -> None:
        filling = self._try(piece, self._form_of_word, lambda: piece.word(self._content(template)))
        if filling is not None:
            self._unfilled.append((piece, filling, converted))
        if is_full([waiting.images for _piece, waiting, _converted in self._unfilled], most=FILLED_LOT):
            self._fill()

    def _fill(self) -> None:
        waiting, self._unfilled = self._unfilled, []
        made = fill_each([filling for _piece, filling, _converted in waiting], between=self._alive)
        for (piece, _filling, converted), word in zip(waiting, made, strict=True):
            if isinstance(word, RuleViolation):
                self._miss(piece, self._form_of_word, str(word.message))
                continue
            if "docx" in self._order.forms:
                self._store(piece, "docx", word)
            if converted:
                self._convert_later(piece, word)

    @property
    def _form_of_word(self) -> Form:
        """What is missing where there is no Word file: itself, or the PDF that was to be made of it."""
        return "docx" if "docx" in self._order.forms else "pdf"

    def _set_later(self, piece: Piece) -> None:
        setting = self._try(piece, "pdf", piece.setting)
        if setting is not None:
            self._unset.append((piece, setting))
        if is_full([waiting.pictures for _piece, waiting in self._unset], most=SET_LOT):
            self._set()

    def _set(self) -> None:
        waiting, self._unset = self._unset, []
        made = typeset.build_each([setting for _piece, setting in waiting], between=self._alive)
        self._store_each([piece for piece, _setting in waiting], made)

    def _convert_later(self, piece: Piece, word: bytes) -> None:
        self._unconverted.append((piece, word))
        if len(self._unconverted) >= LOT:
            self._convert()

    def _convert(self) -> None:
        waiting, self._unconverted = self._unconverted, []
        if not waiting:
            return
        made: Sequence[bytes | RuleViolation]
        try:
            made = docx_to_pdf_each([word for _piece, word in waiting], between=self._alive)
        except RuleViolation as error:
            made = [error for _one in waiting]
        self._store_each([piece for piece, _word in waiting], made)

    def _store_each(self, pieces: Sequence[Piece], made: Sequence[bytes | RuleViolation]) -> None:
        for piece, result in zip(pieces, made, strict=True):
            if isinstance(result, RuleViolation):
                self._miss(piece, "pdf", str(result.message))
            else:
                self._store(piece, "pdf", result)

    def _content(self, template: DocumentTemplate | None) -> bytes | None:
        if template is None:
            return None
        if template.pk not in self._contents:
            self._contents[template.pk] = content_of(template)
        return self._contents[template.pk]

    def _try[T](self, piece: Piece, form: Form, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except RuleViolation as error:
            why = str(error.message)
        except Exception:
            # One document that fails as nobody foresaw must not cost the others; it is listed all the same.
            log.exception("A document of placement %s could not be made", piece.placement.pk)
            why = _("The document could not be made. The operator finds the reason in the log.")
        self._miss(piece, form, why)
        return None

    def _miss(self, piece: Piece, form: Form, why: str) -> None:
        self.missing.append(Missing(piece.placement, piece.label, form, why))

    def _store(self, piece: Piece, form: Form, content: bytes) -> None:
        self._sink.add(piece.path(self._order, form), content)
        piece.ticket.issue(form, content, actor=self._actor)
        self.made += 1
