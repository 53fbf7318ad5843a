"""XLSX: what the cells become, and what a person is told."""

import pytest

from portal.kernel.sheets import read_sheet
from tests.kernel.table_files import (
    MAIN,
    ONE_ROW,
    inline_rows,
    one_cell,
    refused,
    sheet_xml,
    table,
    xlsx,
    xlsx_parts,
    xlsx_with,
    zipped,
)


def problems(data):
    return [[str(problem) for problem in row.problems] for row in read_sheet(data, "students.xlsx").rows]


# -- what cells become ------------------------------------------------------------------------------------------

FORMATS = ("00000", "yyyy\\-mm\\-dd", "[h]:mm:ss", "h:mm", "0.00")
CELLS = {
    "text": (one_cell("<v>0</v>", kind="s"), "Asha  Mrema"),
    "text of several runs": (one_cell("<v>1</v>", kind="s"), "Asha Mrema"),
    "text with the line end of Excel": (one_cell("<v>2</v>", kind="s"), "a\nb"),
    "text that looks like a formula": (one_cell("<v>3</v>", kind="s"), "=1+1"),
    "text without characters": (one_cell("<v>4</v>", kind="s"), ""),
    "text in the cell": (one_cell("<is><t>Zoe\u0308</t></is>", kind="inlineStr"), "Zoë"),
    "student number as text": (one_cell("<is><t>00123</t></is>", kind="inlineStr"), "00123"),
    "student number by its format": (one_cell("<v>123</v>", style=1), "00123"),
    "whole number": (one_cell("<v>255712345678</v>"), "255712345678"),
    "whole number stored as a fraction": (one_cell("<v>7.0</v>"), "7"),
    "whole number with blanks": (one_cell("<v> 007 </v>"), "7"),
    "number with power": (one_cell("<v>2.55712345678E11</v>"), "255712345678"),
    "fraction": (one_cell("<v>66.700000000000003</v>", style=5), "66.7"),
    "unknown style": (one_cell("<v>7</v>", style=99), "7"),
    "date": (one_cell("<v>46143</v>", style=2), "2026-05-01"),
    "date of Excel's own format": (one_cell("<v>46143</v>", style=6), "2026-05-01"),
    "date with time": (one_cell("<v>46143.5625</v>", style=2), "2026-05-01T13:30:00"),
    "time": (one_cell("<v>0.3125</v>", style=4), "07:30:00"),
    "duration": (one_cell("<v>1.5</v>", style=3), "36:00:00"),
    "date as text": (one_cell("<v>2026-05-01T00:00:00</v>", kind="d"), "2026-05-01"),
    "moment as text": (one_cell("<v>2026-05-01T13:30:00.000</v>", kind="d"), "2026-05-01T13:30:00"),
    "true": (one_cell("<v>1</v>", kind="b"), "TRUE"),
    "false": (one_cell("<v>0</v>", kind="b"), "FALSE"),
    "result of a formula": (one_cell("<f>1+1</f><v>2</v>"), "2"),
    "text of a formula": (one_cell("<f>A1</f><v>reg_x000D_</v>", kind="str"), "reg"),
    "cell with an extension": (one_cell("<v>7</v><extLst/>"), "7"),
    "empty text of a formula": (one_cell("<f>A1</f><v></v>", kind="str"), ""),
    "1904 is not asked for": (one_cell("<v>0</v>", style=4), "00:00:00"),
}
STRINGS = (
    "<si><t>\u200fAsha  Mrema </t></si>"
    "<si><r><rPr/><t>Asha </t></r><r><t>Mrema</t></r><rPh><t>アシャ</t></rPh></si>"
    "<si><t>a_x000D_\nb</t></si><si><t>=1+1</t></si><si><t/></si>"
)


@pytest.mark.parametrize("case", CELLS)
def test_xlsx_cell_becomes_text(here, case):
    rows, text = CELLS[case]
    kept = rows.replace("</row>", '<c r="B1" t="inlineStr"><is><t>b</t></is></c></row>', 1)
    kept = kept.removesuffix("</row>") + '<c r="B2"><v>1</v></c></row>'
    sheet = read_sheet(xlsx(kept, formats=FORMATS, strings=STRINGS), "a.xlsx")
    assert [(row.line, row.values, row.problems) for row in sheet.rows] == [(2, [text, "1"], [])]


def test_xlsx_dates_since_1904(here):
    data = xlsx(one_cell("<v>44681</v>", style=1), formats=["yyyy-mm-dd"], workbook='<workbookPr date1904="1"/>')
    assert table(data)[1] == ["2026-05-01"]


PROBLEMS = {
    "error": (one_cell("<v>#N/A</v>", kind="e"), "#N/A", "Column A shows the error #N/A."),
    "infinite": (one_cell("<v>1e1000000</v>"), "inf", "Column A holds a number that cannot be read: inf."),
    "no number": (one_cell("<v>NaN</v>"), "NaN", "Column A holds a number that cannot be read: NaN."),
    "date beyond the calendar": (
        one_cell("<v>99999999</v>", style=2),
        "99999999",
        "Column A holds a date that cannot be",
    ),
    "date before the calendar": (
        one_cell("<v>-5</v>", style=2),
        "-5",
        "Column A holds a date that cannot be read: -5.",
    ),
    "16 digits": (one_cell("<v>1234567890123456</v>"), "1234567890123456", "Column A holds a number of more than 15"),
    "formula without result": (one_cell("<f>1+1</f>"), "", "Column A holds a formula without a result."),
    "no header above": (
        one_cell("<v>7</v>", reference="C2"),
        "",
        "The row has “7” in column C, beyond the last header.",
    ),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_xlsx_cell_that_cannot_be_trusted_is_a_problem_of_its_row(here, case):
    rows, text, words = PROBLEMS[case]
    sheet = read_sheet(xlsx(rows, formats=FORMATS), "a.xlsx")
    assert [row.values for row in sheet.rows] == [[text]]
    assert [words in str(problem) for problem in sheet.rows[0].problems] == [True]


def test_row_tells_its_first_three_problems(here):
    header = inline_rows([["a", "b", "c", "d"]])
    bad = "<row>" + '<c t="e"><v>#REF!</v></c>' * 4 + "</row>"
    assert [len(found) for found in problems(xlsx(header + bad + bad))] == [3, 3]


def test_problem_in_the_header_is_a_note(here):
    rows = '<row r="1"><c r="A1" t="e"><v>#NAME?</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    sheet = read_sheet(xlsx(rows), "a.xlsx")
    assert (sheet.headers, [str(note) for note in sheet.notes]) == (
        ["#NAME?"],
        ["Column A shows the error #NAME?. Correct the formula or type the value."],
    )


# -- notes ------------------------------------------------------------------------------------------------------


def sheet_entries(*states):
    return "".join(
        f'<sheet name="S{number}" sheetId="{number}" state="{state}" r:id="rId{number}"/>'
        for number, state in enumerate(states, 1)
    )


def test_first_visible_sheet_is_read_and_named(here):
    hidden = read_sheet(xlsx(sheets=sheet_entries("veryHidden", "visible", "visible")), "a.xlsx")
    assert (hidden.sheet_name, hidden.headers) == ("S2", ["second"])
    assert [str(note) for note in hidden.notes] == ["Hidden sheets were not read: 1."]
    both = read_sheet(xlsx(sheets=sheet_entries("visible", "visible", "visible")), "a.xlsx")
    assert (both.sheet_name, both.headers) == ("S1", ["reg_no"])
    assert [str(note) for note in both.notes] == [
        "The workbook has 2 visible sheets; only the first one, “S1”, was read."
    ]


@pytest.mark.parametrize("states", [("hidden",), ("hidden", "veryHidden")])
def test_workbook_without_visible_sheet_is_refused(here, states):
    assert refused(xlsx(sheets=sheet_entries(*states))).code == "no_visible_sheet"


def test_notes_tell_what_was_left_out(here):
    after = '<mergeCells><mergeCell ref="A3:A4"/><mergeCell ref="B3:B4"/></mergeCells>'
    sheet = sheet_xml(one_cell("<f>1+1</f><v>2</v>"), after)
    data = xlsx_with({"xl/worksheets/sheet1.xml": sheet, "xl/externalLinks/externalLink1.xml": "<externalLink/>"})
    read = read_sheet(data, "students.csv")
    assert read.rows[0].values == ["2"]
    assert [str(note) for note in read.notes] == [
        "By its content the file is an Excel workbook (XLSX), whatever its name says, and was read as such.",
        "The workbook refers to other files; these were not opened, the last stored values were read.",
        "Formulas were read as their last stored result: 1 cells, the first is A2.",
        "Cells are merged, the first are A3:A4: the value counts for the first row and column of them only.",
    ]


def test_relations_to_other_machines_are_not_followed(here):
    parts = xlsx_parts()
    relations = str(parts["xl/_rels/workbook.xml.rels"]).replace(
        'Target="styles.xml"', 'Target="http://tracker.example/styles.xml" TargetMode="External"'
    )
    assert table(zipped({**parts, "xl/_rels/workbook.xml.rels": relations}))[1] == ["7"]


def test_workbook_without_optional_parts_is_read(here):
    parts = xlsx_parts()
    del parts["_rels/.rels"]
    relations = str(parts["xl/_rels/workbook.xml.rels"]).replace("/styles", "/x").replace("/sharedStrings", "/x")
    assert table(zipped({**parts, "xl/_rels/workbook.xml.rels": relations, "docProps/app.xml": ""}))[1] == ["7"]


def test_strict_dialect_is_read(here):
    def strict(part):
        text = str(part).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        return text.replace(
            "http://schemas.openxmlformats.org/officeDocument", "http://purl.oclc.org/ooxml/officeDocument"
        )

    parts = xlsx_parts(one_cell("<v>0</v>", kind="s"), strings="<si><t>Asha</t></si>")
    assert table(zipped({name: strict(part) for name, part in parts.items()}))[1] == ["Asha"]


def test_xml_with_byte_order_mark_and_declaration_is_read(here):
    declared = '\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + sheet_xml(ONE_ROW)
    assert table(xlsx_with({"xl/worksheets/sheet1.xml": declared}))[1] == ["7"]
