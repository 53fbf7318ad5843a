"""Where a fact stands in a resume's text."""

import pytest

from apps.applications.extraction.places import Placed, placed_facts

TEXT = "Asha Juma\nFitter at Njia  Works\n\nSkills: turning, milling\nWelding"
STARTS = [0, 33]


@pytest.mark.parametrize(
    ("value", "placed"),
    [
        # By the rules: the vocabulary's name for what the text calls otherwise.
        ("Lathe work", Placed("Lathe work", "turning", "Skills: ", ", milling", 2, 1)),
        # In so many words, whatever the case and the blanks between.
        ("njia works", Placed("njia works", "Njia  Works", "Fitter at ", "", 1, 2)),
        ("welding", Placed("welding", "Welding", "", "", 2, 2)),
        # A part of a word is no place.
        ("weld", Placed("weld")),
        ("  ", Placed("  ")),
    ],
)
def test_a_fact_has_page_line_and_the_words_around_it(value, placed):
    found = {"skills": [{"value": "Lathe work", "start": 41, "end": 48}]}
    assert placed_facts(TEXT, STARTS, {"skills": [value]}, found) == {"skills": [placed]}


def test_without_pages_lines_are_counted_through():
    (placed,) = placed_facts(TEXT, [], {"skills": ["Welding"]}, {})["skills"]
    assert (placed.page, placed.line) == (0, 5)


def test_long_lines_are_cut_between_words():
    text = "one " * 30 + "turning" + " two" * 30
    (placed,) = placed_facts(text, [0], {"skills": ["turning"]}, {})["skills"]
    assert (placed.before, placed.after) == ("… " + "one " * 14, " two" * 14 + " …")
