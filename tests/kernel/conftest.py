"""What the tests of the foundation share."""

import pytest

from portal.kernel.sandbox import ChildRefusedError
from portal.kernel.sheets import reading
from portal.kernel.sheets.workbooks import read_workbook


@pytest.fixture
def here(monkeypatch):
    """Read workbooks in this process: no start of a child, and coverage can look. The child has tests of its own."""

    def run(_target, payload, *, options, limits):
        try:
            return read_workbook(payload, options)
        except Exception as error:
            raise ChildRefusedError(type(error).__name__, str(error)) from error

    monkeypatch.setattr(reading, "run_limited", run)
