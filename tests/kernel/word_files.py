"""Word files made for tests: paragraphs, tables, notes, and packages with something wrong in them."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache

from docx import Document
from docx.document import Document as DocumentType

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
RELS_HEAD = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@cache
def word(*paragraphs: str, header: str = "", title: str = "") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    return saved(document)


def word_with_table(*rows: Iterable[str]) -> bytes:
    document = Document()
    cells = [[*row] for row in rows]
    table = document.add_table(rows=len(cells), cols=len(cells[0]))
    for place, texts in enumerate(cells):
        for column, text in enumerate(texts):
            table.cell(place, column).text = text
    return saved(document)


def saved(document: DocumentType) -> bytes:
    """Return the bytes, without a part that is nine tenths of python-docx's own template and that nobody uses."""
    relations = document.part.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/stylesWithEffects")]:
        del relations[key]
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_parts(base: bytes, parts: Mapping[str, bytes | str], *, without: Iterable[str] = ()) -> bytes:
    """Return the package with these entries added or replaced."""
    made = io.BytesIO()
    gone = {*without, *parts}
    with zipfile.ZipFile(io.BytesIO(base)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in gone:
                after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name, content)
    return made.getvalue()


def part_of(package: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read(name).decode()


def with_relation(base: bytes, kind: str, target: str, *, external: bool = True) -> bytes:
    mode = ' TargetMode="External"' if external else ""
    relations = f'{RELS_HEAD}<Relationship Id="rId1" Type="{REL}/{kind}" Target="{target}"{mode}/></Relationships>'
    return with_parts(base, {"word/_rels/settings.xml.rels": relations})


def with_body(xml: str) -> bytes:
    """Return a document with raw XML in its body."""
    base = word("text")
    document = part_of(base, "word/document.xml").replace("<w:p>", f"{xml}<w:p>", 1)
    return with_parts(base, {"word/document.xml": document})


def with_notes(text: str, kind: str = "footnotes") -> bytes:
    """Return a document with a footnote or endnote part."""
    base = word("text")
    singular = kind.removesuffix("s")
    note = f'<w:{kind} {W}><w:{singular} w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{singular}></w:{kind}>'
    types = part_of(base, "[Content_Types].xml").replace(
        "</Types>",
        f'<Override PartName="/word/{kind}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/></Types>',
    )
    relations = part_of(base, "word/_rels/document.xml.rels").replace(
        "</Relationships>", f'<Relationship Id="rId99" Type="{REL}/{kind}" Target="{kind}.xml"/></Relationships>'
    )
    parts = {"[Content_Types].xml": types, "word/_rels/document.xml.rels": relations, f"word/{kind}.xml": note}
    return with_parts(base, parts)


def with_linked_picture(url: str) -> bytes:
    """Return a document that shows a picture from elsewhere."""
    drawing = (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing"><wp:extent cx="914400" '
        f'cy="914400"/><wp:docPr id="1" name="p"/><a:graphic xmlns:a="{DRAWING}/main">'
        f'<a:graphicData uri="{DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="0" name="p"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip xmlns:r="{REL}" r:link="rId99"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="914400" cy="914400"/></a:xfrm><a:prstGeom prst="rect"/>'
        "</pic:spPr>"
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    package = with_body(drawing)
    relation = f'<Relationship Id="rId99" Type="{REL}/image" Target="{url}" TargetMode="External"/></Relationships>'
    relations = part_of(package, "word/_rels/document.xml.rels").replace("</Relationships>", relation)
    return with_parts(package, {"word/_rels/document.xml.rels": relations})


def texts_of(package: bytes) -> list[str]:
    """Return the texts of the body's paragraphs; a line break is a line break, a tab a tab."""
    return [paragraph.text for paragraph in Document(io.BytesIO(package)).paragraphs]
