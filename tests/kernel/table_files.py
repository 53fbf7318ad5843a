"""Small workbooks, honest and hostile, written part by part, and how tests read them."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from portal.kernel.errors import RuleViolation
from portal.kernel.sheets import SheetLimits, read_sheet

TABLES = Path(__file__).parents[1] / "data" / "tables"

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER_ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>reg_no</t></is></c></row>'
ONE_ROW = HEADER_ROW + '<row r="2"><c r="A2"><v>7</v></c></row>'

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def refused(
    data: bytes, filename: str = "students.xlsx", *, encoding: str = "", limits: SheetLimits | None = None
) -> RuleViolation:
    """Read what must be refused and return the refusal."""
    with pytest.raises(RuleViolation) as caught:
        read_sheet(data, filename, encoding=encoding, limits=limits)
    return caught.value


def table(data: bytes, filename: str = "students.xlsx", *, encoding: str = "") -> list[list[str]]:
    """Read a table and return its headers and its rows."""
    sheet = read_sheet(data, filename, encoding=encoding)
    return [sheet.headers, *(row.values for row in sheet.rows)]


def one_cell(content: str, *, style: int = 0, kind: str = "n", reference: str = "A2") -> str:
    """A header and one cell below it; ``content`` is the inside of the cell."""
    return HEADER_ROW + f'<row r="2"><c r="{reference}" s="{style}" t="{kind}">{content}</c></row>'


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_xml(rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def inline_rows(table: Sequence[Sequence[str]]) -> str:
    """Rows whose cells say neither their row nor their column."""
    cells = ("".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) for row in table)
    return "".join(f"<row>{row}</row>" for row in cells)


def xlsx_parts(
    rows: str = ONE_ROW, *, sheets: str = "", workbook: str = "", formats: Sequence[str] = (), strings: str = ""
) -> dict[str, str | bytes]:
    """The parts of a workbook; ``formats`` become the styles 1, 2, …, ``strings`` the shared strings."""
    sheets = sheets or '<sheet name="Students" sheetId="1" r:id="rId1"/>'
    codes = "".join(f'<numFmt numFmtId="{200 + i}" formatCode="{code}"/>' for i, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(len(formats)))
    targets = {"rId1": "worksheet|worksheets/sheet1.xml", "rId2": "worksheet|/xl/worksheets/sheet2.xml"}
    targets |= {"rId3": "chartsheet|chartsheets/sheet1.xml", "rId4": "styles|styles.xml"}
    targets |= {"rId5": "sharedStrings|sharedStrings.xml"}
    relations = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{value.split("|")[0]}" Target="{value.split("|")[1]}"/>'
        for key, value in targets.items()
    )
    main = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">{main}</Relationships>',
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}<sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet_xml(rows),
        "xl/worksheets/sheet2.xml": sheet_xml(inline_rows([["second"], ["2"]])),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
            f'<cellXfs><xf numFmtId="0"/>{styles}<xf numFmtId="14"/></cellXfs></styleSheet>'
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }


def xlsx(rows: str = ONE_ROW, **details: str | Sequence[str]) -> bytes:
    return zipped(xlsx_parts(rows, **details))  # type: ignore[arg-type] # each detail has its own type


def xlsx_with(parts: Mapping[str, str | bytes]) -> bytes:
    """A good workbook with parts added or exchanged."""
    return zipped({**xlsx_parts(), **parts})


def ods(rows: str, *, styles: str = "", tables: str = "", manifest: str = "", **parts: str) -> bytes:
    tables = tables or f'<table:table table:name="Wanafunzi">{rows}</table:table>'
    content = (
        f"<office:document-content {ODS_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    fixed = {"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>"}
    return zipped({**fixed, **parts})


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_text(text: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


# -- OLE --------------------------------------------------------------------------------------------------------

_SECTOR, _END, _FREE, _SPECIAL = 512, -2, -1, -3


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file of streams of at least 4,096 bytes each, at most three of them."""
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    table, body, first = [_SPECIAL, _END], b"", {}
    for name, content in padded.items():
        first[name] = len(table)
        count = -(-len(content) // _SECTOR)
        table += [*range(len(table) + 1, len(table) + count), _END]
        body += content.ljust(count * _SECTOR, b"\0")
    directory = _entry("Root Entry", 5, child=1, start=_END, size=0)
    for place, (name, content) in enumerate(padded.items(), 1):
        last = place == len(padded)
        directory += _entry(name, 2, right=_FREE if last else place + 1, start=first[name], size=len(content))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<iiiiiiiii", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<i", 0)
    head += struct.pack("<i", _FREE) * 108
    allocation = struct.pack(f"<{len(table)}i", *table).ljust(_SECTOR, b"\xff")
    return head + allocation + directory.ljust(_SECTOR, b"\0") + body


def _entry(name: str, kind: int, *, child: int = _FREE, right: int = _FREE, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBiii", len(encoded), kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<iii", start, size, 0)


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", code, len(body)) + body for code, body in records)


def xls(
    sheets: Sequence[tuple[str, int, Sequence[tuple[int, bytes]]]], *, globals_: Sequence[tuple[int, bytes]] = ()
) -> bytes:
    """An Excel 97 workbook of sheets (name, 0 visible or 1 hidden, records); the cell styles are 0, 1904-free."""
    begin, end = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0), (0x0A, b"")
    bodies = [
        biff((0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)), *records, end) for _n, _h, records in sheets
    ]
    bounds = [(0x85, struct.pack("<IBBBB", 0, hidden, 0, len(name), 0) + name.encode()) for name, hidden, _r in sheets]
    formats = [
        (0x41E, struct.pack("<HHB", 164, 5, 0) + b"00000"),
        (0x41E, struct.pack("<HHB", 165, 8, 0) + b"yyyy-m-d"),
    ]
    styles = [(0xE0, struct.pack("<HHH", 0, key, 0).ljust(20, b"\0")) for key in (0, 164, 165)]
    font = (0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\x05\0Arial")
    start = [(0x809, begin), *globals_, *[font] * 5, *formats, *styles]
    offset = len(biff(*start, *bounds, end))
    placed = []
    for (code, body), content in zip(bounds, bodies, strict=True):
        placed.append((code, struct.pack("<I", offset) + body[4:]))
        offset += len(content)
    return ole({"Workbook": biff(*start, *placed, end) + b"".join(bodies)})


def xls_number(row: int, column: int, value: float, style: int = 0) -> tuple[int, bytes]:
    return 0x203, struct.pack("<HHHd", row, column, style, value)


def xls_text(row: int, column: int, text: str) -> tuple[int, bytes]:
    return 0x204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode()


def xls_error(row: int, column: int, code: int) -> tuple[int, bytes]:
    return 0x205, struct.pack("<HHHBB", row, column, 0, code, 1)
