"""From the order in which glyphs stand on the page to the order in which they are read and stored.

The readers that give positions (pdfplumber, pdfminer) give Arabic and Hebrew from left to right as drawn. This is the
inverse of the Unicode bidirectional algorithm (UAX 9) as far as it can be inverted: a number beside a Latin word is
taken to belong to it. Pure text: no PDF library, no Django.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby, pairwise

_LEFT, _RIGHT, _NUMBER, _OTHER = "L", "R", "N", "O"
_CLASSES = {"L": _LEFT, "R": _RIGHT, "AL": _RIGHT, "EN": _NUMBER, "AN": _NUMBER}
# Between two digits these are part of the number: 4.2, 12/2026, 08:30.
_INSIDE_NUMBERS = frozenset(".,:/-")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_OPENING, _CLOSING = frozenset("([{<«"), frozenset(")]}>»")

type Token = tuple[str, str]


def letters_right_to_left(text: str) -> int:
    """How many letters of a script that runs from right to left."""
    if text.isascii():
        return 0
    return sum(unicodedata.bidirectional(char) in ("R", "AL") for char in text if char > "\u0590")


def runs_right_to_left(text: str) -> bool:
    """Whether most letters belong to a script that runs from right to left."""
    return 2 * letters_right_to_left(text) > sum(char.isalpha() for char in text)


def logical(units: Sequence[str], *, right_to_left: bool) -> str:
    """Put the glyphs of one line, given from left to right, in reading order.

    A unit may stand for several characters (a ligature); those are in reading order already.
    ``right_to_left`` is the direction of the paragraph, which one line alone does not tell.
    """
    tokens = _tokens(units)
    if not any(kind == _RIGHT for kind, _ in tokens):
        return "".join(units)
    runs = _runs(_resolved(tokens, right_to_left=right_to_left))
    ordered = [
        (kind, text)
        for kind, texts in (reversed(runs) if right_to_left else runs)
        for text in (reversed(texts) if kind == _RIGHT else texts)
    ]
    return "".join(_with_brackets_turned(ordered))


def _kind(unit: str) -> str:
    kinds = (_CLASSES.get(unicodedata.bidirectional(char), _OTHER) for char in unit)
    return next((kind for kind in kinds if kind != _OTHER), _OTHER)


def _of_one_direction(unit: str) -> list[str]:
    """Cut a unit at spaces and where its letters change direction: old WeasyPrint maps one glyph to a whole word."""
    parts = [unit[:1]]
    for before, char in pairwise(unit):
        if before.isspace() or char.isspace() or {_kind(parts[-1]), _kind(char)} == {_LEFT, _RIGHT}:
            parts.append("")
        parts[-1] += char
    return parts


def _tokens(units: Sequence[str]) -> list[Token]:
    """Units with their kinds; the digits of one number are one token, since a number is never turned round."""
    tokens: list[Token] = []
    units = [part for unit in units for part in _of_one_direction(unit)]
    for position, unit in enumerate(units):
        kind = _kind(unit)
        follows_number = bool(tokens) and tokens[-1][0] == _NUMBER
        following = units[position + 1] if position + 1 < len(units) else ""
        if follows_number and unit in _INSIDE_NUMBERS and _kind(following) == _NUMBER:
            kind = _NUMBER
        if follows_number and kind == _NUMBER:
            tokens[-1] = (_NUMBER, tokens[-1][1] + unit)
        else:
            tokens.append((kind, unit))
    return tokens


def _resolved(tokens: Sequence[Token], *, right_to_left: bool) -> list[Token]:
    """Give every number and neutral a direction.

    A number that follows a Latin word belongs to it, others count as written from right to left; what has no
    direction has that of both its neighbours, else that of the paragraph.
    """
    base = _RIGHT if right_to_left else _LEFT
    letters = [kind for kind, _ in tokens]
    kinds = [
        _LEFT if kind == _NUMBER and before == _LEFT else kind
        for kind, before in zip(letters, _nearest(letters, base), strict=True)
    ]
    kinds = [_RIGHT if kind == _NUMBER else kind for kind in kinds]
    after = _nearest(kinds[::-1], base)[::-1]
    resolved = zip(kinds, _nearest(kinds, base), after, tokens, strict=True)
    return [
        ((left if left == right else base) if kind == _OTHER else kind, text)
        for kind, left, right, (_, text) in resolved
    ]


def _nearest(kinds: Sequence[str], base: str) -> list[str]:
    """For each place the nearest direction before it."""
    nearest, last = [], base
    for kind in kinds:
        nearest.append(last)
        last = kind if kind in (_LEFT, _RIGHT) else last
    return nearest


def _runs(tokens: Sequence[Token]) -> list[tuple[str, list[str]]]:
    return [(kind, [text for _, text in group]) for kind, group in groupby(tokens, key=lambda token: token[0])]


def _with_brackets_turned(tokens: Sequence[Token]) -> list[str]:
    """Some producers store a bracket as it looks, some as it is meant: a line cannot begin by closing one."""
    brackets = (char for kind, text in tokens for char in text if kind == _RIGHT and char in _OPENING | _CLOSING)
    if next(brackets, "(") in _OPENING:
        return [text for _, text in tokens]
    return [text.translate(_MIRRORED) if kind == _RIGHT else text for kind, text in tokens]
