"""The difference of two texts by words, and how much of a text came from help. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_PIECES: Final = re.compile(r"\s+|[^\W_]+(?:['’.,/-][^\W_]+)*|[^\w\s]|_", re.UNICODE)
# Beyond this many pieces the comparison by words costs seconds; then the whole text is shown as replaced.
MOST_PIECES: Final = 6000


@dataclass(frozen=True)
class Piece:
    """A run of text: ``kind`` is "same", "out" (only in the original) or "in" (only in the draft)."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Return the runs in reading order; joined without the "in" they are ``before``, without the "out" ``after``."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > MOST_PIECES:
        return _filled([Piece("out", before), Piece("in", after)])
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(old[a:b])))
        else:
            found += [Piece("out", "".join(old[a:b])), Piece("in", "".join(new[c:d]))]
    return _filled(found)


def _filled(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text]


def words_from_help(text: str, helps: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Return how many words of the text came by accepted help, and how many there are.

    ``helps`` are (before, after) of what was accepted, oldest first. A word counts when help put it in and it still
    stands in the text.
    """
    words = _words(text)
    wanted: dict[str, int] = {}
    for before, after in helps:
        for word, count in _new_words(before, after).items():
            wanted[word] = wanted.get(word, 0) + count
    helped = 0
    for word in words:
        if wanted.get(word, 0) > 0:
            wanted[word] -= 1
            helped += 1
    return helped, len(words)


def _new_words(before: str, after: str) -> Counter[str]:
    """Return the words that came in and did not go out elsewhere; another capital or place is no new word."""
    pieces = difference(before, after)
    came = Counter(word for piece in pieces if piece.kind == "in" for word in _words(piece.text))
    return came - Counter(word for piece in pieces if piece.kind == "out" for word in _words(piece.text))


def _words(text: str) -> list[str]:
    return [piece.casefold() for piece in _PIECES.findall(text) if piece[:1].isalnum()]
