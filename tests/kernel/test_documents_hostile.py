import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from jinja2.exceptions import TemplateSyntaxError

from portal.kernel import documents
from portal.kernel.documents import check_docx, render_docx
from portal.kernel.documents_child.language import Language
from portal.kernel.documents_child.package import package_problems
from portal.kernel.documents_child.word import fill, inspect
from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import Limits
from tests.kernel.canary import listening
from tests.kernel.in_process import run_here
from tests.kernel.word_files import RELS_HEAD, part_of, with_body, with_notes, with_parts, with_relation, word

CONTEXT = {"student": {"name": "Asha", "items": ["a"]}, "days": ["Mon"], "n": 3, "text": "abc"}
TOUCH = "__import__('os').system('touch {canary}')"
# Each of these asks for code, for objects behind the data, or for load; `refused` when the template is checked.
ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ().__class__.__bases__[0] }}",
    "{{ text.__class__ }}",
    "{{ text|attr('__class__') }}",
    "{{ text.format }}",
    "{{ '{0.__class__}'.format(text) }}",
    "{{ '%s' % text }}",
    "{{ '%999999999d' % 1 }}",
    "{{ text|format(1) }}",
    "{{ lipsum }}",
    "{{ lipsum(n=100000) }}",
    "{{ lipsum.__globals__['os'].popen('touch {canary}').read() }}",
    "{{ cycler.__init__.__globals__.os.system('touch {canary}') }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ loop.__class__ }}",
    "{% for x in days %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in days %}{{ loop.cycle.__func__ }}{% endfor %}",
    "{% for x in days %}{{ loop._iterable }}{% endfor %}",
    "{% for x in days recursive %}{{ loop(days) }}{% endfor %}",
    "{{ range(999999999) }}",
    "{{ range(10)|list }}",
    "{{ dict(a=1) }}",
    "{{ 9**99999999 }}",
    "{{ n ** n ** n ** n }}",
    "{{ 'a' * 1500000000 }}",
    "{{ [1] * 999999999 }}",
    "{{ days * 999999999 }}",
    "{{ 999999999999 * 999999999999 }}",
    "{{ text|center(999999999) }}",
    "{{ text|indent(999999999) }}",
    "{{ text|replace('', text) }}",
    "{{ text|wordwrap(1) }}",
    "{{ n|round(999999999, 'floor') }}",
    "{{ days|map('upper')|list }}",
    "{{ days|batch(1)|list }}",
    "{{ student|dictsort }}",
    "{{ student|xmlattr }}",
    "{{ student|tojson }}",
    "{{ student|pprint }}",
    "{{ text|safe }}",
    "{{ text|urlize }}",
    "{{ student.items() }}",
    "{{ student.items.append('x') }}",
    "{{ student.__getitem__('name') }}",
    "{{ text is callable }}",
    "{{ text is filter }}",
    "{{ text is sameas text }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{% from 'os' import system %}",
    "{% extends '/etc/passwd' %}",
    "{% block x %}{% endblock %}",
    "{% macro m() %}{% endmacro %}{{ m() }}",
    "{% call x() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set ns = namespace(x=1) %}{% set ns.x = 2 %}",
    "{% set x %}{{ text }}{% endset %}",
    "{% with a = 1 %}{{ a }}{% endwith %}",
    "{% autoescape false %}{{ text }}{% endautoescape %}",
    "{% do days.append(1) %}",
    "{% debug %}",
    "{% raw %}{{ text }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ get_flashed_messages }}",
    "{{ {'a': 1} }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "9" * 5000 + " }}",
    "{% for a in days %}" * 5 + "{% endfor %}" * 5,
    "{{" + TOUCH + "}}",
    "{{ (1).__class__.__base__ }}",
    "{{ text[0:1].__class__ }}",
    "{{ 1 if text else (text|attr('x')) }}",
    "{{ image.__globals__ }}",
    "{{ text|image }}",
    "{{ 'x'|image(1, 1) }}",
    "{{ undefined_name }}",
]
# Nothing in their form is wrong; they must fail when they are filled in.
HARMLESS_TO_READ = [
    "{{ ''['__class__'] }}",
    "{{ text.format }}",
    "{{ '%s' % text }}",
    "{{ '%999999999d' % 1 }}",
    "{{ lipsum }}",
    "{{ 'a' * 1500000000 }}",
    "{{ [1] * 999999999 }}",
    "{{ days * 999999999 }}",
    "{{ 999999999999 * 999999999999 }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ get_flashed_messages }}",
    "{{ text|image }}",
    "{{ 'x'|image(1, 1) }}",
    "{{ undefined_name }}",
]
# These would leave a trace or burn the processor; they go through the whole way although they are found before.
WORST = [
    "{{ lipsum.__globals__['os'].popen('touch {canary}').read() }}",
    "{{ cycler.__init__.__globals__.os.system('touch {canary}') }}",
    "{{" + TOUCH + "}}",
    "{{ 9**99999999 }}",
    "{{ n ** n ** n ** n }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
]
PLACES: dict[str, Callable[[str], bytes]] = {
    "body": word,
    "header": lambda payload: word("x", header=payload),
    "title": lambda payload: word("x", title=payload[:255]),
    "footnote": lambda payload: with_notes(payload.replace("&", "&amp;").replace("<", "&lt;")),
    "endnote": lambda payload: with_notes(payload.replace("&", "&amp;").replace("<", "&lt;"), "endnotes"),
}
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:instrText>{}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def types(extra):
    return part_of(word("x"), "[Content_Types].xml").replace("</Types>", f"{extra}</Types>")


def override(part, kind):
    return f'<Override PartName="{part}" ContentType="{kind}"/>'


def macro_enabled():
    kinds = (
        types("")
        .replace("wordprocessingml.document.main+xml", "x")
        .replace(
            "application/vnd.openxmlformats-officedocument.x", "application/vnd.ms-word.document.macroEnabled.main+xml"
        )
    )
    return with_parts(word("x"), {"[Content_Types].xml": kinds})


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return made.getvalue()


def encrypted():
    """Set the flag that says that the first entry is encrypted, in both places."""
    data = bytearray(word("x"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(signature) + offset, 1)
    return bytes(data)


def lying_about_sizes():
    data = bytearray(zipped([("[Content_Types].xml", "x" * 100)]))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 7)
    return bytes(data)


MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PACKAGES = {
    "nothing": (b"", ["not_word"]),
    "no zip": (b"Dear student, this is text", ["not_word"]),
    "a pdf": (b"%PDF-1.7\n...", ["not_word"]),
    "cut short": (word("x")[:-200], ["not_word"]),
    "old word or password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ["old_word"]),
    "zip of something else": (zipped([("hello.txt", "hello")]), ["not_word"]),
    "odt renamed": (
        zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<x/>")]),
        ["open_document"],
    ),
    "template instead of document": (
        with_parts(word("x"), {"[Content_Types].xml": types("").replace("document.main", "template.main")}),
        ["not_word"],
    ),
    "macro document renamed": (macro_enabled(), ["macros"]),
    "macro part": (with_parts(word("x"), {"word/vbaProject.bin": b"\0" * 20}), ["macros"]),
    "macro relation": (with_relation(word("x"), "vbaProject", "code.bin", external=False), ["macros"]),
    "ole object": (
        with_parts(
            word("x"),
            {
                "[Content_Types].xml": types(
                    override("/word/x.bin", "application/vnd.openxmlformats-officedocument.oleObject")
                )
            },
        ),
        ["embedded"],
    ),
    "embedded sheet": (with_parts(word("x"), {"word/embeddings/sheet.xlsx": b"PK"}), ["embedded"]),
    "active x": (with_parts(word("x"), {"word/activeX/activeX1.bin": b"x"}), ["embedded"]),
    "ole relation": (with_relation(word("x"), "oleObject", "http://127.0.0.1:1/x"), ["embedded"]),
    "object in the text": (with_body("<w:p><w:r><w:object/></w:r></w:p>"), ["embedded"]),
    "remote template": (with_relation(word("x"), "attachedTemplate", "http://127.0.0.1:1/x.dotm"), ["remote_template"]),
    "template on a share": (with_relation(word("x"), "attachedTemplate", r"\\host\x.dotm"), ["remote_template"]),
    "external picture": (with_relation(word("x"), "image", "http://127.0.0.1:1/x.png"), ["external"]),
    "external file": (with_relation(word("x"), "image", "file:///etc/passwd"), ["external"]),
    "external without mode": (with_relation(word("x"), "image", "http://127.0.0.1:1/x", external=False), ["external"]),
    "external settings": (with_relation(word("x"), "mailMergeSource", "file:///C:/x.xlsx"), ["external"]),
    "link that runs": (with_relation(word("x"), "hyperlink", "javascript:alert(1)"), ["external"]),
    "link to a file": (with_relation(word("x"), "hyperlink", "file:///etc/passwd"), ["external"]),
    "link that is none": (with_relation(word("x"), "hyperlink", "http://[::1"), ["external"]),
    "other chunk": (with_relation(word("x"), "aFChunk", "x.html", external=False), ["alt_chunk"]),
    "sub document": (with_relation(word("x"), "subDocument", "file:///C:/x.docx"), ["alt_chunk"]),
    "other chunk in the text": (with_body("<w:altChunk/>"), ["alt_chunk"]),
    "dde": (with_body(FIELD.format("DDEAUTO c:\\\\windows\\\\", "cmd.exe")), ["active_field"]),
    "dde in two runs": (with_body(FIELD.format(" DD", "E cmd x")), ["active_field"]),
    "include picture": (with_body(FIELD.format("INCLUDEPICTURE ", '"http://127.0.0.1:1/x"')), ["active_field"]),
    "include text": (
        with_body('<w:p><w:fldSimple w:instr=" INCLUDETEXT file:///etc/passwd "/></w:p>'),
        ["active_field"],
    ),
    "entities": (with_parts(word("x"), {"word/settings.xml": DTD}), ["dtd"]),
    "entity bomb": (with_parts(word("x"), {"word/settings.xml": f"{BOMB}]><x>&i;</x>"}), ["dtd"]),
    "entities in utf-16": (with_parts(word("x"), {"word/x.xml": "<!DOCTYPE x><x/>".encode("utf-16")}), ["dtd"]),
    "entities in relations": (
        with_parts(
            word("x"), {"word/_rels/a.rels": RELS_HEAD.replace("<Rel", "<!DOCTYPE x><Rel") + "</Relationships>"}
        ),
        ["dtd"],
    ),
    "broken xml": (with_parts(word("x"), {"word/document.xml": "<w:document>"}), ["broken_part"]),
    "part without bytes": (with_parts(word("x"), {"word/settings.xml": ""}), ["broken_part"]),
    "no document": (with_parts(word("x"), {}, without=["word/document.xml"]), ["unreadable"]),
    "no relations": (with_parts(word("x"), {}, without=["_rels/.rels"]), ["unreadable"]),
    "zip bomb": (zipped([("word/document.xml", b"\0" * (30 << 20))]), ["zip_bomb"]),
    "unpacked too large": (
        zipped([("a", bytes(range(256)) * 110_000), ("b", bytes(range(256)) * 110_000)], zipfile.ZIP_STORED),
        ["zip_bomb"],
    ),
    "too many entries": (zipped([(str(number), "") for number in range(1001)]), ["zip_bomb"]),
    "encrypted": (encrypted(), ["encrypted"]),
    "sizes that lie": (lying_about_sizes(), ["not_word"]),
    "path traversal": (with_parts(word("x"), {"../../evil.xml": "<x/>"}), ["odd_names"]),
    "absolute path": (with_parts(word("x"), {"/etc/evil.xml": "<x/>"}), ["odd_names"]),
    "windows path": (with_parts(word("x"), {"word\\evil.xml": "<x/>"}), ["odd_names"]),
    "same name twice": (with_parts(word("x"), {"WORD/document.xml": "<x/>"}), ["odd_names"]),
}


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(documents, "run_limited", run_here)


@pytest.fixture
def canary(tmp_path):
    """A file that no template may make, and a server that no template may call."""
    with listening() as (address, hits):
        yield tmp_path / "executed", address, hits


def test_there_are_enough_hostile_templates():
    assert len(ESCAPES) + len(PACKAGES) >= 120
    assert len(set(ESCAPES)) == len(ESCAPES)


def is_refused_when_checked(payload):
    try:
        Language(extra={"image": str}).parse(payload)
    except (TemplateSyntaxError, RecursionError, ValueError):
        return True
    return False


def test_inspect_finds_most_payloads_before_anything_is_compiled():
    passed = [payload for payload in ESCAPES if not is_refused_when_checked(payload)]
    assert passed == HARMLESS_TO_READ


@pytest.mark.parametrize("payload", [*HARMLESS_TO_READ, *WORST], ids=lambda payload: payload[:40])
def test_render_docx_payload_is_refused_and_never_run(canary, monkeypatch, payload):
    monkeypatch.setattr(documents, "WORD_LIMITS", Limits(memory_mb=512, cpu_s=2, wall_s=5, output_mb=8))
    executed, _, _ = canary
    with pytest.raises(RuleViolation):
        render_docx(word(payload.replace("{canary}", str(executed))), CONTEXT)
    assert not executed.exists()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("payload", [*HARMLESS_TO_READ, "{{ (1).a.b }}", "{{ n ** n }}", "{{ [n][5] }}"])
def test_fill_refuses_what_only_filling_shows(payload):
    with pytest.raises(RuleViolation) as caught:
        render_docx(word(payload), CONTEXT)
    assert caught.value.code in {"template_field_unknown", "template_failed", "template_refused_tag"}


@pytest.mark.parametrize("place", sorted(PLACES))
def test_inspect_reads_payloads_in_every_place(place):
    missed = [
        payload
        for payload in ("{{ a.b() }}", "{% include 'x' %}", "{{ 9**9 }}", "{{ a|safe }}", "{% if %}", "{{ a")
        if not inspect(PLACES[place](payload), {})["problems"]
    ]
    assert missed == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("place", sorted(PLACES))
def test_data_that_looks_like_a_tag_is_no_tag_in_any_place(place):
    value = "{{ 7*7 }} {_{ x }_} {% raw %} {#"
    filled = render_docx(PLACES[place]("{{ value }}"), {"value": value})
    parts = {"body": "word/document.xml", "header": "word/header1.xml", "title": "docProps/core.xml"}
    xml = part_of(filled, parts.get(place, f"word/{place}s.xml"))
    assert value in xml.replace("&#123;", "{").replace("&#125;", "}")


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_check_docx_hostile_package(name):
    package, codes = PACKAGES[name]
    found = inspect(package, {})
    assert [problem["code"] for problem in found["problems"]] == codes
    assert (found["fields"], found["loops"]) == ([], [])


@pytest.mark.parametrize("name", ["zip bomb", "entity bomb", "external picture"])
def test_render_docx_hostile_package_is_refused(name):
    package, [code] = PACKAGES[name]
    with pytest.raises(RuleViolation) as caught:
        render_docx(package, {})
    assert caught.value.code == f"template_{code}"
    assert str(caught.value.message)


def test_check_docx_calls_nobody(canary):
    executed, address, hits = canary
    executed.write_text("secret", encoding="utf-8")
    urls = [address, executed.as_uri(), address.replace("http://", "\\\\").replace(":", "@").replace("/", "\\")]
    kinds = ["attachedTemplate", "image", "oleObject", "frame", "hyperlink", "aFChunk", "header", "settings"]
    base = word("{{ a }}")
    packages = [with_relation(base, kind, url) for kind in kinds for url in urls]
    codes = {problem["code"] for package in packages for problem in package_problems(package)}
    assert [check_docx(package).ok for package in packages[:3]] == [False] * 3
    assert codes == {"remote_template", "external", "embedded", "alt_chunk"}
    assert hits == []


@pytest.mark.parametrize("target", ["https://portal.example/", "mailto:a@b.example", "#top"])
def test_links_for_readers_are_allowed(target):
    assert package_problems(with_relation(word("x"), "hyperlink", target)) == []


def test_many_paragraphs_are_checked_in_time():
    found = check_docx(with_body("<w:p><w:r><w:t>a {{ b }} c</w:t></w:r></w:p>" * 20_000))
    assert (found.fields, found.problems) == (("b",), ())


@pytest.mark.usefixtures("here")
def test_tag_spread_over_runs_is_one_tag():
    split = with_body("<w:p><w:r><w:t>{{ stu</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>dent }}</w:t></w:r></w:p>")
    assert check_docx(split).fields == ("student",)
    refused = with_body("<w:p><w:r><w:t>{{ a._</w:t></w:r><w:r><w:t>_class__() }}</w:t></w:r></w:p>")
    assert [problem.code for problem in check_docx(refused).problems] == ["refused_tag"]


def test_fill_in_this_process_gives_the_same_as_in_the_child():
    template = word("{{ name }}", title="{{ name }}", header="{{ name }}")
    inside = fill(template, {"sizes": [len(template)], "context": {"name": "A & B"}, "images": []})
    outside = render_docx(template, {"name": "A & B"})
    for part in ("word/document.xml", "word/header1.xml", "docProps/core.xml"):
        assert part_of(inside, part) == part_of(outside, part)
