"""Is this archive a plain Word document: what Word, LibreOffice or a parser would fetch, run or unpack is refused."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

type Problem = dict[str, object]

MAX_ENTRIES: Final = 1_000
MAX_UNPACKED: Final = 50 << 20
MAX_RATIO: Final = 100
# Small parts may compress any way they like: a page of blanks is no bomb.
RATIO_COUNTS_FROM: Final = 1 << 20

_WORD_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_CONTENT_TYPES: Final = "[Content_Types].xml"
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"
_LINK_SCHEMES: Final = {"http", "https", "mailto"}
_MACRO_PART: Final = re.compile(r"vba(project|data)|macro", re.IGNORECASE)
_OBJECT_PART: Final = re.compile(r"oleobject|activex|embeddings/|/package$|\.package|control", re.IGNORECASE)
# Field codes by which Word or LibreOffice reads another file, asks a server or starts a program.
_ACTIVE_FIELD: Final = re.compile(
    r"\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|EMBED|DATABASE|MACROBUTTON|RD|CONTROL)\b",
    re.IGNORECASE,
)
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"


def problem(code: str, **detail: str) -> Problem:
    """Return one finding in the form in which it travels to the parent; details are cut to what a message can hold."""
    return {"code": code, "detail": {name: value[:120] for name, value in detail.items()}}


def package_problems(data: bytes) -> list[Problem]:
    """Return why this file must not be opened as a Word document; an empty list means that it may."""
    if data[:4] == _OLE_MAGIC:
        return [problem("old_word")]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _archive_problems(archive) or _word_problems(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError):
        return [problem("not_word")]


def _archive_problems(archive: zipfile.ZipFile) -> list[Problem]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return [problem("zip_bomb")]
    if any(e.file_size > RATIO_COUNTS_FROM and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries):
        return [problem("zip_bomb")]
    if any(entry.flag_bits & 1 for entry in entries):
        return [problem("encrypted")]
    if len({name.casefold() for name in names}) < len(names) or any(_is_odd(name) for name in names):
        return [problem("odd_names")]
    return []


def _is_odd(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _word_problems(archive: zipfile.ZipFile) -> list[Problem]:
    names = set(archive.namelist())
    if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis"):
        return [problem("open_document")]
    if _CONTENT_TYPES not in names:
        return [problem("not_word")]
    found = [*_xml_problems(archive)]
    if found:
        return found
    return [*_type_problems(archive), *_relation_problems(archive), *_field_problems(archive)]


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _parse(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _xml_problems(archive: zipfile.ZipFile) -> Iterator[Problem]:
    for name in filter(_is_xml, archive.namelist()):
        data = archive.read(name)
        try:
            tree = _parse(data).getroottree()
        except etree.XMLSyntaxError:
            # The parser gives up at an entity bomb too.
            yield problem("dtd" if b"<!ENTITY" in data else "broken_part", part=name)
            continue
        if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
            yield problem("dtd", part=name)


def _type_problems(archive: zipfile.ZipFile) -> Iterator[Problem]:
    declared = _parse(archive.read(_CONTENT_TYPES))
    types = {str(node.get("ContentType", "")) for node in declared.iter(etree.Element)}
    words = [*types, *archive.namelist()]
    if any(_MACRO_PART.search(word) for word in words):
        yield problem("macros")
    elif _WORD_MAIN not in types:
        yield problem("not_word")
    if any(_OBJECT_PART.search(word) for word in words):
        yield problem("embedded")


def _relation_problems(archive: zipfile.ZipFile) -> Iterator[Problem]:
    for name in archive.namelist():
        if not name.lower().endswith(".rels"):
            continue
        for relation in _parse(archive.read(name)).iter("{*}Relationship"):
            kind = posixpath.basename(str(relation.get("Type", "")))
            yield from _one_relation(kind, str(relation.get("Target", "")), str(relation.get("TargetMode", "")))


def _one_relation(kind: str, target: str, mode: str) -> Iterator[Problem]:
    if kind in {"aFChunk", "subDocument", "frame"}:
        yield problem("alt_chunk")
    elif kind in {"oleObject", "package", "control"}:
        yield problem("embedded")
    elif kind in {"vbaProject", "keyMapCustomizations"}:
        yield problem("macros")
    elif kind == "attachedTemplate":
        yield problem("remote_template", target=target)
    elif (mode.lower() == "external" or "://" in target) and not _is_link(kind, target):
        yield problem("external", target=target)


def _is_link(kind: str, target: str) -> bool:
    """A link that a reader may click is fetched by nobody before."""
    try:
        return kind == "hyperlink" and (target.startswith("#") or urlsplit(target).scheme.lower() in _LINK_SCHEMES)
    except ValueError:
        return False


def _field_problems(archive: zipfile.ZipFile) -> Iterator[Problem]:
    for name in archive.namelist():
        if not name.startswith("word/") or not name.lower().endswith(".xml"):
            continue
        tree = _parse(archive.read(name))
        if _has(tree, "altChunk", "subDoc"):
            yield problem("alt_chunk")
        if _has(tree, "OLEObject", "object", "control"):
            yield problem("embedded")
        for code in _field_codes(tree):
            if match := _ACTIVE_FIELD.match(code):
                yield problem("active_field", field=match[1].upper())


def _has(tree: etree._Element, *names: str) -> bool:
    # Not any(): an element without children counts as false.
    return next(tree.iter(*(f"{{*}}{name}" for name in names)), None) is not None


def _field_codes(tree: etree._Element) -> Iterator[str]:
    """Return the instructions of all fields; Word may spread one instruction over several runs."""
    for word in (_W, _W_STRICT):
        yield from (str(node.get(f"{word}instr", "")) for node in tree.iter(f"{word}fldSimple"))
        pieces: list[str] = []
        for node in tree.iter(f"{word}fldChar", f"{word}instrText"):
            if node.tag == f"{word}instrText":
                pieces.append(node.text or "")
                continue
            yield "".join(pieces)
            pieces = []
        yield "".join(pieces)
