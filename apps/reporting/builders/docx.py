"""Documents as Word files: the university's own template, or ours."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.utils import translation

from apps.accounts.selectors import site_look
from apps.reporting.builders.ooxml import recoloured
from apps.reporting.builders.page import ACCENT, TINT
from apps.reporting.builders.pictures import pictures_of, pictures_of_paper
from apps.reporting.context import LOGO, Logbook, WeekPage
from apps.reporting.essay import Essay
from apps.reporting.papers import Paper
from apps.reporting.sheets import Sheet
from portal.kernel.colours import shades_of
from portal.kernel.documents import Filling

type Kind = Literal["week", "logbook", "paper", "report", "arrival", "assessment", "certificate"]


def week_filling(
    logbook: Logbook, week: WeekPage, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None
) -> Filling:
    """Return what makes one week as a Word file, in the language of the logbook."""
    with translation.override(logbook.language):
        return _fill("week", logbook, [week], logbook.week_as_plain(week), template, images)


def logbook_filling(
    logbook: Logbook, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None
) -> Filling:
    """Return what makes the whole logbook as a Word file, in its language."""
    with translation.override(logbook.language):
        return _fill("logbook", logbook, logbook.weeks, logbook.as_plain(), template, images)


def paper_filling(paper: Paper, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None) -> Filling:
    """Return what makes a letter or agreement as a Word file, in its language."""
    with translation.override(paper.language):
        pictures = pictures_of_paper(paper, images)
        context = paper.as_plain() | {"logo": LOGO if LOGO in pictures else ""}
        return Filling(template or default_template("paper", rtl=paper.is_rtl), context, pictures)


def report_filling(
    essay: Essay, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None
) -> Filling:
    """Return what makes a general report as a Word file, in its language."""
    with translation.override(essay.language):
        return _fill("report", essay.book, [], essay.as_plain(), template, images)


def sheet_filling(sheet: Sheet, template: bytes | None = None, *, images: Mapping[str, bytes] | None = None) -> Filling:
    """Return what makes a single sheet as a Word file, in its language."""
    with translation.override(sheet.book.language):
        return _fill(sheet.kind, sheet.book, [], sheet.as_plain(), template, images)


def default_template(kind: Kind, *, rtl: bool = False) -> bytes:
    """Return our own template of this kind; ``manage.py build_default_templates`` makes the files."""
    return layout(f"{kind}_rtl" if rtl else kind)


def layout(name: str) -> bytes:
    """Return one of our layouts by its name in ``defaults.LAYOUTS``, with ``_rtl`` for the other direction.

    It has the university's colour where one is set.
    """
    return _coloured(name, site_look().accent)


@cache
def _coloured(name: str, accent: str) -> bytes:
    made = (settings.ROOT / "templates" / "reporting" / "docx" / f"{name}.docx").read_bytes()
    if not accent:
        return made
    shades = shades_of(accent, dark=False)
    return recoloured(made, {str(ACCENT): shades["accent"], TINT: shades["accent-tint"]})


def _fill(
    kind: Kind,
    logbook: Logbook,
    weeks: Iterable[WeekPage],
    context: dict[str, Any],
    template: bytes | None,
    images: Mapping[str, bytes] | None,
) -> Filling:
    pictures = pictures_of(logbook, weeks, images)
    context["logo"] = LOGO if LOGO in pictures else ""
    return Filling(template or default_template(kind, rtl=logbook.is_rtl), context, pictures)
