"""Spelling of Swahili and Arabic: what is surely wrong is mended, what may be wrong is only asked about.

Both languages write whole phrases into one word, and no list holds all of them. So a word counts as known also where
its parts are known, and an unknown one is changed only by rules that cannot meet a right word: Swahili doubles no
consonant, an Arabic word with the article takes no ending of possession. All else becomes a question to the writer.

Swahili words come from Debian's hunspell-sw, where the machine has it; without it Swahili gets no spelling. Arabic
words are pyspellchecker's; they were counted in subtitles and hold misspellings, therefore counts are compared.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from spellchecker import SpellChecker

from apps.ai.wording.languages import Language
from apps.ai.wording.vocabulary import pairs_named, words_named

SWAHILI_LIST: Final = Path("/usr/share/hunspell/sw_TZ.dic")
_WORD: Final = re.compile(r"(?<![\w./@'-])[^\W\d_]{2,}(?![\w@'-]|[./]\w)")
MOST_ASKED: Final = 5
# How many times as frequent the other spelling is, to be the one that was meant.
_SURE: Final = 4
_SHORTEST: Final = {"sw": 5, "ar": 6}
_LETTERS: Final = {"sw": "abcdefghijklmnoprstuvwyz", "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآةىئءؤ"}


def has_spelling(language: Language) -> bool:
    """Say whether this machine knows words of the language."""
    return language != "sw" or bool(_swahili())


def respelt(text: str, language: Language, kept: frozenset[str]) -> str:
    """Return the text with what is surely misspelt mended; ``kept`` words (in small letters) stay."""
    if not has_spelling(language):
        return text
    mend = {"sw": _mended_swahili, "ar": _mended_arabic}[language]
    return _WORD.sub(lambda found: found[0] if _stays(found[0], kept) else mend(found[0]), text)


def doubtful(text: str, language: Language, known: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return at most five words that no list knows, each with the one word that is near and frequent enough."""
    if language == "en" or not has_spelling(language):
        return []
    kept = frozenset(part.casefold() for word in known for part in word.split())
    words = dict.fromkeys(word for word in _WORD.findall(text) if len(word) >= _SHORTEST[language])
    asked = {word: _meant(word, language) for word in words if not _stays(word, kept) and not _knows(word, language)}
    return [(word, meant) for word, meant in asked.items() if meant][:MOST_ASKED]


def _stays(word: str, kept: frozenset[str]) -> bool:
    """Say whether it is a name or known to the writer's facts."""
    return word[0].isupper() or word.isupper() or word in kept or word in words_named("trade_swahili")


def _knows(word: str, language: Language) -> bool:
    return _knows_swahili(word) if language == "sw" else any(form in _arabic().word_frequency for form in _bare(word))


def _meant(word: str, language: Language) -> str:
    """Return the only near word, in Arabic one far more frequent than the next; empty where nobody can tell."""
    near = [one for one in _near(word, _LETTERS[language]) if one[0] == word[0]]
    if language == "sw":
        found = [one for one in near if one in _swahili()]
        return found[0] if len(found) == 1 else ""
    counts = _arabic().word_frequency
    first, second = sorted(((counts[one], one) for one in near), reverse=True)[:2]
    return first[1] if first[0] > _SURE * second[0] else ""


def _near(word: str, letters: str) -> set[str]:
    """Return everything that is one slip of the fingers away."""
    found: set[str] = set()
    for place in range(len(word)):
        head, tail = word[:place], word[place:]
        found |= {head + tail[1:], head + tail[1:2] + tail[0] + tail[2:]}
        found.update(head + letter + rest for letter in letters for rest in (tail, tail[1:]))
    return (found | {word + letter for letter in letters}) - {word}


# -- Swahili ------------------------------------------------------------------------------------------------------

_OBJECTS: Final = ("", *words_named("swahili_objects"))
_STARTS: Final = (
    *(subject + tense for subject in words_named("swahili_subjects") for tense in words_named("swahili_tenses")),
    *words_named("swahili_untensed"),
)
_SHORTEST_STEM: Final = 3
_SHORTEST_HAMZA: Final = 4


@cache
def _swahili() -> frozenset[str]:
    """Return the words of the list, an empty set where the machine has none."""
    try:
        lines = SWAHILI_LIST.read_text("utf-8").splitlines()[1:]
    except OSError:
        return frozenset()
    return frozenset(line.split("/")[0].strip().casefold() for line in lines)


def _knows_swahili(word: str) -> bool:
    words = _swahili()
    return any(form in words or f"ku{form}" in words for stem in _stems(word) for form in _forms(stem))


def _stems(word: str) -> Iterator[str]:
    """Return the word, and what is left of it without the signs of subject, tense and object."""
    yield word
    for start in _STARTS:
        if word.startswith(start):
            rest = word[len(start) :]
            yield from (
                rest[len(sign) :]
                for sign in _OBJECTS
                if rest.startswith(sign) and len(rest) - len(sign) >= _SHORTEST_STEM
            )


def _forms(stem: str) -> Iterator[str]:
    """Return the stem, and the plain verb behind passive, causative and the other voices."""
    yield stem
    for ending, plain in pairs_named("swahili_voices"):
        if stem.endswith(ending):
            yield stem[: -len(ending)] + plain


def _mended_swahili(word: str) -> str:
    """Return an unknown word with its doubled consonants single, if that is known."""
    if len(word) < _SHORTEST["sw"] or _knows_swahili(word):
        return word
    single = re.sub(r"([b-df-hj-np-tv-z])\1", r"\1", word)
    if single != word and _knows_swahili(single):
        return single
    return word


# -- Arabic -------------------------------------------------------------------------------------------------------

_JOINED: Final = ("", "و", "ف", "ب", "ل", "ك", "س", "ال", "وال", "فال", "بال", "كال", "لل", "ول", "وب", "وس")
_WITH_ARTICLE: Final = re.compile("[وف]?(?:ال|بال|كال|لل)")

# Verbs of the seventh, eighth and tenth form and their nouns have no hamza, however often one is written.
_PLAIN_ALEF: Final = re.compile("ا(?:ن|ت|س?.ت)")


@cache
def _arabic() -> SpellChecker:
    return SpellChecker(language="ar", distance=1)


def _bare(word: str) -> Iterator[str]:
    """Return the word, and what is left without "and", "with", "for" and the article that are written on to it."""
    for joined in _JOINED:
        if word.startswith(joined) and len(word) - len(joined) >= _SHORTEST_STEM:
            yield word[len(joined) :]


def _mended_arabic(word: str) -> str:
    """Return the word with the hamza that was left out, and behind the article with the ending of the feminine."""
    if slip := dict(pairs_named("arabic_slips")).get(word):
        return slip
    counts = _arabic().word_frequency
    found = word
    if len(word) < _SHORTEST_HAMZA:
        return word
    if _WITH_ARTICLE.match(word) and word.endswith("ه"):
        found = _likelier(found, [f"{found[:-1]}ة"], counts[found])
    article = _WITH_ARTICLE.match(found)
    at = article.end() if article else 0
    if found[at : at + 1] == "ا" and not _PLAIN_ALEF.match(found, at):
        found = _likelier(found, [found[:at] + alef + found[at + 1 :] for alef in "أإ"], counts[found])
    return found


def _likelier(word: str, others: list[str], count: int) -> str:
    counts = _arabic().word_frequency
    best = max(others, key=lambda other: counts[other])
    return best if counts[best] > _SURE * count and counts[best] else word
