"""A logbook by ReportLab: the words of our own pages in the same tables and letters, as the limit of P5."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_FONTS: Final = "/usr/share/fonts/truetype"
FONTS: Final = (
    (f"{_FONTS}/noto/NotoSans-Regular.ttf", f"{_FONTS}/noto/NotoSans-Bold.ttf"),
    (f"{_FONTS}/dejavu/DejaVuSans.ttf", f"{_FONTS}/dejavu/DejaVuSans-Bold.ttf"),
)
GRID: Final = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
WIDTH: Final = 176 * mm


@cache
def _styles() -> tuple[ParagraphStyle, ParagraphStyle]:
    """Return the style of a text and of a heading, in the letters of our pages."""
    plain, bold = next(pair for pair in FONTS if Path(pair[0]).exists())
    pdfmetrics.registerFont(TTFont("Text", plain))
    pdfmetrics.registerFont(TTFont("Bold", bold))
    text = ParagraphStyle("text", fontName="Text", fontSize=9.5, leading=13)
    return text, ParagraphStyle("bold", parent=text, fontName="Bold")


def set_with_reportlab(book: dict[str, Any], qr_png: bytes) -> bytes:
    """Return the PDF of a logbook's plain data."""
    out, code = io.BytesIO(), ImageReader(io.BytesIO(qr_png))
    story = [*_cover(book)]
    for week in book["weeks"]:
        story += [PageBreak(), *_front(book, week), PageBreak(), *_back(book, week)]
    document = SimpleDocTemplate(out, pagesize=A4, leftMargin=17 * mm, rightMargin=17 * mm, topMargin=16 * mm)
    foot = _foot(book, code)
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _foot(book: dict[str, Any], code: ImageReader) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, _document: Any) -> None:
        canvas.setFont("Text", 8)
        canvas.drawString(17 * mm, 15 * mm, f"{book['student']['full_name']} · {book['student']['reg_no']}")
        canvas.drawCentredString(105 * mm, 15 * mm, str(canvas.getPageNumber()))
        canvas.drawRightString(175 * mm, 15 * mm, book["checked_code"])
        canvas.drawImage(code, 179 * mm, 5 * mm, 14 * mm, 14 * mm)

    return draw


def _text(words: object, *, bold: bool = False) -> Paragraph:
    return Paragraph(escape(str(words)).replace("\n", "<br/>"), _styles()[bold])


def _table(rows: list[list[object]], widths: list[float], *, head: bool = True) -> Table:
    cells = [[_text(cell, bold=head and not place) for cell in row] for place, row in enumerate(rows)]
    return Table(cells, [width * mm for width in widths], style=GRID, repeatRows=int(head))


def _head(book: dict[str, Any]) -> Iterator[Flowable]:
    yield from (_text(book[name], bold=True) for name in ("university", "college", "department", "title"))
    yield Spacer(0, 4 * mm)


def _cover(book: dict[str, Any]) -> Iterator[Flowable]:
    labels, student, host = book["labels"], book["student"], book["host"]
    yield from _head(book)
    yield _text(student["full_name"], bold=True)
    facts: list[list[object]] = [
        [labels[name], student[name]] for name in ("reg_no", "programme", "year_of_study", "phase")
    ]
    facts += [[labels["cohort"], book["cohort_name"]], [labels["company"], host["name"]]]
    facts += [[labels["company_address"], f"{host['address']}, {host['region']}"]]
    facts += [[labels["industrial_supervisor"], f"{host['supervisor_name']}, {host['supervisor_title']}"]]
    facts += [[labels["period"], f"{book['start_text']} – {book['end_text']}"]]
    facts += [[labels["days"], f"{book['days_done']} {labels['of']} {book['days_required']}"]]
    facts += [[labels["total_hours"], book["total_hours_text"]], [labels["issued"], book["issued_at_text"]]]
    yield _table(facts, [50, 80], head=False)
    yield _text(f"{labels['check']} {book['checked_code']}")
    yield PageBreak()
    names = ("week", "from", "to", "hours", "industrial_supervisor", "university_supervisor")
    rows: list[list[object]] = [[labels[name] for name in names]]
    rows += [
        [*(week[name] for name in ("number", "start_text", "end_text", "total_hours_text"))]
        + [week[role]["at_text"] for role in ("industry", "academic")]
        for week in book["weeks"]
    ]
    yield _text(labels["weeks"], bold=True)
    yield _table(rows, [16, 36, 36, 16, 36, 36])


def _front(book: dict[str, Any], week: dict[str, Any]) -> Iterator[Flowable]:
    labels, student = book["labels"], book["student"]
    yield from _head(book)
    yield _table(
        [
            [labels["student"], student["full_name"], labels["reg_no"], student["reg_no"]],
            [labels["company"], book["host"]["name"], "", ""],
        ],
        [31, 57, 22, 66],
        head=False,
    )
    shown = (("week_no", "number"), ("from", "start_text"), ("to", "end_text"))
    yield _table([[f"{labels[label]} {week[name]}" for label, name in shown]], [58, 59, 59])
    rows: list[list[object]] = [[labels["day_date"], labels["activity"], labels["hours"]]]
    for day in week["days"]:
        absent = day["absence"] and f"{labels['absent']}: {day['absence']}"
        said = day["text"] or absent or (labels["missing"] if day["missing"] else "")
        rows.append([f"{day['day_name']}\n{day['date_text']}", said, day["hours_text"]])
    rows.append([labels["total"], "", week["total_hours_text"]])
    yield _table(rows, [33, 126, 17])
    yield from (_text(labels["summary"], bold=True), _text(week["summary"]))


def _back(book: dict[str, Any], week: dict[str, Any]) -> Iterator[Flowable]:
    labels = book["labels"]
    yield _text(labels["main_job"], bold=True)
    yield _text(f"{labels['main_job_title']} {week['main_job_title']}")
    yield _text(week["main_job_detail"])
    rows: list[list[object]] = [["#", labels["operation"], labels["tools"]]]
    rows += [[one["number"], one["description"], one["tools"]] for one in week["operation_rows"]]
    yield _table(rows, [10, 83, 83])
    for role in ("industry", "academic"):
        said = week[role]
        yield from (_text(labels[f"{role}_comments"], bold=True), _text(said["comment"]))
        online = labels["signed_online"] if said["at"] else ""
        signed = [labels["name"], said["name"], labels["signature"], online, labels["date"], said["at_text"]]
        yield _table([signed], [17, 42, 19, 42, 14, 42], head=False)
    yield _text(labels["diagram"], bold=True)
    yield Table([[""]], [WIDTH], [60 * mm], style=GRID)
