"""Spelling and grammar by rules: Harper for English, spaces, signs and doubled words for all three languages.

What holds a number, stands in capitals or begins with a capital inside a sentence is left alone: these are
measurements, tools, places and people. Spelling of Swahili and Arabic is in ``spelling``: a wrong correction is worse
than none, so little is mended there and the rest is asked.
"""

import re
import threading
from collections.abc import Iterable
from functools import cache
from typing import Final

import harper
from spellchecker import SpellChecker

from apps.ai.wording.languages import Language, sentences_of
from apps.ai.wording.spelling import respelt
from apps.ai.wording.vocabulary import words_named

_thread = threading.local()

# Kinds of Harper's findings that are mistakes; the others are matters of taste.
_MISTAKES: Final = frozenset({"Agreement", "Grammar", "BoundaryError", "Miscellaneous", "Repetition", "Punctuation"})
_SPELLING: Final = frozenset({"Spelling", "Typo"})
_SHORTEST_WORD: Final = 5
_TRADE: Final = words_named("trade")
_DOUBLED: Final = {
    "en": "the|a|an|and|to|of|in|on|is|was|we|it|for|with|at",
    "sw": "na|ya|wa|kwa|ni|la|za|cha|katika",
    "ar": "في|من|على|إلى|عن|مع|ثم",
}
_WORDY: Final = {
    r"\bin order to\b": "to",
    r"\bdue to the fact that\b": "because",
    r"\bat this point in time\b": "now",
    r"\bin the event that\b": "if",
    r"\bfor the purpose of\b": "for",
    r"\ba large number of\b": "many",
    r"\bwas able to\b": "could",
    r"\bmake use of\b": "use",
    r"\bmade use of\b": "used",
    r"\bwith regard to\b": "about",
    r"\bprior to\b": "before",
    r"\bsubsequent to\b": "after",
}


def corrected(text: str, language: Language, known: Iterable[str] = ()) -> str:
    """Return the text with its mistakes mended; ``known`` words are right as they are."""
    tidy = _tidy(text, language)
    kept = frozenset(part.casefold() for word in known for part in word.split())
    tidy = _tidy(_english(tidy, kept), language) if language == "en" else respelt(tidy, language, kept)
    return _ended(tidy)


def plainer(text: str, language: Language, known: Iterable[str] = ()) -> str:
    """Return the corrected text without the longest of the empty phrases; English only, the others as corrected."""
    text = corrected(text, language, known)
    if language == "en":
        for pattern, plain in _WORDY.items():
            text = re.sub(pattern, plain, text, flags=re.IGNORECASE)
        text = _capitals(text)
    return text


# -- all languages ------------------------------------------------------------------------------------------------


def _tidy(text: str, language: Language) -> str:
    text = re.sub(r"[^\S\n]+", " ", text.strip())
    text = re.sub(r" *\n *", "\n", text)
    text = re.sub(r" +([,.;:!?،؛؟])(?=\s|[^\W\d_]|$)", r"\1", text)
    text = re.sub(r"([,;!?،؛؟])(?=[^\W\d_])", r"\1 ", text)
    text = re.sub(r"(?<=\w)(?<!\b[A-Za-z])\.(?=[A-Z][a-z])", ". ", text)
    text = re.sub(rf"\b({_DOUBLED[language]})(?: \1\b)+", r"\1", text, flags=re.IGNORECASE)
    return text if language == "ar" else _capitals(text)


def _capitals(text: str) -> str:
    """Begin each sentence with a capital, where it begins with a plain word."""
    for sentence in sentences_of(text):
        if re.match(r"[a-zà-ÿ]+[\s,]", sentence):
            text = text.replace(sentence, sentence[0].upper() + sentence[1:], 1)
    return text


def _ended(text: str) -> str:
    enough = len(text.split()) > 3  # noqa: PLR2004 - three words are a heading
    if not enough or not text[-1].isalnum():
        return text
    return text + "."


# -- English ------------------------------------------------------------------------------------------------------


def _linter() -> harper.Linter:
    """Return this thread's linter: it takes two seconds to make and is not safe under threads."""
    found: harper.Linter | None = getattr(_thread, "linter", None)
    if found is None:
        found = _thread.linter = harper.Linter(dialect=harper.Dialect.BRITISH)
    return found


@cache
def _speller() -> SpellChecker:
    return SpellChecker(language="en", distance=1)


def _english(text: str, known: frozenset[str]) -> str:
    """Apply from the end what Harper finds, so that the places of what comes before stay right."""
    found = _linter().lint(text, language=harper.Language.PLAINTEXT)
    for lint in sorted(found, key=lambda one: one.span.start, reverse=True):
        start, end = lint.span.start, lint.span.end
        better = _mended(text, lint, known)
        if better is not None:
            text = text[:start] + better + text[end:]
    return text


def _mended(text: str, lint: harper.Lint, known: frozenset[str]) -> str | None:
    """Return what takes the place of what was found, None to leave it."""
    wrong = text[lint.span.start : lint.span.end]
    if any(sign.isdigit() for sign in wrong) or wrong.casefold() in known | _TRADE or _is_name(wrong):
        return None
    if lint.lint_kind in _SPELLING:
        return _spelt(wrong)
    if lint.lint_kind == "Capitalization":
        return "I" if wrong == "i" else None
    if lint.lint_kind not in _MISTAKES or not lint.suggestions:
        return None
    first = lint.suggestions[0]
    if first.kind == harper.SuggestionKind.INSERT_AFTER:
        return wrong + first.replacement_text
    return first.replacement_text


def _is_name(word: str) -> bool:
    """Say whether it is written in capitals or with one: a tool, a place, a person."""
    return len(word) > 1 and (word.isupper() or word[:1].isupper())


def _spelt(word: str) -> str | None:
    """Return the word that was meant: the one with the same consonants, else the only one that is near."""
    if not word.isalpha() or not word.islower() or len(word) < _SHORTEST_WORD or _speller().known([word]):
        return None
    near = {one for one in _speller().candidates(word) or () if one != word and one[0] == word[0]}
    alike = {one for one in near if _consonants(one) == _consonants(word)}
    if alike:
        return max(sorted(alike), key=_speller().word_usage_frequency)
    return near.pop() if len(near) == 1 else None


def _consonants(word: str) -> str:
    """Return what is left without vowels and doubled letters: "sistem" and "system" are alike."""
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouy]", "", word))


def is_english_word(word: str) -> bool:
    """Say whether a dictionary of English has the word, in small letters."""
    return bool(_speller().known([word.casefold()]))
