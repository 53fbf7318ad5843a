"""An accent that can be read yields shades that can be read, whatever the university's colour is."""

from itertools import product

import pytest

from portal.kernel.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    READABLE,
    contrast,
    is_colour,
    least_contrast,
    mix,
    readable,
    shades_of,
)
from tests.house.test_tokens import read_tokens

COLOURS = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 51), repeat=3)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("#0f6b6b", True), ("#0F6B6B", False), ("0f6b6b", False), ("#fff", False), ("#0f6b6b;", False)],
)
def test_colours_have_one_form(text, expected):
    assert is_colour(text) is expected


def test_the_grounds_are_those_of_the_portal():
    for grounds, mode in ((LIGHT_GROUNDS, "light"), (DARK_GROUNDS, "dark")):
        assert grounds == (read_tokens(mode)["paper"], read_tokens(mode)["ground"])


def test_contrast_and_mixing():
    assert (contrast("#000000", "#ffffff"), round(contrast("#767676", "#ffffff"), 2)) == (21, 4.54)
    assert (mix("#000000", "#ffffff", 0.5), mix("#102030", "#ffffff", 0)) == ("#808080", "#102030")


def test_what_can_be_read_stays_and_the_rest_moves_just_far_enough():
    assert (readable("#0f6b6b", dark=False), readable("#63c7c1", dark=True)) == ("#0f6b6b", "#63c7c1")
    assert [
        least_contrast(readable("#ffcc00", dark=False), dark=False) >= READABLE,
        readable("#ffcc00", dark=True),
    ] == [
        True,
        "#ffcc00",
    ]


@pytest.mark.parametrize("dark", [False, True])
def test_shades_of_any_colour_can_be_read(dark):
    ink = read_tokens("dark" if dark else "light")["ink"]
    wrong = []
    for colour in COLOURS:
        shades = shades_of(readable(colour, dark=dark), dark=dark)
        pairs = [
            (shades["accent-strong"], shades["accent-tint"]),
            (ink, shades["accent-tint"]),
            (shades["on-accent"], shades["accent"]),
            (shades["on-accent"], shades["accent-strong"]),
            *[
                (shades[name], ground)
                for name in ("accent", "accent-strong")
                for ground in (DARK_GROUNDS if dark else LIGHT_GROUNDS)
            ],
        ]
        wrong += [(colour, pair) for pair in pairs if contrast(*pair) < READABLE]
    assert wrong == []
