"""ODS: the first visible sheet as text. Repeated cells and rows are counted, not multiplied, while they are empty."""

import io
import re
import zipfile
from typing import Any

from lxml import etree

from portal.kernel.sheets.cells import column_letter
from portal.kernel.sheets.grids import ZERO_TIME, Format, Grid, Refused, epoch_of
from portal.kernel.sheets.shapes import SheetLimits
from portal.kernel.sheets.xlsx import SAFE_XML

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_DURATION = re.compile(r"(-?)PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_MAX_SPACES = 100


def read_ods(archive: zipfile.ZipFile, limits: SheetLimits) -> Grid:
    """Return the cells of the first visible sheet. Raises ``Refused``; anything else means a damaged file."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refused("encrypted")
    reader = _SheetReader(Grid("ods", limits))
    source = io.BytesIO(archive.read("content.xml"))
    tags = (_STYLE + "style", _TABLE + "table", _TABLE + "table-row")
    for event, element in etree.iterparse(source, events=("start", "end"), tag=tags, **SAFE_XML):
        reader.take(event, element)
    return reader.grid


class _SheetReader:
    """Follows the sheets of a document; only the rows of the chosen one are read."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.hidden_styles: set[str] = set()
        self.depth = 0
        self.reading = False
        self.line = 0

    def take(self, event: str, element: Any) -> None:
        """Take the start or the end of a style, a sheet or a row."""
        if element.tag == _TABLE + "table":
            self._take_table(event, element)
        elif event == "start":
            return
        elif element.tag == _STYLE + "style":
            properties = element.find(_STYLE + "table-properties")
            if properties is not None and properties.get(_TABLE + "display") == "false":
                self.hidden_styles.add(element.get(_STYLE + "name", ""))
        else:
            if self.reading and self.depth == 1:
                self._read_row(element)
            _forget(element)

    def _take_table(self, event: str, element: Any) -> None:
        """Sheets stand at depth 1; deeper ones are tables inside a cell, which are no part of the sheet."""
        self.depth += 1 if event == "start" else -1
        if event == "start" and self.depth == 1:
            hidden = element.get(_TABLE + "style-name") in self.hidden_styles
            self.reading = self.grid.choose_sheet(element.get(_TABLE + "name", ""), hidden=hidden)

    def _read_row(self, row: Any) -> None:
        first = self.line + 1
        repeated = _repeated(row, "number-rows-repeated")
        cells = self._cells(row, first)
        self.line += repeated
        if any(cells.values()):
            self.grid.expect_rows(repeated)
            for line in range(first, first + repeated):
                self.grid.add_row(line, cells)
        else:
            self.grid.add_row(first, cells)

    def _cells(self, row: Any, line: int) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = 0
        for cell in row.iterchildren(*_CELLS):
            repeated = _repeated(cell, "number-columns-repeated")
            text = self._cell(cell, line, column)
            # One column more than the limit is enough for the grid to see that there are too many.
            last = min(column + repeated, max(column, self.grid.limits.columns) + 1)
            if text:
                cells.update(dict.fromkeys(range(column, last), text))
            column += repeated
        return cells

    def _cell(self, cell: Any, line: int, column: int) -> str:
        if any(cell.get(_TABLE + name, "1") != "1" for name in ("number-columns-spanned", "number-rows-spanned")):
            self.grid.merged(f"{column_letter(column)}{line}")
        formula = cell.get(_TABLE + "formula") is not None
        if formula:
            self.grid.formula(line, column)
        kind = cell.get(_OFFICE + "value-type")
        if formula and kind is None:
            return self.grid.report(line, column, "formula_without_value", "")
        shown = "\n".join(_paragraph(part) for part in cell.iterchildren(_TEXT + "p"))
        if cell.get(_CALC + "value-type") == "error":
            return self.grid.report(line, column, "error_value", shown)
        return self._value(cell, kind or "string", shown, line, column)

    def _value(self, cell: Any, kind: str, shown: str, line: int, column: int) -> str:
        if kind in {"float", "currency", "percentage"}:
            value = float(cell.get(_OFFICE + "value", "nan"))
            padded = len(shown) if shown.isascii() and shown.isdigit() and int(shown) == value else 0
            return self.grid.number(line, column, value, Format(width=padded), epoch_of(since_1904=False))
        if kind == "date":
            return ZERO_TIME.sub("", str(cell.get(_OFFICE + "date-value", "")))
        if kind == "time":
            match = _DURATION.fullmatch(cell.get(_OFFICE + "time-value", ""))
            return f"{match[1]}{match[2]}:{match[3]}:{match[4]}" if match else shown
        if kind == "boolean":
            return str(cell.get(_OFFICE + "boolean-value", shown)).upper()
        return str(cell.get(_OFFICE + "string-value", shown))


def _repeated(element: Any, name: str) -> int:
    return max(1, int(element.get(_TABLE + name, "1")))


def _forget(element: Any) -> None:
    """Free a row that was read, and the ones before it."""
    element.clear()
    previous = element.getprevious()
    if previous is not None:
        element.getparent().remove(previous)


def _paragraph(element: Any) -> str:
    """Return the text of a paragraph; runs of blanks, tabs and line breaks are elements of their own."""
    pieces = [element.text or ""]
    for part in element:
        if part.tag == _TEXT + "s":
            pieces.append(" " * min(_MAX_SPACES, int(part.get(_TEXT + "c", "1"))))
        elif part.tag == _TEXT + "tab":
            pieces.append("\t")
        elif part.tag == _TEXT + "line-break":
            pieces.append("\n")
        else:
            pieces.append(_paragraph(part))
        pieces.append(part.tail or "")
    return "".join(pieces)
