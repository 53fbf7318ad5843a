"""Workbooks that want to harm: archives, sheets, and the child that reads them."""

import io
import struct
import zipfile

import pytest
from lxml import etree

from portal.kernel.sandbox import SandboxError
from portal.kernel.sheets import SheetLimits, read_sheet, reading, workbooks
from tests.kernel.table_files import (
    HEADER_ROW,
    MAIN,
    ONE_ROW,
    inline_rows,
    ole,
    one_cell,
    refused,
    sheet_xml,
    table,
    xls,
    xlsx,
    xlsx_parts,
    xlsx_with,
    zipped,
)

# -- hostile archives -------------------------------------------------------------------------------------------


def with_symlink():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in xlsx_parts().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("xl/media/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def with_part_twice():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in xlsx_parts().items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


def with_flag_of_password():
    data = bytearray(xlsx())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def with_false_size(claimed):
    """The sheet's entry in the directory claims another size than what is unpacked."""
    data = bytearray(xlsx())
    name = data.rindex(b"xl/worksheets/sheet1.xml")
    struct.pack_into("<I", data, name - 46 + 24, claimed)
    return bytes(data)


def with_overlap():
    """Two entries of the directory point at the same bytes."""
    data = bytearray(xlsx())
    entries = [i for i in range(len(data)) if data.startswith(b"PK\x01\x02", i)]
    data[entries[-1] + 42 : entries[-1] + 46] = data[entries[0] + 42 : entries[0] + 46]
    return bytes(data)


def many_entries():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/{number}", b"")
    return file.getvalue()


LEVELS = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
BOMB = f'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">{LEVELS}'
ENTITY_BOMB = f'<?xml version="1.0"?>{BOMB}]><worksheet xmlns="{MAIN}"><sheetData>&i;</sheetData></worksheet>'
EXTERNAL = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst xmlns="{MAIN}"><si><t>&x;</t></si></sst>'

REFUSED_ARCHIVES = {
    "zip bomb": (lambda: xlsx_with({"xl/media/image1.bin": bytes(40 << 20)}), "zip_bomb"),
    "size claimed too large": (lambda: with_false_size(60 << 20), "zip_bomb"),
    "size claimed too small": (lambda: with_false_size(20), "broken"),
    "overlapping entries": (with_overlap, "broken"),
    "20,000 parts": (many_entries, "too_many_parts"),
    "traversal": (lambda: xlsx_with({"../../etc/cron.d/x": "x"}), "unsafe_zip"),
    "absolute name": (lambda: xlsx_with({"/etc/cron.d/x": "x"}), "unsafe_zip"),
    "name of Windows": (lambda: xlsx_with({"xl\\..\\x": "x"}), "unsafe_zip"),
    "drive": (lambda: xlsx_with({"C:x": "x"}), "unsafe_zip"),
    "symlink": (with_symlink, "unsafe_zip"),
    "part twice": (with_part_twice, "unsafe_zip"),
    "other compression": (lambda: zipped(xlsx_parts(), zipfile.ZIP_LZMA), "unsafe_zip"),
    "password of the zip": (with_flag_of_password, "encrypted"),
    "macros": (lambda: xlsx_with({"xl/vbaProject.bin": b"\xd0\xcf"}), "macros"),
    "entity bomb": (lambda: xlsx_with({"xl/worksheets/sheet1.xml": ENTITY_BOMB}), "xml_entities"),
    "external entity": (lambda: xlsx_with({"xl/sharedStrings.xml": EXTERNAL}), "xml_entities"),
    "entity in a part that is not read": (lambda: xlsx_with({"docProps/app.xml": EXTERNAL}), "xml_entities"),
    "entity in UTF-16": (lambda: xlsx_with({"xl/styles.xml": EXTERNAL.encode("utf-16")}), "xml_entities"),
    "entity in UTF-16 without mark": (
        lambda: xlsx_with({"xl/styles.xml": EXTERNAL.encode("utf-16-le")}),
        "xml_entities",
    ),
    "entity in UTF-7": (
        lambda: xlsx_with({"xl/styles.xml": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE'}),
        "xml_entities",
    ),
    "entity in EBCDIC": (
        lambda: xlsx_with({"xl/styles.xml": ('<?xml version="1.0"?>' + EXTERNAL).encode("cp500")}),
        "xml_entities",
    ),
    "nested zip": (lambda: zipped({"inner.zip": zipped({"inner.xlsx": xlsx()})}), "compressed"),
    "empty zip": (lambda: zipped({}), "compressed"),
    "Word": (lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}), "not_a_table"),
    "slides": (lambda: zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<d/>"}), "not_a_table"),
    "XLSB": (lambda: zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b""}), "old_binary"),
    "ODT": (lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "not_a_table"),
    "EPUB": (lambda: zipped({"mimetype": "application/epub+zip"}), "compressed"),
    "cut off": (lambda: xlsx()[:-40], "broken"),
    "only a signature": (lambda: b"PK\x03\x04" + bytes(100), "broken"),
    "no workbook": (lambda: zipped({"[Content_Types].xml": "<Types/>"}), "broken"),
    "broken XML": (lambda: xlsx_with({"xl/worksheets/sheet1.xml": sheet_xml("<row>")}), "broken"),
    "no such sheet": (lambda: xlsx(sheets='<sheet name="a" r:id="rId9"/>'), "no_visible_sheet"),
    "sheet without a part": (lambda: xlsx(sheets='<sheet name="a"/>'), "no_visible_sheet"),
    "password of Excel": (lambda: ole({"EncryptionInfo": b"", "EncryptedPackage": b""}), "encrypted"),
    "old Word": (lambda: ole({"WordDocument": b""}), "not_a_table"),
    "old slides": (lambda: ole({"PowerPoint Document": b""}), "not_a_table"),
    "old macros": (lambda: ole({"Workbook": b"", "_VBA_PROJECT_CUR": b""}), "macros"),
    "other OLE": (lambda: ole({"Contents": b""}), "not_a_table"),
    "OLE, cut off": (lambda: ole({"Workbook": b""})[:700], "broken"),
    "OLE, no workbook in it": (lambda: ole({"Workbook": b"\1" * 5000}), "broken"),
    "old password": (lambda: xls([("a", 0, [])], globals_=[(0x2F, struct.pack("<HHH", 0, 1, 2))]), "encrypted"),
}


@pytest.mark.parametrize("case", REFUSED_ARCHIVES)
def test_hostile_archive_is_refused_with_its_code(here, case):
    make, code = REFUSED_ARCHIVES[case]
    assert refused(make()).code == code


def test_archive_larger_than_the_limit_is_refused_by_what_its_directory_claims(here):
    assert refused(xlsx(), limits=SheetLimits(unpacked=1000)).code == "zip_bomb"


def test_refused_archive_names_the_part():
    assert str(refused(xlsx_with({"../x": "x"})).message) == (
        "The workbook contains a part that does not belong there (../x). Save it anew as XLSX."
    )


# -- hostile sheets ---------------------------------------------------------------------------------------------

SHEETS_OF_ONE_PART = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1001))
REFUSED_SHEETS = {
    "16,384 columns": (HEADER_ROW + '<row r="2"><c r="XFD2"><v>1</v></c></row>', "too_many_columns"),
    "beyond the last column": (HEADER_ROW + '<row r="2"><c r="XFE2"><v>1</v></c></row>', "broken"),
    "no letters in the reference": (HEADER_ROW + '<row r="2"><c r="12"><v>1</v></c></row>', "broken"),
    "other letters in the reference": (HEADER_ROW + '<row r="2"><c r="Я2"><v>1</v></c></row>', "broken"),
    "row 0": ('<row r="0"><c><v>1</v></c></row>', "broken"),
    "beyond the last row": ('<row r="1048577"><c><v>1</v></c></row>', "broken"),
    "120,001 rows": (HEADER_ROW + "".join(f"<row><c><v>{n}</v></c></row>" for n in range(120_001)), "too_many_rows"),
    "long cell": (one_cell(f"<is><t>{'a' * 32_768}</t></is>", kind="inlineStr"), "cell_too_long"),
    "no such string": (one_cell("<v>5</v>", kind="s"), "broken"),
    "duplicate header": (inline_rows([["id", "ID"], ["1", "2"]]), "duplicate_header"),
    "header only": (HEADER_ROW, "header_only"),
    "no cells": ('<row r="1"/>', "empty_sheet"),
    "formula without result instead of a header": ('<row r="1"><c r="A1"><f>1+1</f></c></row>', "empty_sheet"),
}


@pytest.mark.parametrize("case", REFUSED_SHEETS)
def test_hostile_sheet_is_refused_with_its_code(here, case):
    rows, code = REFUSED_SHEETS[case]
    assert refused(xlsx(rows)).code == code


def test_sheet_of_too_many_cells_or_characters_is_refused(here, monkeypatch):
    wide = inline_rows([[f"h{n}" for n in range(5)], ["1"] * 5, ["1"] * 5])
    assert refused(xlsx(wide), limits=SheetLimits(cells=14)).code == "too_many_cells"
    monkeypatch.setattr("portal.kernel.sheets.grids.MAX_CHARACTERS", 19)
    assert refused(xlsx(wide)).code == "too_costly"


def test_workbook_of_too_many_sheets_is_refused(here):
    assert refused(xlsx(sheets=SHEETS_OF_ONE_PART)).code == "too_many_sheets"


def test_dimension_that_lies_is_not_believed(here):
    parts = xlsx_parts()
    lie = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{ONE_ROW}</sheetData></worksheet>'
    assert table(zipped({**parts, "xl/worksheets/sheet1.xml": lie})) == [["reg_no"], ["7"]]


def test_row_far_below_keeps_its_number(here):
    rows = HEADER_ROW + '<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
    assert [(row.line, row.values) for row in read_sheet(xlsx(rows), "a.xlsx").rows] == [(1_048_576, ["7"])]


# -- the child --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["zip bomb", "entity bomb", "external entity", "traversal", "cut off", "old macros"])
def test_hostile_archive_is_refused_in_the_child_too(case):
    make, code = REFUSED_ARCHIVES[case]
    assert refused(make()).code == code


def test_parser_without_memory_is_no_syntax_error(here, monkeypatch):
    def fail(*_args):
        message = "unknown error"
        raise etree.XMLSyntaxError(message, 1, 0, 0)

    monkeypatch.setattr(workbooks, "read_xlsx", fail)
    assert refused(xlsx()).code == "too_costly"


def test_child_that_needs_too_much_memory_is_stopped():
    strings = "<si><t>a</t></si>" * 700_000
    row = '<row r="1">' + '<c t="s"><v>0</v></c>' * 1_400_000 + "</row>"
    data = xlsx(row, strings=strings)
    assert refused(data, limits=SheetLimits(ratio=2000)).code == "too_costly"


@pytest.mark.parametrize(("reason", "code"), [("memory", "too_costly"), ("time", "too_costly"), ("refused", "broken")])
def test_limits_of_the_child_become_refusals(monkeypatch, reason, code):
    def fail(*_args, **_options):
        raise SandboxError(reason)

    monkeypatch.setattr(reading, "run_limited", fail)
    assert refused(xlsx()).code == code
