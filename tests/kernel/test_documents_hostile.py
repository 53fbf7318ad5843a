from collections.abc import Callable

import pytest
from jinja2.exceptions import TemplateSyntaxError

from portal.kernel import documents
from portal.kernel.documents import check_docx, render_docx
from portal.kernel.documents_child.language import Language
from portal.kernel.documents_child.package import package_problems
from portal.kernel.documents_child.word import inspect, prepared
from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import Limits
from tests.kernel.canary import listening
from tests.kernel.hostile_word_files import FILES, GENERATED, PACKAGES
from tests.kernel.in_process import run_here
from tests.kernel.word_files import part_of, with_body, with_notes, with_relation, word

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
# What lies behind a value, asked for in each of the places where a template reads one.
BEHIND = [
    shape.format(name)
    for name in (
        *("__class__", "__mro__", "__globals__", "__init__", "__subclasses__"),
        *("__builtins__", "__code__", "__dict__", "__getattribute__", "__reduce_ex__"),
    )
    for shape in (
        "{{{{ student.{} }}}}",
        "{{% if n and days.{} %}}x{{% endif %}}",
        "{{% for a in (text or n).{} %}}x{{% endfor %}}",
        "{{% set b = days[0].{} %}}{{{{ b }}}}",
    )
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


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(documents, "run_limited", run_here)


@pytest.fixture
def canary(tmp_path):
    """A file that no template may make, and a server that no template may call."""
    with listening() as (address, hits):
        yield tmp_path / "executed", address, hits


def test_there_are_enough_hostile_templates():
    payloads, files = {*ESCAPES, *BEHIND}, {content for content, _codes in FILES.values()}
    assert (len(payloads), len(payloads) >= 120) == (len(ESCAPES) + len(BEHIND), True)
    assert (len(files), len(files) >= 160) == (len(PACKAGES) + len(GENERATED), True)


def is_refused_when_checked(payload):
    try:
        Language(extra={"image": str}).parse(payload)
    except (TemplateSyntaxError, RecursionError, ValueError):
        return True
    return False


def test_inspect_finds_most_payloads_before_anything_is_compiled():
    passed = [payload for payload in (*ESCAPES, *BEHIND) if not is_refused_when_checked(payload)]
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


@pytest.mark.parametrize("name", sorted(FILES))
def test_check_docx_hostile_package(name):
    package, codes = FILES[name]
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
    inside = prepared(template).fill({"name": "A & B"}, {})
    outside = render_docx(template, {"name": "A & B"})
    for part in ("word/document.xml", "word/header1.xml", "docProps/core.xml"):
        assert part_of(inside, part) == part_of(outside, part)
