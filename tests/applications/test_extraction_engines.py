"""The readers, called here as they are called in the child, on files that are known to be good."""

from io import BytesIO
from pathlib import Path

import pytest
from pdfminer.layout import LTChar
from pdfplumber.page import Page
from reportlab.pdfgen.canvas import Canvas

from apps.applications.extraction.engines import miner, pdfium, plumber
from portal.kernel import pdf_child
from tests.applications import hostile_pdfs

SAMPLES = Path(__file__).parents[1] / "data" / "resumes"
AMPLE = {"max_pages": 50, "max_chars": 200_000, "max_page_chars": 30_000, "few_letters": 40, "cpu_s": 1e9}


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def pages_of(*texts: str) -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for text in texts:
        canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (hostile_pdfs.document(), {"page_count": 1, "problem": ""}),
        (hostile_pdfs.no_pages(), {"page_count": 0, "problem": "unreadable"}),
        (sample("encrypted-user-password.pdf"), {"page_count": 0, "problem": "encrypted"}),
        (sample("encrypted-empty-password-r6.pdf"), {"page_count": 1, "problem": ""}),
        (b"", {"page_count": 0, "problem": "unreadable"}),
    ],
)
def test_pdfium_look(data, seen):
    assert pdf_child.look(data, {}) == seen
    assert {key: pdfium.read(data, AMPLE)[key] for key in seen} == seen


def test_a_file_is_not_called_locked_because_the_one_before_it_was():
    assert pdf_child.look(sample("encrypted-user-password.pdf"), {})["problem"] == "encrypted"
    assert pdf_child.look(hostile_pdfs.no_pages(), {})["problem"] == "unreadable"


def test_pdfium_read_page():
    assert pdfium.read(hostile_pdfs.document(), AMPLE)["pages"] == [
        {"number": 0, "raw": "Hello, world!", "cut": False, "wrong_order": False, "gutter": False, "image_share": 0.0}
    ]


@pytest.mark.parametrize(
    ("limit", "raws", "cuts"),
    [
        ({}, ["first page", "second page", "third page"], [False, False, False]),
        ({"max_pages": 2}, ["first page", "second page"], [False, False]),
        ({"max_chars": 12}, ["first page", "se"], [False, True]),
        ({"max_chars": 10}, ["first page"], [False]),
        ({"max_page_chars": 5}, ["first", "secon", "third"], [True, True, True]),
        ({"cpu_s": 0}, [], []),
    ],
)
def test_pdfium_read_limits(limit, raws, cuts):
    answer = pdfium.read(pages_of("first page", "second page", "third page"), AMPLE | limit)
    assert answer["page_count"] == 3
    assert [page["raw"] for page in answer["pages"]] == raws
    assert [page["cut"] for page in answer["pages"]] == cuts


@pytest.mark.parametrize(
    ("name", "wrong_order", "gutter"),
    [
        ("libreoffice-writer.pdf", [False], [False]),
        ("multi-script-libreoffice.pdf", [True], [False]),
        ("two-columns.pdf", [True, True, False], [False, False, False]),
    ],
)
def test_pdfium_read_order(name, wrong_order, gutter):
    pages = pdfium.read(sample(name), AMPLE)["pages"]
    assert [page["wrong_order"] for page in pages] == wrong_order
    assert [page["gutter"] for page in pages] == gutter


def test_pdfium_read_picture():
    page = pdfium.read(sample("image-only.pdf"), AMPLE)["pages"][0]
    assert (page["raw"], page["image_share"]) == ("", 1.0)


def test_pdfium_read_drawing_of_many_pieces(monkeypatch):
    monkeypatch.setattr(pdfium, "_MOST_PIECES", 10)
    pages = pdfium.read(sample("two-columns.pdf"), AMPLE)["pages"]
    assert [page["wrong_order"] for page in pages] == [False, False, False]


def test_pdfium_read_page_that_cannot_be_opened():
    pages = hostile_pdfs.document(pages=b"<</Type/Pages/Kids[9 0 R 3 0 R]/Count 2>>")
    assert [(page["raw"], page.get("broken", False)) for page in pdfium.read(pages, AMPLE)["pages"]] == [
        ("", True),
        ("Hello, world!", False),
    ]


def test_plumber_read_pages_asked_for():
    data = pages_of("first page", "second page", "third page")
    assert plumber.read(data, {"numbers": [0, 2, 7], "cpu_s": 1e9}) == {
        "page_count": 2,
        "problem": "",
        "pages": [
            {"number": 0, "raw": "first page", "columns": False},
            {"number": 2, "raw": "third page", "columns": False},
        ],
    }


def test_plumber_read_time_is_over():
    assert plumber.read(pages_of("a", "b"), {"numbers": [0, 1], "cpu_s": 0})["pages"] == []


def test_plumber_read_columns_and_right_to_left():
    columns = plumber.read(sample("two-columns.pdf"), {"numbers": [0, 1, 2], "cpu_s": 1e9})["pages"]
    assert [page["columns"] for page in columns] == [True, True, False]
    arabic = plumber.read(sample("multi-script-libreoffice.pdf"), {"numbers": [0], "cpu_s": 1e9})["pages"][0]
    assert arabic["raw"].split("\n")[3] == "مرحبا بالعالم"


def test_plumber_read_bold_by_drawing_twice():
    out = BytesIO()
    canvas = Canvas(out)
    canvas.rect(50, 600, 100, 50)
    for shift in (0, 0.4, 0.8):
        canvas.drawString(60 + shift, 700, "Willing to meet all")
    canvas.save()
    pages = plumber.read(out.getvalue(), {"numbers": [0], "cpu_s": 1e9})["pages"]
    assert pages == [{"number": 0, "raw": "Willing to meet all", "columns": False}]


def test_plumber_read_broken_page_is_left_out(monkeypatch):
    read = Page.extract_words

    def broken(page: Page, **options: object) -> object:
        if page.page_number == 1:
            raise ZeroDivisionError
        return read(page, **options)

    monkeypatch.setattr(Page, "extract_words", broken)
    answer = plumber.read(pages_of("first page", "second page"), {"numbers": [0, 1], "cpu_s": 1e9})
    assert answer["pages"] == [{"number": 1, "raw": "second page", "columns": False}]


def test_plumber_read_out_of_memory_is_not_a_broken_page(monkeypatch):
    def full(_page: Page, **_options: object) -> object:
        raise MemoryError

    monkeypatch.setattr(Page, "extract_words", full)
    with pytest.raises(MemoryError):
        plumber.read(pages_of("first page"), {"numbers": [0], "cpu_s": 1e9})


def glyph(text: str, x0: float, x1: float) -> dict[str, object]:
    return {"text": text, "x0": x0, "x1": x1}


@pytest.mark.parametrize(
    ("glyphs", "units"),
    [
        ([glyph("ب", 0, 6), glyph("ح", 6, 12)], ("ب", "ح")),
        ([glyph("\u064e", 7, 9), glyph("ب", 0, 6), glyph("ح", 6, 12)], ("ب", "ح\u064e")),
        ([glyph("ب", 0, 6), glyph("\u064e", 1, 3), glyph("\u0651", 1, 3), glyph("ح", 6, 12)], ("ب\u064e\u0651", "ح")),
        ([glyph("\u064e", 1, 3)], ("\u064e",)),
        ([glyph("", 0, 0), glyph("لا", 0, 6)], ("", "لا")),
    ],
)
def test_plumber_units_marks_stay_with_their_letter(glyphs, units):
    assert plumber._units(glyphs) == units


def test_miner_read_pages_asked_for():
    data = pages_of("first page", "second page", "third page")
    assert miner.read(data, {"numbers": [2, 0], "cpu_s": 1e9}) == {
        "page_count": 2,
        "problem": "",
        "pages": [{"number": 0, "raw": "first page"}, {"number": 2, "raw": "third page"}],
    }


def test_miner_read_time_is_over():
    assert [page["number"] for page in miner.read(pages_of("a", "b"), {"numbers": [0, 1], "cpu_s": 0})["pages"]] == [0]


def test_miner_read_right_to_left():
    raw = miner.read(sample("multi-script-libreoffice.pdf"), {"numbers": [0], "cpu_s": 1e9})["pages"][0]["raw"]
    assert raw.split("\n")[3] == "مرحبا بالعالم"


def test_miner_read_text_inside_a_figure():
    out = BytesIO()
    canvas = Canvas(out)
    canvas.beginForm("figure")
    canvas.drawString(60, 700, "inside a figure")
    canvas.endForm()
    canvas.doForm("figure")
    canvas.save()
    assert miner.read(out.getvalue(), {"numbers": [0], "cpu_s": 1e9})["pages"] == [
        {"number": 0, "raw": "inside a figure"}
    ]
    assert list(miner._lines([LTChar.__new__(LTChar)])) == []
