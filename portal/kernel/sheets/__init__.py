"""Tables that strangers upload: CSV, TSV, XLSX, XLS and ODS, read into headers and rows of plain text.

Nothing is guessed silently. What cannot be told for certain is asked for (the encoding), what is wrong with the
whole file is refused with a stable code and a sentence that says what to do, what is wrong with one row stands in
``SheetRow.problems``, and what a person should know but need not act on stands in ``Sheet.notes``.

Slower and weaker ways that were tried: django-import-export and tablib (the last of two equal headers wins, the
byte order mark stays in the first header, an unclosed quote swallows the rows after it, a workbook of 1.4 KiB
that claims 17 thousand million cells runs for ever); openpyxl with defusedxml, safe but 4 times slower than the
reader in ``xlsx.py`` (15 s instead of 3.5 s for 50,000 rows of 15 columns, so past every time limit).
"""

from portal.kernel.sheets.headers import Column, HeaderMatch, RepeatedColumn, UnknownHeader, match_headers
from portal.kernel.sheets.reading import read_sheet
from portal.kernel.sheets.refusals import EncodingCandidate, EncodingNeeded
from portal.kernel.sheets.shapes import Sheet, SheetLimits, SheetRow

__all__ = [
    "Column",
    "EncodingCandidate",
    "EncodingNeeded",
    "HeaderMatch",
    "RepeatedColumn",
    "Sheet",
    "SheetLimits",
    "SheetRow",
    "UnknownHeader",
    "match_headers",
    "read_sheet",
]
