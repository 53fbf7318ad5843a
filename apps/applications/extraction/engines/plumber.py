"""The second reader: words with their places, put in reading order by ``layout``. Runs in the limited child."""

import unicodedata
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise
from time import process_time
from typing import Any

import pdfplumber
from pdfplumber.page import Page

from apps.applications.extraction import bidi
from apps.applications.extraction.layout import Box, Line, lines_of, reading_order

# A gap wider than this share of the size of the type parts two words; the package's own 3 points join small type.
_WORD_GAP = 0.15


def read(payload: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Read the pages ``numbers`` (from 0), but no new page after ``cpu_s`` seconds.

    Gives ``page_count`` (of the pages asked for) and ``pages``: number, text and whether it was cut into columns.
    A page that cannot be read is left out. Raises what the package raises if the document cannot be opened.
    """
    pages: list[dict[str, Any]] = []
    with pdfplumber.open(BytesIO(payload), pages=[number + 1 for number in options["numbers"]]) as document:
        for page in document.pages:
            if process_time() > options["cpu_s"]:
                break
            try:
                pages.append({"number": page.page_number - 1} | _page(page))
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001, S112 - a broken page raises anything; the others may be whole
                continue
            finally:
                page.close()
        return {"page_count": len(document.pages), "problem": "", "pages": pages}


def _page(page: Page) -> dict[str, Any]:
    words = page.filter(_unless_drawn_twice()).extract_words(x_tolerance_ratio=_WORD_GAP, return_chars=True)
    boxes = [
        Box(word["x0"], word["x1"], word["top"], word["bottom"], word["text"], _units(word["chars"]))
        for word in words
        if word["text"].strip()
    ]
    right_to_left = bidi.runs_right_to_left(" ".join(box.text for box in boxes))
    lines = reading_order(boxes, right_to_left=right_to_left)
    text = "\n".join(_line_text(line, right_to_left=right_to_left) for line in lines)
    return {"raw": text, "columns": lines != lines_of(boxes)}


def _unless_drawn_twice() -> Callable[[dict[str, Any]], bool]:
    """A test that lets each glyph of a page pass once: some programs make bold by drawing twice, a hair apart.

    The package's ``dedupe_chars`` looks every glyph up in a list: two thirds of the time of a full page went there.
    """
    seen: set[tuple[str, int, int]] = set()

    def is_first(item: dict[str, Any]) -> bool:
        if item["object_type"] != "char":
            return True
        x, y = round(item["x0"]), round(item["top"])
        if any((item["text"], x + right, y + down) in seen for right in (0, -1, 1) for down in (0, -1, 1)):
            return False
        seen.add((item["text"], x, y))
        return True

    return is_first


def _line_text(line: Line, *, right_to_left: bool) -> str:
    if not any(bidi.letters_right_to_left(box.text) for box in line):
        return " ".join(box.text for box in line)
    units = [unit for box in line for unit in (" ", *box.units)][1:]
    return bidi.logical(units, right_to_left=right_to_left)


def _units(chars: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The word's glyphs from left to right, each accent with the glyph over which its middle stands."""
    bases = [char for char in chars if not _is_mark(char["text"])]
    units = [char["text"] for char in bases]
    for mark in (char for char in chars if _is_mark(char["text"])):
        if not bases:
            return tuple(char["text"] for char in chars)
        units[_nearest(bases, (mark["x0"] + mark["x1"]) / 2)] += mark["text"]
    return tuple(units)


def _nearest(bases: Sequence[dict[str, Any]], middle: float) -> int:
    edges = [(left["x1"] + right["x0"]) / 2 for left, right in pairwise(bases)]
    return sum(edge < middle for edge in edges)


def _is_mark(text: str) -> bool:
    return bool(text) and all(unicodedata.combining(char) for char in text)
