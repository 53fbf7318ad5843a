import io
import re
import unicodedata
from html import escape

import pypdfium2
from docx import Document

from portal.kernel.documents import plain_data, render_docx, render_pdf
from tests.kernel.naughty import joined_strings, naughty_strings
from tests.kernel.word_files import texts_of, word

LINES = "p { white-space: pre-wrap; overflow-wrap: anywhere; font-family: 'Noto Sans', 'DejaVu Sans', sans-serif }"


def normal(text):
    return unicodedata.normalize("NFC", text)


def squeezed(text):
    """Return the text without what a page cannot keep: white space and invisible signs."""
    kept = (letter for letter in normal(text) if not letter.isspace() and unicodedata.category(letter) != "Cf")
    return re.sub("[\ufffe\uffff\x02]", "", "".join(kept))


def pdf_text(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def set_as_lines(strings):
    body = "".join(f"<p>{escape(text)}</p>" for text in strings)
    return pdf_text(render_pdf(f"<!DOCTYPE html><html lang=en><title>x</title>{body}", base_css=LINES))


def test_there_are_enough_naughty_strings():
    assert len(naughty_strings()) >= 200


def test_render_docx_naughty_strings_come_out_letter_by_letter():
    strings = [*naughty_strings(), *joined_strings()]
    filled = render_docx(word("{%p for text in texts %}", "{{ text }}", "{%p endfor %}"), {"texts": strings})
    assert [normal(text) for text in texts_of(filled)] == [normal(text) for text in strings]


def test_render_docx_naughty_strings_in_header_and_title():
    strings = [text for text in naughty_strings() if "\t" not in text and len(text) < 250]
    text = " ".join(strings)
    document = Document(io.BytesIO(render_docx(word("x", header="{{ text }}", title="{{ text }}"), {"text": text})))
    assert document.sections[0].header.paragraphs[0].text == text
    assert document.core_properties.title == text[:255]


def test_render_docx_million_characters_lose_nothing():
    text = "Asha & Co <Ω> " * 72_000
    [filled] = texts_of(render_docx(word("{{ text }}"), {"text": text}))
    assert filled == text


def test_render_docx_control_characters_are_removed_and_nothing_else():
    given = "".join(map(chr, range(0x100)))
    [filled] = texts_of(render_docx(word("{{ text }}"), {"text": given}))
    printable = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))]
    # A carriage return and U+0085 are line ends.
    assert filled == "\t\n\n" + "".join(printable[:0x5F]) + "\n" + "".join(printable[0x5F:])
    assert filled == plain_data(given)


def letters(text):
    return {letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter).startswith("L")}


def test_render_pdf_naughty_strings_come_out_letter_by_letter():
    strings = naughty_strings()
    # The reader used here, not the file, takes this one ligature apart.
    assert squeezed(set_as_lines(strings)) == squeezed("".join(strings)).replace("ﬁ", "fi")


def test_render_pdf_joined_letters_lose_none():
    strings = joined_strings()
    assert letters("".join(strings)) - letters(set_as_lines(strings)) == set()
