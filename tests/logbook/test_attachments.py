import datetime as dt
import io
import uuid

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image

from apps.logbook.models import LogAttachment
from apps.logbook.services import attachments, receipts
from apps.logbook.services.attachments import MOST_BYTES, attach_file, remove_file
from apps.logbook.services.logs import DayText
from apps.logbook.services.receipts import SentDay, take_day
from apps.logbook.states import ChainState
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from tests.factories.logbook import DailyLogFactory
from tests.papers import PDF


def picture(form: str) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(stored, form)
    return stored.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "name"),
    [
        (PDF, "application/pdf", "plan.pdf"),
        (picture("PNG"), "image/png", "plan.png"),
        (picture("JPEG"), "image/jpeg", "plan.jpg"),
        (picture("WEBP"), "image/jpeg", "plan.jpg"),
    ],
    ids=["pdf", "png", "jpeg", "webp"],
)
def test_the_content_decides_what_a_file_is(world, data, kind, name):
    log = DailyLogFactory.create(placement=world.placement)
    made = attach_file(log, data, name="C:\\x\\plan.exe", actor=world.student)
    assert (made.content_type, made.original_name, made.size) == (kind, name, made.file.size)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (PDF + b"0" * MOST_BYTES, "too_large"),
        (b"MZ", "wrong_kind"),
        (b"%PDF-1.7\n%%EOF\n", "pdf_damaged"),
        (b"\x89PNG\r\n\x1a\nbroken", "not_a_picture"),
    ],
    ids=["empty", "large", "program", "broken", "damaged"],
)
def test_a_file_that_cannot_be_kept_is_refused(world, data, code):
    log = DailyLogFactory.create(placement=world.placement)
    with pytest.raises(RuleViolation) as refused:
        attach_file(log, data, name="x.png", actor=world.student)
    assert (refused.value.code, LogAttachment.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("limit", "most", "code"),
    [("MOST_A_LOG", 1, "too_many_files"), ("MOST_A_DAY", 1, "upload_limit"), ("MOST_STORED", 20, "upload_limit")],
)
def test_a_limit_refuses_the_file_and_leaves_none_behind(world, monkeypatch, limit, most, code):
    log = DailyLogFactory.create(placement=world.placement)
    attach_file(log, PDF, name="a.pdf", actor=world.student)
    monkeypatch.setattr(attachments, limit, most)
    storage = LogAttachment._meta.get_field("file").storage
    before = sorted(storage.listdir("logs")[1])
    with pytest.raises(RuleViolation) as refused:
        attach_file(log, PDF, name="b.pdf", actor=world.student)
    assert (refused.value.code, sorted(storage.listdir("logs")[1])) == (code, before)


def test_a_file_is_the_students_to_add_and_to_remove(world):
    log = DailyLogFactory.create(placement=world.placement)
    made = attach_file(log, PDF, name="a.pdf", actor=world.student)
    with pytest.raises(NotAllowed):
        attach_file(log, PDF, name="b.pdf", actor=world.coordinator)
    with pytest.raises(NotAllowed):
        remove_file(made, actor=world.coordinator)


def test_a_sent_day_keeps_its_files(world):
    log = DailyLogFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    made = log.attachments.create(file="logs/x.pdf", original_name="x", content_type="x", size=1, sha256="0")
    with pytest.raises(WrongState):
        attach_file(log, PDF, name="b.pdf", actor=world.student)
    with pytest.raises(WrongState):
        remove_file(made, actor=world.student)


def test_a_removed_file_is_gone_after_the_commit(world, django_capture_on_commit_callbacks):
    log = DailyLogFactory.create(placement=world.placement)
    made = attach_file(log, PDF, name="a.pdf", actor=world.student)
    storage, name = made.file.storage, made.file.name
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(made, actor=world.student)
    assert (storage.exists(name), LogAttachment.objects.count()) == (False, 0)


# -- with a day ---------------------------------------------------------------------------------------------------


def sent_day(**more) -> SentDay:
    return SentDay(DayText("Turned a shaft."), files=[("shaft.pdf", PDF), ("no.exe", b"MZ")], **more)


def yesterday() -> dt.date:
    return timezone.localdate() - dt.timedelta(days=1)


def stored_files() -> set[str]:
    return set(LogAttachment._meta.get_field("file").storage.listdir("logs")[1])


def test_a_file_is_looked_at_before_the_transaction_of_its_day(world, monkeypatch):
    inside = []
    monkeypatch.setattr(attachments, "check_pdf", lambda _data, **_field: inside.append(len(connection.savepoint_ids)))
    taken = take_day(world.enrolment, timezone.localdate(), sent_day(), actor=world.student)
    # On SQLite all other writers would wait for the child process.
    assert inside == [0]
    assert [name for name, _why in taken.refused_files] == ["no.exe"]
    assert [file.original_name for file in taken.log.attachments.all()] == ["shaft.pdf"]


def test_a_day_that_is_refused_leaves_no_file_behind(world):
    attach_file(
        DailyLogFactory.create(placement=world.placement, day=yesterday()), PDF, name="a.pdf", actor=world.student
    )
    before = stored_files()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(RuleViolation) as refused:
        take_day(world.enrolment, tomorrow, sent_day(), actor=world.student)
    with pytest.raises(NotAllowed):
        take_day(world.enrolment, timezone.localdate(), sent_day(), actor=world.fellow_student)
    assert (refused.value.code, stored_files()) == ("day_in_future", before)


def test_a_file_over_a_limit_goes_and_its_day_stays(world, monkeypatch):
    attach_file(
        DailyLogFactory.create(placement=world.placement, day=yesterday()), PDF, name="a.pdf", actor=world.student
    )
    before = stored_files()
    monkeypatch.setattr(attachments, "MOST_A_LOG", 1)
    day = SentDay(DayText("Turned a shaft."), files=[("a.pdf", PDF), ("b.pdf", PDF)])
    taken = take_day(world.enrolment, timezone.localdate(), day, actor=world.student)
    kept = taken.log.attachments.get()
    assert (kept.original_name, [name for name, _why in taken.refused_files]) == ("a.pdf", ["b.pdf"])
    assert stored_files() - before == {kept.file.name.rpartition("/")[2]}


def test_the_same_day_twice_at_once_stores_its_files_once(world, monkeypatch):
    day = sent_day(key=uuid.uuid4())
    first = take_day(world.enrolment, timezone.localdate(), day, actor=world.student)
    before, asked = stored_files(), []
    find = receipts._receipt_of

    def too_early(own, sent):
        asked.append(own)
        return None if len(asked) == 1 else find(own, sent)

    monkeypatch.setattr(receipts, "_receipt_of", too_early)
    again = take_day(world.enrolment, timezone.localdate(), day, actor=world.student)
    assert (again.log, again.is_repeat, stored_files()) == (first.log, True, before)
    assert first.log.attachments.count() == 1
