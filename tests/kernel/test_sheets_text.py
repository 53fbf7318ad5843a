"""CSV and TSV: encodings, delimiters, lines, headers, and the hostile ones."""

import datetime as dt
import gzip
import time

import pytest
from django.utils.translation import override

from portal.kernel.sheets import EncodingNeeded, SheetLimits, read_sheet
from portal.kernel.sheets.cells import clean, column_letter, moment_text, number_text
from portal.kernel.sheets.delimited import detect_delimiter
from tests.kernel.table_files import refused, table


def lines(data, **options):
    return [(row.line, row.values) for row in read_sheet(data, "students.csv", **options).rows]


ARABIC = "الرقم,الاسم\n00123,أحمد بن علي\n00124,فاطمة الزهراء\n"

REFUSED = {
    "no bytes": (b"", "empty", "The file holds no table."),
    "blank lines only": (b"\r\n \n\t\n", "empty", "The file holds no table."),
    "empty cells only": (b",,\n,,\n", "empty", "The file holds no table."),
    "header only": (b"reg_no,name\n\n", "header_only", "Below the headers there is not one row."),
    "duplicate header": (b"id,name,ID\n1,a,2\n", "duplicate_header", "Columns A and C have the same header"),
    "blank header": (b"id,,age\n1,,30\n2,Juma,31\n", "blank_header", "Column B has no header, but row 3 has"),
    "long header": (b"x" * 201 + b",name\n1,a\n", "cell_too_long", "The cell in row 1, column A"),
    "NUL": (b"id,name\n1,a\n2,b\0c\n", "nul_bytes", "Line 3 holds characters"),
    "unclosed quote": (b'id,name\n1,a\n2,"b\n3,c\n', "unclosed_quote", "in line 3 do not match"),
    "text behind a quote": (b'id,name\n1,"a\n2,"b"\n', "unclosed_quote", "in line 2 do not match"),
    "unclosed quote, long file": (b'id,name\n1,"a\n' + b"2,bbbbbbbb\n" * 20_000, "unclosed_quote", "in line 2 do"),
    "long cell": (b"id,name\n1," + b"a" * 32_768 + b"\n", "cell_too_long", "The cell in row 2, column B has more"),
    "cell beyond csv's limit": (b"id,name\n1," + b"a" * 131_073, "cell_too_long", "A cell in line 2 has more"),
    "120,001 rows": (b"id\n" + b"1\n" * 120_001, "too_many_rows", "more than 120000 rows"),
    "1,048,577 empty lines": (b"id\n" + b"\n" * 1_048_576, "too_many_rows", "more than 120000 rows"),
    "20 million commas": (b"id,name\n" + b"," * 20_000_000, "header_only", "not one row"),
    "201 columns": (b"a" + b",a" * 200 + b"\n1\n", "too_many_columns", "Row 1 has more than 200 columns"),
    "a row of 1,000,000 columns": (b"id,name\n" + b"1," * 999_999 + b"1\n", "too_many_columns", "Row 2 has more"),
    "21 MiB": (b"a" * (20 << 20) + b"b", "too_large", "larger than 20 MiB"),
    "gzip": (gzip.compress(b"id,name\n1,a\n"), "compressed", "This is a compressed file."),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "not_a_table", "This is not a table but a PDF."),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "not_a_table", "This is not a table but a picture."),
    "web page": (b"\xef\xbb\xbf <!DOCTYPE html><table>", "not_a_table", "a web page or XML file"),
    "XML": (b'<?xml version="1.0"?><Workbook/>', "not_a_table", "a web page or XML file"),
    "program": (b"\x7fELF\x02\x01\x01", "not_a_table", "a program or other binary file"),
    "rich text": (b"{\\rtf1 id,name}", "not_a_table", "This is not a table but a document."),
    "database": (b"SQLite format 3\0", "not_a_table", "This is not a table but a database."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_text_is_refused_with_its_code(case):
    data, code, words = REFUSED[case]
    begin = time.process_time()
    refusal = refused(data)
    assert (refusal.code, words in str(refusal.message)) == (code, True), str(refusal.message)
    assert time.process_time() - begin < 2


def test_refusal_is_said_in_the_language_of_the_reader():
    refusal = refused(b"id,name,id\n1,a,2\n")
    assert str(refusal) == "Columns A and C have the same header “id”. Rename or delete one of them."
    with override("fr"):
        assert "“id”" in str(refusal)


def test_refusal_shows_only_the_beginning_of_a_long_cell():
    assert str(refused(b"id,\n1," + b"a" * 100 + b"\n")) == (
        f"Column B has no header, but row 2 has “{'a' * 39}…” in it. Write a header above it."
    )


def test_limits_are_those_of_the_documentation():
    limits = SheetLimits()
    assert (limits.bytes, limits.rows, limits.columns) == (20_971_520, 120_000, 200)
    assert (limits.zip_entries, limits.unpacked, limits.ratio) == (1_000, 52_428_800, 100)


def test_limits_may_be_chosen():
    assert refused(b"a,b\n" + b"1,2\n" * 4, limits=SheetLimits(cells=9)).code == "too_many_cells"
    assert refused(b"id\n1\n2\n3\n", limits=SheetLimits(rows=2)).code == "too_many_rows"
    assert lines(b"id\n1\n2\n", limits=SheetLimits(rows=2)) == [(2, ["1"]), (3, ["2"])]


# -- encodings --------------------------------------------------------------------------------------------------

CERTAIN = {
    "UTF-8": ("utf-8", "utf-8"),
    "UTF-8 with byte order mark": ("utf-8-sig", "utf-8"),
    "UTF-16 with byte order mark": ("utf-16", "utf-16"),
}


@pytest.mark.parametrize("case", CERTAIN)
def test_certain_encodings_are_read_at_once(case):
    codec, name = CERTAIN[case]
    sheet = read_sheet(ARABIC.encode(codec), "students.csv")
    assert (sheet.encoding, sheet.headers, sheet.rows[1].values) == (
        name,
        ["الرقم", "الاسم"],
        ["00124", "فاطمة الزهراء"],
    )


def test_utf_16_with_high_byte_first_is_certain_by_its_mark():
    assert table(b"\xfe\xff" + ARABIC.encode("utf-16-be"))[1] == ["00123", "أحمد بن علي"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark_is_asked_for(codec):
    refusal = refused(ARABIC.encode(codec))
    assert isinstance(refusal, EncodingNeeded)
    assert (refusal.code, refusal.field, refusal.candidates[0].encoding) == ("encoding_needed", "encoding", codec)
    assert refusal.candidates[0].preview == ARABIC.splitlines()
    assert table(ARABIC.encode(codec), encoding=codec)[1] == ["00123", "أحمد بن علي"]


def test_windows_1256_is_asked_for_and_read_when_chosen():
    data = ARABIC.encode("windows-1256")
    refusal = refused(data)
    assert isinstance(refusal, EncodingNeeded)
    assert (refusal.code, refusal.candidates[0].encoding) == ("encoding_needed", "windows-1256")
    assert refusal.candidates[0].preview == ARABIC.splitlines()
    assert str(refusal.candidates[0].label) == "Arabic (Windows)"
    assert "windows-1252" in [candidate.encoding for candidate in refusal.candidates]
    assert table(data, encoding="cp1256") == [["الرقم", "الاسم"], ["00123", "أحمد بن علي"], ["00124", "فاطمة الزهراء"]]


def test_mixed_encodings_name_the_first_line_that_is_not_utf_8():
    refusal = refused("id,name\r\n1,Aïsha\r\n2,José\r\n".encode() + "3,Zoë\r\n".encode("windows-1252"))
    assert refusal.code == "encoding_needed"
    assert "line 4 is not UTF-8" in str(refusal.message)


def test_mixed_encodings_behind_a_byte_order_mark_are_asked_for():
    assert refused(b"\xef\xbb\xbfid,name\n1,Zo\xeb\n").code == "encoding_needed"


def test_preview_shows_the_lines_that_differ_and_not_more():
    plain = "".join(f"{number},plain\n" for number in range(3000))
    special = "".join(f"{number},Zoë {'x' * 300}\n" for number in range(9))
    refusal = refused(("id,name\n" + plain + special).encode("windows-1252"))
    assert isinstance(refusal, EncodingNeeded)
    preview = next(c.preview for c in refusal.candidates if c.encoding == "windows-1252")
    assert preview[0] == "id,name"
    assert [line[:6] for line in preview[1:]] == [f"{number},Zoë "[:6] for number in range(5)]
    assert max(len(line) for line in preview) == 200


def test_wrong_choice_names_the_line_and_offers_others():
    refusal = refused(ARABIC.encode("windows-1256"), encoding="utf-8")
    assert isinstance(refusal, EncodingNeeded)
    assert refusal.code == "encoding_wrong"
    assert "Line 1 cannot be read as utf-8." in str(refusal.message)
    assert refusal.candidates[0].encoding == "windows-1256"
    later = refused(b"id,name\r\n1,a\r\n2,\x81\r\n", encoding="windows-1252")
    assert (later.code, "Line 3 cannot" in str(later.message)) == ("encoding_wrong", True)


@pytest.mark.parametrize("options", [{}, {"encoding": "utf-16"}])
def test_utf_16_that_was_cut_off_is_refused(options):
    assert refused(b"\xff\xfe" + "id,name\n1,a\n".encode("utf-16-le")[:-1], **options).code == "nul_bytes"


@pytest.mark.parametrize("encoding", ["zlib", "punycode", "unicode_escape", "no-such", "utf\0", "ü" * 10, "rot13"])
def test_encoding_outside_the_list_is_refused(encoding):
    assert refused(b"id,name\n1,a\n", encoding=encoding).code == "unknown_encoding"


def test_bytes_with_nul_that_are_no_utf_16_are_refused():
    assert refused(b"\0\xd8\0\xd8\n\0").code == "nul_bytes"


def test_binary_without_nul_is_no_table():
    assert refused(bytes(range(1, 256)) * 8).code == "not_a_table"


def test_old_end_of_file_mark_does_not_hide_the_choice():
    assert refused(b"id,name\n" + b"1,Zo\xeb\n" * 40 + b"\x1a").code == "encoding_needed"


def test_refusal_does_not_carry_the_file():
    refusal = refused(b"id,name\n1,Zo\xeb\n")
    assert (refusal.__cause__, refusal.__context__) == (None, None)


# -- delimiters and lines ---------------------------------------------------------------------------------------

DELIMITERS = {
    "comma": ("a,b\n1,2\n", ","),
    "semicolon": ("a;b\n1,5;2,5\n", ";"),
    "tab": ("a\tb, c\n1\t2\n", "\t"),
    "bar": ("a|b\n1|2\n", "|"),
    "one column": ("name\nMrema; Asha\n", ","),
    "as many commas as semicolons": ("a,b;c\n1;2\n3;4\n", ";"),
    "delimiter in quotes": ('"a,b,c,d";e\n1;2\n', ";"),
    "empty lines first": ("\n\na;b\n", ";"),
    "nothing": ("\n", ","),
}


@pytest.mark.parametrize("case", DELIMITERS)
def test_delimiter_is_told_by_the_first_record(case):
    text, delimiter = DELIMITERS[case]
    assert detect_delimiter(text) == delimiter


def test_delimiter_looks_at_no_more_than_a_sample():
    assert detect_delimiter("a,b;c\n" + "1,2\n" * 20 + "1;2\n" * 100) == ","


def test_declared_delimiter_is_taken_and_its_line_counted():
    assert lines(b"sep=;\r\nname,first;id\r\nAsha;1\r\n") == [(3, ["Asha", "1"])]
    assert refused(b'sep=;\na;b\n1;"2\n').code == "unclosed_quote"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_every_line_end(end):
    text = end.join(["id,name", "1,a", "", '2,"b', 'c"', "3,d"])
    assert lines(text.encode()) == [(2, ["1", "a"]), (4, ["2", "b\nc"]), (6, ["3", "d"])]


def test_empty_records_are_passed_over_but_counted():
    assert lines(b"id,name\n , \xe2\x80\x8f\n,\n\n1,a\n") == [(5, ["1", "a"])]


def test_cells_over_several_lines_are_noted():
    sheet = read_sheet(b'id,name\n1,"a\nb"\n2,"c\nd"\n', "students.csv")
    assert [str(note) for note in sheet.notes] == [
        "Quoted cells run over several lines: 2 rows, the first starts in line 2."
    ]


def test_blank_behind_a_delimiter_does_not_hide_a_quote():
    assert table(b'id, name\n1, "Mrema, Asha"\n') == [["id", "name"], ["1", "Mrema, Asha"]]


# -- cells and rows ---------------------------------------------------------------------------------------------


def test_cells_stay_text():
    values = "00123,1e1000000,NaN,Infinity,31.02.2026,NULL,=1+1,TRUE,45000"
    assert table(f"a,b,c,d,e,f,g,h,i\n{values}\n".encode())[1] == values.split(",")


def test_cells_lose_invisible_marks_at_their_ends_only():
    cells = "\u200f\u202bأحمد\u202c\u200e,\ufeff\u00a0Zo\u0065\u0308 \u200b,ب\u200cج"
    assert table(f"a,b,c\n{cells}\n".encode())[1] == ["أحمد", "Zoë", "ب\u200cج"]


def test_cell_loses_one_apostrophe_before_a_formula():
    assert [clean(text) for text in ("'=1", "''=1", "' +255", "'a'", "'", "''", "'\t=1", "O'=")] == [
        "=1",
        "'=1",
        "+255",
        "'a'",
        "'",
        "''",
        "=1",
        "O'=",
    ]


def test_cell_has_one_kind_of_line_end():
    assert clean("a\r\nb\rc\nd\r\n") == "a\nb\nc\nd"


def test_cell_of_combining_marks_is_left_as_it_is_quickly():
    marks = "a" + "\u0300\u0316" * 16_000
    begin = time.process_time()
    assert clean(marks) == marks
    assert time.process_time() - begin < 0.2


def test_row_with_a_sign_that_cannot_be_read_has_a_problem():
    sheet = read_sheet(b"id,name\n1,a\x07b\n2,c\n", "students.csv")
    assert [[str(problem) for problem in row.problems] for row in sheet.rows] == [
        ["Column B holds a character that cannot be read. Type the text again: a\x07b"],
        [],
    ]


def test_row_longer_than_the_header_has_a_problem_and_keeps_its_cells():
    sheet = read_sheet(b"id,name\n1,Mrema, Asha\n2,b,,\n", "students.csv")
    assert [(row.values, [str(problem) for problem in row.problems]) for row in sheet.rows] == [
        (["1", "Mrema"], ["The row has “Asha” in column C, beyond the last header. Is a delimiter not quoted?"]),
        (["2", "b"], []),
    ]


def test_row_with_very_many_empty_cells_is_cut():
    assert table(b"id,name\n1,a" + b"," * 500 + b"\n") == [["id", "name"], ["1", "a"]]


def test_empty_column_without_header_is_left_out():
    assert table(b"id,,name,\n1,,a,\n2\n") == [["id", "name"], ["1", "a"], ["2", ""]]


def test_header_is_one_line_of_words():
    assert table(b'" Reg\nNo ",name\n1,a\n')[0] == ["Reg No", "name"]


def test_name_of_the_file_is_compared_with_its_content():
    sheet = read_sheet(b"id,name\n1,a\n", "students.XLSX")
    assert [str(note) for note in sheet.notes] == [
        "By its content the file is a text file (CSV), whatever its name says, and was read as such."
    ]
    assert read_sheet(b"id,name\n1,a\n", "students").notes == []


# -- one cell ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letter(index, letters):
    assert column_letter(index) == letters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (-7.0, "-7"),
        (0.1 + 0.2, "0.3"),
        (66.700000000000003, "66.7"),
        (1e-7, "0.0000001"),
        (2.5e20, "2" + "5" + "0" * 19),
    ],
)
def test_number_is_text_as_a_person_types_it(value, text):
    assert number_text(value) == text


def test_moment_is_iso():
    moments: list[dt.datetime | dt.time | dt.timedelta] = [
        dt.datetime(2026, 5, 1),  # noqa: DTZ001 - spreadsheets know no zone
        dt.datetime(2026, 5, 1, 13, 45),  # noqa: DTZ001 - a cell of a sheet knows no zone
        dt.time(7, 30),
        dt.timedelta(hours=36, minutes=30),
        dt.timedelta(seconds=-90),
    ]
    assert [moment_text(moment) for moment in moments] == [
        "2026-05-01",
        "2026-05-01T13:45:00",
        "07:30:00",
        "36:30:00",
        "-00:01:30",
    ]
