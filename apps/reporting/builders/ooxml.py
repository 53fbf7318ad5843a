"""What python-docx has no words for: borders, shading, the order that Word wants, and bytes that stay the same."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
# Parts of python-docx's own template that we do not use; the largest would be most of the file.
_NOT_NEEDED: Final = ("/thumbnail", "/stylesWithEffects", "/customXml", "/numbering")
# ECMA-376 part 1, 17.3 to 17.6: the order of the children of each set of properties, as far as we use them.
_ORDER: Final[dict[str, str]] = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs bidi spacing ind"
    " contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps color spacing kern sz szCs u shd rtl cs lang",
    "tblPr": "tblStyle bidiVisual tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd tcMar vAlign",
    "sectPr": "headerReference footerReference type pgSz pgMar pgBorders cols titlePg bidi docGrid",
}


def element(name: str, **attributes: str) -> Any:
    """Return a new element; attributes are in Word's namespace: ``element("w:sz", val="19")``."""
    made = OxmlElement(name)
    for attribute, value in attributes.items():
        made.set(qn(f"w:{attribute}"), value)
    return made


def set_fonts(properties: Any, font: str) -> None:
    """Use one font for all scripts, instead of the fonts of the theme."""
    fonts = properties.get_or_add_rFonts()
    for name in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def borders(name: str, sides: Sequence[str], colour: str, *, size: int = 4, space: int = 0) -> Any:
    """Return single lines at these sides: ``size`` in eighths of a point, ``space`` in points."""
    made = element(name)
    for side in sides:
        made.append(element(f"w:{side}", val="single", sz=str(size), space=str(space), color=colour))
    return made


def shade(colour: str) -> Any:
    """Return a plain background."""
    return element("w:shd", val="clear", color="auto", fill=colour)


def fixed_bytes(document: Document) -> bytes:
    """Return the document's bytes, the same on every machine and day.

    No entry has a time of its own, and nothing is compressed: compressed bytes differ between versions of zlib.
    """
    package = document.part.package
    for relations in (package.rels, document.part.rels):
        for relation in [*relations.values()]:
            if relation.reltype.endswith(_NOT_NEEDED):
                del relations[relation.rId]
    _put_in_order(part.element for part in package.iter_parts() if hasattr(part, "element"))
    made, fixed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as after:
        for name in sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0
            after.writestr(entry, before.read(name))
    return fixed.getvalue()


def recoloured(made: bytes, colours: Mapping[str, str]) -> bytes:
    """Return one of our own files with colours exchanged: from as Word writes them (``0F6B6B``) to ``#rrggbb``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename.endswith(".xml"):
                for old, new in colours.items():
                    content = content.replace(f'"{old}"'.encode(), f'"{new[1:].upper()}"'.encode())
            after.writestr(entry, content)
    return out.getvalue()


def _put_in_order(roots: Iterable[Any]) -> None:
    """Word refuses a file whose properties stand in another order; python-docx keeps it only for its own."""
    for root in roots:
        for name, order in _ORDER.items():
            places = {qn(f"w:{child}"): place for place, child in enumerate(order.split())}
            for properties in root.iter(qn(f"w:{name}")):
                properties[:] = sorted(properties, key=lambda child: places.get(child.tag, len(places)))
