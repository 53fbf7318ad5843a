"""What is done to a single cell: trimming, signs of formulas, and numbers and dates as text.

Knows no framework, so that the child process that reads workbooks starts quickly.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal

# Whitespace of every kind, and the marks that editors and phones leave at the ends of names: zero-width signs,
# writing directions, the byte order mark, the soft hyphen.
TRIMMED = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# Text that a spreadsheet program could take for a formula, and the same behind apostrophes.
FORMULA = re.compile(f"[\t\r\n]|[{TRIMMED}]*[{_SIGNS}]")
ESCAPED_FORMULA = re.compile(f"'+(?:{FORMULA.pattern})")
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd-\uffff]")
# Putting n combining marks into order takes n * n steps (1.6 s for one cell of 32,000); no word has eight in a row.
MARKS = re.compile(r"[^\w\s\x00-\x7f]{8}")
# Spreadsheet programs keep 15 digits of a number and replace the rest by zeros.
EXACT_DIGITS = 15
EXACT_BELOW = 1_000_000_000_000_000
LETTERS = 26


def unify_line_ends(text: str) -> str:
    """Return the text with every line end, of Windows and of old Macintoshes too, as a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def clean(value: str) -> str:
    """Return the cell without blanks and invisible marks at its ends, composed (NFC), with one kind of line end.

    One apostrophe before the sign of a formula is taken off: it was put there, by a spreadsheet program or by our
    own exports, to keep the text a text.
    """
    value = value.strip(TRIMMED)
    if "\r" in value:
        value = unify_line_ends(value)
    if not value.isascii() and not MARKS.search(value):
        value = unicodedata.normalize("NFC", value)
    if value.startswith("'") and ESCAPED_FORMULA.match(value):
        value = value[1:].strip(TRIMMED)
    return value


def column_letter(index: int) -> str:
    """Return the letters over the column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def number_text(value: float, width: int = 0) -> str:
    """Return a finite number as a person types it: whole ones without a point, others with at most 15 digits.

    ``width`` is that of a format such as ``00000``, by which spreadsheets show a student number with its zeros.
    """
    if float(value).is_integer():
        return f"{int(value):0{width}d}"
    return format(Decimal(format(value, f".{EXACT_DIGITS}g")), "f")


def is_rounded(value: float) -> bool:
    """Say whether the number is so long that the spreadsheet program has lost its last digits."""
    return abs(value) >= EXACT_BELOW


def moment_text(value: dt.datetime | dt.time | dt.timedelta) -> str:
    """Return a date, a date with time, a time (ISO 8601) or a duration (``36:30:00``)."""
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign = "-" if seconds < 0 else ""
        minutes, seconds = divmod(abs(seconds), 60)
        return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat()
