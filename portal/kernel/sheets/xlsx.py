"""XLSX: the first visible sheet as text, in one pass, whatever the sheet claims about its size.

Reads the XML itself, with lxml: openpyxl guarded by defusedxml takes 4 times as long, and gives either a formula
or its result. Everything has been looked through for entities before (``workbooks.py``); lxml is told again.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS

from portal.kernel.sheets.cells import EXACT_DIGITS, LETTERS
from portal.kernel.sheets.grids import PLAIN, ZERO_TIME, Format, Grid, Refused, epoch_of, format_of
from portal.kernel.sheets.shapes import SheetLimits

SAFE_XML: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
MAX_SHEETS = 1_000
_MAX_LINE, _MAX_COLUMN = 1_048_576, 16_384
_MAIN_PART = "xl/workbook.xml"
_NUMBER = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)


def read_xlsx(archive: zipfile.ZipFile, limits: SheetLimits) -> Grid:
    """Return the cells of the first visible sheet. Raises ``Refused``; anything else means a damaged file."""
    grid = Grid("xlsx", limits)
    if any(name.startswith("xl/externalLinks/") for name in archive.namelist()):
        grid.notes.append(("external_links", {}))
    main = next(_targets(archive, "", "/officeDocument"), _MAIN_PART)
    workbook = _parse(archive, main)
    sheets = list(workbook.iterfind("{*}sheets/{*}sheet"))
    if len(sheets) > MAX_SHEETS:
        raise Refused("too_many_sheets", limit=MAX_SHEETS)
    relations = dict(_relations(archive, main, "/worksheet"))
    chosen = ""
    for sheet in sheets:
        path = relations.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""))
        if path and grid.choose_sheet(sheet.get("name", ""), hidden=sheet.get("state", "visible") != "visible"):
            chosen = path
    if chosen:
        properties = workbook.find("{*}workbookPr")
        since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        _SheetReader(archive, main, grid, since_1904=since_1904).read(chosen)
    return grid


def _parse(archive: zipfile.ZipFile, path: str) -> Any:
    return etree.fromstring(archive.read(path), etree.XMLParser(**SAFE_XML))


def _relations(archive: zipfile.ZipFile, part: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield (id, path) of the relations of a part whose type ends with ``kind``, in either dialect of OOXML."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", name + ".rels")
    if path not in archive.namelist():
        return
    for relation in _parse(archive, path).iterfind("{*}Relationship"):
        if relation.get("Type", "").endswith(kind) and relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
            yield relation.get("Id", ""), target.lstrip("/")


def _targets(archive: zipfile.ZipFile, part: str, kind: str) -> Iterator[str]:
    return (path for _id, path in _relations(archive, part, kind))


class _SheetReader:
    """Reads one sheet into the grid, with the workbook's shared strings and number formats."""

    def __init__(self, archive: zipfile.ZipFile, main: str, grid: Grid, *, since_1904: bool) -> None:
        self.archive = archive
        self.grid = grid
        self.epoch = epoch_of(since_1904=since_1904)
        self.strings = [s for path in _targets(archive, main, "/sharedStrings") for s in self._shared(path)]
        self.formats = [f for path in _targets(archive, main, "/styles") for f in self._cell_formats(path)]
        self.columns: dict[str, int] = {}

    def read(self, path: str) -> None:
        """Read the sheet row by row; rows and columns are where their cells say, not where the sheet's size says."""
        line = 0
        for element in self._elements(path, "{*}row", "{*}mergeCell"):
            if element.tag.endswith("mergeCell"):
                self.grid.merged(element.get("ref", ""))
                continue
            line = int(element.get("r") or line + 1)
            if not 0 < line <= _MAX_LINE:
                raise Refused("broken")
            self.grid.add_row(line, self._cells(element, line))

    def _elements(self, path: str, *tags: str) -> Iterator[Any]:
        source = io.BytesIO(self.archive.read(path))
        for _event, element in etree.iterparse(source, tag=tags, **SAFE_XML):
            yield element
            element.clear()
            previous = element.getprevious()
            if previous is not None:
                element.getparent().remove(previous)

    def _shared(self, path: str) -> Iterator[str]:
        return (_text(element) for element in self._elements(path, "{*}si"))

    def _cell_formats(self, path: str) -> Iterator[Format]:
        styles = _parse(self.archive, path)
        codes = dict(BUILTIN_FORMATS)
        codes.update((int(f.get("numFmtId")), f.get("formatCode", "")) for f in styles.iterfind("{*}numFmts/{*}numFmt"))
        known = {number: format_of(code) for number, code in codes.items()}
        for style in styles.iterfind("{*}cellXfs/{*}xf"):
            yield known.get(int(style.get("numFmtId", 0)), PLAIN)

    def _cells(self, row: Any, line: int) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = -1
        for cell in row:
            reference = cell.get("r")
            column = self._column(reference) if reference else column + 1
            text = self._cell(cell, line, column)
            if text:
                cells[column] = text
        return cells

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self.columns.get(letters)
        if column is None:
            number = 0
            for letter in letters[:4]:
                number = number * LETTERS + ord(letter) - ord("A") + 1
            if not letters.isascii() or not letters.isupper() or not 0 < number <= _MAX_COLUMN:
                raise Refused("broken")
            column = self.columns[letters] = number - 1
        return column

    def _cell(self, cell: Any, line: int, column: int) -> str:
        raw, kind, formula = None, cell.get("t", "n"), False
        for part in cell:
            # The last letters of the name in either dialect's namespace: this loop takes half of the time.
            name = part.tag[-2:]
            if name == "}v":
                raw = part.text
            elif name == "is":
                return _text(part)
            elif name == "}f":
                formula = True
                self.grid.formula(line, column)
        if not raw:
            if formula and kind != "str":
                self.grid.report(line, column, "formula_without_value", "")
            return ""
        return self._value(kind, raw, cell, line, column)

    def _value(self, kind: str, raw: str, cell: Any, line: int, column: int) -> str:
        if kind == "n":
            return self._number(raw, int(cell.get("s", 0)), line, column)
        if kind == "s":
            return self.strings[int(raw)]
        if kind == "b":
            return "TRUE" if raw.strip() in {"1", "true"} else "FALSE"
        if kind == "e":
            return self.grid.report(line, column, "error_value", raw)
        return ZERO_TIME.sub("", raw) if kind == "d" else _carriage(raw)

    def _number(self, raw: str, style: int, line: int, column: int) -> str:
        shown_as = self.formats[style] if style < len(self.formats) else PLAIN
        if shown_as is PLAIN and raw.isdecimal() and raw.isascii() and raw[0] != "0" and len(raw) < EXACT_DIGITS:
            return raw
        raw = raw.strip()
        if not _NUMBER.fullmatch(raw):
            return self.grid.report(line, column, "number_unreadable", raw)
        return self.grid.number(line, column, float(raw), shown_as, self.epoch)


def _text(element: Any) -> str:
    """Return the text of a string with its runs, without the reading aids of East Asian scripts."""
    pieces: list[str] = []
    for part in element:
        name = part.tag[-2:]
        if name == "}t":
            pieces.append(part.text or "")
        elif name == "}r":
            pieces.extend(run.text or "" for run in part.iterfind("{*}t"))
    return _carriage("".join(pieces))


def _carriage(text: str) -> str:
    """Excel writes the carriage return of a line end as an escape."""
    return text.replace("_x000D_", "") if "_x000D_" in text else text
