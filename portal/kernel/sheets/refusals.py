"""The sentences with which a table, or one row of it, is refused: what is wrong, where, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation, Text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    type Sentences = dict[str, _StrPromise]

REFUSALS: "Sentences" = {
    # -- any file
    "empty": _("The file holds no table. Choose the file that has the headers in its first row."),
    "empty_sheet": _("The sheet “{sheet}” is empty. Put the table on the first visible sheet of the workbook."),
    "header_only": _("Below the headers there is not one row. Add the rows, save, and upload the file again."),
    "blank_header": _("Column {column} has no header, but row {line} has “{value}” in it. Write a header above it."),
    "duplicate_header": _(
        "Columns {column} and {other} have the same header “{header}”. Rename or delete one of them."
    ),
    "too_large": _("The file is larger than {limit} MiB. Divide it into several files."),
    "too_many_rows": _("The table has more than {limit} rows. Divide it into several files."),
    "too_many_columns": _("Row {line} has more than {limit} columns. Delete the columns that are not needed."),
    "too_many_cells": _("The table has more than {limit} cells. Divide it, or delete the columns that are not needed."),
    "cell_too_long": _("The cell in row {line}, column {column} has more than {limit} characters. Shorten it."),
    "cell_too_long_in_line": _("A cell in line {line} has more than {limit} characters. Shorten it."),
    "compressed": _("This is a compressed file. Unpack it and upload the table that is in it."),
    "not_a_table": _("This is not a table but {kind}. Save the table as CSV or XLSX and upload that file."),
    # -- text
    "nul_bytes": _("Line {line} holds characters that no text has (NUL). Save the table as CSV (UTF-8) once more."),
    "unclosed_quote": _(
        "The quotation marks in the record that starts in line {line} do not match. Close them, or write a quotation "
        "mark that belongs to the text twice."
    ),
    "unknown_encoding": _("The encoding “{encoding}” is not known here. Choose one from the list."),
    "encoding_needed": _(
        "It cannot be told for certain how this file writes its letters (line {line} is not UTF-8). Choose the "
        "encoding in which the lines below look right, or save the table as CSV (UTF-8)."
    ),
    "encoding_wrong": _(
        "Line {line} cannot be read as {encoding}. Choose the encoding in which the lines below look right, or save "
        "the table as CSV (UTF-8)."
    ),
    # -- workbooks
    "broken": _("The workbook is damaged. Open it in a spreadsheet program, save it anew and upload that file."),
    "encrypted": _("The workbook is protected by a password. Remove the password, save, and upload it again."),
    "macros": _("The workbook contains macros. Save it as XLSX without macros and upload that file."),
    "old_binary": _("This kind of workbook (XLSB) is not read here. Save it as XLSX and upload that file."),
    "unsafe_zip": _("The workbook contains a part that does not belong there ({part}). Save it anew as XLSX."),
    "zip_bomb": _("The workbook is far larger inside than it looks. Save only the table as a new XLSX or as CSV."),
    "too_many_parts": _("The workbook has more than {limit} parts. Save only the table as a new XLSX or as CSV."),
    "too_many_sheets": _("The workbook has more than {limit} sheets. Save only the table as a new XLSX or as CSV."),
    "xml_entities": _(
        "The part {part} of the workbook is written in a way that is not accepted. Save it anew as XLSX."
    ),
    "no_visible_sheet": _("The workbook has no visible sheet with cells. Show the sheet that holds the table."),
    "too_costly": _("Reading the workbook takes too long. Save only the table as a new XLSX or as CSV."),
}

PROBLEMS: "Sentences" = {
    "error_value": _("Column {column} shows the error {shown}. Correct the formula or type the value."),
    "formula_without_value": _(
        "Column {column} holds a formula without a result. Open the workbook in a spreadsheet program and save it."
    ),
    "number_unreadable": _("Column {column} holds a number that cannot be read: {shown}."),
    "date_unreadable": _("Column {column} holds a date that cannot be read: {shown}."),
    "rounded": _(
        "Column {column} holds a number of more than 15 digits, which spreadsheet programs round: {shown}. Format the "
        "column as text and type the number again."
    ),
    "character_unreadable": _("Column {column} holds a character that cannot be read. Type the text again: {shown}"),
    "row_too_long": _("The row has “{shown}” in column {column}, beyond the last header. Is a delimiter not quoted?"),
    "cell_beyond_header": _("The row has “{shown}” in column {column}, beyond the last header. Move or delete it."),
}

NOTES: "Sentences" = {
    "read_as": _("By its content the file is {kind}, whatever its name says, and was read as such."),
    "sheet_chosen": _("The workbook has {count} visible sheets; only the first one, “{sheet}”, was read."),
    "sheets_hidden": _("Hidden sheets were not read: {count}."),
    "formulas": _("Formulas were read as their last stored result: {count} cells, the first is {cell}."),
    "external_links": _("The workbook refers to other files; these were not opened, the last stored values were read."),
    "merged": _("Cells are merged, the first are {cell}: the value counts for the first row and column of them only."),
    "short_rows": _("Rows with fewer cells than the header: {count}, the first is row {line}. The missing are empty."),
    "lines_joined": _("Quoted cells run over several lines: {count} rows, the first starts in line {line}."),
}

KINDS: dict[str, Text] = {
    "csv": _("a text file (CSV)"),
    "xlsx": _("an Excel workbook (XLSX)"),
    "xls": _("an old Excel workbook (XLS)"),
    "ods": _("an OpenDocument spreadsheet (ODS)"),
    "pdf": _("a PDF"),
    "picture": _("a picture"),
    "word": _("a Word document"),
    "slides": _("a presentation"),
    "document": _("a document"),
    "database": _("a database"),
    "web": _("a web page or XML file"),
    "program": _("a program or other binary file"),
}

SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class EncodingCandidate:
    """An encoding in which the whole file can be read, most likely first; ``preview`` is the lines that tell."""

    encoding: str
    label: Text
    preview: Sequence[str]


class EncodingNeeded(RuleViolation):
    """The person has to choose among ``candidates``: codes ``encoding_needed`` and ``encoding_wrong``."""

    def __init__(self, code: str, message: Text, candidates: Sequence[EncodingCandidate]) -> None:
        super().__init__(code, message, field="encoding")
        self.candidates = candidates


def shortened(text: str) -> str:
    """Return the beginning of a cell for a sentence."""
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def sentence(table: "Sentences", code: str, values: dict[str, object]) -> Text:
    """Return the sentence of ``code`` with its values in place; it stays translatable until it is shown."""
    ready = {key: shortened(value) if isinstance(value, str) else value for key, value in values.items()}
    if "kind" in ready:
        ready["kind"] = KINDS[str(ready["kind"])]
    text: Text = format_lazy(table[code], **ready)
    return text


def refusal(code: str, *, worded: str = "", **values: object) -> RuleViolation:
    """Return the exception with which the whole file is refused; ``worded`` names another sentence for the code."""
    return RuleViolation(code, sentence(REFUSALS, worded or code, values))


def problem(code: str, **values: object) -> Text:
    """Return what is wrong with one row."""
    return sentence(PROBLEMS, code, values)


def note(code: str, **values: object) -> Text:
    """Return what a person should know about the file."""
    return sentence(NOTES, code, values)
