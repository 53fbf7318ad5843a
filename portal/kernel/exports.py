"""Sinks: CSV and XLSX that no spreadsheet program takes for formulas, and files that end whole or not at all.

Rows are iterables of cells and are written as they come. A cell may be text (also lazy), a number, a truth value, a
date, a time, a duration, None, or anything else with a sentence of its own (``str``). Times with a zone are written
as the clock shows them in the current time zone.
"""

import csv
import datetime as dt
import math
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from django.utils import timezone
from django.utils.translation import get_language_bidi
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from portal.kernel.sheets.cells import ESCAPED_FORMULA, EXACT_BELOW, FORMULA, moment_text
from portal.kernel.sheets.refusals import refusal

type Row = Iterable[object]
type Stored = str | int | float | Decimal | bool | dt.date | dt.time | dt.timedelta | None

XLSX_ROWS, XLSX_CELL_CHARACTERS, XLSX_TITLE_CHARACTERS = 1_048_576, 32_767, 31
_FIRST_YEAR = 1900
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class Target(Protocol):
    """Anything that takes bytes: a file, a response, an entry of a zip."""

    def write(self, data: bytes, /) -> object:
        """Take the bytes."""


# -- cells ------------------------------------------------------------------------------------------------------


def stored_value(cell: object) -> Stored:
    """Return the cell as a spreadsheet can hold it: the number or moment itself, or text.

    Text is what spreadsheets would spoil: numbers of more than 15 digits, infinite ones, dates before 1900.
    """
    if cell is None or isinstance(cell, bool | dt.timedelta):
        return cell
    if isinstance(cell, int | float | Decimal):
        return cell if _is_finite(cell) and -EXACT_BELOW < cell < EXACT_BELOW else str(cell)
    if isinstance(cell, dt.datetime | dt.time):
        cell = _on_the_clock(cell)
    if isinstance(cell, dt.date) and cell.year < _FIRST_YEAR:
        return cell.isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell
    return _NOT_IN_XML.sub("", str(cell))


def _is_finite(number: float | Decimal) -> bool:
    if isinstance(number, Decimal):
        return number.is_finite()
    return isinstance(number, int) or math.isfinite(number)


def _on_the_clock(moment: dt.datetime | dt.time) -> dt.datetime | dt.time:
    if isinstance(moment, dt.datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return moment.replace(tzinfo=None)


def csv_text(cell: object) -> str:
    """Return the cell as text for CSV; text that looks like a formula gets an apostrophe in front.

    So does text that already has apostrophes before such a sign: reading takes one off, and gets the text back.
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float | Decimal) and _is_finite(cell):
        return str(cell)
    value = stored_value(cell)
    if isinstance(value, str):
        return "'" + value if FORMULA.match(value) or ESCAPED_FORMULA.match(value) else value
    if isinstance(value, dt.timedelta):
        return moment_text(value)
    # A blank between date and time, because Excel knows no date with a T in it.
    return "" if value is None else str(value)


# -- CSV and XLSX -----------------------------------------------------------------------------------------------


class _Encoded:
    def __init__(self, target: Target) -> None:
        self.target = target

    def write(self, text: str) -> None:
        self.target.write(text.encode())


def write_csv(headers: Sequence[object], rows: Iterable[Row], target: Target) -> int:
    """Write a CSV table (UTF-8 with byte order mark, commas, CRLF) and return the number of rows.

    In countries where lists are divided by semicolons Excel may divide a cell at a semicolon in its text; hand
    out XLSX where people open the file, CSV where programs do.
    """
    target.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Encoded(target))
    writer.writerow([csv_text(header) for header in headers])
    count = 0
    for row in rows:
        writer.writerow([csv_text(cell) for cell in row])
        count += 1
    return count


def write_xlsx(
    headers: Sequence[object],
    rows: Iterable[Row],
    target: IO[bytes],
    *,
    title: str,
    more: Sequence[tuple[str, Sequence[object], Iterable[Row]]] = (),
) -> int:
    """Write a workbook and return the number of rows of its first sheet; nothing is written if a row cannot be made.

    ``more`` are further sheets: title, headers and rows of each. Text is stored as text, whatever it begins
    with. Raises ``RuleViolation`` (``too_many_rows``) where no spreadsheet program could open the file.
    """
    book = Workbook(write_only=True)
    parts = [(title, headers, rows), *more]
    sheets: list[WriteOnlyWorksheet] = [book.create_sheet(sheet_title(name)) for name, *_rest in parts]
    try:
        counts = [
            _fill(sheet, *part) for sheet, part in zip(sheets, [(headers, rows), *(m[1:] for m in more)], strict=True)
        ]
        # Not ``book.save``: that leaves the archive open when the target fails.
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
    except BaseException:
        for sheet in sheets:
            _remove_spool(sheet)
        raise
    return counts[0]


def _remove_spool(sheet: Any) -> None:
    """Remove the library's own temporary file, which would otherwise lie there as long as the worker lives."""
    if not sheet.closed:
        sheet.close()
    with suppress(FileNotFoundError):
        sheet._writer.cleanup()  # noqa: SLF001 - the library has no public way to give up


def _fill(sheet: WriteOnlyWorksheet, headers: Sequence[object], rows: Iterable[Row]) -> int:
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = get_language_bidi()
    bold = Font(bold=True)
    sheet.append([_xlsx_cell(sheet, str(header), bold) for header in headers])
    count = 0
    for row in rows:
        count += 1
        if count >= XLSX_ROWS:
            raise refusal("too_many_rows", limit=XLSX_ROWS - 1)
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    return count


def _xlsx_cell(sheet: WriteOnlyWorksheet, cell: object, font: Font | None = None) -> Cell | Stored:
    value = stored_value(cell)
    if not isinstance(value, str):
        return value
    if ESCAPED_FORMULA.match(value):
        value = "'" + value
    if len(value) > XLSX_CELL_CHARACTERS:
        value = value[: XLSX_CELL_CHARACTERS - 1] + "…"
    made = WriteOnlyCell(sheet, value)
    made.data_type = "s"
    if FORMULA.match(value):
        made.quotePrefix = True
    if font is not None:
        made.font = font
    return made


def sheet_title(text: str) -> str:
    """Return the name of a sheet as Excel allows it: 31 characters, no signs of paths, no apostrophe at an end."""
    cleaned = " ".join(_NOT_IN_TITLES.sub(" ", text).split())[:XLSX_TITLE_CHARACTERS].strip(" '")
    return cleaned or "Sheet"


# -- whole files ------------------------------------------------------------------------------------------------

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Names that Windows keeps for its devices, with any ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_NAME_BYTES, _ENDING_CHARACTERS = 149, 10


def clean_filename(text: str) -> str:
    """Return a name that every system can store: letters of all scripts stay, paths and invisible signs go.

    At most 150 bytes with its ending kept; ``file`` where nothing is left.
    """
    text = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", text))
    text = "".join(letter for letter in text if unicodedata.category(letter) not in _INVISIBLE)
    name = _shortened(" ".join(text.split()).strip(" ._-"))
    return "_" + name if _RESERVED.match(name) else name or "file"


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or not 0 < len(ending) <= _ENDING_CHARACTERS:
        stem, ending = name, ""
    ending = dot * bool(ending) + ending
    room = _NAME_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").strip(" ._-") + ending


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears under its name only when the block ends without an error; else nothing is left."""
    handle = tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False)  # noqa: SIM115 - renamed into place, or removed, by the caller
    try:
        with handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        Path(handle.name).replace(path)
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise


class ZipSink:
    """A zip that appears under its name only when it is whole.

    ``with ZipSink(path) as sink: sink.add("Asha Mrema/week 1.pdf", data)``. Names are cleaned, and numbered where
    two would be the same on any system; the name that was used is returned.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: set[str] = set()
        self._archive: zipfile.ZipFile
        self._open: ExitStack

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            file = opening.enter_context(whole_file(self._path))
            self._archive = opening.enter_context(zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED))
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._open.__exit__(kind, error, trace)

    def add(self, name: str, data: bytes) -> str:
        """Add a file that is in memory."""
        name = self._unique(name)
        self._archive.writestr(name, data)
        return name

    @contextmanager
    def entry(self, name: str) -> Iterator[IO[bytes]]:
        """Open an entry for writing piece by piece, for example by ``write_csv``."""
        with self._archive.open(self._unique(name), "w", force_zip64=True) as opened:
            yield opened

    def _unique(self, name: str) -> str:
        cleaned = "/".join(clean_filename(part) for part in name.split("/") if part.strip(" ."))
        cleaned = cleaned or clean_filename(name)
        stem, dot, ending = cleaned.rpartition(".")
        if not dot or "/" in ending:
            stem, ending = cleaned, ""
        number, unique = 1, cleaned
        while unique.casefold() in self._names:
            number += 1
            unique = f"{stem} ({number}){dot if ending else ''}{ending}"
        self._names.add(unique.casefold())
        return unique
