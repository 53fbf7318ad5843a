"""P5, documents: a logbook of 26 weeks as Word and PDF, and the zip of 200 students.

Parts: ``docx`` is the filling itself (what the child does once it runs) beside one Jinja pass over the prepared XML with
the same text, zipped again; ``pages`` is our own PDF beside the same words as one naive table; ``reportlab`` and
``weasyprint`` are a lot of the zip (Word files, then one start of LibreOffice) beside ReportLab with the same words, and
beside our own pages one by one. ``memory`` is by how many MiB the process of the job grows over the whole zip, beside
the 10 that it may; the children's memory is theirs and ends with them.
"""

import dataclasses
import datetime as dt
import gc
import io
import resource
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils import translation
from jinja2 import Environment
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from apps.accounts.models import Job, User
from apps.accounts.services.jobs import run_job
from apps.accounts.services.people import grant
from apps.accounts.states import JobState
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from apps.reporting.builders import docx, pdf
from apps.reporting.context import Logbook
from apps.reporting.example import example_logbook
from apps.reporting.services.batches import Wish, start_batch
from apps.reporting.services.press import LOT
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from portal.kernel.documents import docx_to_pdf, plain_data, render_pdf
from portal.kernel.documents_child.packing import pack
from portal.kernel.documents_child.word import Filler, fill
from tests.benchmarks.figures import Figure, medians
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory

WEEKS, STUDENTS, MOST_MIB, ROUNDS = 26, 200, 10, 3


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where a document is lost."""
    # First, because the other parts would raise the peak from which the growth counts.
    yield Figure(STUDENTS, _growth(STUDENTS), MOST_MIB, 1, "memory")
    book = _book()
    with translation.override("en"):
        context = plain_data(book.as_plain()) | {"logo": "", "check_qr": ""}
    template = docx.default_template("logbook")
    warm = medians(partial(_fill, template, context), partial(_one_pass, template, context), rounds=ROUNDS)
    yield Figure(WEEKS, *warm, goal=2, part="docx")
    yield Figure(WEEKS, *medians(partial(pdf.build_logbook, book), partial(_naive, book), rounds=ROUNDS), 0.8, "pages")
    ours_s, reportlab_s = medians(partial(_lot, book), partial(_reportlab, book), rounds=ROUNDS)
    yield Figure(LOT, ours_s, reportlab_s * LOT, 1.5, "reportlab")
    ours_s, weasyprint_s = medians(partial(_lot, book), partial(pdf.build_logbook, book), rounds=ROUNDS)
    yield Figure(LOT, ours_s, weasyprint_s * LOT, 1 / 10, "weasyprint")


def _book() -> Logbook:
    """Our example, its first week twenty-six times."""
    book = example_logbook()
    first = book.weeks[0]
    weeks = []
    for number in range(WEEKS):
        later = dt.timedelta(weeks=number)
        days = tuple(dataclasses.replace(day, date=day.date + later) for day in first.days)
        changes: dict[str, Any] = {
            "number": number + 1,
            "start": first.start + later,
            "end": first.end + later,
            "days": days,
        }
        weeks.append(dataclasses.replace(first, sketch="", **changes))
    return dataclasses.replace(book, weeks=tuple(weeks), check_url="")


def _fill(template: bytes, context: dict[str, object]) -> bytes:
    payload, sizes = pack([template])
    return fill(payload, {"sizes": sizes, "context": context, "images": []})


def _one_pass(template: bytes, context: dict[str, object]) -> bytes:
    filler = Filler(template, {})
    environment = Environment(autoescape=True)
    environment.filters["image"] = lambda *_args: ""
    text = environment.from_string(filler.patch_xml(filler.get_xml())).render(context)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, text if name == "word/document.xml" else source.read(name))
    return out.getvalue()


def _lines(book: Logbook) -> Iterator[list[str]]:
    for week in book.weeks:
        yield from ([str(day.date), day.text, str(day.hours), day.state_label] for day in week.days)
        yield ["", week.main_job_title, str(week.total_hours), week.main_job_detail]
        yield from ([str(step.number), step.description, "", step.tools] for step in week.operations)


def _naive(book: Logbook) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in _lines(book))
    html = f'<html lang="en"><title>x</title><style>td{{border:1px solid}}</style><table>{rows}</table></html>'
    return render_pdf(html, base_css="")


def _reportlab(book: Logbook) -> bytes:
    style, out, story = getSampleStyleSheet()["BodyText"], io.BytesIO(), []
    lines = list(_lines(book))
    each = len(lines) // WEEKS
    for start in range(0, len(lines), each):
        cells = [[Paragraph(escape(cell), style) for cell in line] for line in lines[start : start + each]]
        story += [Table(cells), PageBreak()]
    SimpleDocTemplate(out).build(story)
    return out.getvalue()


def _lot(book: Logbook) -> list[bytes]:
    return docx_to_pdf([docx.build_logbook(book) for _number in range(LOT)])


# -- the zip ------------------------------------------------------------------------------------------------------


def _growth(students: int) -> float:
    """Write the zip of so many students and return by how many MiB this process' peak has grown meanwhile."""
    coordinator = _cohort(students)
    _write(Wish(formats=["docx", "pdf"], only=_few(coordinator)), coordinator, LOT * 2)
    gc.collect()
    before = _peak_mib()
    _write(Wish(formats=["docx", "pdf"]), coordinator, students * 2)
    return max(_peak_mib() - before, 0.001)


def _few(person: User) -> list[int]:
    return list(Wish().rows(person).values_list("pk", flat=True)[:LOT])


def _write(wish: Wish, person: User, documents: int) -> None:
    job = start_batch(wish, actor=person)
    run_job(job.pk)
    row = Job.objects.get(pk=job.pk)
    if row.state != JobState.DONE or row.outcome["made"] != documents:
        message = f"{row.state}: {row.error or row.outcome}"
        raise AssertionError(message)
    Path(row.result.path).unlink()


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cohort(students: int) -> User:
    last = dt.date(2026, 6, 26)
    cohort = CohortFactory.create(start=last - dt.timedelta(weeks=WEEKS, days=-3), end=last)
    logs: list[DailyLog] = []
    for _number in range(students):
        placement = PlacementFactory.create(enrolment=EnrolmentFactory.create(cohort=cohort))
        logs += [
            DailyLog(
                enrolment=placement.enrolment,
                placement=placement,
                day=day,
                week_start=monday_of(day),
                text="Measured shafts, turned a new one and wrote down what was found. " * 3,
                state=ChainState.VERIFIED_INDUSTRY,
            )
            for day in (placement.start + dt.timedelta(days=number) for number in range(WEEKS * 7))
            if day.weekday() < 5
        ]
    DailyLog.objects.bulk_create(logs, batch_size=500)
    coordinator = UserFactory.create()
    grant(coordinator, cohort.department, actor=SYSTEM)
    return coordinator
