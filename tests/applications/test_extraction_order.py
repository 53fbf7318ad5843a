from difflib import SequenceMatcher
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from apps.applications.extraction import reader
from apps.applications.extraction.reader import Extraction, extract_text
from portal.kernel.sandbox import ChildRefusedError, SandboxError

ONE = ("pypdfium2",)
TWO = ("pypdfium2", "pdfplumber")
THREE = ("pypdfium2", "pdfplumber", "pdfminer")


def drawn(*texts: tuple[float, float, str], size: float = 10) -> bytes:
    """One page with texts at (x, y from below), written in the order given."""
    out = BytesIO()
    canvas = Canvas(out)
    canvas.setFont("Helvetica", size)
    for x, y, text in texts:
        canvas.drawString(x, y, text)
    canvas.save()
    return out.getvalue()


# -- layouts --------------------------------------------------------------------------------------------------

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]


def prose(name: str, count: int) -> list[str]:
    return [f"{name}{row} " + " ".join(WORDS[(row + word) % 8] for word in range(4)) for row in range(count)]


def test_extract_text_columns_written_line_by_line():
    columns = {60: prose("Left", 20), 320: prose("Right", 20)}
    rows = [(x, 740 - 14 * row, lines[row]) for row in range(20) for x, lines in columns.items()]
    title = "A long title that stands over both of the columns of this page"
    seen = extract_text(drawn((100, 790, title), *rows))
    assert (seen.method, seen.text.split("\n")) == ("pdfplumber", [title, *columns[60], *columns[320]])


def test_extract_text_dates_written_before_the_jobs():
    jobs = [(60, 740 - 40 * row, f"Trainee at Company {row} Limited") for row in range(8)]
    tasks = [(60, 726 - 40 * row, f"Did the work of number {row} with care.") for row in range(8)]
    dates = [(430, 740 - 40 * row, f"Jan 201{row} - Mar 201{row + 1}") for row in range(8)]
    seen = extract_text(drawn(*dates, *jobs, *tasks))
    expected = [
        line
        for row in range(8)
        for line in (
            f"Trainee at Company {row} Limited Jan 201{row} - Mar 201{row + 1}",
            f"Did the work of number {row} with care.",
        )
    ]
    assert (seen.method, seen.text.split("\n")) == ("pdfplumber", expected)


def test_extract_text_sidebar_written_first():
    sidebar = ["Contact", "amina@mail.example", "0712 345 678", "Skills", "AutoCAD", "Python", "Welding"]
    main = prose("Main", 20)
    seen = extract_text(
        drawn(
            *((60, 700 - 17.5 * row, text) for row, text in enumerate(sidebar)),
            (60, 780, "Amina Juma Example, student of mechanical engineering in the third year"),
            *((220, 702 - 13 * row, text) for row, text in enumerate(main)),
        )
    )
    name = "Amina Juma Example, student of mechanical engineering in the third year"
    assert seen.text.split("\n") == [name, *sidebar, *main]


def test_extract_text_table_of_labels_keeps_its_rows():
    rows = [("Name", "Amina Juma Example"), ("Born", "1 May 2003"), ("Phone", "0712 345 678"), ("City", "Morogoro")]
    rows += [("Level", "Diploma in Mechanical Engineering"), ("Hobby", "Football and chess")]
    pieces = [(x, 740 - 16 * row, pair[side]) for row, pair in enumerate(rows) for side, x in ((0, 60), (1, 220))]
    seen = extract_text(drawn(*pieces))
    assert (seen.method, seen.text.split("\n")) == ("pypdfium2", [" ".join(pair) for pair in rows])


def test_extract_text_scan_with_a_stamp_is_a_picture():
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(Image.new("L", (60, 84), 200)), 0, 0, 595, 842)
    canvas.drawString(200, 20, "Scanned with Some App")
    canvas.save()
    seen = extract_text(out.getvalue())
    assert (seen.problem, seen.quality, seen.text) == ("image_only", "poor", "Scanned with Some App")


def test_extract_text_stops_at_the_character_limit(monkeypatch):
    monkeypatch.setattr(reader, "MAX_CHARS", 250)
    out = BytesIO()
    canvas = Canvas(out)
    for page in range(6):
        canvas.drawString(60, 700, f"Page {page}: " + "words and more words, " * 4)
        canvas.showPage()
    canvas.save()
    seen = extract_text(out.getvalue())
    assert (seen.page_count, seen.pages_read, seen.problem, len(seen.text)) == (6, 3, "too_complex", 250)


# -- engines that fall ----------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {
    "number": 0,
    "raw": "Sixty letters and more are on this page, so that nobody asks again.",
    "cut": False,
}
PAGE: dict[str, Any] = {"page_count": 1, "problem": ""}


def answering(monkeypatch, **answers: object) -> None:
    """Let the engines (``pdfium``, ``plumber``, ``miner``) answer so, or raise."""

    def run(target: str, _data: bytes, **_options: object) -> object:
        answer = answers[target.removeprefix(f"{reader._PACKAGE}.").removesuffix(":read")]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(reader, "run_limited", run)


def test_extract_text_fast_reader_raises_and_the_next_reads(monkeypatch):
    plumber = PAGE | {"pages": [{"number": 0, "raw": GOOD["raw"], "columns": False}]}
    answering(monkeypatch, pdfium=ChildRefusedError("ZeroDivisionError", "x"), plumber=plumber)
    seen = extract_text(b"")
    assert (seen.text, seen.method, seen.methods_tried, seen.problem) == (GOOD["raw"], "pdfplumber", TWO, "")


def test_extract_text_fast_reader_falls(monkeypatch, caplog):
    answering(monkeypatch, pdfium=SandboxError("memory", "of the file"))
    assert extract_text(b"") == Extraction(methods_tried=ONE, problem="too_complex")
    assert caplog.messages == ["pypdfium2 was stopped while reading a resume: memory"]


def test_extract_text_second_reader_falls_and_the_first_text_is_kept(monkeypatch):
    answering(monkeypatch, pdfium=PAGE | {"pages": [GOOD | {"gutter": True}]}, plumber=SandboxError("time"))
    seen = extract_text(b"")
    assert (seen.text, seen.method, seen.methods_tried) == (GOOD["raw"], "pypdfium2", TWO)
    assert (seen.quality, seen.problem) == ("good", "")


@pytest.mark.parametrize(
    ("gutter", "wrong_order", "columns", "kept"),
    [
        (True, False, True, "pdfplumber"),
        (True, False, False, "pypdfium2"),
        (False, True, False, "pdfplumber"),
        (False, True, True, "pdfplumber"),
    ],
)
def test_extract_text_other_order_of_the_same_letters(monkeypatch, gutter, wrong_order, columns, kept):
    pdfium = PAGE | {"pages": [GOOD | {"gutter": gutter, "wrong_order": wrong_order}]}
    plumber = PAGE | {"pages": [{"number": 0, "raw": GOOD["raw"][::-1], "columns": columns}]}
    answering(monkeypatch, pdfium=pdfium, plumber=plumber)
    assert extract_text(b"").method == kept


def test_extract_text_better_order_that_loses_letters_is_not_taken(monkeypatch):
    pdfium = PAGE | {"pages": [GOOD | {"wrong_order": True}]}
    plumber = PAGE | {
        "pages": [{"number": 0, "raw": "Only forty of the letters that were there, I think", "columns": True}]
    }
    answering(monkeypatch, pdfium=pdfium, plumber=plumber)
    assert extract_text(b"").text == GOOD["raw"]


def test_extract_text_letters_without_names_are_poor(monkeypatch):
    lost = PAGE | {"pages": [GOOD | {"raw": "ab\ufffd" * 30}]}
    named = PAGE | {"pages": [{"number": 0, "raw": "abc" * 30}]}
    answering(monkeypatch, pdfium=lost, plumber=PAGE | {"pages": []}, miner=named)
    seen = extract_text(b"")
    assert (seen.text, seen.method, seen.methods_tried, seen.quality) == ("abc" * 30, "pdfminer", THREE, "good")
    answering(monkeypatch, pdfium=lost, plumber=ChildRefusedError("x", "y"), miner=PAGE | {"pages": []})
    seen = extract_text(b"")
    assert (seen.method, seen.quality, seen.problem) == ("pypdfium2", "poor", "")


def test_extract_text_page_that_cannot_be_opened(monkeypatch):
    broken = PAGE | {"pages": [{"number": 0, "raw": "", "cut": False, "broken": True}]}
    answering(monkeypatch, pdfium=broken, plumber=PAGE | {"pages": []}, miner=ChildRefusedError("x", "y"))
    assert extract_text(b"").problem == "unreadable"


def test_extract_text_reading_ended_early(monkeypatch):
    answering(monkeypatch, pdfium={"page_count": 9, "problem": "", "pages": [GOOD]})
    seen = extract_text(b"")
    assert (seen.pages_read, seen.page_count, seen.problem) == (1, 9, "too_complex")
    assert "Upload a simpler version" in str(seen.problem_message)


def test_extract_text_word_recall_against_the_text_written():
    written = [" ".join(WORDS[(row * word) % 8] for word in range(1, 10)) for row in range(45)]
    seen = extract_text(drawn(*((60, 780 - 16 * row, text) for row, text in enumerate(written))))
    matcher = SequenceMatcher(a=" ".join(written).split(), b=seen.text.split(), autojunk=False)
    assert (matcher.ratio(), seen.methods_tried) == (1.0, ONE)
