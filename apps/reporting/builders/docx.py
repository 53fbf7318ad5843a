"""Documents as Word files: the university's own template, or ours."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.utils import translation

from apps.reporting.builders.pictures import pictures_of, pictures_of_paper
from apps.reporting.context import LOGO, Logbook, WeekPage
from apps.reporting.essay import Essay
from apps.reporting.papers import Paper
from apps.reporting.sheets import Sheet
from portal.kernel.documents import render_docx

type Kind = Literal["week", "logbook", "paper", "report", "arrival", "assessment", "certificate"]


def build_week(
    logbook: Logbook, week: WeekPage, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None
) -> bytes:
    """Return one week as a Word file, in the language of the logbook. Raises what ``render_docx`` raises."""
    with translation.override(logbook.language):
        return _fill("week", logbook, [week], logbook.week_as_plain(week), template, images)


def build_logbook(
    logbook: Logbook, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None
) -> bytes:
    """Return the whole logbook as a Word file, in its language. Raises what ``render_docx`` raises."""
    with translation.override(logbook.language):
        return _fill("logbook", logbook, logbook.weeks, logbook.as_plain(), template, images)


def build_paper(paper: Paper, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return a letter or agreement as a Word file, in its language. Raises what ``render_docx`` raises."""
    with translation.override(paper.language):
        pictures = pictures_of_paper(paper, images)
        context = paper.as_plain() | {"logo": LOGO if LOGO in pictures else ""}
        return render_docx(template or default_template("paper", rtl=paper.is_rtl), context, images=pictures)


def build_report(essay: Essay, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return a general report as a Word file, in its language. Raises what ``render_docx`` raises."""
    with translation.override(essay.language):
        return _fill("report", essay.book, [], essay.as_plain(), template, images)


def build_sheet(sheet: Sheet, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return a single sheet as a Word file, in its language. Raises what ``render_docx`` raises."""
    with translation.override(sheet.book.language):
        return _fill(sheet.kind, sheet.book, [], sheet.as_plain(), template, images)


@cache
def default_template(kind: Kind, *, rtl: bool = False) -> bytes:
    """Return our own template of this kind; ``manage.py build_default_templates`` makes the files."""
    return layout(f"{kind}_rtl" if rtl else kind)


@cache
def layout(name: str) -> bytes:
    """Return one of our layouts by its name in ``defaults.LAYOUTS``, with ``_rtl`` for the other direction."""
    return (settings.ROOT / "templates" / "reporting" / "docx" / f"{name}.docx").read_bytes()


def _fill(
    kind: Kind,
    logbook: Logbook,
    weeks: Iterable[WeekPage],
    context: dict[str, Any],
    template: bytes | None,
    images: Mapping[str, bytes] | None,
) -> bytes:
    pictures = pictures_of(logbook, weeks, images)
    context["logo"] = LOGO if LOGO in pictures else ""
    return render_docx(template or default_template(kind, rtl=logbook.is_rtl), context, images=pictures)
