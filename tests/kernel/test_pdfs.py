"""A PDF that is kept opens for everybody; it is opened in the child."""

from pathlib import Path

import pytest

from portal.kernel import pdf_child, pdfs
from portal.kernel.errors import RuleViolation
from portal.kernel.pdfs import check_pdf, pdf_problem
from portal.kernel.sandbox import SandboxError
from tests.papers import PDF

LOCKED = Path(__file__).parents[1] / "data" / "resumes" / "encrypted-user-password.pdf"


def test_a_whole_pdf_has_no_problem():
    check_pdf(PDF, field="file")
    assert pdf_child.look(PDF, {}) == {"page_count": 1, "problem": ""}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PDF[:60], "pdf_damaged"),
        (b"%PDF-1.7\n%%EOF\n", "pdf_damaged"),
        (PDF.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[]/Count 0     "), "pdf_damaged"),
        (LOCKED.read_bytes(), "pdf_locked"),
    ],
    ids=["cut", "nothing in it", "no page", "locked"],
)
def test_a_pdf_that_does_not_open_is_refused_at_its_field(data, code):
    with pytest.raises(RuleViolation) as refused:
        check_pdf(data, field="scan")
    assert (refused.value.code, refused.value.field) == (code, "scan")


def test_a_pdf_that_fells_its_reader_is_refused(monkeypatch):
    def fall(*_args, **_kwargs):
        reason = "crash"
        raise SandboxError(reason)

    monkeypatch.setattr(pdfs, "run_limited", fall)
    assert pdf_problem(PDF) == "unreadable"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7\n", {"page_count": 0, "problem": "unreadable"}),
        (LOCKED.read_bytes(), {"page_count": 0, "problem": "encrypted"}),
    ],
    ids=["damaged", "locked"],
)
def test_the_child_names_the_problem(data, found):
    assert pdf_child.look(data, {}) == found
