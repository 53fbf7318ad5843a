"""From the bytes of an upload to a checked table: which kind of file, then its cells, then its headers."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from portal.kernel.errors import Text
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited
from portal.kernel.sheets.cells import UNREADABLE, clean, column_letter
from portal.kernel.sheets.delimited import read_delimited
from portal.kernel.sheets.refusals import note, problem, refusal
from portal.kernel.sheets.shapes import RawTable, Sheet, SheetLimits, SheetRow

WORKBOOK_READER = "portal.kernel.sheets.workbooks:read_workbook"
CHILD_LIMITS = Limits(memory_mb=512, cpu_s=10, wall_s=20, output_mb=64)

_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")
_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "document"),
    (b"SQLite format 3", "database"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
_WEB = (b"<!doctype", b"<html", b"<table", b"<?xml")
ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods"}


def read_sheet(data: bytes, filename: str, *, encoding: str = "", limits: SheetLimits | None = None) -> Sheet:
    """Read an uploaded table; everything in it comes out as text.

    ``filename`` is only compared with the content, ``encoding`` is what a person chose after ``EncodingNeeded``.
    Numbers keep the zeros that their format shows and lose a ``.0``; dates are ISO 8601; booleans ``TRUE`` and
    ``FALSE``; formulas their last stored result. Empty rows and columns are left out, ``SheetRow.line`` still
    counts them.

    Raises ``RuleViolation`` with one of the codes of ``refusals.REFUSALS``; ``EncodingNeeded`` carries candidates.
    Workbooks are read in a child process with limits (1 s for 10,000 rows of 15 columns, 0.3 s at least).
    """
    limits = limits or SheetLimits()
    if len(data) > limits.bytes:
        raise refusal("too_large", limit=limits.bytes >> 20)
    if not data.strip():
        raise refusal("empty")
    if is_workbook(data):
        raw, kind = _read_workbook(data, limits)
    else:
        raw, kind = read_delimited(data, encoding, limits), "csv"
    sheet = _checked(raw, limits)
    named = ENDINGS.get(PurePath(filename).suffix.lower())
    if named not in {kind, None}:
        sheet.notes.insert(0, note("read_as", kind=kind))
    return sheet


def is_workbook(data: bytes) -> bool:
    """Tell by content; raise for what is no table at all."""
    if data.startswith((*_ZIP, _OLE)):
        return True
    if data.startswith(_COMPRESSED):
        raise refusal("compressed")
    head = data[:64].lstrip()
    for signature, kind in _OTHERS:
        if head.startswith(signature):
            raise refusal("not_a_table", kind=kind)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_WEB):
        raise refusal("not_a_table", kind="web")
    return False


def _read_workbook(data: bytes, limits: SheetLimits) -> tuple[RawTable, str]:
    try:
        answer = json.loads(run_limited(WORKBOOK_READER, data, options=asdict(limits), limits=CHILD_LIMITS))
    except ChildRefusedError as error:
        raise refusal("broken") from error
    except SandboxError as error:
        raise refusal("broken" if error.reason == "refused" else "too_costly") from error
    if "refused" in answer:
        raise refusal(answer["refused"], **answer["values"])
    return _raw_table(answer), answer["kind"]


def _raw_table(answer: dict[str, Any]) -> RawTable:
    """Turn the child's answer (codes and cells, no sentences) into a table."""
    raw = RawTable([], sheet_name=clean(answer["sheet"]), notes=[note(code, **v) for code, v in answer["notes"]])
    rows = [(line, [clean(value) for value in values]) for line, values in answer["rows"]]
    for line, column, code, shown in answer["problems"]:
        raw.problems.setdefault(line, []).append(problem(code, column=column_letter(column), shown=shown))
    raw.rows = [(line, values) for line, values in rows if any(values) or line in raw.problems]
    return raw


# -- headers and rows -------------------------------------------------------------------------------------------


def _checked(raw: RawTable, limits: SheetLimits) -> Sheet:
    top = next((index for index, (_line, values) in enumerate(raw.rows) if any(values)), None)
    if top is None:
        raise refusal("empty_sheet", sheet=raw.sheet_name) if raw.sheet_name else refusal("empty")
    (line, names), *rows = raw.rows[top:]
    names = [" ".join(name.split()) for name in names]
    for index, name in enumerate(names):
        if len(name) > limits.header_chars:
            raise refusal("cell_too_long", line=line, column=column_letter(index), limit=limits.header_chars)
    _refuse_duplicates(names)
    kept = _kept_columns(names, rows)
    if not rows:
        raise refusal("header_only")
    checked = [_checked_row(raw, line, values, len(names)) for line, values in rows]
    if len(kept) < len(names):
        for row in checked:
            row.values = [row.values[index] for index in kept]
    headers = [names[index] for index in kept]
    notes = [*raw.notes, *raw.problems.get(line, []), *_short_rows(raw)]
    return Sheet(headers, checked, raw.encoding, raw.delimiter, raw.sheet_name, notes)


def _refuse_duplicates(names: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        first = seen.setdefault(name.casefold(), index)
        if name and first != index:
            columns = {"column": column_letter(first), "other": column_letter(index)}
            raise refusal("duplicate_header", header=name, **columns)


def _kept_columns(names: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> list[int]:
    """Return the columns that have a header; one without a header must have nothing below it either."""
    kept = [index for index, name in enumerate(names) if name]
    for index, name in enumerate(names):
        if name:
            continue
        for line, values in rows:
            if index < len(values) and values[index]:
                raise refusal("blank_header", column=column_letter(index), line=line, value=values[index])
    return kept


def _checked_row(raw: RawTable, line: int, values: list[str], width: int) -> SheetRow:
    problems = raw.problems.get(line, [])
    beyond = next((index for index in range(width, len(values)) if values[index]), None)
    if beyond is not None:
        code = "row_too_long" if raw.delimiter else "cell_beyond_header"
        problems.append(problem(code, column=column_letter(beyond), shown=values[beyond]))
    if UNREADABLE.search("\t".join(values)):
        bad = next(index for index, value in enumerate(values) if UNREADABLE.search(value))
        problems.append(problem("character_unreadable", column=column_letter(bad), shown=values[bad]))
    return SheetRow(line, (values + [""] * (width - len(values)))[:width], problems)


def _short_rows(raw: RawTable) -> list[Text]:
    """Tell of short records of text files; in workbooks empty cells are simply not stored."""
    short = [line for line, values in raw.rows if len(values) < len(raw.rows[0][1])]
    return [note("short_rows", count=len(short), line=short[0])] if short and raw.delimiter else []
