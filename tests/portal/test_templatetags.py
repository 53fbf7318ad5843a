from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.utils import translation

from portal.templatetags.practicum import hours, undo_url


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


def test_badge_of_row_has_word_look_and_shape() -> None:
    row = SimpleNamespace(state="revision_requested", get_state_display=lambda: "Sent back")
    assert rendered("{% badge row %}", row=row) == (
        '<span class="badge look-returned"><svg class="glyph glyph-returned" viewBox="0 0 24 24" aria-hidden="true">'
        '<use href="#g-returned"/></svg>Sent back</span>'
    )


def test_badge_of_row_without_words_shows_the_state() -> None:
    assert rendered("{% badge row %}", row=SimpleNamespace(state="draft")).endswith("</svg>draft</span>")


def test_glyph_with_label_is_a_spoken_picture() -> None:
    assert rendered('{% glyph "verified" label %}', label='8 h "ok" <b>') == (
        '<svg class="glyph glyph-verified" viewBox="0 0 24 24" role="img" aria-label="8 h &quot;ok&quot; &lt;b&gt;">'
        '<use href="#g-verified"/></svg>'
    )


def test_icon_is_silent() -> None:
    assert rendered('{% icon "bell" %}') == (
        '<svg class="icon icon-bell" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-bell"/></svg>'
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("8.0"), "8 h"),
        (Decimal("7.50"), "7.5 h"),
        (8, "8 h"),
        (0.25, "0.25 h"),
        (Decimal(0), "0 h"),
        (Decimal(40), "40 h"),
        (None, ""),
    ],
)
def test_hours_as_people_write_them(value: Decimal | float | None, words: str) -> None:
    assert hours(value) == words


def test_hours_use_the_decimal_sign_of_the_language() -> None:
    with translation.override("ar"):
        assert hours(Decimal("7.5")).startswith("7,5 ")


@pytest.mark.parametrize(
    ("tags", "url"), [("undo /log/3/recall/", "/log/3/recall/"), ("", ""), (None, ""), ("x /a", "")]
)
def test_undo_url_of_message(tags: str | None, url: str) -> None:
    assert undo_url(Message(constants.SUCCESS, "Done.", tags)) == url
