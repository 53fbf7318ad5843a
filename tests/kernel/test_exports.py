"""Tables that go out: no formula, nothing lost, and files that are whole or not there."""

import datetime as dt
import io
import json
import random
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet import _writer as spools

from portal.kernel import exports
from portal.kernel.errors import RuleViolation
from portal.kernel.exports import (
    ZipSink,
    clean_filename,
    csv_text,
    sheet_title,
    stored_value,
    whole_file,
    write_csv,
    write_xlsx,
)
from portal.kernel.sheets import read_sheet


def as_csv(headers, *rows):
    file = io.BytesIO()
    assert write_csv(headers, rows, file) == len(rows)
    return file.getvalue()


def as_xlsx(headers, *rows, title="Students"):
    file = io.BytesIO()
    assert write_xlsx(headers, rows, file, title=title) == len(rows)
    return file.getvalue()


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


# -- values -----------------------------------------------------------------------------------------------------

MOMENT = dt.datetime(2026, 5, 1, 10, 30, tzinfo=dt.UTC)
VALUES = [
    (None, "", None),
    (True, "TRUE", True),
    (False, "FALSE", False),
    (7, "7", 7),
    (2.5, "2.5", 2.5),
    (Decimal("2.50"), "2.50", 2.5),
    (10**15, "1000000000000000", "1000000000000000"),
    (float("inf"), "inf", "inf"),
    (float("nan"), "nan", "nan"),
    (float("-inf"), "'-inf", "-inf"),
    (Decimal("NaN"), "NaN", "NaN"),
    (dt.date(2026, 5, 1), "2026-05-01", dt.datetime(2026, 5, 1)),  # noqa: DTZ001 - spreadsheets know no zone
    (dt.date(1899, 12, 31), "1899-12-31", "1899-12-31"),
    (MOMENT, "2026-05-01 13:30:00", dt.datetime(2026, 5, 1, 13, 30)),  # noqa: DTZ001 - a cell of a sheet knows no zone
    (dt.datetime(2026, 5, 1, 7, 0), "2026-05-01 07:00:00", dt.datetime(2026, 5, 1, 7, 0)),  # noqa: DTZ001 - a cell of a sheet knows no zone
    (dt.time(7, 30), "07:30:00", dt.time(7, 30)),
    (dt.time(7, 30, tzinfo=dt.UTC), "07:30:00", dt.time(7, 30)),
    (dt.timedelta(hours=36), "36:00:00", dt.timedelta(hours=36)),
    (_("First name"), "First name", "First name"),
    (Path("a/b"), "a/b", "a/b"),
    ("a\x00b\x0bc\ud800", "abc", "abc"),
    ("line\nline", "line\nline", "line\nline"),
]


@pytest.mark.parametrize(("value", "text", "stored"), VALUES)
def test_value_is_written(value, text, stored):
    with timezone.override("Africa/Dar_es_Salaam"):
        assert csv_text(value) == text
        cell = opened(as_xlsx(["a", "b"], [value, "end"]))["A2"]
    assert (cell.value, type(cell.value)) == (stored, type(stored))


def test_dates_and_numbers_of_xlsx_come_back_the_same(here):
    row = [dt.date(2026, 5, 1), MOMENT, 7, 2.5, True, "00123", dt.timedelta(hours=36)]
    with timezone.override("Africa/Dar_es_Salaam"):
        data = as_xlsx(list("abcdefg"), row)
    assert read_sheet(data, "export.xlsx").rows[0].values == [
        "2026-05-01",
        "2026-05-01T13:30:00",
        "7",
        "2.5",
        "TRUE",
        "00123",
        "36:00:00",
    ]


def test_long_text_is_cut_visibly_where_a_cell_holds_no_more():
    cell = opened(as_xlsx(["a"], ["x" * 40_000]))["A2"]
    assert (len(str(cell.value)), str(cell.value)[-2:]) == (32_767, "x…")
    assert stored_value("x" * 40_000) == "x" * 40_000


# -- files ------------------------------------------------------------------------------------------------------


def test_csv_has_a_byte_order_mark_and_quotes_what_needs_it():
    assert as_csv(["رقم", "b"], ['a "b"', "c,d"]) == '\ufeffرقم,b\r\n"a ""b""","c,d"\r\n'.encode()


def test_csv_is_written_as_the_rows_come():
    file = io.BytesIO()

    def rows():
        for number in range(2000):
            yield [number]
        assert file.tell() > 5000

    assert write_csv(["n"], rows(), file) == 2000


def test_xlsx_looks_like_a_table():
    sheet = opened(as_xlsx(["a"], ["b"], title="Marks: PT2/2026"))
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].font.bold) == ("Marks PT2 2026", "A2", True)
    assert not sheet.sheet_view.rightToLeft
    with override("ar"):
        assert opened(as_xlsx(["a"], ["b"])).sheet_view.rightToLeft


@pytest.mark.parametrize(
    ("title", "name"),
    [("", "Sheet"), ("'[]'", "Sheet"), ("a" * 40, "a" * 31), ("التقارير", "التقارير"), ("a\nb\\c", "a b c")],
)
def test_sheet_title(title, name):
    assert sheet_title(title) == name


def test_xlsx_is_not_begun_when_a_row_fails_and_leaves_no_spool():
    file, before = io.BytesIO(), len(spools.ALL_TEMP_FILES)

    def rows():
        yield ["a"]
        raise LookupError

    with pytest.raises(LookupError):
        write_xlsx(["a"], rows(), file, title="x")
    assert (file.getvalue(), len(spools.ALL_TEMP_FILES)) == (b"", before)


@pytest.mark.parametrize("room", [0, 6000])
def test_xlsx_leaves_no_spool_when_the_disk_is_full(room):
    class Full(io.BytesIO):
        def write(self, data):
            if self.tell() + len(data) > room:
                raise OSError(28, "No space left on device")
            return super().write(data)

    before = len(spools.ALL_TEMP_FILES)
    rows = [[random.Random(number).random()] for number in range(5000)]
    with pytest.raises(OSError, match="No space left"):
        write_xlsx(["a"], rows, Full(), title="x")
    assert len(spools.ALL_TEMP_FILES) == before


def test_xlsx_of_more_rows_than_a_sheet_has_is_refused(monkeypatch):
    monkeypatch.setattr(exports, "XLSX_ROWS", 3)
    assert write_xlsx(["a"], [["1"], ["2"]], io.BytesIO(), title="x") == 2
    with pytest.raises(RuleViolation) as caught:
        write_xlsx(["a"], [["1"], ["2"], ["3"]], io.BytesIO(), title="x")
    assert (caught.value.code, str(caught.value)) == (
        "too_many_rows",
        "The table has more than 2 rows. Divide it into several files.",
    )


# -- whole or nothing -------------------------------------------------------------------------------------------


def test_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "marks.csv"
    with whole_file(path) as file:
        write_csv(["a"], [["1"]], file)
        assert not path.exists()
    assert path.read_bytes() == b"\xef\xbb\xbfa\r\n1\r\n"
    assert [found.name for found in tmp_path.iterdir()] == ["marks.csv"]


def test_file_that_failed_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("old")

    def write():
        with whole_file(path) as file:
            file.write(b"new")
            raise LookupError

    with pytest.raises(LookupError):
        write()
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("marks.csv", "old")]


def test_zip_holds_every_file_under_a_name_of_its_own(tmp_path):
    path = tmp_path / "portfolio.zip"
    with ZipSink(path) as sink:
        names = [
            sink.add("Asha Mrema/week 1.pdf", b"1"),
            sink.add("asha mrema/WEEK 1.PDF", b"2"),
            sink.add("../../etc/passwd", b"3"),
            sink.add("C:\\x\\con", b"4"),
            sink.add("...", b"5"),
            sink.add("a.b/readme", b"6"),
            sink.add("a.b/README", b"7"),
        ]
        with sink.entry("marks.csv") as entry:
            write_csv(["a"], [["=1"]], entry)
        assert not path.exists()
    assert names == [
        "Asha Mrema/week 1.pdf",
        "asha mrema/WEEK 1 (2).PDF",
        "etc/passwd",
        "C_x_con",
        "file",
        "a.b/readme",
        "a.b/README (2)",
    ]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*names, "marks.csv"]
        assert archive.read("marks.csv") == b"\xef\xbb\xbfa\r\n'=1\r\n"


def test_zip_that_failed_leaves_nothing(tmp_path):
    def write():
        with ZipSink(tmp_path / "portfolio.zip") as sink:
            sink.add("a.pdf", b"1")
            with sink.entry("b.csv") as entry:
                entry.write(b"half")
                raise LookupError

    with pytest.raises(LookupError):
        write()
    assert list(tmp_path.iterdir()) == []


def test_zip_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch):
    def fail(_archive):
        raise OSError(28, "No space left on device")

    def write():
        with ZipSink(tmp_path / "portfolio.zip") as sink:
            sink.add("a.pdf", b"1")
            monkeypatch.setattr(zipfile.ZipFile, "_write_end_record", fail)

    with pytest.raises(OSError, match="No space left"):
        write()
    assert list(tmp_path.iterdir()) == []


FILENAMES = {
    "Asha Mrema week 1.pdf": "Asha Mrema week 1.pdf",
    "أحمد بن علي.docx": "أحمد بن علي.docx",
    "Zoe\u0308.pdf": "Zoë.pdf",
    "../../etc/passwd": "etc_passwd",
    "..\\..\\windows\\win.ini": "windows_win.ini",
    "a\0b\r\nc.txt": "a_b_c.txt",
    "cv\u202efdp.exe": "cvfdp.exe",
    'a<b>:"c"|d?*.txt': "a_b_c_d.txt",
    ".htaccess": "htaccess",
    "-rf": "rf",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    "lpt1.tar.gz": "_lpt1.tar.gz",
    "console.txt": "console.txt",
    "report. ": "report",
    "": "file",
    " ... ": "file",
    "x" * 300 + ".pdf": "x" * 145 + ".pdf",
    "ع" * 300 + ".pdf": "ع" * 72 + ".pdf",
    "a." + "b" * 300: "a." + "b" * 147,
    "x" * 300: "x" * 149,
    "😀.png": "😀.png",
}


@pytest.mark.parametrize("text", FILENAMES)
def test_clean_filename(text):
    assert clean_filename(text) == FILENAMES[text]


@given(st.text(max_size=200))
def test_clean_filename_is_safe_and_settled(text):
    name = clean_filename(text)
    assert (len(name.encode()) <= 150, name.strip(" .") == name, "/" in name or "\\" in name) == (True, True, False)
    assert clean_filename(name) == name
    assert json.loads(json.dumps(name)) == name
