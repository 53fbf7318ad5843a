"""The child's entrance: is the archive harmless, which kind of workbook is it, and what is in its first visible sheet.

Runs in ``portal.kernel.sandbox``; answers with codes, because only the parent knows the reader's language.
"""

import io
import json
import re
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

from lxml import etree

from portal.kernel.sheets.grids import Grid, Refused
from portal.kernel.sheets.ods import read_ods
from portal.kernel.sheets.shapes import SheetLimits
from portal.kernel.sheets.xls import read_xls
from portal.kernel.sheets.xlsx import read_xlsx

# Small parts may compress any way they like: a page of blanks is no bomb.
RATIO_COUNTS_FROM = 1 << 20
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ODS, _OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet", b"application/vnd.oasis"
_ENCODING = re.compile(rb"""encoding\s*=\s*["']\s*([A-Za-z0-9._-]+)""")
_PLAIN_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii")


def read_workbook(data: bytes, options: Mapping[str, Any]) -> bytes:
    """Read an XLSX, XLS or ODS file; ``options`` are the fields of ``SheetLimits``.

    Returns JSON: ``kind, sheet, rows [[line, cells]], problems [[line, column, code, shown]], notes [[code, values]]``
    or ``refused, values``. Whatever else is raised means that the file is damaged.
    """
    limits = SheetLimits(**options)
    try:
        answer = (_read_zip(data, limits) if data.startswith(b"PK") else read_xls(data, limits)).answer()
    except Refused as refused:
        answer = {"refused": refused.code, "values": refused.values}
    except etree.XMLSyntaxError as error:
        # An error in no line at all is libxml2's way to say that there is no memory left.
        if error.lineno:
            raise
        answer = {"refused": "too_costly", "values": {}}
    return json.dumps(answer, ensure_ascii=False).encode(errors="replace")


def _read_zip(data: bytes, limits: SheetLimits) -> Grid:
    if data.count(_DIRECTORY_ENTRY) > limits.zip_entries:
        raise Refused("too_many_parts", limit=limits.zip_entries)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            _check_entry(entry, limits)
        _check_sizes(archive.infolist(), limits)
        kind = _kind(archive)
        _check_parts(archive)
        return read_ods(archive, limits) if kind == "ods" else read_xlsx(archive, limits)


# -- before anything is unpacked --------------------------------------------------------------------------------


def _check_entry(entry: zipfile.ZipInfo, limits: SheetLimits) -> None:
    if entry.flag_bits & 1:
        raise Refused("encrypted")
    name = entry.orig_filename
    outside = name.startswith("/") or "\\" in name or "\0" in name or ":" in name or ".." in name.split("/")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if outside or link or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused("unsafe_zip", part=name)
    if entry.file_size > RATIO_COUNTS_FROM and entry.file_size > limits.ratio * entry.compress_size:
        raise Refused("zip_bomb")


def _check_sizes(entries: list[zipfile.ZipInfo], limits: SheetLimits) -> None:
    # zipfile never unpacks more of an entry than the size that it claims, so the claims are a bound.
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise Refused("zip_bomb")
    names = [entry.filename for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Refused("unsafe_zip", part=twice)


def _kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names:
        declared = archive.read("mimetype").strip()
        if declared == _ODS:
            return "ods"
        if declared.startswith(_OPEN_DOCUMENT):
            raise Refused("not_a_table", kind="document")
    if "xl/workbook.bin" in names:
        raise Refused("old_binary")
    for folder, kind in (("word/", "word"), ("ppt/", "slides")):
        if any(name.startswith(folder) for name in names):
            raise Refused("not_a_table", kind=kind)
    if "[Content_Types].xml" not in names:
        raise Refused("compressed")
    return "xlsx"


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse macros, and XML that declares entities or hides its letters from this search."""
    for name in archive.namelist():
        lower = name.lower()
        if lower.endswith("vbaproject.bin") or lower.startswith(("basic/", "scripts/")):
            raise Refused("macros")
        if lower.endswith((".xml", ".rels")):
            part = archive.read(name)
            if part and not _is_plain_xml(part):
                raise Refused("xml_entities", part=name)


def _is_plain_xml(part: bytes) -> bool:
    """Say whether the XML is written in UTF-8 and declares no document type, so that it can define no entities."""
    head = part[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.search(head.partition(b"?>")[0]) if head.startswith(b"<?xml") else None
    if not head.startswith(b"<") or b"\0" in head or (declared and declared[1].lower() not in _PLAIN_ENCODINGS):
        return False
    return b"<!DOCTYPE" not in part and b"<!ENTITY" not in part
