"""The figures of the matrix, summed over all workers, as the last words of the run."""

import logging
from collections import Counter
from typing import Any

import pytest
from django.template.base import Template

RENDER: Any = Template.__dict__["_render"]  # before the test runner watches it
FIGURES = ("held", "allowed", "refused", "requests", "endpoints", "unmapped", "listed")


@pytest.fixture(autouse=True)
def quiet_refusals():
    """Leave the thousands of refusals out of the log."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def unwatched_pages(monkeypatch: pytest.MonkeyPatch):
    """Render pages as in service: nobody here asks which templates made them, and each would copy its context."""
    monkeypatch.setattr(Template, "_render", RENDER)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many cells hold."""
    sums: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue  # the report of what is tidied up afterwards has the same figures again
            for name, value in report.user_properties:
                if name.startswith("matrix_"):
                    sums[name.removeprefix("matrix_")] += value
    if not sums:
        return
    tried = sums["allowed"] + sums["refused"]
    terminalreporter.write_line(
        f"not yet offered by any surface: {sums['listed']} cells, in tests/matrix/not_offered.txt"
    )
    terminalreporter.write_line(
        f"matrix: {sums['held']} of {tried} cells hold ({sums['allowed']} allow, {sums['refused']} refuse), "
        f"{sums['requests']} requests, {sums['endpoints']} endpoints, {sums['unmapped']} unmapped"
    )
