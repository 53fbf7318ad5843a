"""What the portal asks about a resume's PDF: may it be stored, and what does it say?

Every look into the file happens in a child process with limits (``portal.kernel.sandbox``): a bad file costs time,
never an exception and never the worker's memory. Three readers are asked in turn, each in a child of its own, so that
what the first has read is kept when the second falls; together they have ten seconds of processor time.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.applications.extraction import bidi, normal
from portal.kernel.errors import RuleViolation
from portal.kernel.pdfs import pdf_problem
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

logger = logging.getLogger(__name__)

MAX_BYTES = 5 * 1024 * 1024
MAX_PAGES = 50
MAX_CHARS = 200_000
BETWEEN_PAGES = "\n\n"
# Five times a page of the densest print.
MAX_PAGE_CHARS = 30_000

_SIGNATURE = b"%PDF-"
_SIGNATURE_WITHIN = 1024
# Bytes before the signature are legal (printers and mail gateways add some), but a file that begins as another kind
# of file is opened as that by another program: zip, Windows and Linux programs, pictures, rar, old Word, markup.
_OTHER_KINDS = (
    b"PK\x03\x04",
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"Rar!",
    b"\xd0\xcf\x11\xe0",
    b"<",
)

_PACKAGE = "apps.applications.extraction.engines"
# In the order in which they are asked: name, module, seconds of processor time. Measured: 1 to 4 ms a page,
# 45 to 134 ms a page, 22 to 77 ms a page, and up to 0.4 s to start.
_PYPDFIUM2, _PDFPLUMBER, _PDFMINER = "pypdfium2", "pdfplumber", "pdfminer"
_ENGINES = {_PYPDFIUM2: ("pdfium", 4), _PDFPLUMBER: ("plumber", 4), _PDFMINER: ("miner", 2)}
# After this share of its time an engine begins no new page, so that it ends with what it has.
_BEGIN_WITHIN = 0.75
# Pages for the slower engines: hardly a resume has more, and their time does not allow more.
_SECOND_READING = 12

# A page of a resume has some hundred letters; one with fewer is a title, a stamp or a picture.
_FEW_LETTERS = 40
_PICTURE_PAGE = 0.5
# More characters than this share that no reader could name make a text poor.
_LOST = 0.1
# A reading in better order must bring this share of the letters. For scripts from right to left the share is lower:
# pypdfium2 invents letters for glyphs without a name.
_SAME_LETTERS = 0.9
_SAME_LETTERS_RIGHT_TO_LEFT = 0.5

_MESSAGES = {
    "image_only": _(
        "This PDF holds pictures or drawings instead of text, so hardly any text could be read from it. "
        "Save your resume as PDF from your word processor instead of scanning it, and upload it again."
    ),
    "encrypted": _(
        "This PDF is locked with a password, so its text could not be read. "
        "Save a copy without a password and upload it again."
    ),
    "unreadable": _(
        "This PDF is damaged, so its text could not be read. Save your resume as PDF once more and upload it again."
    ),
    "too_complex": _(
        "This PDF is too large or too complicated to be read completely. "
        "Upload a simpler version with fewer pages and drawings."
    ),
}


@dataclass(frozen=True)
class Extraction:
    """What could be read, and how well.

    ``pages_read`` is below ``page_count`` where a limit ended the reading. ``method`` is the engine that gave most of
    the text. ``quality`` is "good", "poor" (few letters a page, or many that no reader could name) or "none".
    ``problem`` is "", "image_only", "encrypted", "unreadable" or "too_complex"; there may be some text in spite of it.
    ``page_starts`` says where in the text each page begins that was read; a page without text begins with the next.
    """

    text: str = ""
    page_count: int = 0
    pages_read: int = 0
    method: str = ""
    methods_tried: tuple[str, ...] = ()
    quality: str = "none"
    problem: str = ""
    page_starts: tuple[int, ...] = ()

    @property
    def problem_message(self) -> str | Promise:
        """Tell the student what is wrong and what to do; empty without a problem."""
        return _MESSAGES.get(self.problem, "")


def check_pdf(data: bytes) -> None:
    """Refuse what may not be stored as a resume: ``empty_file``, ``too_large`` (over 5 MiB) or ``not_a_pdf``.

    A PDF has its signature within the first 1,024 bytes, opens in a real reader, and has a page; or it is locked, then
    the student is told after the upload. A PDF that is something else as well is refused if the something else comes
    first; what follows or hides inside is harmless, since resumes are only ever served as attachments of type PDF.
    """
    if not data:
        code = "empty_file"
        raise RuleViolation(code, _("This file is empty. Choose the PDF of your resume."))
    if len(data) > MAX_BYTES:
        code = "too_large"
        raise RuleViolation(code, _("This file is larger than 5 MB. Save your resume with smaller pictures."))
    if data.find(_SIGNATURE, 0, _SIGNATURE_WITHIN) < 0 or data.startswith(_OTHER_KINDS):
        code = "not_a_pdf"
        raise RuleViolation(code, _("This file is not a PDF. Save your resume as PDF and upload that file."))
    if not _opens(data):
        code = "not_a_pdf"
        raise RuleViolation(
            code, _("This PDF cannot be opened: it is damaged or incomplete. Save your resume as PDF once more.")
        )


def extract_text(data: bytes) -> Extraction:
    """Read the text of a PDF in reading order: at most 50 pages, 200,000 characters, and 30,000 characters a page.

    pypdfium2 reads everything. Pages on which the order is doubtful (columns, tables, scripts from right to left) or
    on which few letters came out are read again by pdfplumber, and what is still poor by pdfminer. A bad file gives an
    ``Extraction`` with a ``problem``, never an exception.
    """
    reading = _Reading()
    caps = {"max_pages": MAX_PAGES, "max_chars": MAX_CHARS, "max_page_chars": MAX_PAGE_CHARS}
    first = reading.ask(_PYPDFIUM2, data, few_letters=_FEW_LETTERS, **caps)
    if first["problem"] == "encrypted":
        return reading.result("encrypted")
    for engine in (_PDFPLUMBER, _PDFMINER):
        numbers = reading.wanted(for_order=engine == _PDFPLUMBER)
        # What fells one reader would mostly fell the next, and pdfplumber stands on pdfminer.
        if numbers and not reading.fallen:
            reading.ask(engine, data, numbers=numbers)
    return reading.result("too_complex" if any(page["cut"] for page in first["pages"]) else "")


def _opens(data: bytes) -> bool:
    return pdf_problem(data) in ("", "encrypted")


@dataclass
class _Page:
    """What one engine found on one page; the fields are those of the engines' answers."""

    number: int
    method: str
    raw: str
    wrong_order: bool = False
    gutter: bool = False
    columns: bool = False
    cut: bool = False
    broken: bool = False
    image_share: float = 0.0
    text: str = field(init=False)
    letters: int = field(init=False)
    lost: float = field(init=False)

    def __post_init__(self) -> None:
        self.text = normal.clean(self.raw)
        self.letters = normal.letters(self.text)
        self.lost = normal.unreadable_share(self.raw)

    @property
    def is_poor(self) -> bool:
        return self.letters < _FEW_LETTERS or self.lost > _LOST

    def is_improved_by(self, other: "_Page") -> bool:
        if other.letters * (1 - other.lost) > self.letters * (1 - self.lost):
            return True
        # A table looks as if it had a gutter, and the order of its cells was right before.
        if not other.letters or not (self.wrong_order or (self.gutter and other.columns)):
            return False
        turned = bidi.letters_right_to_left(self.text)
        return other.letters >= _SAME_LETTERS * (self.letters - turned) + _SAME_LETTERS_RIGHT_TO_LEFT * turned


@dataclass
class _Reading:
    """What the engines have found so far."""

    page_count: int = 0
    pages: dict[int, _Page] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    fallen: bool = False

    def ask(self, engine: str, data: bytes, **options: Any) -> dict[str, Any]:
        """Let an engine read, and keep what is better than before; give its answer."""
        self.tried.append(engine)
        module, cpu_s = _ENGINES[engine]
        options["cpu_s"] = cpu_s * _BEGIN_WITHIN
        limits = Limits(cpu_s=cpu_s, wall_s=2 * cpu_s, output_mb=8)
        answer: dict[str, Any] = {"page_count": 0, "problem": "unreadable", "pages": []}
        # No word of the file goes into the log: a parser's message may quote it.
        try:
            answer = run_limited(f"{_PACKAGE}.{module}:read", data, options=options, limits=limits)
        except SandboxError as error:
            self.fallen = True
            logger.warning("%s was stopped while reading a resume: %s", engine, error.reason)
        except ChildRefusedError as error:
            logger.info("%s could not read a resume: %s", engine, error.kind)
        self.page_count = max(self.page_count, answer["page_count"])
        for found in answer["pages"]:
            self._keep(_Page(method=engine, **found))
        return answer

    def _keep(self, page: _Page) -> None:
        known = self.pages.get(page.number)
        if known is None:
            self.pages[page.number] = page
        elif known.is_improved_by(page):
            page.image_share = known.image_share
            self.pages[page.number] = page

    def wanted(self, *, for_order: bool) -> list[int]:
        """Give the numbers of the pages that the next engine should read; some first ones if none is known yet."""
        if not self.page_count:
            return list(range(_SECOND_READING))
        wanted = [
            page.number for page in self._sorted() if page.is_poor or (for_order and (page.wrong_order or page.gutter))
        ]
        return wanted[:_SECOND_READING]

    def _sorted(self) -> list[_Page]:
        return sorted(self.pages.values(), key=lambda page: page.number)

    def result(self, problem: str) -> Extraction:
        pages = self._sorted()
        text = BETWEEN_PAGES.join(page.text for page in pages if page.text)[:MAX_CHARS].rstrip()
        return Extraction(
            text=text,
            page_count=self.page_count,
            pages_read=len(pages),
            method=_most(pages) if text else "",
            methods_tried=tuple(self.tried),
            quality=_quality(pages) if text else "none",
            problem=problem or self._problem(pages),
            page_starts=tuple(_starts(pages)) if text else (),
        )

    def _problem(self, pages: list[_Page]) -> str:
        letters = sum(page.letters for page in pages)
        if not letters and self.fallen:
            return "too_complex"
        if all(page.broken for page in pages):
            return "unreadable"
        pictures = sum(page.image_share for page in pages) / len(pages)
        if not letters or (letters < _FEW_LETTERS * len(pages) and pictures > _PICTURE_PAGE):
            return "image_only"
        return "too_complex" if len(pages) < min(self.page_count, MAX_PAGES) else ""


def _starts(pages: Iterable[_Page]) -> Iterator[int]:
    at = 0
    for page in pages:
        yield at
        at += len(page.text) + len(BETWEEN_PAGES) if page.text else 0


def _most(pages: Iterable[_Page]) -> str:
    letters: dict[str, int] = {}
    for page in pages:
        letters[page.method] = letters.get(page.method, 0) + page.letters
    return max(letters, key=lambda method: letters[method])


def _quality(pages: list[_Page]) -> str:
    letters = sum(page.letters for page in pages)
    lost = sum(page.lost for page in pages) / len(pages)
    return "good" if letters >= _FEW_LETTERS * len(pages) and lost <= _LOST else "poor"
