"""Spelling of Swahili and Arabic: sure slips are mended, doubtful words asked about, right words left alone."""

from pathlib import Path

import pytest

from apps.ai.backends.base import Facts
from apps.ai.services.drafting import write_draft
from apps.ai.states import Purpose
from apps.ai.wording import spelling
from apps.ai.wording.grammar import corrected
from apps.ai.wording.spelling import doubtful, has_spelling
from tests.ai.evaluation import samples

LIST = Path(__file__).parents[1] / "data" / "ai" / "swahili.dic"


@pytest.fixture(autouse=True)
def a_list_of_words(monkeypatch):
    """Read our own few words instead of the machine's."""
    _use(monkeypatch, LIST)
    yield
    spelling._swahili.cache_clear()


def _use(monkeypatch, path):
    monkeypatch.setattr(spelling, "SWAHILI_LIST", path)
    spelling._swahili.cache_clear()


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("leo nilifanyya kazzi ya mashinne", "Leo nilifanya kazi ya mashine."),
        # Parts of speech that no list holds: subject, tense, object, passive.
        ("tulizisafisha na zilipimwa vizuri", "Tulizisafisha na zilipimwa vizuri."),
        # Doubled, but unknown also when single; a name; a word of the workshop; too short to be sure of.
        ("tulibbonga na Hassan boliti mmbu", "Tulibbonga na Hassan boliti mmbu."),
    ],
)
def test_swahili_doubles_no_consonant(text, better):
    assert corrected(text, "sw") == better


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("ذهبنا الى الورشه فى الصباح", "ذهبنا إلى الورشة في الصباح."),
        ("فحصنا الاسلاك الكهربائيه اثناء العمل", "فحصنا الأسلاك الكهربائية أثناء العمل."),
        # A root that ends so, a pronoun's ending, two that are equally usual, and a form that begins with a plain alef.
        ("المياه والاتجاه مدرسه ان استخدمت", "المياه والاتجاه مدرسه ان استخدمت."),
    ],
)
def test_arabic_gets_its_hamza_and_its_feminine_ending(text, better):
    assert corrected(text, "ar") == better


@pytest.mark.parametrize(
    ("text", "language", "asked"),
    [
        ("tulianza matengnezo ya jenereeta", "sw", [("matengnezo", "matengenezo"), ("jenereeta", "jenereta")]),
        ("tulianza matengnezo", "en", []),
        # Two words are as near, or none is.
        ("kanzii xyzyqq", "sw", []),
        ("بدأ التدريبب في المصنع", "ar", [("التدريبب", "التدريب")]),
        ("بدأ القياسس", "ar", []),
    ],
)
def test_what_may_be_wrong_is_asked_about(text, language, asked):
    assert doubtful(text, language) == asked


def test_known_words_are_not_asked_about():
    assert doubtful("tulianza matengnezo", "sw", ["Matengnezo ya gari"]) == []


def test_the_draft_carries_the_question():
    draft = write_draft(Purpose.GRAMMAR, Facts(texts={"text": "leo tulianza kazi ya matengnezo"}, language="sw"))
    assert draft.parts == {"text": "Leo tulianza kazi ya matengnezo."}
    assert draft.notes == ["Je, tahajia hii ni sahihi? matengnezo (matengenezo?)"]


def test_without_a_list_swahili_stays_as_it_is_written(monkeypatch, tmp_path):
    _use(monkeypatch, tmp_path / "none.dic")
    assert not has_spelling("sw")
    assert has_spelling("ar")
    assert corrected("leo nilifanyya kazzi  hapa", "sw") == "Leo nilifanyya kazzi hapa."
    assert doubtful("tulianza matengnezo", "sw") == []


def test_right_texts_keep_their_words():
    """The samples contain no misspelling."""
    texts = [log["text"] for log in samples("log") if log["language"] == "ar"]
    assert {text: spelling.respelt(text, "ar", frozenset()) for text in texts} == {text: text for text in texts}
