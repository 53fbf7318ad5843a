"""A Word template made ready once and filled many times.

docxtpl reads the template and turns its tags into what Jinja compiles. To fill, it would parse, search and write the
whole package again for each document: nine tenths of the time. Here the texts are compiled once, what no field touches
is kept packed, and only where a filled text may be torn (``wholeness``) do docxtpl and the parser look at it again.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from jinja2 import Template
from lxml import etree

from portal.kernel.documents_child.album import KINDS, Album, Picture
from portal.kernel.documents_child.language import Language
from portal.kernel.documents_child.wholeness import stays_whole

if TYPE_CHECKING:
    from portal.kernel.documents_child.word import Filler

MAX_PROPERTY: Final = 255
_DECLARATION: Final = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_CONTENT_TYPES: Final = "[Content_Types].xml"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_NO_RELATIONS: Final = f'<Relationships xmlns="{_RELATIONS}"/>'
_WRITTEN_BRACES: Final = ("{_{", "}_}", "{_%", "%_}")
_HERE: Final = "the-body"
_MARK: Final = "practicum-property-"
_END: Final = "</w:p>"
# At the usual level packing took longer than filling; the files are a fifth larger.
_LEVEL: Final = 1


class Part:
    """One text of the package with its fields. ``around`` stands before and after what is filled."""

    def __init__(
        self, name: str, source: str, language: Language, mend: Callable[[str], str], around: tuple[str, str]
    ) -> None:
        self.name = name
        tree = language.parse(source)
        self._whole = stays_whole(source, tree)
        self._template = language.from_string(tree)
        self._written_braces = [tag for tag in _WRITTEN_BRACES if tag in source]
        self._mend = mend
        self._around = around

    def fill(self, context: Mapping[str, Any], album: Album, resolve: Callable[[str], str]) -> str:
        """Return the filled text. Raises ``XMLSyntaxError`` where tags have torn it."""
        album.part = self.name
        text = self._template.render(context)
        for tag in self._written_braces:
            text = text.replace(tag, tag.replace("_", ""))
        text = _with_breaks(album.numbered(text), resolve)
        before, after = self._around
        return f"{before}{text if self._whole else self._mend(text)}{after}"


class Prepared:
    """A template whose texts are compiled: ``fill`` may be called any number of times, one call after the other."""

    def __init__(self, filler: "Filler") -> None:
        self._resolve = filler.resolve_listing
        self._album = Album({})
        self._parts = [*_parts(filler, Language(extra={"image": self._show}))]
        self._properties = _compiled_properties(filler)
        package = _saved(filler)
        names = {part.name for part in self._parts}
        self._relations = {name: package.pop(_relations_name(name), b"").decode() for name in names}
        self._marked = {name: data.decode() for name, data in package.items() if _MARK.encode() in data}
        self._kept = _packed({name: data for name, data in package.items() if name not in names | set(self._marked)})

    def fill(self, context: Mapping[str, Any], images: Mapping[str, bytes]) -> bytes:
        """Return the filled document. Raises as ``word.fill_each`` says."""
        self._album = Album(images)
        made = io.BytesIO(self._kept)
        with zipfile.ZipFile(made, "a") as package:
            for name, content in self._changing(context):
                _store(package, name, content)
        return made.getvalue()

    def _show(self, name: object, width_mm: float = 160, height_mm: float = 220) -> Picture | str:
        return self._album.show(name, width_mm, height_mm)

    def _changing(self, context: Mapping[str, Any]) -> Iterator[tuple[str, str | bytes]]:
        for part in self._parts:
            yield part.name, part.fill(context, self._album, self._resolve)
        for name, text in self._relations.items():
            if relations := _with_more(text, self._album.relations_of(name)):
                yield _relations_name(name), relations
        for name, text in self._marked.items():
            yield name, self._with_properties(text, context)
        yield from self._album.files()

    def _with_properties(self, text: str, context: Mapping[str, Any]) -> str:
        for mark, template in self._properties.items():
            text = text.replace(mark, escape(template.render(context)[:MAX_PROPERTY]))
        return text


def _parts(filler: "Filler", language: Language) -> Iterator[Part]:
    body = name_of(filler.docx.part)
    for name, source in dict(filler.texts()).items():
        patched = filler.patch_xml(source)
        if name == body:
            yield Part(name, patched, language, filler.mended, _around_body(filler.docx._element))
        else:
            yield Part(name, patched, language, _strict, ("" if source.startswith("<?") else _DECLARATION, ""))


def name_of(part: Any) -> str:
    """Return under which name a part stands in the package."""
    return str(part.partname).removeprefix("/")


def _relations_name(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".removeprefix("/")


def _with_more(relations: str, added: str) -> str:
    if not added:
        return relations
    root = etree.fromstring((relations or _NO_RELATIONS).encode())
    root.extend(etree.fromstring(f'<_ xmlns="{_RELATIONS}">{added}</_>'))
    return f"{_DECLARATION}{etree.tostring(root, encoding='unicode')}"


def _around_body(root: Any) -> tuple[str, str]:
    """Return the document's text before and after its body."""
    shell = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    shell.extend(etree.Element(_HERE) if child is root.body else deepcopy(child) for child in root)
    before, _, after = etree.tostring(shell, encoding="unicode").partition(f"<{_HERE}/>")
    return _DECLARATION + before, after


def _compiled_properties(filler: "Filler") -> dict[str, Template]:
    """Return the properties with fields, by the mark that is put in their place: they are plain texts and no XML."""
    plain = Language(autoescape=False)
    found = {}
    for name, value in [*filler.properties()]:
        found[f"{_MARK}{name}."] = plain.from_string(value)
        setattr(filler.docx.core_properties, name, f"{_MARK}{name}.")
    return found


def _saved(filler: "Filler") -> dict[str, bytes]:
    saved = io.BytesIO()
    filler.docx.save(saved)
    with zipfile.ZipFile(saved) as package:
        return {name: package.read(name) for name in package.namelist()}


def _packed(entries: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, data in entries.items():
            _store(package, name, _with_picture_types(data.decode()) if name == _CONTENT_TYPES else data)
    return packed.getvalue()


def _with_picture_types(text: str) -> str:
    """Return the list of content types with those of the pictures that may come."""
    missing = (f'<Default Extension="{end}" ContentType="{kind}"/>' for kind, end in KINDS.items())
    return text.replace("<Default", "".join(one for one in missing if one not in text) + "<Default", 1)


def _store(package: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    how = zipfile.ZIP_STORED if name.endswith(tuple(KINDS.values())) else zipfile.ZIP_DEFLATED
    # Without the hour at which it is made: the same document is the same file.
    package.writestr(zipfile.ZipInfo(name), content, how, _LEVEL)


def _strict(text: str) -> str:
    """Return the text. Raises ``XMLSyntaxError`` where it is torn."""
    etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    return text


def _with_breaks(text: str, resolve: Callable[[str], str]) -> str:
    """Turn line breaks and tabs into Word's own; docxtpl looks at every run for that, here only at those with one."""
    *paragraphs, rest = text.split(_END)
    for place, paragraph in enumerate(paragraphs):
        if "\n" in paragraph or "\t" in paragraph:
            paragraphs[place] = resolve(paragraph + _END).removesuffix(_END)
    return _END.join([*paragraphs, rest])
