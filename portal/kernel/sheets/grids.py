"""What the readers of workbooks fill in the child process: rows of text within limits, and codes for the parent."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from portal.kernel.sheets.cells import column_letter, is_rounded, moment_text, number_text
from portal.kernel.sheets.shapes import SheetLimits

# Shared strings may stand in every cell: a workbook of 50 MiB could otherwise become gigabytes of text.
MAX_CHARACTERS = 40_000_000
MAX_PROBLEMS_A_ROW = 3
# What a stored ISO date carries too much: midnight, or fractions of a second that are none.
ZERO_TIME = re.compile(r"(?:T00:00(?::00)?)?(?:\.0+)?Z?$")


class Refused(Exception):
    """The workbook is refused: a code of ``refusals.REFUSALS`` and the values of its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Show(Enum):
    """How a number format shows its number."""

    NUMBER = "number"
    MOMENT = "moment"
    DURATION = "duration"


@dataclass(frozen=True)
class Format:
    """A number format as far as it changes the text; ``width`` is that of formats such as ``00000``."""

    show: Show = Show.NUMBER
    width: int = 0


PLAIN = Format()


def format_of(code: str) -> Format:
    """Read a format code of Excel, such as ``yyyy-mm-dd`` or ``00000``."""
    if is_timedelta_format(code):
        return Format(Show.DURATION)
    if is_date_format(code):
        return Format(Show.MOMENT)
    return Format(width=len(code)) if len(code) > 1 and not code.strip("0") else PLAIN


def epoch_of(*, since_1904: bool) -> dt.datetime:
    """Return the day 0 of a workbook; those of old Macintoshes count from 1904."""
    return MAC_EPOCH if since_1904 else WINDOWS_EPOCH


@dataclass
class Grid:
    """The table that is being read; ``visible`` and ``hidden`` count the sheets of the workbook."""

    kind: str
    limits: SheetLimits
    sheet: str = ""
    visible: int = 0
    hidden: int = 0
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[tuple[int, int, str, str]] = field(default_factory=list)
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    _cells: int = 0
    _characters: int = 0
    _formulas: int = 0
    _first_formula: str = ""
    _merged: str = ""

    def expect_rows(self, count: int) -> None:
        """Refuse so many more rows before the first of them is kept, if they are more than a table may have."""
        if len(self.rows) + count > self.limits.rows + 1:
            raise Refused("too_many_rows", limit=self.limits.rows)

    def add_row(self, line: int, cells: Mapping[int, str]) -> None:
        """Keep the cells (column from 0 → text) of one row; blank ones count for nothing."""
        filled = {column: text for column, text in cells.items() if text and not text.isspace()}
        if not filled and not self._has_problem(line):
            return
        width = max(filled, default=-1) + 1
        if width > self.limits.columns:
            raise Refused("too_many_columns", line=line, limit=self.limits.columns)
        self._count(line, filled, width)
        self.rows.append((line, [filled.get(column, "") for column in range(width)]))

    def _has_problem(self, line: int) -> bool:
        return bool(self.problems) and self.problems[-1][0] == line

    def _count(self, line: int, filled: Mapping[int, str], width: int) -> None:
        lengths = [len(text) for text in filled.values()]
        if lengths and max(lengths) > self.limits.cell_chars:
            column = next(column for column, text in filled.items() if len(text) > self.limits.cell_chars)
            raise Refused("cell_too_long", line=line, column=column_letter(column), limit=self.limits.cell_chars)
        self._characters += sum(lengths)
        self._cells += width
        if len(self.rows) > self.limits.rows:
            raise Refused("too_many_rows", limit=self.limits.rows)
        if self._cells > self.limits.cells:
            raise Refused("too_many_cells", limit=self.limits.cells)
        if self._characters > MAX_CHARACTERS:
            raise Refused("too_costly")

    def number(self, line: int, column: int, value: float, shown_as: Format, epoch: dt.datetime) -> str:
        """Return the text of a stored number, and report the ones that cannot be trusted."""
        if not math.isfinite(value):
            return self.report(line, column, "number_unreadable", str(value))
        if shown_as.show is not Show.NUMBER:
            return self._moment(line, column, value, shown_as, epoch)
        text = number_text(value, shown_as.width)
        if is_rounded(value):
            self.report(line, column, "rounded", text)
        return text

    def _moment(self, line: int, column: int, value: float, shown_as: Format, epoch: dt.datetime) -> str:
        duration = shown_as.show is Show.DURATION
        try:
            moment = from_excel(value, epoch, timedelta=duration)
        except (OverflowError, ValueError):
            return self.report(line, column, "date_unreadable", number_text(value))
        if value < 0 and not duration:
            return self.report(line, column, "date_unreadable", number_text(value))
        return moment_text(moment)

    def report(self, line: int, column: int, code: str, shown: str) -> str:
        """Note what is wrong with a cell and return the text that it gets."""
        if [problem[0] for problem in self.problems[-MAX_PROBLEMS_A_ROW:]].count(line) < MAX_PROBLEMS_A_ROW:
            self.problems.append((line, column, code, shown[:100]))
        return shown

    def formula(self, line: int, column: int) -> None:
        """Count a formula."""
        self._formulas += 1
        self._first_formula = self._first_formula or f"{column_letter(column)}{line}"

    def merged(self, cells: str) -> None:
        """Remember that cells are merged, for example ``B2:B4``."""
        self._merged = self._merged or cells[:20]

    def choose_sheet(self, name: str, *, hidden: bool) -> bool:
        """Count one more sheet and say whether it is the one to read: the first that a person sees."""
        self.hidden += hidden
        self.visible += not hidden
        if hidden or self.visible > 1:
            return False
        self.sheet = name[:100]
        return True

    def answer(self) -> dict[str, object]:
        """Return what the parent gets."""
        if not self.visible:
            raise Refused("no_visible_sheet")
        found: list[tuple[bool, str, dict[str, object]]] = [
            (self.visible > 1, "sheet_chosen", {"count": self.visible, "sheet": self.sheet}),
            (self.hidden > 0, "sheets_hidden", {"count": self.hidden}),
            (self._formulas > 0, "formulas", {"count": self._formulas, "cell": self._first_formula}),
            (bool(self._merged), "merged", {"cell": self._merged}),
        ]
        notes = self.notes + [(code, values) for applies, code, values in found if applies]
        answer = {"kind": self.kind, "sheet": self.sheet, "rows": self.rows}
        return {**answer, "problems": self.problems, "notes": notes}
