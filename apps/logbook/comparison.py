"""What is different between two versions of a day: a pure function on texts, no rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

# A word with the blanks after it; nothing of the text is lost when the pieces are put together again.
_PIECE: Final = re.compile(r"\S+\s*|\s+")
# Above this the matcher would take seconds; then the texts stand one after the other.
MOST_PIECES: Final = 4000


class Kind(StrEnum):
    """Where a piece of text stands."""

    SAME = "same"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A run of words that is in both versions, only in the old, or only in the new one."""

    kind: Kind
    text: str


def compare_texts(old: str, new: str) -> list[Piece]:
    """Return both texts as one run of pieces: the same and the old ones give ``old``, the same and the new ``new``."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    if len(before) + len(after) > MOST_PIECES:
        return _pieces([(Kind.OLD, before), (Kind.NEW, after)])
    runs: list[tuple[Kind, Sequence[str]]] = []
    for name, low, high, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if name == "equal":
            runs.append((Kind.SAME, before[low:high]))
        else:
            runs += [(Kind.OLD, before[low:high]), (Kind.NEW, after[first:last])]
    return _pieces(runs)


def _pieces(runs: Sequence[tuple[Kind, Sequence[str]]]) -> list[Piece]:
    return [Piece(kind, "".join(words)) for kind, words in runs if words]
