"""The pictures of one Word document, put in as text and files of the package."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.shape import CT_Inline
from docx.shared import Emu, Length, Mm
from lxml import etree

KINDS: Final = {"image/png": "png", "image/jpeg": "jpg"}
_LARGEST_MM: Final = 1000
_FIRST_NUMBER: Final = 1001
_NUMBER: Final = re.compile(r'(<wp:docPr\b[^>]*?\bid=")\d+')
_CX, _CY, _RELATION, _FILE = 987_654_321, 987_654_123, "the-relation", "the-file"
# python-docx knows how a picture is written; what differs between two of them is put in as text.
_INLINE: Final = str(
    etree.tostring(CT_Inline.new_pic_inline(1, _RELATION, _FILE, Emu(_CX), Emu(_CY)), encoding="unicode")
)


class Picture:
    """A picture at its place in a text."""

    def __init__(self, xml: str) -> None:
        self._xml = xml

    def __html__(self) -> str:
        """Leave the text, show the picture, and go on with the text."""
        return f'</w:t></w:r><w:r><w:drawing>{self._xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'


class Album:
    """Each picture is stored once and known to every part that shows it; ``part`` is the one that is being filled."""

    def __init__(self, images: Mapping[str, bytes]) -> None:
        self.part = ""
        self._images = images
        self._files: dict[str, str] = {}
        self._relations: dict[str, dict[str, str]] = {}
        self._numbers = itertools.count(_FIRST_NUMBER)

    def show(self, name: object, width_mm: float = 160, height_mm: float = 220) -> Picture | str:
        """Show the picture of this name inside the box, its proportions kept; an empty name shows nothing."""
        if not name:
            return ""
        picture = Image.from_blob(self._images[str(name)])
        width, height = (min(max(float(side), 1), _LARGEST_MM) for side in (width_mm, height_mm))
        scale = min(width / picture.px_width, height / picture.px_height)
        file = self._files.setdefault(str(name), f"picture_{len(self._files) + 1}.{KINDS[picture.content_type]}")
        known = self._relations.setdefault(self.part, {})
        relation = known.setdefault(file, f"rIdPicture{len(known) + 1}")
        return Picture(_inline(relation, file, Mm(picture.px_width * scale), Mm(picture.px_height * scale)))

    def numbered(self, text: str) -> str:
        """Return the text with a number of its own for every drawing: a loop repeats those of the template."""
        return _NUMBER.sub(lambda found: f"{found[1]}{next(self._numbers)}", text) if "<wp:docPr" in text else text

    def relations_of(self, part: str) -> str:
        """Return what the relations of a part must hold besides its own."""
        return "".join(
            f'<Relationship Id="{relation}" Type="{RELATIONSHIP_TYPE.IMAGE}" Target="/word/media/{file}"/>'
            for file, relation in self._relations.get(part, {}).items()
        )

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Return the pictures as entries of the package."""
        return ((f"word/media/{file}", self._images[name]) for name, file in self._files.items())


def _inline(relation: str, file: str, width: Length, height: Length) -> str:
    text = _INLINE.replace(_RELATION, relation).replace(_FILE, file)
    return text.replace(str(_CX), str(width)).replace(str(_CY), str(height))
