"""Where in a resume's text a fact stands: page, line and the words around it. Pure.

What nobody can show in the text is shown as the student's own: a fact is never given a place by guessing.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

AROUND: Final = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact as it is shown, with the words of the text that say so; without ``words`` the text does not.

    ``page`` and ``line`` count from 1, lines within the page. ``page`` is 0 where the pages are not known.
    """

    value: str
    words: str = ""
    before: str = ""
    after: str = ""
    page: int = 0
    line: int = 0


def placed_facts(
    text: str, starts: Sequence[int], shown: Mapping[str, Sequence[str]], found: Mapping[str, Sequence[Any]]
) -> dict[str, list[Placed]]:
    """Return each shown fact with its place. ``starts``: where each page begins in the text.

    ``found`` are the rules' facts by kind, each with ``value`` as it is shown, ``start`` and ``end``. A fact that the
    rules have not found (the student's own, or experience) is looked for in so many words.
    """
    spans = {(kind, fact["value"]): (fact["start"], fact["end"]) for kind, rows in found.items() for fact in rows}
    return {
        kind: [_placed(text, starts, value, spans.get((kind, value)) or _span(text, value)) for value in values]
        for kind, values in shown.items()
    }


def _span(text: str, value: str) -> tuple[int, int] | None:
    pattern = r"\s+".join(re.escape(word) for word in value.split())
    hit = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) if pattern else None
    return hit.span() if hit else None


def _placed(text: str, starts: Sequence[int], value: str, span: tuple[int, int] | None) -> Placed:
    if span is None:
        return Placed(value)
    start, end = span
    page = bisect_right(starts, start)
    line = text.count("\n", starts[page - 1] if page else 0, start) + 1
    return Placed(value, text[start:end], _tail(text[:start]), _head(text[end:]), page, line)


def _tail(text: str) -> str:
    """Return the end of the same line, from a whole word on."""
    line = text.rpartition("\n")[2]
    return line if len(line) <= AROUND else "… " + line[-AROUND:].partition(" ")[2]


def _head(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= AROUND else line[:AROUND].rpartition(" ")[0] + " …"
