"""Which header of an uploaded table is which of our columns, in any of our languages."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
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


def match_headers(
    headers: Sequence[str], columns: Sequence[Column], chosen: Mapping[str, str] | None = None
) -> HeaderMatch:
    """Find the column of each header by name, label or synonym; where two columns share a word the first has it.

    ``chosen`` is what a person has said of headers, by ``header_key``: the name of a column, or empty for a header
    that is to be left out. It goes before what we would have taken the header for.
    """
    by_key: dict[str, Column] = {}
    for column in columns:
        for word in (column.name, str(column.label), *column.synonyms):
            by_key.setdefault(header_key(word), column)
    by_key.pop("", None)
    left_out = _choose(by_key, columns, chosen or {})
    found: dict[str, list[int]] = {}
    unknown: list[UnknownHeader] = []
    for index, header in enumerate(headers):
        key = header_key(header)
        if key in left_out:
            unknown.append(UnknownHeader(header, index, None))
        elif key in by_key:
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


def _choose(by_key: dict[str, Column], columns: Sequence[Column], chosen: Mapping[str, str]) -> set[str]:
    """Put what was chosen into ``by_key``; return the keys of the headers that are to be left out."""
    by_name = {column.name: column for column in columns}
    left_out = set()
    for key, name in chosen.items():
        if name in by_name:
            by_key[key] = by_name[name]
        elif not name:
            by_key.pop(key, None)
            left_out.add(key)
    return left_out
