"""P4, the text of a resume: our reader in its limited child beside the nearest programs that do as little.

Parts: ``warm`` is the reading itself (what a child does once it runs) beside bare pypdfium2 in one process; ``child``
is one whole resume from bytes to ``Extraction`` beside ``pdftotext`` in a process with the same limits; ``columns`` is
the second reading of two columns beside bare pdfplumber; ``hostile`` is a bomb beside ``pdftotext`` under the same
limits. Every run also checks that the words are there (recall 0.99) and in order (0.95).
"""

import resource
import shutil
import subprocess
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import partial
from io import BytesIO

import pdfplumber
import pypdfium2
from reportlab.pdfgen.canvas import Canvas

from apps.applications.extraction import reader
from apps.applications.extraction.engines import pdfium, plumber
from portal.kernel.sandbox import Limits
from tests.applications import hostile_pdfs
from tests.benchmarks.figures import Figure, medians

PAGES = (2, 5, 20)
WORDS = ("practical", "training", "gave", "me", "a", "solid", "base", "in", "machining", "and", "maintenance")
OPTIONS = {"max_pages": 50, "max_chars": 200_000, "max_page_chars": 30_000, "few_letters": 40, "cpu_s": 1e9}


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where words are lost or out of order."""
    for pages in PAGES:
        lines = _lines(40 * pages)
        data = _single_column(lines)
        _check(reader.extract_text(data).text, lines)
        warm = medians(partial(pdfium.read, data, OPTIONS), partial(_bare_pdfium, data), rounds=25)
        yield Figure(pages, *warm, goal=1.5, part="warm")
        child = medians(partial(reader.extract_text, data), partial(_pdftotext, data))
        yield Figure(pages, *child, goal=10, part="child")
    lines = _lines(80)
    data = _two_columns(lines)
    _check(reader.extract_text(data).text, lines)
    numbers = {"numbers": [0], "cpu_s": 1e9}
    columns = medians(partial(plumber.read, data, numbers), partial(_bare_pdfplumber, data))
    yield Figure(1, *columns, goal=1.5, part="columns")
    bomb = hostile_pdfs.flate_bomb()
    if reader.extract_text(bomb).problem != "too_complex":
        message = "the bomb was not stopped"
        raise AssertionError(message)
    hostile = medians(partial(reader.extract_text, bomb), partial(_pdftotext, bomb), rounds=3)
    yield Figure("1 GiB", *hostile, goal=2, part="hostile")


def _lines(count: int) -> list[str]:
    return [f"{row} " + " ".join(WORDS[(row + place) % len(WORDS)] for place in range(6)) for row in range(count)]


def _single_column(lines: list[str]) -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for start in range(0, len(lines), 40):
        for row, line in enumerate(lines[start : start + 40]):
            canvas.drawString(60, 780 - 18 * row, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _two_columns(lines: list[str]) -> bytes:
    """Written line by line across both columns, as a layout by tables does."""
    out = BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", 9)
    half = len(lines) // 2
    for row in range(half):
        for x, line in ((40, lines[row]), (310, lines[half + row])):
            canvas.drawString(x, 780 - 14 * row, line)
    canvas.save()
    return out.getvalue()


def _check(text: str, lines: list[str]) -> None:
    written, read = " ".join(lines).split(), text.split()
    recall = sum(word in set(read) for word in written) / len(written)
    order = SequenceMatcher(a=written, b=read, autojunk=False).ratio()
    if recall < 0.99 or order < 0.95:
        message = f"recall {recall:.3f}, order {order:.3f}"
        raise AssertionError(message)


def _bare_pdfium(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    return sum(len(document[number].get_textpage().get_text_range()) for number in range(len(document)))


def _bare_pdfplumber(data: bytes) -> int:
    with pdfplumber.open(BytesIO(data)) as document:
        return sum(len(page.extract_text()) for page in document.pages)


def _pdftotext(data: bytes) -> int:
    program = shutil.which("pdftotext")
    if program is None:
        message = "pdftotext of poppler-utils is needed as the reference"
        raise FileNotFoundError(message)
    done = subprocess.run(
        [program, "-", "-"],
        input=data,
        capture_output=True,
        check=False,
        preexec_fn=_limit,
    )
    return len(done.stdout)


def _limit() -> None:
    limits = Limits()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb << 20, limits.memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s))
