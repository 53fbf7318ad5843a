"""Pieces of doors that hardly anybody walks through: too large a body, a stale version, cells of odd kinds."""

import io
from types import SimpleNamespace

import pytest
from django.utils.safestring import mark_safe

from apps.accounts.api.report_generator import ReportGeneratorView
from portal.kernel.admin.tables import _as_cell
from portal.kernel.api.parsing import StrictJSONParser, TooLarge
from portal.kernel.api.rows import ScopedViewSet
from portal.kernel.errors import Stale


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        pytest.param(mark_safe("<b>Asha</b>\n <i>Moshi</i>"), "Asha Moshi", id="markup"),
        pytest.param([1, "two"], "1, two", id="list"),
        pytest.param(("one",), "one", id="tuple"),
        pytest.param(8, 8, id="number"),
    ],
)
def test_a_cell_holds_the_words_of_what_a_column_shows(found, cell):
    assert _as_cell(found) == cell


def test_a_body_that_is_too_large_is_not_parsed(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert StrictJSONParser().parse(io.BytesIO(b'{"a": 1}')) == {"a": 1}
    with pytest.raises(TooLarge):
        StrictJSONParser().parse(io.BytesIO(b'{"a": 12345}'))


def test_a_version_that_was_changed_meanwhile_is_refused():
    row = SimpleNamespace(version=3)
    for version in (None, 3):
        ScopedViewSet.check_version(None, row, version)
    with pytest.raises(Stale):
        ScopedViewSet.check_version(None, row, 2)


def test_what_a_dialect_did_not_expect_is_left_to_the_frame():
    assert ReportGeneratorView()._refused(ZeroDivisionError(), {}) is None
