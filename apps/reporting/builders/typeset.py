"""Documents of a whole cohort as PDF: the look of our own pages, set by Typst twenty times as fast."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation

from apps.accounts.selectors import site_look
from apps.reporting.builders.page import ACCENT, TINT
from apps.reporting.builders.pictures import pictures_of
from apps.reporting.context import LOGO, Logbook, WeekPage
from apps.reporting.essay import Essay
from portal.kernel.colours import shades_of
from portal.kernel.errors import RuleViolation
from portal.kernel.typesetting import Setting, typeset_each


def week_setting(logbook: Logbook, week: WeekPage, *, images: Mapping[str, bytes] | None = None) -> Setting:
    """Return one week to be set, in the language of the logbook. Raises as ``pictures_of``."""
    with translation.override(logbook.language):
        return _setting("week.typ", logbook, [week], logbook.week_as_plain(week), images)


def logbook_setting(logbook: Logbook, *, images: Mapping[str, bytes] | None = None) -> Setting:
    """Return the whole logbook to be set, in its language. Raises as ``pictures_of``."""
    with translation.override(logbook.language):
        return _setting("logbook.typ", logbook, logbook.weeks, logbook.as_plain(), images)


def report_setting(essay: Essay, *, images: Mapping[str, bytes] | None = None) -> Setting:
    """Return a general report to be set, in its language."""
    with translation.override(essay.language):
        return _setting("report.typ", essay.book, [], essay.as_plain(), images)


def build_each(lot: Sequence[Setting], *, between: Callable[[], None] = lambda: None) -> list[bytes | RuleViolation]:
    """Return the PDFs of a lot in order; in the place of one that cannot be made stands the reason."""
    return typeset_each(lot, sources(), between=between)


@cache
def sources() -> dict[str, bytes]:
    """Return our Typst sources by name."""
    folder = settings.ROOT / "templates" / "reporting" / "typst"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.typ"))}


def _setting(
    main: str,
    logbook: Logbook,
    weeks: Iterable[WeekPage],
    context: dict[str, Any],
    images: Mapping[str, bytes] | None,
) -> Setting:
    pictures = pictures_of(logbook, weeks, images)
    context |= {
        "logo": LOGO if LOGO in pictures else "",
        "direction": "rtl" if logbook.is_rtl else "ltr",
        "colours": _colours(site_look().accent),
    }
    return Setting(main, context, pictures)


def _colours(accent: str) -> dict[str, str]:
    if not accent:
        return {"accent": f"#{ACCENT}", "tint": f"#{TINT}"}
    shades = shades_of(accent, dark=False)
    return {"accent": shades["accent"], "tint": shades["accent-tint"]}
