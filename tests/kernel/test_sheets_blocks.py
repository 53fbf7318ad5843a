"""What one pass over a text file leaves to the reader of whole tables, which gives the same cells."""

import pytest

from portal.kernel.sheets import read_sheet
from portal.kernel.sheets.blocks import UnusualError, _read_plain, read_blocks, whole_blocks
from portal.kernel.sheets.shapes import SheetLimits

ROWS = b"name,town\nAsha,Moshi\nSaid,Tanga\nNeema,Dodoma\n"


def test_a_file_that_declares_its_delimiter_has_the_cells_of_the_whole_reader():
    data = b"sep=;\nname;town\nAsha, Bi;Moshi\n"
    sheet, blocks = read_blocks(data, "table.csv")
    [block] = blocks
    assert (sheet.headers, sheet.delimiter, list(block.lines), block.columns) == (
        ["name", "town"],
        ";",
        [3],
        [("Asha, Bi",), ("Moshi",)],
    )


def test_a_header_that_cannot_be_read_is_left_to_the_whole_reader():
    data = b"na\x07me,town\nAsha,Moshi\n"
    with pytest.raises(UnusualError):
        _read_plain(data, "table.csv", "", SheetLimits())
    sheet, blocks = read_blocks(data, "table.csv")
    whole, of_whole = whole_blocks(read_sheet(data, "table.csv"))
    assert (sheet, list(blocks)) == (whole, list(of_whole))


def test_a_table_within_the_limits_is_read_in_one_pass():
    _sheet, blocks = _read_plain(ROWS, "table.csv", "", SheetLimits(rows=3, cells=6, cell_chars=6))
    assert [block.columns for block in blocks] == [[("Asha", "Said", "Neema"), ("Moshi", "Tanga", "Dodoma")]]


@pytest.mark.parametrize("limits", [SheetLimits(rows=2), SheetLimits(cells=5), SheetLimits(cell_chars=5)])
def test_a_table_over_a_limit_is_left_to_the_whole_reader(limits):
    with pytest.raises(UnusualError):
        _read_plain(ROWS, "table.csv", "", limits)
