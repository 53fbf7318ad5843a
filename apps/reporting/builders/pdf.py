"""Documents as PDF in our own layout."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_info

from apps.accounts.selectors import site_look
from apps.reporting.builders.pictures import pictures_of, pictures_of_paper, qr_png
from apps.reporting.context import CHECK_QR, LOGO, Logbook, WeekPage, labels
from apps.reporting.essay import Essay
from apps.reporting.papers import Paper
from apps.reporting.portfolio import PortfolioPage, page_as_plain
from apps.reporting.sheets import Sheet
from portal.kernel.documents import plain_data, render_pdf

_NAMED: Final = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USED: Final = re.compile(r"var\((--[\w-]+)\)")


def build_week(logbook: Logbook, week: WeekPage, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return one week as PDF, in the language of the logbook. Raises what ``render_pdf`` raises."""
    with translation.override(logbook.language):
        return _set("week", logbook, [week], logbook.week_as_plain(week), images)


def build_logbook(logbook: Logbook, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return the whole logbook as PDF, in its language. Raises what ``render_pdf`` raises."""
    with translation.override(logbook.language):
        return _set("logbook", logbook, logbook.weeks, logbook.as_plain(), images)


def build_paper(paper: Paper, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return a letter or agreement as PDF, in its language. Raises what ``render_pdf`` raises."""
    with translation.override(paper.language):
        pictures = pictures_of_paper(paper, images)
        context = paper.as_plain() | {
            "logo": LOGO if LOGO in pictures else "",
            "direction": "rtl" if paper.is_rtl else "ltr",
        }
        html = render_to_string("reporting/pdf/paper.html", plain_data(context))
        return render_pdf(html, base_css=print_css(), assets=pictures)


def build_report(essay: Essay, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return a general report as PDF, in its language. Raises what ``render_pdf`` raises."""
    with translation.override(essay.language):
        return _set("report", essay.book, [], essay.as_plain(), images)


def build_sheet(sheet: Sheet, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Return a single sheet as PDF, in its language. Raises what ``render_pdf`` raises."""
    with translation.override(sheet.book.language):
        return _set(sheet.kind, sheet.book, [], sheet.as_plain(), images)


def build_portfolio(
    page: PortfolioPage, code: str, url: str, *, language: str, images: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a portfolio as PDF, in a language. Raises what ``render_pdf`` raises."""
    with translation.override(language):
        pictures = {**(images or {}), CHECK_QR: qr_png(url)}
        context = {
            **page_as_plain(page),
            "checked_code": code,
            "check_url": url,
            "check_qr": CHECK_QR,
            "logo": LOGO if LOGO in pictures else "",
            "labels": labels(),
            "language": language,
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
        }
        html = render_to_string("reporting/pdf/portfolio.html", plain_data(context))
        return render_pdf(html, base_css=print_css(), assets=pictures)


def print_css() -> str:
    """Return the style sheet of our PDFs, with the look's names replaced by their values, in the university's colours.

    WeasyPrint would hand all names down to every element and look one up again wherever it is used.
    """
    return _sheet(site_look().print_sheet())


@lru_cache(maxsize=4)
def _sheet(colours: str) -> str:
    folder = settings.ROOT / "portal" / "static" / "portal"
    look = (folder / "tokens.css").read_text(encoding="utf-8")
    # Only what stands before the first condition: paper is never dark.
    values = dict(_NAMED.findall(look.partition("@media")[0])) | dict(_NAMED.findall(colours))
    return _USED.sub(lambda found: values[found[1]], (folder / "print.css").read_text(encoding="utf-8"))


def _set(
    page: str,
    logbook: Logbook,
    weeks: Iterable[WeekPage],
    context: dict[str, Any],
    images: Mapping[str, bytes] | None,
) -> bytes:
    pictures = pictures_of(logbook, weeks, images)
    context |= {"logo": LOGO if LOGO in pictures else "", "direction": "rtl" if logbook.is_rtl else "ltr"}
    html = render_to_string(f"reporting/pdf/{page}.html", plain_data(context))
    return render_pdf(html, base_css=print_css(), assets=pictures)
