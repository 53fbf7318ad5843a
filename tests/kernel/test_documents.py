import io
import json
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy, override
from docx import Document

from portal.kernel import documents
from portal.kernel.documents import (
    DocxCheck,
    Filling,
    Problem,
    check_docx,
    fill_each,
    plain_data,
    render_docx,
    render_pdf,
)
from portal.kernel.errors import RuleViolation
from portal.kernel.lots import MOST_BYTES, is_full
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError
from tests.kernel.in_process import run_here
from tests.kernel.word_files import texts_of, word, word_with_table

SHORT = Limits(memory_mb=512, cpu_s=1, wall_s=3, output_mb=8)


@pytest.fixture
def child(monkeypatch):
    """Let the child answer or raise what a test says, and remember how it was called."""

    class Child:
        calls: list[tuple[str, dict]]
        answer: object = b""

        def __init__(self):
            self.calls = []

        def __call__(self, target, _payload, *, options=None, limits):
            assert limits in {documents.WORD_LIMITS, documents.PAGE_LIMITS}
            self.calls.append((target, options or {}))
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    fake = Child()
    monkeypatch.setattr(documents, "run_limited", fake)
    documents.why_no_pdf.cache_clear()
    yield fake
    documents.why_no_pdf.cache_clear()


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(documents, "run_limited", run_here)


@pytest.fixture(autouse=True)
def fresh_answer_about_pdf():
    documents.why_no_pdf.cache_clear()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (-(2**63) + 1, -(2**63) + 1),
        (1.5, 1.5),
        ("Asha", "Asha"),
        ("a\x00b\x07c\x1b[31m\x7f\x9f", "abc[31m"),
        ("one\r\ntwo\rthree\x85four\nfive\tsix", "one\ntwo\nthree\nfour\nfive\tsix"),
        ("\ud800\ufffex\uffff", "x"),
        ([1, ["a\x00"]], [1, ["a"]]),
        ({"a": {"b": [None]}}, {"a": {"b": [None]}}),
    ],
)
def test_plain_data_keeps_what_a_document_can_carry(given, kept):
    assert plain_data(given) == kept


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (object(), "object"),
        ((1, 2), "tuple"),
        ({1, 2}, "set"),
        (b"x", "bytes"),
        (Decimal(1), "Decimal"),
        (float("nan"), "float"),
        (float("inf"), "float"),
        (2**64, "int"),
        ({1: "a"}, "dict"),
        (gettext_lazy("Week"), "a lazy text"),
        (lambda: 1, "function"),
        ([{"a": print}], "builtin_function_or_method"),
    ],
)
def test_plain_data_refuses_anything_else(given, kind):
    with pytest.raises(TypeError) as caught:
        plain_data(given)
    assert str(caught.value) == f"a document takes plain data, not {kind}"


def test_render_docx_object_in_the_context_starts_no_child(child):
    with pytest.raises(TypeError):
        render_docx(word("{{ user }}"), {"user": object()})
    assert child.calls == []


@pytest.mark.usefixtures("here")
def test_render_docx_fills_fields_loops_and_conditions():
    template = word_with_table(
        ["Day", "Hours"],
        ["{%tr for day in days %}", ""],
        ["{{ loop.index }} {{ day.name|upper }}", "{{ day.hours }}{% if day.hours > 8 %} long{% endif %}"],
        ["{%tr endfor %}", ""],
        ["{{ days|length }}", "{{ days|sum('hours') }}"],
    )
    days = [{"name": "Monday", "hours": 8.0}, {"name": "Tuesday", "hours": 8.5}]
    filled = render_docx(template, {"days": days})
    [table] = Document(io.BytesIO(filled)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Day", "Hours"],
        ["1 MONDAY", "8"],
        ["2 TUESDAY", "8.5 long"],
        ["2", "16.5"],
    ]


def test_render_docx_keeps_line_breaks_and_tabs():
    filled = render_docx(word("{{ text }}"), {"text": "one\r\ntwo\n\nfour\tfive"})
    assert texts_of(filled) == ["one\ntwo\n\nfour\tfive"]


@pytest.mark.usefixtures("here")
def test_render_docx_shows_nothing_for_none():
    assert texts_of(render_docx(word("[{{ a }}]"), {"a": None})) == ["[]"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("template", "context", "code"),
    [
        (word("{{ nobody.name }}"), {}, "template_field_unknown"),
        (word("{{ student.nmae }}"), {"student": {"name": "Asha"}}, "template_field_unknown"),
        (word("{% for x in y %}"), {"y": []}, "template_syntax"),
        (word("{{ a / 0 }}"), {"a": 1}, "template_failed"),
        (
            word_with_table(["{%tr for a in b %}", ""], ["{{ a }}", ""], ["x", "{%tc endfor %}"]),
            {"b": [1, 2]},
            "template_layout",
        ),
        (b"nothing", {}, "template_not_word"),
        (b"x" * (documents.MAX_TEMPLATE + 1), {}, "template_too_big"),
        (word("{{ a }}"), {"a": "x" * documents.MAX_CONTEXT}, "document_too_long"),
    ],
)
def test_render_docx_says_what_is_wrong(template, context, code):
    with pytest.raises(RuleViolation) as caught:
        render_docx(template, context)
    assert caught.value.code == code
    assert str(caught.value.message)


def test_render_docx_names_the_unknown_field():
    with pytest.raises(RuleViolation) as caught:
        render_docx(word("{{ student.nmae }}"), {"student": {"name": "Asha"}})
    assert str(caught.value) == "The template asks for “nmae”, which is not among the fields."


@pytest.mark.parametrize("reason", ["time", "memory", "crash", "refused"])
def test_render_docx_ended_by_a_limit_says_it_is_too_heavy(child, reason):
    child.answer = SandboxError(reason)
    with pytest.raises(RuleViolation) as caught:
        render_docx(b"PK", {})
    assert caught.value.code == "template_too_heavy"


def test_render_docx_load_ends_at_the_limit(monkeypatch):
    monkeypatch.setattr(documents, "WORD_LIMITS", SHORT)
    loops = "".join(f"{{% for {name} in days %}}" for name in "abcd") + "{{ a }}" + "{% endfor %}" * 4
    with pytest.raises(RuleViolation) as caught:
        render_docx(word(loops), {"days": ["x"] * 400})
    assert caught.value.code == "template_too_heavy"


def test_render_docx_growth_ends_at_the_limit(monkeypatch):
    monkeypatch.setattr(documents, "WORD_LIMITS", SHORT)
    doubling = "{% set x = 'aaaaaaaa' %}" + "{% set x = x + x %}" * 40 + "{{ x }}"
    with pytest.raises(RuleViolation) as caught:
        render_docx(word(doubling), {})
    assert caught.value.code == "template_too_heavy"


# -- many in one start --------------------------------------------------------------------------------------------


def filling(text, **context):
    return Filling(word(text), context, {})


def test_fill_each_makes_what_can_be_made_in_one_start(monkeypatch):
    starts = []

    def start(target, payload, *, options, limits):
        starts.append(len(options["documents"]))
        return run_here(target, payload, options=options, limits=limits)

    monkeypatch.setattr(documents, "run_limited", start)
    made = fill_each(
        [filling("{{ a }}", a=1), filling("{{ b }}", a=1), filling("{% x %}"), filling("{{ a }}", a="A & B")]
    )
    assert starts == [4]
    assert [texts_of(one)[0] if isinstance(one, bytes) else one.code for one in made] == [
        "1",
        "template_field_unknown",
        "template_syntax",
        "A & B",
    ]


def test_fill_each_one_that_is_too_much_takes_no_other_with_it(monkeypatch):
    monkeypatch.setattr(documents, "WORD_LIMITS", SHORT)
    signs = []
    loops = "".join(f"{{% for {name} in days %}}" for name in "abcd") + "{{ a }}" + "{% endfor %}" * 4
    long = filling("{{ a }}", a="x" * documents.MAX_CONTEXT)
    made = fill_each([filling("{{ a }}", a=1), filling(loops, days=["x"] * 400), long], between=lambda: signs.append(1))
    assert [texts_of(one)[0] if isinstance(one, bytes) else one.code for one in made] == [
        "1",
        "template_too_heavy",
        "document_too_long",
    ]
    assert len(signs) == 4


def test_fill_each_of_nothing_starts_no_child(child):
    assert (fill_each([]), child.calls) == ([], [])


@pytest.mark.parametrize(("weights", "full"), [([1, 1], False), ([1, 1, 1], True), ([MOST_BYTES], True)])
def test_lot_is_full_by_number_or_by_weight(weights, full):
    assert is_full([{"a": bytes(weight)} for weight in weights], most=3) is full


@pytest.mark.usefixtures("here")
def test_check_docx_returns_paths_of_fields_and_loops():
    template = word(
        "{{ student.full_name }} {{ student['reg_no'] }} {{ weeks[0].number }}",
        "{%p for week in weeks %}",
        "{{ loop.index }} {{ week.number }} {% for day in week.days[:3] %}{{ day.text|default('-') }}{% endfor %}",
        "{%p endfor %}",
        "{% set first = weeks|first %}{% set name = student.full_name %}{{ name }} {{ weeks[n] }}",
        "{% for one in weeks if one %}{{ one }}{% endfor %}",
        "{% for part in [1, 2] %}{{ part }}{% else %}{{ other }}{% endfor %}",
        header="{{ university }}",
        title="{{ title }}",
    )
    found = check_docx(template)
    assert found.problems == ()
    assert found.ok
    assert found.loops == ("weeks", "weeks[].days")
    assert found.fields == (
        "n",
        "other",
        "student.full_name",
        "student.reg_no",
        "title",
        "university",
        "weeks",
        "weeks[]",
        "weeks[].days[].text",
        "weeks[].number",
    )


def test_check_docx_too_large_starts_no_child(child):
    found = check_docx(b"x" * (documents.MAX_TEMPLATE + 1))
    assert [problem.code for problem in found.problems] == ["too_big"]
    assert child.calls == []


@pytest.mark.parametrize(
    ("answer", "code"), [(SandboxError("time"), "too_heavy"), (ChildRefusedError("KeyError", "x"), "unreadable")]
)
def test_check_docx_turns_every_end_of_the_child_into_a_problem(child, answer, code):
    child.answer = answer
    found = check_docx(b"PK")
    assert [problem.code for problem in found.problems] == [code]
    assert not found.ok


def test_check_docx_says_each_problem_once(child):
    problem = {"code": "macros", "detail": {}}
    child.answer = {"fields": ["a"], "loops": [], "problems": [problem, problem]}
    assert check_docx(b"PK") == DocxCheck(("a",), (), (Problem("macros"),))


def test_problem_message_has_its_details():
    problem = Problem("active_field", {"field": "DDEAUTO"})
    assert problem.message == "The file has the field DDEAUTO, which reads other files. Remove it."


@pytest.mark.parametrize("code", sorted(documents._WORDS))
def test_problem_message_is_complete_for_every_code(code):
    detail = dict.fromkeys(["part", "target", "field", "why", "what", "near", "tag"], "X")
    with override("sw"):
        assert "%(" not in Problem(code, detail).message


def test_render_pdf_without_weasyprint_says_why(child):
    child.answer = SandboxError("crash", "cannot load library 'libpango'")
    assert not documents.weasyprint_available()
    with pytest.raises(RuleViolation) as caught:
        render_pdf("<p>x", base_css="")
    assert caught.value.code == "pdf_unavailable"
    assert str(caught.value.message).startswith("PDF needs the Pango library")


def test_weasyprint_available_here():
    assert documents.why_no_pdf() == ""
    assert documents.weasyprint_available()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (SandboxError("time"), "document_too_long"),
        (SandboxError("memory"), "document_too_long"),
        (SandboxError("crash"), "pdf_failed"),
        (ChildRefusedError("PageRefused", "long"), "document_too_long"),
        (ChildRefusedError("PageRefused", "deep"), "pdf_failed"),
        (ChildRefusedError("RecursionError", ""), "pdf_failed"),
    ],
)
def test_render_pdf_turns_every_end_of_the_child_into_a_sentence(child, answer, code):
    documents.why_no_pdf()
    child.answer = answer
    with pytest.raises(RuleViolation) as caught:
        render_pdf("<p>x", base_css="")
    assert caught.value.code == code


def test_render_pdf_refuses_a_page_that_is_too_long(child):
    with pytest.raises(RuleViolation) as caught:
        render_pdf("x" * (documents.MAX_HTML + 1), base_css="")
    assert caught.value.code == "document_too_long"
    assert [target for target, _ in child.calls] == ["portal.kernel.documents_child.pages:version"]


def test_filling_refusal_keeps_code_and_detail(child):
    found = {"code": "syntax", "detail": {"why": "no end", "near": "Week"}}
    child.answer = ChildRefusedError("TemplateRefused", json.dumps(found))
    with pytest.raises(RuleViolation) as caught:
        render_docx(b"PK", {})
    assert str(caught.value) == "A tag is not complete or not in its place (no end). It stands near: Week"
