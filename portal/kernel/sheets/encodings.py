"""From bytes to text: UTF-8 and a byte order mark are certain, everything else is asked for."""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes
from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation, Text
from portal.kernel.sheets.cells import UNREADABLE, unify_line_ends
from portal.kernel.sheets.refusals import REFUSALS, EncodingCandidate, EncodingNeeded, refusal, sentence

# What a person may choose. A fixed list: Python also knows codecs that unpack, run for ever or read escapes.
ENCODINGS: dict[str, Text] = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16": _("Unicode (UTF-16)"),
    "utf-16-le": _("Unicode (UTF-16, low byte first)"),
    "utf-16-be": _("Unicode (UTF-16, high byte first)"),
    "windows-1252": _("Western European (Windows)"),
    "windows-1256": _("Arabic (Windows)"),
    "windows-1250": _("Central European (Windows)"),
    "windows-1251": _("Cyrillic (Windows)"),
    "windows-1253": _("Greek (Windows)"),
    "windows-1254": _("Turkish (Windows)"),
    "windows-1255": _("Hebrew (Windows)"),
    "iso-8859-1": _("Western European (ISO 8859-1)"),
    "iso-8859-6": _("Arabic (ISO 8859-6)"),
    "iso-8859-7": _("Greek (ISO 8859-7)"),
    "macintosh": _("Western European (Macintosh)"),
    "ibm850": _("Western European (DOS)"),
}
_BY_CODEC = {codecs.lookup(name).name: name for name in ENCODINGS} | {"utf-8-sig": "utf-8"}
_WIDE = ("utf-16-le", "utf-16-be")
# Where several fit equally well, the ones that our users' machines write.
_USUAL = ("windows-1252", "windows-1256")
_DETECTED, _SAMPLE_BYTES, _PREVIEW_LINES, _PREVIEW_CHARACTERS = 3, 16_384, 5, 200
_HIGH_BYTE, _HIGH_CHARACTER = re.compile(rb"[\x80-\xff]"), re.compile(r"[^\x00-\x7f]")


def decode(data: bytes, encoding: str) -> tuple[str, str]:
    """Return the text without byte order mark, its line ends made one kind, and the name of its encoding.

    ``encoding`` is what a person chose, or empty. Raises ``EncodingNeeded`` with candidates, or ``RuleViolation``
    (``unknown_encoding``, ``nul_bytes``).
    """
    name = _known(encoding) if encoding else _certain(data)
    wrong = _first_wrong_byte(data, name)
    if wrong is not None:
        before = unify_line_ends(data[:wrong].decode(name, "replace"))
        code = "encoding_wrong" if encoding else "encoding_needed"
        raise _needed(data, code, line=before.count("\n") + 1, encoding=name)
    text = unify_line_ends(data.decode(name).removeprefix("\ufeff"))
    nul = text.find("\0")
    if nul >= 0:
        raise refusal("nul_bytes", line=text.count("\n", 0, nul) + 1)
    return text, name


def _first_wrong_byte(data: bytes, name: str) -> int | None:
    # The exception is not passed on: it carries the whole file, which would then stand in an error report.
    try:
        data.decode(name)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _known(encoding: str) -> str:
    try:
        return _BY_CODEC[codecs.lookup(encoding).name]
    except (LookupError, ValueError) as error:
        raise refusal("unknown_encoding", encoding=encoding) from error


def _certain(data: bytes) -> str:
    """Return the only encodings that a file can prove; UTF-8 is proved by decoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in data and any(_is_wide(data, name) for name in _WIDE):
        raise _needed(data, "encoding_needed", line=1)
    return "utf-8"


def _is_wide(data: bytes, name: str) -> bool:
    """Say whether the bytes are lines of UTF-16. Other text read as UTF-16 has no line ends in it."""
    text = _decoded(data, name)
    return "\n" in unify_line_ends(text) and not UNREADABLE.search(text)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return ""


def _is_plausible(text: str) -> bool:
    """Say whether a text may be shown as a choice: programs and pictures are full of control characters."""
    head = text[:_SAMPLE_BYTES]
    return "\0" not in text and len(UNREADABLE.findall(head)) * 100 < len(head)


def _needed(data: bytes, code: str, **values: object) -> RuleViolation:
    texts = {name: _decoded(data, name) for name in dict.fromkeys(_likely(data))}
    found = [
        EncodingCandidate(name, ENCODINGS[name], _preview(text)) for name, text in texts.items() if _is_plausible(text)
    ]
    if found:
        return EncodingNeeded(code, sentence(REFUSALS, code, values), found)
    nul = data.find(b"\0")
    if nul >= 0:
        return refusal("nul_bytes", line=data.count(b"\n", 0, nul) + 1)
    return refusal("not_a_table", kind="program")


def _likely(data: bytes) -> Iterator[str]:
    if b"\0" in data:
        yield from (name for name in _WIDE if _is_wide(data, name))
    first = _HIGH_BYTE.search(data)
    start = first.start() if first else 0
    sample = data[max(0, start - _PREVIEW_CHARACTERS) : start + _SAMPLE_BYTES]
    matches = from_bytes(sample, cp_isolation=list(_BY_CODEC), enable_fallback=False)
    for match in list(matches)[:_DETECTED]:
        alike = {_BY_CODEC.get(codecs.lookup(name).name) for name in match.could_be_from_charset}
        yield next((name for name in _USUAL if name in alike), _BY_CODEC[codecs.lookup(match.encoding).name])
    yield from _USUAL


def _preview(text: str) -> list[str]:
    """Return the headers and the first lines in which encodings differ."""
    first = _HIGH_CHARACTER.search(text)
    start = max(0, (first.start() if first else 0) - _PREVIEW_CHARACTERS)
    around = unify_line_ends(text[start : start + _SAMPLE_BYTES]).split("\n")
    lines = [unify_line_ends(text[:_SAMPLE_BYTES]).split("\n", 1)[0]]
    lines += [line for line in around if not line.isascii()]
    return [line[:_PREVIEW_CHARACTERS] for line in dict.fromkeys(lines)][: _PREVIEW_LINES + 1]
