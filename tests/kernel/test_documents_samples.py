from pathlib import Path

import pytest

from portal.kernel import documents
from portal.kernel.documents import check_docx, render_docx
from portal.kernel.documents_child.word import inspect
from portal.kernel.errors import RuleViolation
from tests.kernel.in_process import run_here
from tests.kernel.word_files import texts_of

SAMPLES = Path(__file__).parents[1] / "data" / "templates"

# For each sample its problems, its fields and its loops.
EXPECTED = {
    "docxtpl-dynamic_table_tpl": (
        [],
        ["col_labels", "col_labels[]", "tbl_contents[].cols[]", "tbl_contents[].label"],
        ["col_labels", "tbl_contents", "tbl_contents[].cols"],
    ),
    "docxtpl-escape_tpl": (
        ["raw_tag", "raw_tag", "raw_tag"],
        ["myescvar", "mylisting", "myvar", "new_listing", "nlnp", "page_break", "some_html"],
        [],
    ),
    "docxtpl-header_footer_tpl_utf8": (["raw_tag"], ["company_name", "date", "mysubdoc", "title"], []),
    "docxtpl-nested_for_tpl": (
        [],
        ["authors[].books[].title", "authors[].name", "dishes[].ingredients[]", "dishes[].name"],
        ["authors", "authors[].books", "dishes", "dishes[].ingredients"],
    ),
    "docxtpl-order_tpl": (
        [],
        [
            *("company_name", "customer_name", "in_europe", "is_paid"),
            *("items[].desc", "items[].price", "items[].qty", "total_price"),
        ],
        ["items"],
    ),
    "docxtpl-richtext_tpl": (["raw_tag"], ["example"], []),
    "docxtpl-template_error_tpl": (["syntax"], [], []),
    "docxtpl-vertical_merge_tpl": (
        [],
        ["category", "items[].desc", "items[].price", "items[].qty", "total_price"],
        ["items"],
    ),
    "poi-52449": (["external"], [], []),
    "poi-ComplexNumberedLists": ([], [], []),
    "poi-DiffFirstPageHeadFoot": ([], [], []),
    "poi-HeaderFooterUnicode": ([], [], []),
    "poi-checkboxes": (["remote_template"], [], []),
    "poi-documentProtection_forms_no_password": ([], [], []),
    "poi-form_footnotes": ([], [], []),
    "poi-heading123": ([], [], []),
    "python-docx-doc-odd-even-hdrs": ([], [], []),
    "python-docx-sct-section-props": ([], [], []),
    "python-docx-tbl-having-tables": ([], [], []),
}
CONTEXT = {
    "items": [{"desc": "A & B <Co>", "qty": 2, "price": 1.5}],
    "dishes": [{"name": "Pilau", "ingredients": ["rice", "beef"]}],
    "authors": [{"name": "Shaaban Robert", "books": [{"title": "Kusadikika"}]}],
    "col_labels": ["fruit", "vegetable"],
    "tbl_contents": [{"label": "yellow", "cols": ["banana", "pepper"]}],
    "category": "Tools",
    "company_name": "Müller & Söhne",
    "customer_name": "Asha <Moshi>",
    "in_europe": False,
    "is_paid": True,
    "total_price": 3,
}
USABLE = sorted(name for name, (problems, _, _) in EXPECTED.items() if not problems)


def read(name):
    return (SAMPLES / f"{name}.docx").read_bytes()


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(documents, "run_limited", run_here)


def test_every_sample_has_its_expected_outcome():
    assert sorted(path.stem for path in SAMPLES.glob("*.docx")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_inspect_sample(name):
    problems, fields, loops = EXPECTED[name]
    found = inspect(read(name), {})
    assert [problem["code"] for problem in found["problems"]] == problems
    assert (found["fields"], found["loops"]) == (fields, loops)


def test_check_docx_syntax_error_is_readable():
    [problem] = check_docx(read("docxtpl-template_error_tpl")).problems
    assert problem.message == (
        "A tag is not complete or not in its place (Encountered unknown tag 'endif'.). It stands near: "
        "I am the fifth paragraph.  {% if test_variable %}I am part of it, too.{% endif %} {% endif %}"
    )


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", USABLE)
def test_render_docx_sample_that_passed_the_check_is_filled(name):
    filled = render_docx(read(name), CONTEXT)
    assert "{{" not in "".join(texts_of(filled))


def test_render_docx_sample_letter_has_its_values_letter_by_letter():
    texts = [text.strip() for text in texts_of(render_docx(read("docxtpl-order_tpl"), CONTEXT)) if text.strip()]
    assert texts[0] == "Dear Asha <Moshi>,"
    assert texts[-1].endswith("Müller & Söhne")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", sorted(set(EXPECTED) - set(USABLE)))
def test_render_docx_sample_with_problems_is_refused(name):
    with pytest.raises(RuleViolation) as caught:
        render_docx(read(name), CONTEXT)
    assert caught.value.code == f"template_{EXPECTED[name][0][0]}"
