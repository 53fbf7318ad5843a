"""The last reader: also looks for text inside figures. Runs in the limited child."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from time import process_time
from typing import Any

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTComponent, LTContainer, LTTextLine

from apps.applications.extraction import bidi


def read(payload: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Read the pages ``numbers`` (from 0), but no new page after ``cpu_s`` seconds; the answer is pdfplumber's.

    Raises what the package raises if the document or one of the pages cannot be read.
    """
    numbers = sorted(options["numbers"])
    pages: list[dict[str, Any]] = []
    found = extract_pages(BytesIO(payload), page_numbers=set(numbers), laparams=LAParams(all_texts=True))
    for number, page in zip(numbers, found, strict=False):
        lines = [line.get_text().rstrip("\n") for line in _lines(page)]
        right_to_left = bidi.runs_right_to_left("".join(lines))
        text = "\n".join(bidi.logical(list(line), right_to_left=right_to_left) for line in lines)
        pages.append({"number": number, "raw": text})
        if process_time() > options["cpu_s"]:
            break
    return {"page_count": len(pages), "problem": "", "pages": pages}


def _lines(items: Iterable[LTComponent]) -> Iterator[LTTextLine]:
    for item in items:
        if isinstance(item, LTTextLine):
            yield item
        elif isinstance(item, LTContainer):
            yield from _lines(item)
