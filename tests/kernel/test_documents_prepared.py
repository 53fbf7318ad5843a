"""A prepared template gives what docxtpl gave, and is parsed again only where it may be torn."""

import io
import re
import zipfile

import pytest
from docx import Document
from jinja2 import Environment
from PIL import Image

from portal.kernel.documents_child.packing import pack, unpack_answers
from portal.kernel.documents_child.wholeness import stays_whole
from portal.kernel.documents_child.word import Filler, fill_each, prepared
from tests.kernel.word_files import part_of, texts_of, with_body, with_parts, word, word_with_table

RUN = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def filled(template, context, images=None):
    return prepared(template).fill(context, images or {})


def picture(kind="PNG", size=(300, 200)):
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, kind)
    return file.getvalue()


def body_of(template):
    [body] = [part for part in prepared(template)._parts if part.name == "word/document.xml"]
    return body


@pytest.mark.parametrize(
    ("template", "whole"),
    [
        (word("{{ a }}"), True),
        (word("{% if a %}{{ a|upper }}{% else %}-{% endif %}{% set b = a %}{# note #}"), True),
        (word("{%p for one in many %}", "{{ one }}", "{%p endfor %}"), True),
        (word("{{ many|join(', ') }} {{ a|image(10, 10) }}"), True),
        (word_with_table(["{%tr for one in many %}", ""], ["{{ one }}", "x"], ["{%tr endfor %}", ""]), True),
        # Shown again after it was escaped, it may be cut in the middle of an entity.
        (word("{{ a|e }}"), False),
        (word("{{ (many|join(', '))|upper }}"), False),
        (word("{{ a|image|upper }}"), False),
        # Looks like the end of a tag, and is a text.
        (word("{{ '}}' }}"), False),
        # Over the borders of paragraphs or cells.
        (word("{% if a %}x", "y{% endif %}"), False),
        (word_with_table(["{%tc for one in many %}", "{{ one }}", "{%tc endfor %}"]), False),
        (with_body('<w:tbl><w:tblGrid><w:gridCol w:w="9"/></w:tblGrid><w:tr><w:tc/><w:tc/></w:tr></w:tbl>'), False),
        (with_body('<w:p><w:pPr><w:jc w:val="{{ a }}"/></w:pPr></w:p>'), False),
        (with_body("<w:p>{{ a|image }}</w:p>"), False),
    ],
)
def test_what_stays_whole_with_any_value_is_known(template, whole):
    assert body_of(template)._whole is whole


@pytest.mark.parametrize(("element", "whole"), [("<w:r/>", True), ("< w:r/>", False), ("<>", False)])
def test_what_is_no_element_is_not_whole(element, whole):
    source = f"<w:p>{element}</w:p>"
    assert stays_whole(source, Environment(autoescape=True).parse(source)) is whole


class Bursting:
    """A value that takes all memory when it is shown."""

    def __str__(self):
        raise MemoryError


def test_memory_that_is_used_up_ends_all_and_any_other_error_stands_in_its_place():
    payload, sizes = pack([word("{{ a }}"), word("{{ b.c }}")])
    good = {"template": 0, "context": {"a": "x"}, "images": {}}
    missing = {"template": 1, "context": {"a": "x"}, "images": {}}
    refused, made = unpack_answers(fill_each(payload, {"sizes": sizes, "documents": [missing, good]}))
    assert isinstance(made, bytes)
    assert (refused[0], texts_of(made)) == ("UndefinedError", ["x"])
    burst = {"template": 0, "context": {"a": Bursting()}, "images": {}}
    with pytest.raises(MemoryError):
        fill_each(payload, {"sizes": sizes, "documents": [burst, good]})


def test_row_that_gains_cells_gains_columns():
    made = filled(
        word_with_table(["{%tc for one in many %}", "{{ one }}", "{%tc endfor %}"]), {"many": ["a", "b", "c", "d"]}
    )
    [table] = Document(io.BytesIO(made)).tables
    assert ([cell.text for cell in table.rows[0].cells], len(table.columns)) == (["a", "b", "c", "d"], 4)


def test_breaks_and_tabs_keep_the_look_of_their_run():
    template = with_body("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{{ a }}</w:t></w:r></w:p>")
    xml = part_of(filled(template, {"a": "one\ntwo\tthree"}), "word/document.xml")
    assert "one</w:t><w:br/>" in xml
    assert "<w:r><w:rPr><w:b/></w:rPr><w:tab/></w:r>" in xml
    assert texts_of(filled(template, {"a": "one\ntwo\tthree"}))[0] == "one\ntwo\tthree"


@pytest.mark.parametrize("value", ["<b>&\"'", "{{ 1 }} {_{ x }_} {% a %}", "]]>", "&amp;"])
def test_value_comes_out_letter_by_letter(value):
    assert texts_of(filled(word("{{ a }}"), {"a": value})) == [value]


def test_braces_that_the_template_writes_stand_there():
    assert texts_of(filled(word("{_{ a }_} {_% b %_} {{ a }}"), {"a": 1})) == ["{{ a }} {% b %} 1"]


def test_picture_is_stored_once_and_known_to_every_part_that_shows_it():
    template = word(
        "{%p for one in many %}", "{{ pic|image(60, 10) }}", "{%p endfor %}", header="{{ pic|image }}{{ jpg|image }}"
    )
    images = {"pic": picture(), "jpg": picture("JPEG")}
    made = filled(template, {"many": [1, 2], "pic": "pic", "jpg": "jpg"}, images)
    document = Document(io.BytesIO(made))
    header = document.sections[0].header.part
    assert [len(part.related_parts) for part in (document.part, header)] == [len(document.part.rels), 2]
    assert {shape.width.mm for shape in document.inline_shapes} == {15}
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {name: package.read(name) for name in package.namelist() if "media" in name} == {
            "word/media/picture_1.png": images["pic"],
            "word/media/picture_2.jpg": images["jpg"],
        }
        assert len(set(package.namelist())) == len(package.namelist())
        numbers = re.findall(
            r'docPr id="(\d+)"', "".join(part_of(made, f"word/{n}.xml") for n in ("document", "header1"))
        )
    assert (len(numbers), len(set(numbers))) == (4, 4)


def test_template_with_a_picture_of_its_own_keeps_it():
    document = Document()
    document.add_picture(io.BytesIO(picture()))
    document.add_paragraph("{{ pic|image }}")
    file = io.BytesIO()
    document.save(file)
    made = Document(io.BytesIO(filled(file.getvalue(), {"pic": "pic"}, {"pic": picture("JPEG")})))
    kinds = [
        made.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].content_type
        for shape in made.inline_shapes
    ]
    assert kinds == ["image/png", "image/jpeg"]


def test_documents_of_one_template_know_nothing_of_each_other():
    template = word("{{ a }} {{ pic|image }}", header="{{ a }}", title="{{ a }}")
    first = filled(template, {"a": "First", "pic": "pic"}, {"pic": picture()})
    second = filled(template, {"a": "Second", "pic": ""})
    assert "First" in part_of(first, "word/document.xml")
    for name in ("word/document.xml", "word/header1.xml", "docProps/core.xml"):
        assert ("Second" in part_of(second, name), "First" in part_of(second, name)) == (True, False)
    with zipfile.ZipFile(io.BytesIO(second)) as package:
        assert [name for name in package.namelist() if "media" in name] == []
    assert filled(template, {"a": "Second", "pic": ""}) == second


def test_template_is_prepared_once_and_anew_when_its_bytes_change(monkeypatch):
    made = []

    def texts(self, real=Filler.texts):
        made.append(1)
        return real(self)

    monkeypatch.setattr(Filler, "texts", texts)
    prepared.cache_clear()
    for template in (word("x{{ a }}"), word("x{{ a }}"), with_parts(word("x{{ a }}"), {"word/more.xml": "<a/>"})):
        filled(template, {"a": 1})
    # Once to look for what must not be in it and once to compile.
    assert len(made) == 4


def test_only_what_may_be_torn_is_parsed_again(monkeypatch):
    seen = []

    def mend(text):
        seen.append("y" in text)
        return text

    for template in (word("{% if a %}x{% endif %}"), with_body(RUN.format("{% if a %}x") + RUN.format("y{% endif %}"))):
        monkeypatch.setattr(body_of(template), "_mend", mend)
        filled(template, {"a": True})
    assert seen == [True]
