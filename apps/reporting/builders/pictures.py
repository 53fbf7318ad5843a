"""The pictures of a document: the student's sketches, the university's logo, the code that leads to its check."""

import io
from collections.abc import Iterable, Mapping
from functools import lru_cache

import segno

from apps.reporting.context import CHECK_QR, LOGO, Logbook, WeekPage
from apps.reporting.papers import Paper


def pictures_of(logbook: Logbook, weeks: Iterable[WeekPage], images: Mapping[str, bytes] | None) -> dict[str, bytes]:
    """Return the pictures that a document of these weeks shows, by name.

    ``images`` holds PNG or JPEG bytes: the sketches under the names that the weeks give, and ``logo``.
    Raises ``ValueError`` for a week whose sketch is not among them: a diagram must not vanish silently.
    """
    given = dict(images or {})
    names = [week.sketch for week in weeks if week.sketch]
    if lost := [name for name in names if name not in given]:
        message = f"no image for the sketch {lost[0]}"
        raise ValueError(message)
    pictures = {name: given[name] for name in [*names, LOGO] if name in given}
    if logbook.check_url:
        pictures[CHECK_QR] = qr_png(logbook.check_url)
    return pictures


def pictures_of_paper(paper: Paper, images: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the pictures of a letter or agreement: its code, and the logo where it is given."""
    given = {name: data for name, data in (images or {}).items() if name == LOGO}
    return {**given, CHECK_QR: qr_png(paper.check_url)}


@lru_cache(maxsize=64)
def qr_png(text: str) -> bytes:
    """Return a QR code as PNG, six dots a module, without border (the layout leaves the quiet zone)."""
    png = io.BytesIO()
    segno.make_qr(text, error="m").save(png, kind="png", scale=6, border=0)
    return png.getvalue()
