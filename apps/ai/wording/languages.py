"""Which of our languages a text is in, and its sentences and words. Pure."""

import re
from typing import Final

from apps.ai.wording.vocabulary import words_named

type Language = str  # "en", "sw" or "ar"

_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_LETTER: Final = re.compile(r"[^\W\d_]")
WORD: Final = re.compile(r"[^\W_]+(?:['’.,/-][^\W_]+)*", re.UNICODE)
_SWAHILI: Final = words_named("swahili")
_ENGLISH: Final = words_named("english")
# A full stop ends a sentence unless it stands in a number, after a short form or after a single letter.
_END: Final = re.compile(
    r"(?<=[.!?؟])(?<!\b[A-Za-z]\.)(?<!\b(?:Mr|Dr|No|vs)\.)(?<!\b(?:Mrs|Eng|Ltd|e\.g|i\.e|etc)\.)\s+|\n+"
)


def language_of(text: str, *, default: Language = "en") -> Language:
    """Return the language in which most of the text is written; ``default`` where nothing tells."""
    letters = len(_LETTER.findall(text))
    if letters and len(_ARABIC.findall(text)) * 2 > letters:
        return "ar"
    words = [word.casefold() for word in WORD.findall(text)]
    swahili, english = (sum(word in known for word in words) for known in (_SWAHILI, _ENGLISH))
    swahili += sum(bool(re.match("(?:nili|tuli|wali|ili|kuli|ku[bfgjklmnpstvw])[a-z]{3,}$", word)) for word in words)
    if swahili == english:
        return default if default != "ar" else "en"
    return "sw" if swahili > english else "en"


def sentences_of(text: str) -> list[str]:
    """Return the sentences in their order, without empty ones; lines end sentences."""
    return [part.strip() for part in _END.split(text) if part.strip()]


def words_of(text: str) -> list[str]:
    """Return the words, numbers among them ("0.02mm", "VF-2"), as they are written."""
    return WORD.findall(text)
