import pytest
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError

from portal.kernel.documents_child.language import FILTER_NAMES, Language, near
from portal.kernel.documents_child.packing import pack, unpack
from portal.kernel.documents_child.pages import NamedAssets
from portal.kernel.documents_child.word import inspect, inspect_many
from tests.kernel.word_files import with_relation, word

CONTEXT = {
    "name": "A & <B>",
    "student": {"items": "kept", "keys": ["x"], "middle": None},
    "hours": [8.0, 7.5],
    "rows": [{"tool": "lathe"}, {"tool": "saw"}],
    "n": 3,
    "yes": True,
}


def fill(template, **options):
    return Language(**options).from_string(template).render(CONTEXT)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ name }}", "A &amp; &lt;B&gt;"),
        ("{{ name|e }}", "A &amp; &lt;B&gt;"),
        ("{{ '{{ x }}' }}", "&#123;&#123; x &#125;&#125;"),
        ("{{ student.items }}", "kept"),
        ("{{ student.keys[0] }}{{ student['keys'][-1] }}{{ name[0] }}", "xxA"),
        ("{{ student.middle }}", ""),
        ("{{ hours[0] }} {{ hours[1] }} {{ 1e20 }}", "8 7.5 1e+20"),
        ("{{ n + 1 }} {{ n * 2.5 }} {{ n - 1 }} {{ n / 2 }} {{ n // 2 }} {{ n % 2 }} {{ -n }}", "4 7.5 2 1.5 1 1 -3"),
        ("{{ 'a' + 'b' ~ n }}", "ab3"),
        ("{{ rows|join(', ', attribute='tool') }}", "lathe, saw"),
        (
            "{% for row in rows %}{{ loop.index }}{{ row.tool }}{{ '.' if loop.last else ',' }}{% endfor %}",
            "1lathe,2saw.",
        ),
        ("{{ nobody|default('none') }} {{ nobody.at.all|d('none') }}", "none none"),
        ("{{ 'yes' if nobody is undefined and name is defined }}", "yes"),
        ("{{ name|upper|length }} {{ hours|sum }} {{ hours|first }} {{ hours|last }}", "7 15.5 8 7.5"),
        ("{% if yes and not nobody|default %}in{% endif %}", "in"),
        ("{# a note #}x", "x"),
    ],
)
def test_language_fills(template, expected):
    assert fill(template) == expected


@pytest.mark.parametrize(
    "template", ["{{ nobody }}", "{{ student.nobody }}", "{{ hours[9] }}", "{{ hours['0'] }}", "{{ n[0] }}"]
)
def test_language_unknown_names_are_errors(template):
    with pytest.raises(UndefinedError):
        fill(template)


def test_language_error_is_the_name_that_is_missing():
    with pytest.raises(UndefinedError) as caught:
        fill("{{ student.nobody.name }}")
    assert str(caught.value) == "nobody"


@pytest.mark.parametrize(
    "template", ["{{ name.upper }}", "{{ rows.append }}", "{% for r in rows %}{{ loop.cycle }}{% endfor %}"]
)
def test_language_python_attributes_are_unknown_names(template):
    with pytest.raises(UndefinedError):
        fill(template)


@pytest.mark.parametrize(
    "template", ["{{ 'a' * 3 }}", "{{ rows * 3 }}", "{{ '%s' % 3 }}", "{{ rows + rows }}", "{{ 10**9 }}"]
)
def test_language_only_numbers_are_calculated(template):
    with pytest.raises(TemplateError):
        fill(template)


def test_language_numbers_have_a_limit():
    assert fill("{{ 1000000 * 1000000000 }}") == "1000000000000000"
    with pytest.raises(SecurityError):
        fill("{{ 1000000 * 1000000001 }}")
    with pytest.raises(SecurityError):
        fill("{{ 1e300 * 1e300 }}")


def test_language_calls_nothing_even_if_a_call_came_through():
    language = Language()
    with pytest.raises(SecurityError):
        language.call(None, print, "x")
    with pytest.raises(SecurityError):
        language.call_binop(None, "**", 2, 3)


def test_language_knows_only_these_filters_and_no_globals():
    assert sorted(Language().filters) == sorted(FILTER_NAMES)
    assert Language().globals == {}


def test_language_plain_texts_are_not_escaped():
    assert fill("{{ name }} {{ hours[0] }}", autoescape=False) == "A & <B> 8"


def test_near_is_the_text_of_the_line():
    assert near("<w:p>\n<w:p><w:t>Dear {{ x</w:t>", 2) == "Dear {{ x"
    assert near("one line", 7) == ""


def test_pack_and_unpack_are_the_same():
    payload, sizes = pack([b"ab", b"", b"c"])
    assert (payload, sizes) == (b"abc", [2, 0, 1])
    assert unpack(payload, sizes) == [b"ab", b"", b"c"]


def test_inspect_many_looks_at_every_file():
    payload, sizes = pack([word("{{ no template here"), with_relation(word("x"), "image", "file:///etc/passwd")])
    found = inspect_many(payload, {"sizes": sizes})
    assert [[problem["code"] for problem in problems] for problems in found] == [[], ["external"]]


@pytest.mark.parametrize(
    ("payload", "why"), [("{{ " + "(" * 3000 + " }}", "RecursionError"), ("{{ " + "9" * 5000 + " }}", "ValueError")]
)
def test_inspect_survives_what_breaks_the_reader(payload, why):
    assert inspect(word(payload), {})["problems"] == [{"code": "unreadable", "detail": {"why": why}}]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1/x", "data:image/png;base64,AAAA", "assets:logo", "ASSET:logo"]
)
def test_named_assets_know_nothing_else(url):
    with pytest.raises(ValueError, match="only assets can be shown"):
        NamedAssets({"logo": b"\xff\xd8\xff"}).fetch(url)


def test_only_one_module_opens_templates(settings):
    sources = [path for folder in ("portal", "apps") for path in (settings.ROOT / folder).rglob("*.py")]
    users = [path.name for path in sources if "DocxTemplate" in path.read_text(encoding="utf-8")]
    assert users == ["word.py"]
