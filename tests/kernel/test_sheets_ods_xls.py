"""ODS and XLS: what the cells become, and the hostile ones."""

import struct
from types import SimpleNamespace

import pytest

from portal.kernel.errors import RuleViolation
from portal.kernel.sheets import read_sheet
from portal.kernel.sheets.xls import _formula_places
from tests.kernel.table_files import (
    ODS_TYPE,
    TABLES,
    ods,
    ods_row,
    ods_text,
    refused,
    xls,
    xls_error,
    xls_number,
    xls_text,
    zipped,
)

# -- ODS --------------------------------------------------------------------------------------------------------


def ods_cell(kind, value, shown, more=""):
    name = {"float": "value", "percentage": "value", "date": "date-value", "time": "time-value"}.get(
        kind, f"{kind}-value"
    )
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{value}" {more}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


PARAGRAPHS = (
    "<office:annotation><text:p>x</text:p></office:annotation>"
    "<text:p>a<text:tab/>b<text:line-break/>c</text:p><text:p><text:span>d</text:span>e</text:p>"
)
ODS_CELLS = {
    "text": (ods_text("Asha<text:s text:c='2'/>Mrema"), "Asha  Mrema"),
    "text of several paragraphs": (
        f'<table:table-cell office:value-type="string">{PARAGRAPHS}</table:table-cell>',
        "a\tb\nc\nde",
    ),
    "text of very many blanks": (ods_text('a<text:s text:c="999999999"/>b'), f"a{' ' * 100}b"),
    "text as attribute": (ods_text("shown", 'office:string-value="stored"'), "stored"),
    "number": (ods_cell("float", "7", "7.00"), "7"),
    "student number by its format": (ods_cell("float", "123", "00123"), "00123"),
    "other digits are not believed": (ods_cell("float", "123", "00124"), "123"),
    "percentage": (ods_cell("percentage", "0.85", "85%"), "0.85"),
    "date": (ods_cell("date", "2026-05-01", "1 May"), "2026-05-01"),
    "date with time": (ods_cell("date", "2026-05-01T13:30:00.000000000", "1 May"), "2026-05-01T13:30:00"),
    "time": (ods_cell("time", "PT07H30M00S", "7:30"), "07:30:00"),
    "unreadable time": (ods_cell("time", "P1Y", "a year"), "a year"),
    "true": (ods_cell("boolean", "true", "WAHR"), "TRUE"),
    "result of a formula": (ods_cell("float", "2", "2", 'table:formula="of:=1+1"'), "2"),
    "no value": ("<table:table-cell/>", ""),
}


@pytest.mark.parametrize("case", ODS_CELLS)
def test_ods_cell_becomes_text(here, case):
    content, text = ODS_CELLS[case]
    data = ods(ods_row(ods_text("a"), ods_text("b")) + ods_row(content, ods_text("z")))
    assert [(row.values, row.problems) for row in read_sheet(data, "a.ods").rows] == [([text, "z"], [])]


ODS_PROBLEMS = {
    "error": (ods_text("#N/A", 'calcext:value-type="error"'), "#N/A", "Column A shows the error #N/A."),
    "formula without result": ('<table:table-cell table:formula="of:=1"/>', "", "a formula without a result."),
    "infinite": (ods_cell("float", "1e1000000", "x"), "inf", "a number that cannot be read: inf."),
    "no number": ('<table:table-cell office:value-type="float"/>', "nan", "a number that cannot be read: nan."),
}


@pytest.mark.parametrize("case", ODS_PROBLEMS)
def test_ods_cell_that_cannot_be_trusted_is_a_problem_of_its_row(here, case):
    content, text, words = ODS_PROBLEMS[case]
    sheet = read_sheet(ods(ods_row(ods_text("a")) + ods_row(content)), "a.ods")
    assert [row.values for row in sheet.rows] == [[text]]
    assert [words in str(problem) for problem in sheet.rows[0].problems] == [True]


def test_ods_repetitions_are_counted_where_empty_and_multiplied_where_not(here):
    empty = '<table:table-cell table:number-columns-repeated="{}"/>'
    rows = (
        ods_row(ods_text("a", 'table:number-columns-repeated="1"'), ods_text("b"), empty.format(16_382))
        + ods_row(empty.format(16_384), repeated=3)
        + ods_row(ods_text("x", 'table:number-columns-repeated="2"'), repeated=2)
        + ods_row(empty.format(999_999_999), repeated=999_999_999)
    )
    sheet = read_sheet(ods(rows), "a.ods")
    assert [(row.line, row.values) for row in sheet.rows] == [(5, ["x", "x"]), (6, ["x", "x"])]


ODS_REFUSED = {
    "one row very often": (lambda: ods(ods_row(ods_text("a"), repeated=1_000_000)), "too_many_rows"),
    "one cell very often": (
        lambda: ods(ods_row(ods_text("a", 'table:number-columns-repeated="999999999"'))),
        "too_many_columns",
    ),
    "text far to the right": (
        lambda: ods(ods_row('<table:table-cell table:number-columns-repeated="9999"/>', ods_text("a"))),
        "too_many_columns",
    ),
    "password": (lambda: ods("", manifest="<encryption-data/>"), "encrypted"),
    "macros": (lambda: ods(ods_row(ods_text("a")), **{"Basic/script-lc.xml": "<x/>"}), "macros"),
    "scripts": (lambda: ods(ods_row(ods_text("a")), **{"Scripts/python/x.py": "x"}), "macros"),
    "no manifest": (lambda: zipped({"mimetype": ODS_TYPE}), "broken"),
    "empty sheet": (lambda: ods(""), "empty_sheet"),
    "deep nesting": (lambda: ods(ods_row(ods_text("<text:span>" * 5000 + "</text:span>" * 5000))), "broken"),
}


@pytest.mark.parametrize("case", ODS_REFUSED)
def test_hostile_ods_is_refused_with_its_code(here, case):
    make, code = ODS_REFUSED[case]
    assert refused(make(), "a.ods").code == code


def test_ods_hidden_sheets_and_merged_cells(here):
    styles = (
        '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
        '<style:style style:name="ta2"><style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="co1"/>'
    )
    merged = ods_text("x", 'table:number-rows-spanned="2"')
    inner = ods_row("<table:table-cell><table:table><table:table-row/></table:table></table:table-cell>")
    tables = (
        f'<table:table table:name="old" table:style-name="ta1">{ods_row(ods_text("old"))}</table:table>'
        f'<table:table table:name="new" table:style-name="ta2">{ods_row(ods_text("a"))}{ods_row(merged)}{inner}'
        "</table:table>"
        f'<table:table table:name="more">{ods_row(ods_text("more"))}</table:table>'
    )
    sheet = read_sheet(ods("", styles=styles, tables=tables), "a.ods")
    assert (sheet.sheet_name, sheet.headers, [row.values for row in sheet.rows]) == ("new", ["a"], [["x"]])
    assert [str(note) for note in sheet.notes] == [
        "The workbook has 2 visible sheets; only the first one, “new”, was read.",
        "Hidden sheets were not read: 1.",
        "Cells are merged, the first are A2: the value counts for the first row and column of them only.",
    ]


# -- XLS --------------------------------------------------------------------------------------------------------


def test_xls_cells_become_text(here):
    records = [
        xls_text(0, 0, "reg_no"),
        xls_text(0, 1, "start"),
        xls_text(0, 2, "ok"),
        xls_number(1, 0, 123, style=1),
        xls_number(1, 1, 46143, style=2),
        (0x205, struct.pack("<HHHBB", 1, 2, 0, 1, 0)),
        (0x06, struct.pack("<HHHdHIH", 2, 0, 0, 7.5, 0, 0, 0)),
        xls_number(3, 0, 8),
        xls_error(2, 1, 0x2A),
        (0x205, struct.pack("<HHHBB", 2, 2, 0, 0, 0)),
        (0xE5, struct.pack("<HHHHH", 1, 3, 4, 0, 0)),
    ]
    sheet = read_sheet(xls([("Old", 1, [xls_text(0, 0, "old")]), ("Data", 0, records)]), "a.xls")
    assert (sheet.sheet_name, sheet.headers) == ("Data", ["reg_no", "start", "ok"])
    assert [(row.line, row.values) for row in sheet.rows] == [
        (2, ["00123", "2026-05-01", "TRUE"]),
        (3, ["7.5", "#N/A", "FALSE"]),
        (4, ["8", "", ""]),
    ]
    assert [[str(problem) for problem in row.problems] for row in sheet.rows] == [
        [],
        ["Column B shows the error #N/A. Correct the formula or type the value."],
        [],
    ]
    assert [str(note) for note in sheet.notes] == [
        "Hidden sheets were not read: 1.",
        "Formulas were read as their last stored result: 1 cells, the first is A3.",
        "Cells are merged, the first are A4: the value counts for the first row and column of them only.",
    ]


def test_xls_without_visible_sheet_is_refused(here):
    assert refused(xls([("Old", 1, [xls_text(0, 0, "old")])]), "a.xls").code == "no_visible_sheet"


@pytest.mark.parametrize("name", ["poi-SimpleWithFormula.xls", "poi-1904DateWindowing.xls", "tablib-dates.xls"])
def test_xls_cut_off_anywhere_is_answered(here, name):
    whole = (TABLES / name).read_bytes()
    outcomes = {outcome(whole[:length], name) for length in range(600, len(whole), 509)}
    assert outcomes <= {"read", "broken", "empty_sheet", "header_only", "duplicate_header"}
    assert "broken" in outcomes


def outcome(data, name):
    try:
        read_sheet(data, name)
    except RuleViolation as refusal:
        return refusal.code
    return "read"


def test_xls_search_for_formulas_ends_with_the_stream():
    formula = struct.pack("<HHHH", 0x06, 4, 7, 2)
    for rest in (b"", b"\x06\0", struct.pack("<HH", 0x06, 2), struct.pack("<HHH", 0x06, 40, 1)):
        book = SimpleNamespace(mem=b"skipped" + formula + rest, _sh_abs_posn=[7])
        assert _formula_places(book, 0) == [(7, 2)]
