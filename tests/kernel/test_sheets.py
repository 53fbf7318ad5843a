"""Every sample file of tests/data/tables with what must become of it, through the real child process."""

import pytest

from portal.kernel.errors import RuleViolation
from portal.kernel.sheets import EncodingNeeded, read_sheet
from tests.kernel.table_files import TABLES

READ = {
    "csv-spectrum-escaped_quotes.csv": (["a", "b"], [(2, ["1", 'ha "ha" ha']), (3, ["3", "4"])]),
    "csv-spectrum-newlines_crlf.csv": (
        ["a", "b", "c"],
        [(2, ["1", "2", "3"]), (3, ["Once upon \na time", "5", "6"]), (5, ["7", "8", "9"])],
    ),
    "csv-spectrum-quotes_and_newlines.csv": (["a", "b"], [(2, ["1", 'ha \n"ha" \nha']), (5, ["3", "4"])]),
    "csv-spectrum-utf8.csv": (["a", "b", "c"], [(2, ["1", "2", "3"]), (3, ["4", "5", "ʤ"])]),
    "frictionless-bom.csv": (["id", "name"], [(2, ["1", "english"]), (3, ["2", "中国人"])]),
    "frictionless-defective-rows.csv": (
        ["id", "name", "age"],
        [(2, ["1101", "John", ""]), (3, ["1102", "Julie", "26"])],
    ),
    "frictionless-issue-1009-semicolon.csv": (["fieldNameA", "fieldNameB"], [(2, ["0123", "c"])]),
    "frictionless-leading-zeros.csv": (["value"], [(2, ["01"]), (3, ["002"]), (4, ["00003"])]),
    # Three rows of headers in one: what stands below them shows that the first row is not the header.
    "frictionless-multiline-headers.xlsx": (
        ["Region", "Caloric contribution", "Cumulative impact of changes on cost of food basket"],
        [
            (4, ["", "", "from previous quarter"]),
            (5, ["", "(%)", ""]),
            (6, ["A", "B", "C"]),
        ],
    ),
    "frictionless-table-with-booleans.xls": (["id", "boolean"], [(2, ["1", "TRUE"]), (3, ["2", "FALSE"])]),
    "frictionless-table.ods": (["id", "name"], [(2, ["1", "english"]), (3, ["2", "中国人"])]),
    "poi-InlineStrings.xlsx": (
        ["Numbers", "Strings", "Inline Strings", "Formulas"],
        [
            (2, ["12", "A", "1st Inline String", "12"]),
            (3, ["32", "B", "2nd Inline String", "44"]),
            (4, ["43", "C", "More", "31"]),
            (5, ["42", "ABCDE", "B", "30"]),
            (6, ["22", "Long Text", "And More", "10"]),
            (7, ["21", "Longer Text", "The End", "9"]),
        ],
    ),
    "poi-SimpleWithFormula.xls": (["replaceme"], [(2, ["replaceme"]), (3, ["replacemereplaceme"])]),
    "poi-xxe_in_schema.xlsx": (["/Test/Test", "Column1", "Column2"], [(10, ["1", "", ""])]),
    "tablib-bad_dimensions.xlsx": (
        ["PN", "Qty", "Price"],
        [(2, ["EP00001", "10000", "0.0367"]), (3, ["EP00002", "", "1"]), (4, ["EP00004", "10000", "0.001"])],
    ),
    "tablib-dates.xls": (["birth_date"], [(2, ["2015-04-12"])]),
    "tablib-errors.xls": (
        ["div by 0", "name unknown", "not available (formula)", "not available (static)"],
        [(2, ["#DIV/0!", "#NAME?", "#N/A", "#N/A"])],
    ),
    "tablib-founders.xlsx": (
        ["first_name", "last_name", "gpa"],
        [(2, ["John", "Adams", "90"]), (3, ["George", "Washington", "67"]), (4, ["Thomas", "Jefferson", "50"])],
    ),
    "tablib-ragged.xlsx": (["a", "b"], [(2, ["1", ""])]),
}
# Larger or with signs that were lost before: counted instead of spelt out.
COUNTED = {
    "csv-spectrum-location_coordinates.csv": (4, 1),
    "frictionless-accent.csv": (17, 2),
    "frictionless-doublequote.csv": (17, 5),
}
REFUSED = {
    "frictionless-blank-headers.csv": "blank_header",
    "frictionless-duplicate-headers.csv": "duplicate_header",
    "frictionless-empty.csv": "empty",
    "frictionless-merged-cells.xlsx": "header_only",
    "frictionless-without-rows.csv": "header_only",
    "poi-1904DateWindowing.xls": "duplicate_header",
    "poi-TwoSheetsOneHidden.xlsx": "header_only",
    "poi-formula-eval.xlsx": "header_only",
}
# The most likely encoding, which a person still has to choose, and a cell in it.
ASKED = {
    "charset-normalizer-arabic-windows-1256.txt": ("windows-1256", "بالموازاة مع ذلك"),
    "charset-normalizer-french-cp1252.txt": ("windows-1252", "JEAN-BAPTISTE POQUELIN MOLIÈRE"),
    "charset-normalizer-hebrew-cp1255.txt": ("windows-1255", "אין כמעט ניבים אזוריים עבריים"),
    "frictionless-latin1.csv": ("windows-1252", "2,©"),
    "frictionless-table-infer-iso-8859-7.csv": ("windows-1251", "1,39,"),
    "frictionless-table-with-accents.csv": ("windows-1252", "Année"),
}


def sample(name):
    return read_sheet((TABLES / name).read_bytes(), name)


def test_samples_all_have_an_expected_outcome():
    files = {path.name for path in TABLES.iterdir()} - {"SOURCES.md"}
    assert files == {*READ, *COUNTED, *REFUSED, *ASKED}


@pytest.mark.parametrize("name", READ)
def test_sample_is_read(name):
    sheet = sample(name)
    assert (sheet.headers, [(row.line, row.values) for row in sheet.rows]) == READ[name]


@pytest.mark.parametrize("name", COUNTED)
def test_larger_sample_is_read_whole(name):
    sheet = sample(name)
    assert (len(sheet.headers), len(sheet.rows)) == COUNTED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_sample_is_refused(name):
    with pytest.raises(RuleViolation) as caught:
        sample(name)
    assert caught.value.code == REFUSED[name]


@pytest.mark.parametrize("name", ASKED)
def test_sample_asks_for_its_encoding(name):
    with pytest.raises(EncodingNeeded) as caught:
        sample(name)
    first = caught.value.candidates[0]
    assert (caught.value.code, first.encoding) == ("encoding_needed", ASKED[name][0])
    assert any(ASKED[name][1] in line for line in first.preview)


def test_sample_in_iso_8859_7_offers_greek():
    with pytest.raises(EncodingNeeded) as caught:
        sample("frictionless-table-infer-iso-8859-7.csv")
    previews = {candidate.encoding: candidate.preview for candidate in caught.value.candidates}
    assert previews["windows-1253"] == [
        "id,age,name",
        "1,39,Λεωνιδας",
        "2,23,Αλεξανδρος",
        "3,36,Μυρων",
        "4,28,Ευστοργιος",
    ]


def test_sample_in_latin_1_is_read_in_the_chosen_encoding():
    data = (TABLES / "frictionless-table-with-accents.csv").read_bytes()
    sheet = read_sheet(data, "prices.csv", encoding="windows-1252")
    assert sheet.headers[:4] == ["Classement", "Quartier", "Date", "Année"]
    assert (sheet.encoding, sheet.delimiter, len(sheet.rows)) == ("windows-1252", ";", 638)


def test_sample_problems_and_notes_say_where():
    errors = sample("tablib-errors.xls")
    assert [str(problem) for problem in errors.rows[0].problems] == [
        "Column A shows the error #DIV/0!. Correct the formula or type the value.",
        "Column B shows the error #NAME?. Correct the formula or type the value.",
        "Column C shows the error #N/A. Correct the formula or type the value.",
    ]
    assert [str(note) for note in errors.notes] == [
        "Formulas were read as their last stored result: 4 cells, the first is A2."
    ]
    long = sample("frictionless-defective-rows.csv")
    assert [[str(problem) for problem in row.problems] for row in long.rows] == [
        [],
        ["The row has “Potatoes” in column D, beyond the last header. Is a delimiter not quoted?"],
    ]
    assert [str(note) for note in long.notes] == [
        "Rows with fewer cells than the header: 1, the first is row 2. The missing are empty."
    ]


def test_sample_that_was_damaged_before_says_in_which_column():
    row = sample("csv-spectrum-location_coordinates.csv").rows[0]
    assert [str(problem) for problem in row.problems] == [
        "Column B holds a character that cannot be read. Type the text again: 37�36'37.8\"N 121�2'17.9\"W"
    ]


def test_sample_of_several_sheets_names_the_one_that_was_read():
    sheet = sample("poi-SimpleWithFormula.xls")
    assert (sheet.sheet_name, sheet.encoding, sheet.delimiter) == ("Sheet1", "", "")
    assert [str(note) for note in sheet.notes] == [
        "The workbook has 3 visible sheets; only the first one, “Sheet1”, was read.",
        "Formulas were read as their last stored result: 1 cells, the first is A3.",
    ]
