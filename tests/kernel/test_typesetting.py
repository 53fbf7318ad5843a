"""Many PDFs by Typst: what is given is text and nothing else, and one that fails takes no other with it."""

import io
import os
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from portal.kernel import documents, typesetting
from portal.kernel.documents_child.typeset import breakable, set_many
from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import ChildRefusedError, SandboxError
from portal.kernel.typesetting import Setting, typeset_each
from tests.kernel.naughty import joined_strings, naughty_strings

HEAD = '#let given = json(bytes(sys.inputs.data))\n#set document(title: "T", date: none)\n#set text(lang: "en")\n'
PAGE = {"lib.typ": b"#let shown(words) = strong(words)", "page.typ": f'{HEAD}#import "lib.typ": shown\n'.encode()}
LINES = {"lines.typ": f"{HEAD}#for line in given.lines [#line#parbreak()]".encode()}
PICTURE = {
    "picture.typ": f'{HEAD}#image(given.pictures.at("pic"), alt: "a")#image(given.pictures.at("pic"), alt: "b")'.encode()
}


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def page(**context):
    return Setting("page.typ", context, {})


def sources(body):
    return PAGE | {"page.typ": PAGE["page.typ"] + body.encode()}


def picture(kind):
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(file, kind)
    return file.getvalue()


def test_lot_is_set_in_order_and_says_its_start():
    starts = []
    made = typeset_each(
        [page(name=name) for name in "AB"], sources("#shown(given.name)"), between=lambda: starts.append(1)
    )
    assert ([text_of(one).strip() for one in made], starts) == (["A", "B"], [1])
    assert typeset_each([], PAGE) == []


def test_naughty_strings_come_out_as_text():
    markup = [
        "#sys.version",
        "= Heading",
        "$x$",
        "*b* _i_ `c`",
        "@ref <label>",
        "\\u{41}",
        '#image("/etc/passwd")',
        "// c",
    ]
    [made] = typeset_each([Setting("lines.typ", {"lines": markup}, {})], LINES)
    assert text_of(made).split("\r\n") == markup


def test_signs_without_a_letter_in_any_font_cost_no_document():
    strings = [*naughty_strings(), *joined_strings()]
    [made] = typeset_each([Setting("lines.typ", {"lines": strings}, {})], LINES)
    text = "".join(text_of(made).split())
    assert "مرحبا" in text or "مرحبا"[::-1] in text
    assert "Tiếng" in text


@pytest.mark.parametrize(
    "reach",
    [
        '#read("{file}")',
        '#image("{file}")',
        '#include "{file}"',
        '#import "@preview/example:0.1.0": add',
        '#import "@local/example:0.1.0": add',
        '#plugin("{file}")',
        '#read("/pyproject.toml")',
        '#read("/../../../pyproject.toml")',
    ],
)
def test_source_reaches_no_file_and_no_package(tmp_path, reach):
    # Our sources name none; this is what stands behind them.
    file = tmp_path / "secret.typ"
    file.write_text("secret")
    up = "/".join([".."] * 12)
    for path in (str(file), f"{up}{file}", os.path.relpath(file, Path.cwd())):
        [answer] = typeset_each([page()], sources(reach.replace("{file}", path)))
        assert isinstance(answer, RuleViolation)


def test_document_that_cannot_be_set_takes_no_other_with_it():
    body = "#shown(given.name)"
    good, bad, last = typeset_each([page(name="A"), page(), page(name="C")], sources(body))
    assert (text_of(good).strip(), bad.code, text_of(last).strip()) == ("A", "pdf_failed", "C")


def test_document_that_is_too_much_takes_no_other_with_it(monkeypatch):
    monkeypatch.setattr(typesetting, "CPU_START_S", 2)
    monkeypatch.setattr(typesetting, "CPU_EACH_S", 0)
    body = "#let turns = 0\n#while given.heavy { turns += 1; if calc.rem(turns, 1000) == 0 { turns = 1 } }\nend"
    [good, bad] = typeset_each([page(heavy=False), page(heavy=True)], sources(body))
    assert text_of(good).strip() == "end"
    assert isinstance(bad, RuleViolation)


def test_context_that_is_too_long_or_no_plain_data(monkeypatch):
    monkeypatch.setattr(documents, "MAX_CONTEXT", 100)
    good, bad = typeset_each([page(name="A"), page(name="A" * 100)], sources("#shown(given.name)"))
    assert (text_of(good).strip(), bad.code) == ("A", "document_too_long")
    with pytest.raises(TypeError):
        typeset_each([page(name=object())], PAGE)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SandboxError("time"), "document_too_long"),
        (SandboxError("memory"), "document_too_long"),
        (SandboxError("crash"), "pdf_failed"),
        (ChildRefusedError("RuntimeError", "x"), "pdf_failed"),
    ],
)
def test_every_end_of_the_child_has_a_sentence(monkeypatch, error, code):
    def end(*_args, **_how):
        raise error

    monkeypatch.setattr(typesetting, "run_limited", end)
    answers = typeset_each([page(), page()], PAGE)
    assert [answer.code for answer in answers] == [code] * 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_picture_is_shown_as_it_is_and_stored_once(kind):
    [made] = typeset_each([Setting("picture.typ", {}, {"pic": picture(kind)})], PICTURE)
    [sheet] = pypdfium2.PdfDocument(made)
    images = [*sheet.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=8)]
    assert [image.get_px_size() for image in images] == [(30, 20)] * 2


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"%PDF-1.7", picture("GIF")])
def test_picture_of_another_kind_is_refused(data):
    [answer] = typeset_each([Setting("picture.typ", {}, {"pic": data})], PICTURE)
    assert answer.code == "pdf_failed"


def test_long_words_may_be_broken_and_nothing_else_changes():
    given = {"a": ["x" * 70, "short", 1, None, True], "b": "word " * 20}
    shown = breakable(given)
    assert shown["a"][0].split("\u200b") == ["x" * 30, "x" * 30, "x" * 10]
    assert (shown["a"][1:], shown["b"]) == (given["a"][1:], given["b"])


def test_many_documents_in_one_start_are_the_same_as_one_by_one():
    lot = [page(name=name) for name in ("A", "B")]
    assert (
        typeset_each(lot, sources("#shown(given.name)"))[1] == typeset_each(lot[1:], sources("#shown(given.name)"))[0]
    )


# -- the child's work, in this process --------------------------------------------------------------------------------


def set_here(monkeypatch, settings, body):
    def run(target, payload, *, options, limits):
        assert (target, limits.memory_mb) == ("portal.kernel.documents_child.typeset:set_many", typesetting.MEMORY_MB)
        return set_many(payload, options)

    monkeypatch.setattr(typesetting, "run_limited", run)
    return typeset_each(settings, sources(body))


def test_child_sets_each_document_from_its_own_data(monkeypatch):
    good, bad, last = set_here(monkeypatch, [page(name="A"), page(), page(name="C")], "#shown(given.name)")
    assert (text_of(good).strip(), bad.code, text_of(last).strip()) == ("A", "pdf_failed", "C")


def test_child_sets_a_sign_without_a_letter_by_a_looser_standard(monkeypatch):
    # No sign has this number.
    plain, odd = set_here(monkeypatch, [page(name="A"), page(name="A\u0378")], "#shown(given.name)")
    assert ([b"pdfuaid" in one for one in (plain, odd)], text_of(odd).strip()[:1]) == ([True, False], "A")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_child_shows_pictures_of_two_kinds(monkeypatch, kind):
    body = '#image(given.pictures.at("pic"), alt: "a")'
    [made] = set_here(monkeypatch, [Setting("page.typ", {}, {"pic": picture(kind)})], body)
    [sheet] = pypdfium2.PdfDocument(made)
    [image] = sheet.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=8)
    assert image.get_px_size() == (30, 20)


def test_child_refuses_a_picture_of_another_kind_and_sets_the_others(monkeypatch):
    lot = [Setting("page.typ", {"name": "A"}, {"pic": picture("GIF")}), page(name="B")]
    bad, good = set_here(monkeypatch, lot, "#shown(given.name)")
    assert (bad.code, text_of(good).strip()) == ("pdf_failed", "B")
