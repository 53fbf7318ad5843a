"""Look into a Word template and fill it: the only module that may call ``DocxTemplate``."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from docx.opc.part import XmlPart
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree

from portal.kernel.documents_child.language import Language, RefusedTag, near, paths_of
from portal.kernel.documents_child.package import Problem, package_problems, problem
from portal.kernel.documents_child.packing import pack_answers, unpack
from portal.kernel.documents_child.prepared import Prepared, name_of

_NOTES: Final = ("footnotes+xml", "endnotes+xml")
_PROPERTIES: Final = ("author", "comments", "keywords", "subject", "title")
# Tags by which docxtpl puts ready-made XML into the document; with plain data they would lose the text silently.
_RAW_TAG: Final = re.compile(r"\{\{\s?(?:r|p|tr|tc)\s[^}]*\}\}")
_TAGS: Final = re.compile(r"<[^>]*>")
_PARAGRAPH: Final = re.compile(r"<w:p([ >])")
# A zip holds documents of a few templates; each costs what its texts weigh, several times over.
_KEPT: Final = 4


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


def fill_each(payload: bytes, options: Mapping[str, Any]) -> bytes:
    """Return the filled documents in order, packed as answers.

    ``options``: ``sizes`` of the parts of the payload; ``documents`` with ``context``, ``template`` (its number among
    the parts) and ``images`` (numbers by name). In the place of one that cannot be made stands ``TemplateRefused``,
    ``UndefinedError`` (the message is the field's name), ``XMLSyntaxError`` where a tag stands at a place that tears
    the document, or what else the template raised; ``MemoryError`` ends all of them.
    """
    parts = unpack(payload, options["sizes"])
    return pack_answers([_filled(parts, one) for one in options["documents"]])


def _filled(parts: list[bytes], document: Mapping[str, Any]) -> bytes | Exception:
    images = {name: parts[number] for name, number in document["images"].items()}
    try:
        return prepared(parts[document["template"]]).fill(document["context"], images)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a template makes of its data is an answer about this one
        return error


@lru_cache(maxsize=_KEPT)
def prepared(template: bytes) -> Prepared:
    """Return a template checked and compiled, once for each file. Raises ``TemplateRefused``."""
    if problems := inspect(template, {})["problems"]:
        raise TemplateRefused(json.dumps(problems[0]))
    return Prepared(Filler(template))


def _language_problems(template: bytes, fields: set[str], loops: set[str]) -> list[Problem]:
    language = Language(extra={"image": str})
    try:
        filler = Filler(template)
        sources = [*filler.sources()]
    except Exception as error:  # noqa: BLE001 - a damaged document makes the libraries raise anything
        return [problem("unreadable", why=type(error).__name__)]
    found: list[Problem] = []
    for source in sources:
        found += _raw_tags(source)
        try:
            some_fields, some_loops = paths_of(language.parse(filler.patch_xml(source)))
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
    """docxtpl's reading of a template, without its ways to lose text silently; ``Prepared`` fills what it has read."""

    def __init__(self, template: bytes) -> None:
        super().__init__(io.BytesIO(template))
        self.init_docx()

    def sources(self) -> Iterator[str]:
        """Return the XML of all that is filled: body, headers, footers, notes, properties."""
        yield from (self._lines(source) for _, source in self.texts())
        yield from (value for _, value in self.properties())

    def texts(self) -> Iterator[tuple[str, str]]:
        """Return the name and the XML of each part that is filled; the properties are no such part."""
        yield name_of(self.docx.part), self.get_xml()
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            yield from ((name_of(part), self.get_part_xml(part)) for _, part in self.get_headers_footers(uri))
        yield from ((name_of(part), part.blob.decode()) for part in self._notes())

    def _lines(self, xml: str) -> str:
        # One paragraph a line: line numbers of errors then lead to the text.
        return _PARAGRAPH.sub(r"\n<w:p\1", xml)

    def _notes(self) -> Iterator[Any]:
        parts = self.docx.part.package.iter_parts()
        return (part for part in parts if part.content_type.endswith(_NOTES) and not isinstance(part, XmlPart))

    def properties(self) -> Iterator[tuple[str, str]]:
        """Return the document's properties that have fields."""
        values = ((name, getattr(self.docx.core_properties, name)) for name in _PROPERTIES)
        return ((name, value) for name, value in values if "{" in value)

    def mended(self, xml: str) -> str:
        """Return the filled body with as many columns as its rows have cells.

        Raises ``XMLSyntaxError`` for torn XML; docxtpl's own parser would mend it by dropping text.
        """
        etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        return str(self.xml_to_string(self.fix_tables(xml)))
