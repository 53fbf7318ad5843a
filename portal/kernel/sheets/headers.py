"""Which header of an uploaded table is which of our columns, in any of our languages."""

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from portal.kernel.errors import Text

_ALIKE = 0.75
_KEY_CHARACTERS = 100
# Spellings of Arabic that mean the same word: teh marbuta and heh, alef maksura and yeh; the stretching sign is none.
_ARABIC = str.maketrans({"\u0629": "\u0647", "\u0649": "\u064a", "\u0640": None})


@dataclass(frozen=True)
class Column:
    """A column that an import knows: ``name`` for programs, ``label`` for people, ``synonyms`` in all languages."""

    name: str
    label: Text
    synonyms: Sequence[str] = ()
    required: bool = False


@dataclass(frozen=True)
class UnknownHeader:
    """A header that is no column of ours, its index in the file, and the column that it may be meant for."""

    header: str
    index: int
    suggestion: Column | None


@dataclass(frozen=True)
class RepeatedColumn:
    """Headers that all mean the same column, of which only the first was taken."""

    column: Column
    headers: Sequence[str]


@dataclass(frozen=True)
class HeaderMatch:
    """``mapping`` leads from the name of a column to its index in ``SheetRow.values``."""

    mapping: dict[str, int]
    unknown: Sequence[UnknownHeader]
    missing: Sequence[Column]
    repeated: Sequence[RepeatedColumn]


def header_key(text: str) -> str:
    """Return what is compared: no case, blanks, underscores, signs, accents or vowel marks."""
    decomposed = unicodedata.normalize("NFKD", text[:_KEY_CHARACTERS]).casefold()
    return "".join(letter for letter in decomposed.translate(_ARABIC) if letter.isalnum())


def match_headers(headers: Sequence[str], columns: Sequence[Column]) -> HeaderMatch:
    """Find the column of each header by name, label or synonym; where two columns share a word the first has it."""
    by_key: dict[str, Column] = {}
    for column in columns:
        for word in (column.name, str(column.label), *column.synonyms):
            by_key.setdefault(header_key(word), column)
    by_key.pop("", None)
    found: dict[str, list[int]] = {}
    unknown: list[UnknownHeader] = []
    for index, header in enumerate(headers):
        key = header_key(header)
        if key in by_key:
            found.setdefault(by_key[key].name, []).append(index)
        else:
            close = difflib.get_close_matches(key, by_key, n=1, cutoff=_ALIKE)
            unknown.append(UnknownHeader(header, index, by_key[close[0]] if close else None))
    return HeaderMatch(
        mapping={name: places[0] for name, places in found.items()},
        unknown=unknown,
        missing=[column for column in columns if column.required and column.name not in found],
        repeated=[
            RepeatedColumn(column, [headers[index] for index in found[column.name]])
            for column in columns
            if len(found.get(column.name, ())) > 1
        ],
    )
