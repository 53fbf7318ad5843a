"""The figures as files, through the sinks that all tables leave by."""

import io
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from apps.reporting.analytics.report import HEADERS, Section, flat_rows
from apps.reporting.builders.pdf import print_css
from apps.reporting.context import LOGO
from apps.reporting.selectors.letterhead import letterhead
from apps.reporting.services.documents import Document
from portal.kernel.documents import render_pdf
from portal.kernel.exports import write_csv, write_xlsx

type Headings = Sequence[str]


def csv_file(sections: Sequence[Section], _said: Headings) -> Document:
    """Return one line for each figure, as CSV."""
    target = io.BytesIO()
    write_csv(HEADERS, flat_rows(sections), target)
    return Document("figures.csv", target.getvalue(), "text/csv; charset=utf-8")


def xlsx_file(sections: Sequence[Section], _said: Headings) -> Document:
    """Return one line for each figure, as a workbook."""
    target = io.BytesIO()
    write_xlsx(HEADERS, flat_rows(sections), target, title=_("Figures"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Document("figures.xlsx", target.getvalue(), kind)


def pdf_file(sections: Sequence[Section], said: Headings) -> Document:
    """Return the tables with what was asked, on paper. Raises what ``render_pdf`` raises."""
    images = letterhead()
    context: dict[str, Any] = {
        "logo": LOGO if LOGO in images else "",
        "sections": sections,
        "said": said,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    html = render_to_string("reporting/pdf/figures.html", context)
    return Document("figures.pdf", render_pdf(html, base_css=print_css(), assets=images), "application/pdf")


FORMS: Final[dict[str, Callable[[Sequence[Section], Headings], Document]]] = {
    "csv": csv_file,
    "xlsx": xlsx_file,
    "pdf": pdf_file,
}
