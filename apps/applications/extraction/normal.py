"""One form for text from any reader, and how much of it can be read. Pure text: no PDF library, no Django."""

import re
import unicodedata

# Readers differ in how they write the hyphen at which a typesetter broke a word; pypdfium2 has joined the word already.
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_]{2})(?:[\u00ad\u2010\u0002]|-(?=\n))\n(?=[^\W\d_])")
_DROPPED = {ord(char): None for char in "\u00ad\u0002\ufffe\ufeff\u200b\u200e\u200f\u061c\u2060"}
_SPACES = re.compile(r"[^\S\n]+")
_EDGES = re.compile(r" *\n *")
_GAPS = re.compile(r"\n{3,}")
# pdfminer writes a glyph that it cannot name so.
_UNNAMED = re.compile(r"\(cid:\d{1,6}\)")
# Ligatures and Arabic presentation forms (a glyph's shape, not its letter) say the same as the letters they stand for.
_SHAPES = re.compile("[\ufb00-\ufb06\ufb1d-\ufdff\ufe70-\ufefc]")
_KEPT_FORMATS = frozenset("\u200c\u200d")


def clean(text: str) -> str:
    """NFC, plain spaces, no control, private or unassigned characters, at most one blank line in a row.

    Directional marks go, the letters stay in the order of reading. Joiners stay: some scripts need them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\v", "\n")
    text = _BROKEN_WORD.sub("", _UNNAMED.sub("\ufffd", text)).translate(_DROPPED)
    text = _SHAPES.sub(lambda shape: unicodedata.normalize("NFKC", shape[0]), text)
    text = "".join(char if _is_kept(char) else " " for char in unicodedata.normalize("NFC", text))
    return _GAPS.sub("\n\n", _EDGES.sub("\n", _SPACES.sub(" ", text))).strip()


def letters(text: str) -> int:
    """How many letters and digits."""
    return sum(char.isalnum() for char in text)


def unreadable_share(text: str) -> float:
    """What share of the visible characters a reader of ``text`` (as it came, not cleaned) could not name: 0 to 1."""
    text = _UNNAMED.sub("\ufffd", text)
    visible = [char for char in text if not char.isspace()]
    lost = sum(char == "\ufffd" or not _is_kept(char) for char in visible if ord(char) not in _DROPPED)
    return lost / len(visible) if visible else 0.0


def _is_kept(char: str) -> bool:
    # Cc Cf Co Cn Cs: control, format, private use (icons), unassigned, surrogates (no database takes those).
    return char == "\n" or char in _KEPT_FORMATS or unicodedata.category(char)[0] != "C"
