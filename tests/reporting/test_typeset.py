"""The documents of a cohort say the same as our own pages, in three languages and both directions."""

import dataclasses
import io
import unicodedata
from collections import Counter

import pypdfium2
import pytest
from django.core.cache import cache
from django.utils import translation
from PIL import Image

from apps.accounts.selectors import LOOK_KEY, SiteLook
from apps.reporting.builders import pdf, typeset
from apps.reporting.context import Host
from apps.reporting.example import example_essay, example_logbook


def picture():
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(file, "JPEG")
    return file.getvalue()


def pages_of(content):
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def title_of(content):
    return pypdfium2.PdfDocument(content).get_metadata_value("Title")


def letters_of(content):
    """Return how often each letter stands in a document: the order of two directions in a line is the reader's."""
    text = unicodedata.normalize("NFKC", "".join(pages_of(content))).casefold()
    return Counter(letter for letter in text if letter.isalnum())


def build(setting):
    [made] = typeset.build_each([setting])
    return made


@pytest.mark.parametrize("language", ["en", "sw", "ar"])
def test_logbook_week_and_report_say_what_our_pages_say(language):
    with translation.override(language):
        book, essay = example_logbook(2), example_essay()
    images = {"sketch": picture(), "logo": picture()}
    first = dataclasses.replace(book.weeks[0], sketch="sketch")
    book = dataclasses.replace(book, weeks=(first, book.weeks[1]))
    lot = [
        typeset.logbook_setting(book, images=images),
        typeset.week_setting(book, first, images=images),
        typeset.report_setting(essay),
    ]
    ours = [pdf.build_logbook(book, images=images), pdf.build_week(book, first, images=images), pdf.build_report(essay)]
    for made, page in zip(typeset.build_each(lot), ours, strict=True):
        assert letters_of(page) - letters_of(made) == {}
        # Of letters that join, pdfium finds fewer in our pages than stand there.
        assert book.is_rtl or letters_of(made) == letters_of(page)
        assert (len(pages_of(made)), title_of(made)) == (len(pages_of(page)), title_of(page))


def test_every_page_carries_the_code_and_the_number_of_pages():
    book = example_logbook(1)
    made = build(typeset.logbook_setting(book))
    document = pypdfium2.PdfDocument(made)
    for number, page in enumerate(document, start=1):
        text = page.get_textpage().get_text_range()
        assert (f"{number} / {len(document)}" in text, "K7QM-2XHD" in text) == (True, True)
        assert len([*page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=8)]) == 1


def test_cohort_has_the_universitys_colour():
    cache.set(LOOK_KEY, SiteLook(accent="#7a1f3d"))
    document = pypdfium2.PdfDocument(build(typeset.logbook_setting(example_logbook(1))))
    seen = {colour for _count, colour in document[0].render().to_pil().convert("RGB").getcolors(1 << 24)}
    assert ((0x7A, 0x1F, 0x3D) in seen, (0x0F, 0x6B, 0x6B) in seen) == (True, False)


def test_draft_without_code_host_or_weeks_is_a_cover():
    book = dataclasses.replace(example_logbook(1), weeks=(), host=Host(), checked_code="", check_url="", issued_at=None)
    [cover] = pages_of(build(typeset.logbook_setting(book)))
    assert ("Asha Moshi" in cover, "Company" in cover, "K7QM" in cover) == (True, False, False)


def test_long_week_goes_on_over_pages_and_loses_nothing():
    book = example_logbook(1)
    [week] = book.weeks
    words = [f"word{number}" for number in range(3000)]
    day = dataclasses.replace(week.days[0], text=" ".join(words) + "\n" + "x" * 400)
    week = dataclasses.replace(week, days=(day, *week.days[1:]))
    pages = pages_of(build(typeset.week_setting(book, week)))
    text = " ".join(pages).split()
    assert [word for word in words if word not in text] == []
    assert "".join(pages).replace("\u200b", "").count("x") >= 400
    # The heads of the columns stand on every page of the table.
    assert all("ACTIVITY" in page for page in pages[:-1])
