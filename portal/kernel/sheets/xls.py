"""XLS, the workbooks of Excel 97 to 2003: the first visible sheet as text, through xlrd."""

import io
import struct
from typing import Any

import xlrd
from xlrd.biffh import XL_FORMULA_OPCODES
from xlrd.compdoc import CompDoc

from portal.kernel.sheets.cells import column_letter
from portal.kernel.sheets.grids import Format, Grid, Refused, epoch_of, format_of
from portal.kernel.sheets.shapes import SheetLimits

# Names of streams inside an OLE file that say what else than a workbook it is.
_OTHERS = {"WordDocument": "word", "PowerPoint Document": "slides"}
_RECORD, _PLACE = struct.Struct("<HH"), struct.Struct("<HH")
_END_OF_SHEET = 0x0A


def read_xls(data: bytes, limits: SheetLimits) -> Grid:
    """Return the cells of the first visible sheet. Raises ``Refused``; anything else means a damaged file."""
    log = io.StringIO()  # xlrd writes its warnings to standard output, which in the child carries the answer
    names = {node.name for node in CompDoc(data, logfile=log).dirlist}
    _refuse_others(names)
    try:
        book = xlrd.open_workbook(
            file_contents=data, logfile=log, on_demand=True, formatting_info=True, ragged_rows=True
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise Refused("encrypted") from error
        raise
    grid = Grid("xls", limits)
    chosen = -1
    for index, name in enumerate(book.sheet_names()):
        # Asked of the book: a sheet knows whether it is hidden only after all of it was read.
        if grid.choose_sheet(name, hidden=book._sheet_visibility[index] != 0):  # noqa: SLF001 - xlrd has no public name for it
            chosen = index
    if chosen >= 0:
        _read_sheet(book, chosen, grid)
    return grid


def _refuse_others(names: set[str]) -> None:
    if {"EncryptedPackage", "EncryptionInfo"} & names:
        raise Refused("encrypted")
    for name, kind in _OTHERS.items():
        if name in names:
            raise Refused("not_a_table", kind=kind)
    if "_VBA_PROJECT_CUR" in names:
        raise Refused("macros")
    if not {"Workbook", "Book"} & names:
        raise Refused("not_a_table", kind="program")


def _read_sheet(book: Any, index: int, grid: Grid) -> None:
    for row, column in _formula_places(book, index):
        grid.formula(row + 1, column)
    sheet = book.sheet_by_index(index)
    for top, _bottom, left, _right in sheet.merged_cells[:1]:
        grid.merged(f"{column_letter(left)}{top + 1}")
    formats: dict[int, Format] = {}
    for row in range(sheet.nrows):
        cells = {column: _text(book, sheet, row, column, grid, formats) for column in range(sheet.row_len(row))}
        grid.add_row(row + 1, cells)


def _text(book: Any, sheet: Any, row: int, column: int, grid: Grid, formats: dict[int, Format]) -> str:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        style = sheet.cell_xf_index(row, column)
        if style not in formats:
            code = book.format_map[book.xf_list[style].format_key].format_str
            formats[style] = format_of(code)
        return grid.number(row + 1, column, value, formats[style], epoch_of(since_1904=book.datemode == 1))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == xlrd.XL_CELL_ERROR:
        return grid.report(row + 1, column, "error_value", xlrd.error_text_from_code.get(value, "#ERROR"))
    return str(value)


def _formula_places(book: Any, index: int) -> list[tuple[int, int]]:
    """Return (row, column) of the sheet's formulas: xlrd gives their results without saying that they are formulas."""
    stream, position = book.mem, book._sh_abs_posn[index]  # noqa: SLF001 - the only trace of where the sheet begins
    places = []
    while position + _RECORD.size <= len(stream):
        code, length = _RECORD.unpack_from(stream, position)
        position += _RECORD.size
        if code == _END_OF_SHEET:
            break
        if code in XL_FORMULA_OPCODES and length >= _PLACE.size and position + _PLACE.size <= len(stream):
            places.append(_PLACE.unpack_from(stream, position))
        position += length
    return places
