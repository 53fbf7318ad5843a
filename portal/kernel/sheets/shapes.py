"""What a read table looks like, and how much of one is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.kernel.errors import Text


@dataclass(frozen=True)
class SheetLimits:
    """How much is read; counts are pieces, ``bytes`` and ``unpacked`` are bytes, ``ratio`` is unpacked : packed.

    ``cell_chars`` is what one cell of a spreadsheet can hold. ``cells`` bounds the memory of one reading: a CSV
    of 20 MiB would otherwise become ten million strings.
    """

    bytes: int = 20 << 20
    rows: int = 120_000
    columns: int = 200
    cells: int = 2_000_000
    cell_chars: int = 32_767
    header_chars: int = 200
    zip_entries: int = 1_000
    unpacked: int = 50 << 20
    ratio: int = 100


@dataclass(slots=True)
class SheetRow:
    """One row: ``line`` as a person sees it in the file, as many ``values`` as there are headers, all of them text."""

    line: int
    values: list[str]
    problems: list[Text] = field(default_factory=list)


@dataclass
class Sheet:
    """A table as text. ``encoding`` and ``delimiter`` are empty for workbooks, ``sheet_name`` for text files."""

    headers: list[str]
    rows: list[SheetRow]
    encoding: str
    delimiter: str
    sheet_name: str
    notes: list[Text]


@dataclass
class RawTable:
    """The cells of a file before the headers are looked at: (line, cells) without the empty rows."""

    rows: Sequence[tuple[int, list[str]]]
    encoding: str = ""
    delimiter: str = ""
    sheet_name: str = ""
    problems: dict[int, list[Text]] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
