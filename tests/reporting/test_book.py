import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from apps.logbook.states import ChainState
from apps.reporting.selectors import book_of
from apps.reporting.services.documents import make_unplaced_week, make_week
from apps.reporting.states import TemplateState
from portal.kernel.dates import monday_of
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.reporting import DocumentTemplateFactory
from tests.factories.world import World, build_world
from tests.logbook.pictures import jpeg_with_place
from tests.refusals import refusal

WORD_FILE = Path(__file__).parents[2] / "templates" / "reporting" / "docx" / "week.docx"


@pytest.fixture
def world(db) -> World:
    return build_world()


def page_of_this_week(world: World):
    book = book_of(world.placement, world.student, language="en")
    return book, book.week(monday_of(timezone.localdate()))


def test_a_week_names_who_verified_and_who_validated_it(world):
    now = timezone.now()
    DailyLogFactory.create(
        placement=world.placement,
        state=ChainState.VERIFIED_ACADEMIC,
        verified_by=world.industrial_supervisor,
        verified_at=now,
        validated_by=world.university_supervisor,
        validated_at=now,
    )
    _book, page = page_of_this_week(world)
    names = [world.industrial_supervisor.get_full_name(), world.university_supervisor.get_full_name()]
    assert [page.industry.name, page.academic.name] == names
    assert (page.industry.at, page.academic.at, page.industry.comment) == (now, now, "")


def test_a_verified_report_brings_the_comment_and_nobody_has_validated_it(world):
    WeeklyReportFactory.create(
        placement=world.placement,
        state=ChainState.VERIFIED_INDUSTRY,
        verified_by=world.industrial_supervisor,
        verified_at=timezone.now(),
        host_comment="Works with care.",
    )
    _book, page = page_of_this_week(world)
    assert (page.industry.comment, page.academic) == ("Works with care.", None)


def test_a_sketch_comes_with_the_book(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = jpeg_with_place()
    report = WeeklyReportFactory.create(placement=world.placement, sketch=ContentFile(picture, name="sketch.jpg"))
    book, page = page_of_this_week(world)
    assert (page.sketch, dict(book.images)) == (f"sketch-{report.pk}", {f"sketch-{report.pk}": picture})


def test_a_week_is_written_into_the_departments_own_template(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    DocumentTemplateFactory.create(
        department=world.department,
        state=TemplateState.PUBLISHED,
        file=ContentFile(_with_heading(WORD_FILE.read_bytes(), "THE DEPARTMENT'S OWN"), name="week.docx"),
    )
    monday = monday_of(timezone.localdate())
    document = make_week(world.placement, monday, "docx", actor=world.student, language="en")
    with zipfile.ZipFile(io.BytesIO(document.content)) as package:
        assert package.read("word/document.xml").count(b"THE DEPARTMENT'S OWN") == 1


def _with_heading(word_file: bytes, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                paragraph = f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>".encode()
                content = content.replace(b"<w:body>", paragraph, 1)
            target.writestr(name, content)
    return out.getvalue()


def test_a_week_outside_of_the_training_is_none_without_a_place_too(world):
    how = {"actor": world.student, "language": "en"}
    monday = monday_of(world.enrolment.cohort.end) + dt.timedelta(weeks=9)
    assert refusal(make_unplaced_week, world.enrolment, monday, "docx", **how) == "no_such_week"
    inside = make_unplaced_week(world.enrolment, monday_of(timezone.localdate()), "docx", **how)
    assert inside.content[:2] == b"PK"
