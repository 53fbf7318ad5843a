"""The way of a file into the storage and out of it, with a process that may be killed at every step."""

import base64
import datetime as dt
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from apps.accounts.models import OutboxTask
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.extraction.reader import MAX_BYTES
from apps.applications.models import Resume
from apps.applications.permissions import can_view_resume
from apps.applications.selectors import resumes_of, resumes_visible_to
from apps.applications.services import resume_files, sent_files
from apps.applications.services.resume_files import remove_file, sweep_files
from apps.applications.services.resumes import extract_resume, store_resume
from apps.applications.states import ExtractionState
from portal.kernel.errors import RuleViolation
from portal.kernel.stored import write_checked
from tests.clients import RESUMES
from tests.factories.accounts import StudentFactory
from tests.factories.applications import ResumeFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

PDF = (RESUMES / "libreoffice-writer.pdf").read_bytes()
TWO_DAYS = dt.timedelta(days=2)


class KilledError(BaseException):
    """What a killed process looks like from inside: nothing after it runs."""


@pytest.fixture
def student():
    return StudentFactory.create()


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def files() -> list[str]:
    return sorted(default_storage.listdir("resumes")[1]) if default_storage.exists("resumes") else []


def age(name: str, how_old: dt.timedelta) -> None:
    moment = (timezone.now() - how_old).timestamp()
    os.utime(default_storage.path(name), (moment, moment))


def killed(*_args, **_kwargs):
    raise KilledError


# -- killed on the way --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "step", "objects"),
    [
        (resume_files, "write_checked", 0),
        (FileSystemStorage, "save", 0),
        (FileSystemStorage, "open", 1),
        (resume_files, "enqueue", 1),
    ],
)
def test_who_is_killed_leaves_a_waiting_row_that_nobody_sees_and_can_begin_again(
    student, monkeypatch, where, step, objects
):
    with monkeypatch.context() as patch:
        patch.setattr(where, step, killed)
        with pytest.raises(KilledError):
            store_resume(PDF, name="a.pdf", actor=student)
    waiting = Resume.objects.get()
    assert (waiting.stored_at, len(files())) == (None, objects)
    assert (list(resumes_of(student)), list(resumes_visible_to(student)), can_view_resume(waiting, student)) == (
        [],
        [],
        False,
    )
    again = store_resume(PDF, name="b.pdf", actor=student)
    assert (again.pk, again.is_stored, again.original_name) == (waiting.pk, True, "b.pdf")
    with again.file.open("rb") as file:
        assert file.read() == PDF
    assert (Resume.objects.count(), OutboxTask.objects.filter(kind="applications.extract_resume").count()) == (1, 1)


def test_what_the_killed_have_left_is_swept_after_a_day(student):
    kept = store_resume(PDF, name="a.pdf", actor=student)
    fresh = ResumeFactory.create(owner=student, stored_at=None)
    old = ResumeFactory.create(owner=student, stored_at=None)
    Resume.objects.filter(pk=old.pk).update(created_at=timezone.now() - TWO_DAYS)
    lost, new = (default_storage.save(f"resumes/{name}.pdf", ContentFile(b"x")) for name in ("lost", "new"))
    for name in (old.file.name, kept.file.name, lost):
        age(name, TWO_DAYS)
    assert sweep_files() == 3
    assert set(Resume.objects.all()) == {kept, fresh}
    assert files() == sorted(Path(name).name for name in (kept.file.name, fresh.file.name, new))
    assert sweep_files() == 0


def test_where_nothing_was_stored_yet_nothing_is_swept():
    assert sweep_files() == 0


# -- a storage that fails -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["save", "open"])
def test_a_storage_that_is_away_is_said_and_nothing_is_left(student, monkeypatch, method):
    def away(*_args, **_kwargs):
        message = "the store is away"
        raise ConnectionError(message)

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, method, away)
        with pytest.raises(RuleViolation) as refused:
            store_resume(PDF, name="a.pdf", actor=student)
    assert (refused.value.code, list(resumes_of(student))) == ("storage_away", [])
    run_due_tasks()
    assert files() == []
    assert store_resume(PDF, name="a.pdf", actor=student).is_stored is True


@pytest.mark.parametrize(
    ("method", "answer"),
    [("open", ContentFile(PDF[:-1])), ("open", ContentFile(b"")), ("save", "resumes/another.pdf")],
)
def test_a_storage_that_gives_back_something_else_is_not_believed(student, monkeypatch, method, answer):
    monkeypatch.setattr(FileSystemStorage, "open", lambda *_args: ContentFile(PDF))
    monkeypatch.setattr(FileSystemStorage, method, lambda *_args: answer)
    with pytest.raises(RuleViolation) as refused:
        store_resume(PDF, name="a.pdf", actor=student)
    assert (refused.value.code, list(resumes_of(student))) == ("storage_away", [])


def test_of_the_same_bytes_by_two_requests_at_once_the_first_that_stands_is_kept(student, monkeypatch):
    first = []

    def meanwhile(*args):
        monkeypatch.undo()
        first.append(store_resume(PDF, name="first.pdf", actor=student))
        write_checked(*args)

    monkeypatch.setattr(resume_files, "write_checked", meanwhile)
    kept = store_resume(PDF, name="second.pdf", actor=student)
    assert ([kept], kept.original_name, kept.file.name) == (first, "first.pdf", first[0].file.name)
    assert len(files()) == 2
    run_due_tasks()
    assert files() == [Path(kept.file.name).name]


def test_bytes_that_arrived_while_they_were_checked_are_the_same_resume(student, monkeypatch):
    first = []
    monkeypatch.setattr(
        "apps.applications.services.resumes.check_pdf",
        lambda data: first.append(ResumeFactory.create(owner=student, content=data)),
    )
    assert [store_resume(PDF, name="a.pdf", actor=student)] == first
    assert len(files()) == 1


# -- later --------------------------------------------------------------------------------------------------------


def test_the_file_of_a_stored_row_is_not_removed(student):
    resume = store_resume(PDF, name="a.pdf", actor=student)
    remove_file(resume.file.name)
    assert default_storage.exists(resume.file.name) is True
    remove_file("resumes/gone.pdf")


def test_a_waiting_row_is_not_read(student):
    waiting = ResumeFactory.create(owner=student, stored_at=None, extraction=ExtractionState.WAITING, text="")
    extract_resume(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.extraction == ExtractionState.WAITING


@pytest.mark.parametrize("more", [1, 3, 6])
def test_a_pdf_sent_as_base64_may_have_five_megabytes_and_no_byte_more(more):
    """Up to three bytes too many are seen only once it is decoded."""
    whole = b"%PDF-1.7" + b"x" * (MAX_BYTES - 8)
    assert len(sent_files.read_base64_pdf(base64.b64encode(whole).decode())) == MAX_BYTES
    assert refusal(sent_files.read_base64_pdf, base64.b64encode(whole + b"x" * more).decode()) == "too_large"
