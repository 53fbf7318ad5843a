"""P5, documents: a logbook of 26 weeks as Word and PDF, and the zip of 200 students.

Every part compares the same words, the same letters and the same QR code; no two weeks and no two students have the
same text, so that nothing is remembered that a cohort would not let anybody remember.

Parts: ``docx`` is the filling itself (what the child does once it runs; the template is prepared) beside one pass of
plain Jinja over the same prepared body, compiled before, zipped again: it has no sandbox, no footer, no properties and
no pictures, which ours has. ``pages`` is our own PDF beside the same page as one would write it first: tables that
measure their cells and collapse their borders, names looked up by WeasyPrint, a flexible line; both from HTML to PDF,
with the start of the child. ``reportlab`` and ``weasyprint`` are a lot of the zip (set by Typst, with the start of the
child and all that makes the context) beside ReportLab with the same words in the same tables, and beside our own pages
one by one. ``memory`` is by how many MiB the process of the job grows over the whole zip after a first lot, beside the
10 that it may; the children's memory is theirs and ends with them.
"""

import dataclasses
import datetime as dt
import gc
import io
import re
import resource
import zipfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from jinja2 import Environment, Template

from apps.accounts.models import Job, User
from apps.accounts.services.jobs import run_job
from apps.accounts.services.people import grant
from apps.accounts.states import JobState
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from apps.reporting.builders import docx, pdf, typeset
from apps.reporting.builders.pictures import pictures_of
from apps.reporting.context import Logbook
from apps.reporting.example import example_logbook
from apps.reporting.services.batches import Wish, start_batch
from apps.reporting.services.press import SET_LOT
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from portal.kernel.documents import plain_data, render_pdf
from portal.kernel.documents_child.word import Filler, prepared
from portal.kernel.sandbox import Limits
from tests.benchmarks import paper
from tests.benchmarks.figures import Figure, medians
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory

WEEKS, STUDENTS, MOST_MIB, ROUNDS = 26, 200, 10, 3
_AS_WRITTEN_FIRST = """
table { table-layout: auto; border-collapse: collapse }
th, td { inline-size: auto !important }
.days :is(th, td), .operations :is(th, td), .weeks :is(th, td) { border: 0.2mm solid var(--edge) }
.week-line { display: flex; justify-content: space-between }
.week-line span { inline-size: auto }
"""


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where a document is lost."""
    # First, because the other parts would raise the peak from which the growth counts.
    yield Figure(STUDENTS, _growth(STUDENTS), MOST_MIB, 1, "memory")
    book = _book(0)
    yield Figure(WEEKS, *_docx(book), goal=2, part="docx")
    yield Figure(WEEKS, *medians(partial(pdf.build_logbook, book), partial(_naive, book), rounds=ROUNDS), 0.8, "pages")
    lot = [_book(number) for number in range(SET_LOT)]
    ours_s, reportlab_s = medians(partial(_lot, lot), partial(_reportlab, book), rounds=ROUNDS)
    yield Figure(SET_LOT, ours_s, reportlab_s * SET_LOT, 1.5, "reportlab")
    ours_s, weasyprint_s = medians(partial(_lot, lot), partial(pdf.build_logbook, book), rounds=ROUNDS)
    yield Figure(SET_LOT, ours_s, weasyprint_s * SET_LOT, 1 / 10, "weasyprint")


def _book(student: int) -> Logbook:
    """Our example, its first week twenty-six times with other words each time."""
    book = example_logbook()
    first = book.weeks[0]
    weeks = []
    for number in range(WEEKS):
        later, mark = dt.timedelta(weeks=number), f" ({student}.{number})"
        days = tuple(
            dataclasses.replace(day, date=day.date + later, text=day.text and f"{day.text}{mark}") for day in first.days
        )
        operations = tuple(dataclasses.replace(one, description=one.description + mark) for one in first.operations)
        changes: dict[str, Any] = {
            "number": number + 1,
            "start": first.start + later,
            "end": first.end + later,
            "days": days,
            "operations": operations,
            "main_job_detail": first.main_job_detail + mark,
            "summary": first.summary + mark,
        }
        weeks.append(dataclasses.replace(first, sketch="", **changes))
    return dataclasses.replace(book, weeks=tuple(weeks))


# -- Word -----------------------------------------------------------------------------------------------------------


def _docx(book: Logbook) -> tuple[float, float]:
    with translation.override("en"):
        context = plain_data(book.as_plain()) | {"logo": ""}
    template, images = docx.default_template("logbook"), pictures_of(book, book.weeks, None)
    filler, environment = Filler(template), Environment(autoescape=True)
    body = environment.from_string(_without_pictures(filler.patch_xml(filler.get_xml())))
    ours, reference = partial(prepared(template).fill, context, images), partial(_one_pass, template, body, context)
    return medians(ours, reference, rounds=9)


def _without_pictures(source: str) -> str:
    return re.sub(r"\|image\([\d, ]*\)", "", source)


def _one_pass(template: bytes, body: Template, context: dict[str, object]) -> bytes:
    text, out = body.render(context), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, text if name == "word/document.xml" else source.read(name))
    return out.getvalue()


# -- PDF ------------------------------------------------------------------------------------------------------------


@cache
def _first_sheet() -> str:
    folder = settings.ROOT / "portal" / "static" / "portal"
    return "".join((folder / name).read_text() for name in ("tokens.css", "print.css")) + _AS_WRITTEN_FIRST


def _naive(book: Logbook) -> bytes:
    pictures = pictures_of(book, book.weeks, None)
    with translation.override("en"):
        context = plain_data(book.as_plain() | {"logo": "", "direction": "ltr"})
        html = render_to_string("reporting/pdf/logbook.html", context)
    # On a slow machine it takes longer than a page may.
    with patch("portal.kernel.documents.PAGE_LIMITS", Limits(memory_mb=1024, cpu_s=120, wall_s=300)):
        return render_pdf(html, base_css=_first_sheet(), assets=pictures)


def _reportlab(book: Logbook) -> bytes:
    with translation.override("en"):
        return paper.set_with_reportlab(book.as_plain(), pictures_of(book, book.weeks, None)["check_qr"])


def _lot(books: list[Logbook]) -> list[bytes]:
    made = typeset.build_each([typeset.logbook_setting(book) for book in books])
    if lost := [one for one in made if not isinstance(one, bytes)]:
        raise AssertionError(lost[0])
    return [one for one in made if isinstance(one, bytes)]


# -- the zip ------------------------------------------------------------------------------------------------------


def _growth(students: int) -> float:
    """Write the zip of so many students and return by how many MiB this process' peak has grown meanwhile."""
    coordinator = _cohort(students)
    _write(Wish(formats=["docx", "pdf"], only=_few(coordinator)), coordinator, SET_LOT * 2)
    gc.collect()
    before = _peak_mib()
    _write(Wish(formats=["docx", "pdf"]), coordinator, students * 2)
    return max(_peak_mib() - before, 0.001)


def _few(person: User) -> list[int]:
    return list(Wish().rows(person).values_list("pk", flat=True)[:SET_LOT])


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
