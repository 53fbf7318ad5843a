"""Tables in blocks of columns, so that a large one is never held as rows of cells.

Text files as programs write them are read in one pass. Whatever is unusual about one (an encoding to be asked for,
quotes over several lines, ragged rows, headers in doubt) is left to ``read_sheet``, which knows what to say of it: the
two give the same cells.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import PurePath
from typing import Any

from portal.kernel.errors import RuleViolation, Text
from portal.kernel.sheets.cells import MARKS, UNREADABLE, clean
from portal.kernel.sheets.delimited import DECLARED, MAX_LINES, SAMPLE_CHARACTERS, detect_delimiter
from portal.kernel.sheets.reading import ENDINGS, is_workbook, read_sheet
from portal.kernel.sheets.shapes import Sheet, SheetLimits, SheetRow

BLOCK = 5_000
_HEAD_BYTES = 64


class UnusualError(Exception):
    """The table is not as plain as one pass needs it; nothing is said about whether it is good."""


@dataclass(slots=True)
class Block:
    """Some rows as columns: ``lines`` as a person counts them, ``problems`` of the reader by place in the block."""

    lines: Sequence[int]
    columns: Sequence[Sequence[str]]
    problems: dict[int, list[Text]] = field(default_factory=dict)


def read_blocks(data: bytes, filename: str, *, encoding: str = "") -> tuple[Sheet, Iterator[Block]]:
    """Read a table as ``read_sheet`` does, its rows apart from it: ``Sheet.rows`` is empty, ``blocks`` has them.

    The blocks of a plain text file are read as they are asked for and may raise ``UnusualError``: who gets it begins
    again with ``whole_blocks``. Raises as ``read_sheet``.
    """
    try:
        return _read_plain(data, filename, encoding, SheetLimits())
    except UnusualError:
        return whole_blocks(read_sheet(data, filename, encoding=encoding))


def whole_blocks(sheet: Sheet) -> tuple[Sheet, Iterator[Block]]:
    """Return a read table in blocks; its rows are given up one block after the other."""
    rows = sheet.rows
    return replace(sheet, rows=[]), _blocks_of(rows)


def _blocks_of(rows: list[SheetRow]) -> Iterator[Block]:
    while part := rows[:BLOCK]:
        del rows[:BLOCK]
        problems = {place: row.problems for place, row in enumerate(part) if row.problems}
        yield Block([row.line for row in part], list(zip(*(row.values for row in part), strict=True)), problems)


# -- plain text in one pass ---------------------------------------------------------------------------------------


def _read_plain(data: bytes, filename: str, encoding: str, limits: SheetLimits) -> tuple[Sheet, Iterator[Block]]:
    named = ENDINGS.get(PurePath(filename).suffix.lower())
    if encoding not in {"", "utf-8"} or named not in {"csv", None} or len(data) > limits.bytes or not _is_text(data):
        raise UnusualError
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig")
    try:
        sample = text.read(SAMPLE_CHARACTERS)
        text.seek(0)
        if DECLARED.match(sample):
            raise UnusualError
        delimiter = detect_delimiter(sample)
        reader = csv.reader(text, delimiter=delimiter, strict=True, skipinitialspace=True)
        headers = _plain_headers(next(reader, []), reader.line_num, limits)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnusualError from error
    blocks = _plain_blocks(reader, len(headers), limits)
    first = next(blocks, None)
    if first is None:
        raise UnusualError
    return Sheet(headers, [], "utf-8", delimiter, "", []), _after(first, blocks)


def _after(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _is_text(data: bytes) -> bool:
    try:
        return not is_workbook(data[:_HEAD_BYTES])
    except RuleViolation:
        return False


def _plain_headers(record: list[str], lines: int, limits: SheetLimits) -> list[str]:
    names = [" ".join(clean(name).split()) for name in record]
    once = len({name.casefold() for name in names}) == len(names)
    short = all(0 < len(name) <= limits.header_chars for name in names)
    if lines != 1 or not names or len(names) > limits.columns or not once or not short:
        raise UnusualError
    if any(UNREADABLE.search(name) for name in names):
        raise UnusualError
    return names


def _plain_blocks(reader: Any, width: int, limits: SheetLimits) -> Iterator[Block]:
    count = 0
    while True:
        before = reader.line_num
        try:
            records = list(islice(reader, BLOCK))
        except (UnicodeDecodeError, csv.Error) as error:
            raise UnusualError from error
        # A record over several lines is told about; so all of them stand in one line each, and need not be counted.
        if reader.line_num - before != len(records) or reader.line_num > MAX_LINES:
            raise UnusualError
        if not records:
            return
        lines: Sequence[int] = range(before + 1, reader.line_num + 1)
        if not all(map(any, records)):
            kept = [(line, record) for line, record in zip(lines, records, strict=True) if any(record)]
            lines, records = [line for line, _record in kept], [record for _line, record in kept]
        count += len(records)
        if count > limits.rows or count * width > limits.cells:
            raise UnusualError
        if records:
            yield _plain_block(lines, records, width, limits)


def _plain_block(lines: Sequence[int], records: list[list[str]], width: int, limits: SheetLimits) -> Block:
    if set(map(len, records)) != {width}:
        raise UnusualError
    columns: list[Sequence[str]] = list(zip(*records, strict=True))
    for place, column in enumerate(columns):
        if max(map(len, column)) > limits.cell_chars:
            raise UnusualError
        if not _is_clean(column):
            cleaned = [clean(cell) for cell in column]
            if UNREADABLE.search("\t".join(cleaned)):
                raise UnusualError
            columns[place] = cleaned
    if not all(map(any, zip(*columns, strict=True))):
        raise UnusualError
    return Block(lines, columns)


def _is_clean(column: Sequence[str]) -> bool:
    """Say whether ``clean`` would leave every cell as it stands, without asking it 700,000 times."""
    text = "\0" + "\0".join(column) + "\0"
    if text.count("\0") != len(column) + 1 or not text.replace("\0", "").isprintable():
        return False
    if "\0 " in text or " \0" in text or "\0'" in text:
        return False
    if text.isascii():
        return True
    return "\ufffd" not in text and not MARKS.search(text) and unicodedata.is_normalized("NFC", text)
