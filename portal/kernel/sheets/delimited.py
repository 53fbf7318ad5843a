"""CSV and TSV: which delimiter, which records, and in which line each of them starts."""

import csv
import io
import re
from collections.abc import Iterator

from portal.kernel.sheets.cells import clean, column_letter
from portal.kernel.sheets.encodings import decode
from portal.kernel.sheets.refusals import note, refusal
from portal.kernel.sheets.shapes import RawTable, SheetLimits

DELIMITERS = ",;\t|"
# No spreadsheet program shows more; 20 million empty lines take 9 s to pass over.
MAX_LINES = 1_048_576
SAMPLE_CHARACTERS, _SAMPLE_RECORDS = 65_536, 20
# Excel's own way to name the delimiter, in a line before the headers.
DECLARED = re.compile(r'"?sep=([,;\t|])"?\n')


def read_delimited(data: bytes, encoding: str, limits: SheetLimits) -> RawTable:
    """Return the cells of a text table, trimmed, without its empty records.

    Raises ``EncodingNeeded``, or ``RuleViolation``: ``unknown_encoding``, ``nul_bytes``, ``unclosed_quote``,
    ``cell_too_long``, ``too_many_rows``, ``too_many_columns``, ``too_many_cells``.
    """
    text, name = decode(data, encoding)
    if text.count("\n") > MAX_LINES:
        raise refusal("too_many_rows", limit=limits.rows)
    declared = DECLARED.match(text)
    delimiter = declared[1] if declared else detect_delimiter(text)
    rows: list[tuple[int, list[str]]] = []
    joined: list[int] = []
    cells = 0
    for first, last, record in _records(text, delimiter, skip=1 if declared else 0):
        if not any(record):
            continue
        values = _within(record, first, limits)
        if not any(values):
            continue
        cells += len(values)
        rows.append((first, values))
        if last > first:
            joined.append(first)
        if len(rows) > limits.rows + 1:
            raise refusal("too_many_rows", limit=limits.rows)
        if cells > limits.cells:
            raise refusal("too_many_cells", limit=limits.cells)
    notes = [note("lines_joined", count=len(joined), line=joined[0])] if joined else []
    return RawTable(rows, encoding=name, delimiter=delimiter, notes=notes)


def _within(record: list[str], line: int, limits: SheetLimits) -> list[str]:
    """Return the cells, trimmed and without a surplus of empty ones at the end, or refuse the record."""
    if any(clean(value) for value in record[limits.columns :]):
        raise refusal("too_many_columns", line=line, limit=limits.columns)
    values = [clean(value) for value in record[: limits.columns]]
    longest = max(range(len(values)), key=lambda index: len(values[index]))
    if len(values[longest]) > limits.cell_chars:
        raise refusal("cell_too_long", line=line, column=column_letter(longest), limit=limits.cell_chars)
    return values


def _records(text: str, delimiter: str, skip: int) -> Iterator[tuple[int, int, list[str]]]:
    """Yield (first line, last line, cells) of each record; raise where quotation marks do not match."""
    lines = io.StringIO(text)
    for _line in range(skip):
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    first = skip + 1
    try:
        for record in reader:
            last = reader.line_num + skip
            yield first, last, record
            first = last + 1
    except csv.Error as error:
        # A cell over many lines that passes csv's own limit of 131,072 characters is a quote that nobody closed.
        if "field limit" in str(error) and reader.line_num + skip == first:
            longest = csv.field_size_limit()
            raise refusal("cell_too_long", worded="cell_too_long_in_line", line=first, limit=longest) from error
        raise refusal("unclosed_quote", line=first) from error


def detect_delimiter(text: str) -> str:
    """Return the delimiter that divides the first record into most cells, or a comma where none does.

    Among equals, the one by which most of the following records have as many cells.
    """
    sample = text[:SAMPLE_CHARACTERS]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter, skipinitialspace=True)
    widths: list[int] = []
    widest = 0
    for record in reader:
        widest = max(widest, len(record))
        if any(value.strip() for value in record):
            widths.append(len(record))
        if len(widths) > _SAMPLE_RECORDS:
            break
    return (widths[0], widths.count(widths[0])) if widths else (widest, 0)
