"""Look into a Word template and fill it: the only module that may call ``DocxTemplate``."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from docx.image.image import Image
from docx.opc.part import XmlPart
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree

from portal.kernel.documents_child.language import Language, RefusedTag, near, paths_of
from portal.kernel.documents_child.package import Problem, package_problems, problem
from portal.kernel.documents_child.packing import unpack

_NOTES: Final = ("footnotes+xml", "endnotes+xml")
_PROPERTIES: Final = ("author", "comments", "keywords", "subject", "title")
MAX_PROPERTY: Final = 255
# Tags by which docxtpl puts ready-made XML into the document; with plain data they would lose the text silently.
_RAW_TAG: Final = re.compile(r"\{\{\s?(?:r|p|tr|tc)\s[^}]*\}\}")
_TAGS: Final = re.compile(r"<[^>]*>")
_PARAGRAPH: Final = re.compile(r"<w:p([ >])")
_LARGEST_MM: Final = 1000


class TemplateRefused(Exception):
    """The template has problems; the message is the first of them as JSON."""


def inspect(payload: bytes, _options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields, loops and problems of a template: ``{"fields": […], "loops": […], "problems": […]}``."""
    fields: set[str] = set()
    loops: set[str] = set()
    problems = package_problems(payload)
    if not problems:
        problems = _language_problems(payload, fields, loops)
    return {"fields": sorted(fields), "loops": sorted(loops), "problems": problems}


def inspect_many(payload: bytes, options: Mapping[str, Any]) -> list[list[Problem]]:
    """Return for each of several finished files its problems as a package (its text is not read as a template)."""
    return [package_problems(part) for part in unpack(payload, options["sizes"])]


def fill(payload: bytes, options: Mapping[str, Any]) -> bytes:
    """Return the filled document. ``options``: ``sizes`` of the parts of the payload, ``context``, ``images`` (names).

    Raises ``TemplateRefused``, ``UndefinedError`` (the message is the field's name), ``XMLSyntaxError`` where a tag
    stands at a place that tears the document.
    """
    template, *images = unpack(payload, options["sizes"])
    if problems := inspect(template, {})["problems"]:
        raise TemplateRefused(json.dumps(problems[0]))
    filler = Filler(template, dict(zip(options["images"], images, strict=True)))
    filler.render(options["context"], filler.language)
    filled = io.BytesIO()
    filler.save(filled)
    return filled.getvalue()


def _language_problems(template: bytes, fields: set[str], loops: set[str]) -> list[Problem]:
    try:
        filler = Filler(template, {})
        sources = [*filler.sources()]
    except Exception as error:  # noqa: BLE001 - a damaged document makes the libraries raise anything
        return [problem("unreadable", why=type(error).__name__)]
    found: list[Problem] = []
    for source in sources:
        found += _raw_tags(source)
        try:
            some_fields, some_loops = paths_of(filler.language.parse(filler.patch_xml(source)))
        except RefusedTag as error:
            found.append(problem("refused_tag", what=error.what, near=near(filler.patch_xml(source), error.lineno)))
        except TemplateSyntaxError as error:
            place = near(filler.patch_xml(source), error.lineno)
            found.append(problem("syntax", why=error.message or "", near=place))
        except (RecursionError, ValueError) as error:
            found.append(problem("unreadable", why=type(error).__name__))
        else:
            fields |= some_fields
            loops |= some_loops
    return found


def _raw_tags(source: str) -> list[Problem]:
    paragraphs = (_TAGS.sub("", f"<w:p{paragraph}") for paragraph in source.split("\n<w:p"))
    return [problem("raw_tag", tag=tag) for paragraph in paragraphs for tag in _RAW_TAG.findall(paragraph)]


class Filler(DocxTemplate):  # type: ignore[misc] # the package is not typed
    """docxtpl with our language, and without its ways to lose text silently."""

    def __init__(self, template: bytes, images: Mapping[str, bytes]) -> None:
        super().__init__(io.BytesIO(template))
        self.images = images
        self.language = Language(extra={"image": self._image})
        self.init_docx()

    def sources(self) -> Iterator[str]:
        """Return the XML of all that is filled: body, headers, footers, notes, properties."""
        yield self._lines(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self._lines(self.get_part_xml(part))
        yield from (self._lines(part.blob.decode()) for part in self._notes())
        yield from (value for _, value in self._properties())

    def _lines(self, xml: str) -> str:
        # One paragraph a line, as render_xml_part does it: line numbers of errors then lead to the text.
        return _PARAGRAPH.sub(r"\n<w:p\1", xml)

    def _notes(self) -> Iterator[Any]:
        parts = self.docx.part.package.iter_parts()
        return (part for part in parts if part.content_type.endswith(_NOTES) and not isinstance(part, XmlPart))

    def _properties(self) -> Iterator[tuple[str, str]]:
        values = ((name, getattr(self.docx.core_properties, name)) for name in _PROPERTIES)
        return ((name, value) for name, value in values if "{" in value)

    def fix_tables(self, xml: str) -> Any:
        """Refuse torn XML; docxtpl's own parser would mend it by dropping text."""
        etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        return super().fix_tables(xml)

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:  # noqa: ARG002 - docxtpl's way
        """Fill the document's properties, which are plain texts and no XML."""
        plain = Language(autoescape=False)
        for name, value in [*self._properties()]:
            setattr(self.docx.core_properties, name, plain.from_string(value).render(context)[:MAX_PROPERTY])

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Fill footnotes and endnotes once; docxtpl fills footnotes once for each section."""
        for part in self._notes():
            xml = self.render_xml_part(self.patch_xml(part.blob.decode()), part, context, jinja_env)
            etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
            part._blob = xml.encode()

    def _image(self, name: object, width_mm: float = 160, height_mm: float = 220) -> InlineImage | str:
        """Show the picture of this name inside the box, its proportions kept; an empty name shows nothing."""
        if not name:
            return ""
        data = self.images[str(name)]
        picture = Image.from_blob(data)
        width, height = (min(max(float(side), 1), _LARGEST_MM) for side in (width_mm, height_mm))
        scale = min(width / picture.px_width, height / picture.px_height)
        size = {"width": Mm(picture.px_width * scale), "height": Mm(picture.px_height * scale)}
        return InlineImage(self, io.BytesIO(data), **size)
