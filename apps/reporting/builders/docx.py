"""Weeks and logbooks as Word files: the university's own template, or ours."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.utils import translation

from apps.reporting.builders.pictures import pictures_of, pictures_of_paper
from apps.reporting.context import LOGO, Logbook, WeekPage
from apps.reporting.papers import Paper
from portal.kernel.documents import render_docx

type Kind = Literal["week", "logbook", "paper"]


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


@cache
def default_template(kind: Kind, *, rtl: bool = False) -> bytes:
    """Return our own template of this kind; ``manage.py build_default_templates`` makes the files."""
    name = f"{kind}_rtl.docx" if rtl else f"{kind}.docx"
    return (settings.ROOT / "templates" / "reporting" / "docx" / name).read_bytes()


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
