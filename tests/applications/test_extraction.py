import functools
from pathlib import Path

import pytest

from apps.applications.extraction import reader
from apps.applications.extraction.reader import Extraction, check_pdf, extract_text
from portal.kernel import pdfs
from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import Limits, SandboxError
from tests.applications import hostile_pdfs

SAMPLES = Path(__file__).parents[1] / "data" / "resumes"
ONE = ("pypdfium2",)
TWO = ("pypdfium2", "pdfplumber")
THREE = ("pypdfium2", "pdfplumber", "pdfminer")

# name: refusal, pages, pages read, method, methods tried, quality, problem, words that the text begins with
EXPECTED = {
    "arabic-weasyprint.pdf": ("", 1, 1, "pdfplumber", THREE, "poor", "", "حَبيبي habibi حَبيبي"),
    "broken-xref.pdf": ("", 1, 1, "pypdfium2", THREE, "poor", "", "Hello, world!"),
    "encrypted-empty-password-r6.pdf": ("", 1, 1, "pypdfium2", THREE, "poor", "", "pdf encryption test\npassword:"),
    "encrypted-user-password.pdf": ("", 0, 0, "", ONE, "none", "encrypted", ""),
    "google-docs-skia.pdf": ("", 1, 1, "pypdfium2", ONE, "good", "", "Example document\nBeautiful is better"),
    "image-only.pdf": ("", 1, 1, "", THREE, "none", "image_only", ""),
    "large-117-pages.pdf": ("", 117, 50, "pypdfium2", TWO, "good", "", "Einführung in die\nGeometrie und Topologie"),
    "latex-john-doe-3pages.pdf": ("", 3, 3, "pypdfium2", TWO, "good", "", "John Doe\n17 Prime Avenue, Apt 37,"),
    "libreoffice-writer.pdf": ("", 1, 1, "pypdfium2", ONE, "good", "", "Lorem ipsum dolor sit amet"),
    "multi-script-libreoffice.pdf": (
        "",
        1,
        1,
        "pdfplumber",
        TWO,
        "good",
        "",
        "English:\nHello World\nArabic:\nمرحبا بالعالم\nRussian:\nПривет, мир\nChinese (traditional):\n你好世界\n",
    ),
    "no-pdf-header.pdf": ("not_a_pdf", 1, 1, "pdfplumber", THREE, "poor", "", "Bug 1606566"),
    "two-columns.pdf": ("", 3, 3, "pdfplumber", TWO, "good", "", "Two-Column Document with Lorem Ipsum\nYour Name"),
    "with-embedded-file.pdf": ("", 1, 1, "pypdfium2", ONE, "good", "", "Lorem ipsum dolor sit amet"),
    "zero-bytes.pdf": ("empty_file", 0, 0, "", THREE, "none", "unreadable", ""),
}


def refusal(data: bytes) -> str:
    try:
        check_pdf(data)
    except RuleViolation as error:
        return error.code
    return ""


@functools.cache
def extraction(name: str) -> Extraction:
    return extract_text((SAMPLES / name).read_bytes())


# -- the samples ----------------------------------------------------------------------------------------------


def test_samples_all_expected():
    assert sorted(path.name for path in SAMPLES.glob("*.pdf")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_outcome(name):
    refused, page_count, pages_read, method, tried, quality, problem, begins = EXPECTED[name]
    seen = extraction(name)
    assert (refusal((SAMPLES / name).read_bytes()), seen.page_count, seen.pages_read) == (
        refused,
        page_count,
        pages_read,
    )
    assert (seen.method, seen.methods_tried, seen.quality, seen.problem) == (method, tried, quality, problem)
    assert seen.text[: len(begins)] == begins
    assert bool(seen.text) is bool(begins)
    assert bool(seen.problem_message) is bool(problem)


def test_extract_text_two_columns_in_reading_order():
    text = extraction("two-columns.pdf").text
    passages = [
        "January 3, 2024",
        "Abstract",
        "with Lorem Ipsum text.",
        "consectetuer adipiscing elit. Ut purus elit, vestibulum",
        "nissim rutrum.\nNam dui ligula",
        "pellentesque ante. Phasellus adipiscing semper elit.\nProin fermentum massa",
        "leo. Quisque egestas wisi eget nunc. Nam feugiat",
        "lacus vel est. Curabitur consectetuer.",
        "luctus et ultrices posuere cubilia Curae",
        "2\n\nTable 1: EU Countries Information",
    ]
    places = [text.find(passage) for passage in passages]
    assert -1 not in places
    assert places == sorted(places)


def test_extract_text_limits_of_the_house():
    assert (reader.MAX_PAGES, reader.MAX_CHARS, reader.MAX_BYTES) == (50, 200_000, 5 * 1024 * 1024)
    assert sum(cpu_s for _, cpu_s in reader._ENGINES.values()) == 10
    assert Limits().memory_mb == 512


# -- the door -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" ", "not_a_pdf"),
        (b"%PDF", "not_a_pdf"),
        (b"%PDF-1.7\n", "not_a_pdf"),
        (b"Word document", "not_a_pdf"),
        (hostile_pdfs.document(), ""),
        (b"\xef\xbb\xbf" + hostile_pdfs.document(), ""),
        (b"\x1b%-12345X@PJL\n" + hostile_pdfs.document(), ""),
        (b"\n" * 1019 + hostile_pdfs.document(), ""),
        (b"\n" * 1020 + hostile_pdfs.document(), "not_a_pdf"),
        (b"<html><script>alert(1)</script>" + hostile_pdfs.document(), "not_a_pdf"),
        (b"PK\x03\x04" + hostile_pdfs.document(), "not_a_pdf"),
        (b"\xff\xd8\xff\xe0" + hostile_pdfs.document(), "not_a_pdf"),
        (b"GIF89a" + hostile_pdfs.document(), "not_a_pdf"),
        (b"MZ" + hostile_pdfs.document(), "not_a_pdf"),
        (b"#!/bin/sh\n" + hostile_pdfs.document(), "not_a_pdf"),
        (hostile_pdfs.document() + b"\nPK\x03\x04 a zip behind it", ""),
        (hostile_pdfs.document() + b"<script>alert(1)</script>", ""),
        (hostile_pdfs.no_pages(), "not_a_pdf"),
        (hostile_pdfs.no_catalog(), "not_a_pdf"),
    ],
)
def test_check_pdf(data, code):
    assert refusal(data) == code


def test_check_pdf_largest_file_and_one_byte_more():
    largest = hostile_pdfs.document().ljust(5 * 1024 * 1024, b"\n")
    assert (refusal(largest), refusal(largest + b"\n")) == ("", "too_large")


@pytest.mark.parametrize("kept", [5, 9, 100, 1_024, 4_000, 9_005, 20_000, 45_028, 70_000, 89_957])
def test_truncated_file_is_refused_and_answered(kept):
    data = (SAMPLES / "latex-john-doe-3pages.pdf").read_bytes()[:kept]
    assert (refusal(data), extract_text(data)) == (
        "not_a_pdf",
        Extraction(methods_tried=THREE, quality="none", problem="unreadable"),
    )


def test_truncated_file_without_its_last_byte_is_whole():
    data = (SAMPLES / "latex-john-doe-3pages.pdf").read_bytes()[:-1]
    assert (refusal(data), extract_text(data)) == ("", extraction("latex-john-doe-3pages.pdf"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "This file is empty. Choose the PDF of your resume."),
        (bytes(reader.MAX_BYTES + 1), "This file is larger than 5 MB. Save your resume with smaller pictures."),
        (b"Word document", "This file is not a PDF. Save your resume as PDF and upload that file."),
        (
            b"%PDF-1.7\n",
            "This PDF cannot be opened: it is damaged or incomplete. Save your resume as PDF once more.",
        ),
    ],
)
def test_check_pdf_says_what_to_do(data, message):
    with pytest.raises(RuleViolation) as caught:
        check_pdf(data)
    assert str(caught.value.message) == message


@pytest.mark.parametrize("reason", ["memory", "time", "crash", "refused"])
def test_check_pdf_reader_stopped(monkeypatch, reason):
    def stopped(*_args: object, **_options: object) -> None:
        raise SandboxError(reason)

    monkeypatch.setattr(pdfs, "run_limited", stopped)
    assert refusal(hostile_pdfs.document()) == "not_a_pdf"
