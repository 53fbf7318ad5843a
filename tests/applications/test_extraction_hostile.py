import resource
from pathlib import Path

import pytest

from apps.applications.extraction import reader
from apps.applications.extraction.reader import check_pdf, extract_text
from portal.kernel.errors import RuleViolation
from tests.applications import hostile_pdfs

HELLO = "Hello, world!"
# name: problem, text (the first thirteen letters), whether the door refuses it
HOSTILE = {
    "flate_bomb": ("too_complex", "", ""),
    "run_length_bomb": ("too_complex", "", ""),
    "many_glyphs": ("too_complex", "ab cab cab ca", ""),
    "many_glyphs_alone": ("too_complex", "a\na\na\na\na\na\na", ""),
    "many_states": ("too_complex", "", ""),
    "deep_arrays_in_catalog": ("", HELLO, ""),
    "cyclic_pages": ("", HELLO, ""),
    "cyclic_parents": ("", HELLO, ""),
    "cyclic_forms": ("too_complex", "", ""),
    "doubling_forms": ("too_complex", "", ""),
    "no_pages": ("", HELLO, "not_a_pdf"),
    "no_catalog": ("", HELLO, "not_a_pdf"),
    "pages_that_are_not_there": ("", HELLO, ""),
    "many_pages": ("", HELLO, ""),
    "huge_page": ("", HELLO, ""),
    "page_without_size": ("", HELLO, ""),
    "xref_loop": ("", HELLO, ""),
    "wrong_length": ("", HELLO, ""),
    "wide_predictor": ("image_only", "", ""),
    "script_and_launch": ("", HELLO, ""),
    "lzw_bomb": ("image_only", "", ""),
    "many_operators": ("too_complex", "", ""),
    "nested_arrays_in_content": ("too_complex", "", ""),
    "nested_dictionaries": ("", HELLO, ""),
    "no_xref": ("", HELLO, ""),
    "font_without_map": ("", "Hello", ""),
    "embedded_program": ("", HELLO, ""),
    "xfa_form": ("", HELLO, ""),
    "form_that_submits": ("", HELLO, ""),
    "picture_of_a_million_pixels_a_side": ("image_only", "", ""),
    "remote_stream": ("", HELLO, ""),
    "negative_numbers": ("", HELLO, ""),
}


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the readers a second each, so that files which use up all their time do not use up ours."""
    monkeypatch.setattr(reader, "_ENGINES", {name: (module, 1) for name, (module, _) in reader._ENGINES.items()})


def refusal(data: bytes) -> str:
    try:
        check_pdf(data)
    except RuleViolation as error:
        return error.code
    return ""


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / (1 << 20)


def test_hostile_files_all_expected():
    assert set(HOSTILE) == set(hostile_pdfs.BOMBS)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_answered_within_limits(name, monkeypatch):
    problem, begins, refused = HOSTILE[name]
    if (problem, begins) == ("too_complex", ""):
        # The others end by themselves, on a busy machine after more than a second.
        hurry(monkeypatch)
    data = hostile_pdfs.BOMBS[name]()
    before = resident_mb()
    seen = extract_text(data)
    assert (refusal(data), seen.problem, seen.text[:13]) == (refused, problem, begins)
    assert len(seen.text) <= 30_000
    assert seen.pages_read <= 50
    assert resident_mb() - before < 64


def test_hostile_file_small_and_its_content_large():
    assert len(hostile_pdfs.flate_bomb()) < 6 * 1024
    assert len(hostile_pdfs.many_glyphs()) < 4 * 1024
