import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.accounts.models import OutboxTask
from apps.accounts.selectors import history_visible_to
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.models import Application, Disclosure, Resume
from apps.applications.services import resumes
from apps.applications.services.resumes import (
    clean_name,
    correct_facts,
    delete_resume,
    disclose_resume,
    extract_resume,
    open_resume,
    store_resume,
)
from apps.applications.states import ApplicationState, DisclosureWay, ExtractionState
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CompanyMemberFactory, StudentFactory, UserFactory
from tests.factories.applications import ApplicationFactory, ResumeFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parent.parent / "data" / "resumes"
PDF = (SAMPLES / "libreoffice-writer.pdf").read_bytes()


@pytest.fixture
def student():
    return StudentFactory.create()


@pytest.fixture
def world() -> World:
    return build_world()


def stored_files():
    return set(default_storage.listdir("resumes")[1]) if default_storage.exists("resumes") else set()


# -- storing ------------------------------------------------------------------------------------------------------


def test_a_stored_resume_keeps_its_bytes_under_a_name_that_tells_nothing(student):
    resume = store_resume(PDF, name="C:\\mine\\Amina CV.PDF", actor=student)
    assert (resume.owner, resume.original_name, resume.size) == (student, "Amina CV.pdf", len(PDF))
    assert resume.sha256 == hashlib.sha256(PDF).hexdigest()
    with resume.file.open("rb") as file:
        assert file.read() == PDF
    assert ("Amina" in resume.file.name, resume.extraction) == (False, ExtractionState.WAITING)


def test_the_same_bytes_of_one_student_are_one_resume(student):
    first = store_resume(PDF, name="a.pdf", actor=student)
    before = stored_files()
    assert store_resume(PDF, name="b.pdf", actor=student) == first
    assert store_resume(PDF, name="b.pdf", actor=StudentFactory.create()) != first
    assert (Resume.objects.count(), len(stored_files() - before)) == (2, 1)


def test_who_is_no_student_stores_nothing():
    with pytest.raises(NotAllowed):
        store_resume(PDF, name="a.pdf", actor=UserFactory.create())


@pytest.mark.parametrize(
    ("sample", "code"), [("zero-bytes.pdf", "empty_file"), ("no-pdf-header.pdf", "not_a_pdf"), (None, "too_large")]
)
def test_what_is_no_resume_leaves_neither_row_nor_file(student, sample, code):
    data = (SAMPLES / sample).read_bytes() if sample else b"%PDF-1.4\n" + b" " * (5 * 1024 * 1024)
    before = stored_files()
    with pytest.raises(RuleViolation) as refused:
        store_resume(data, name="a.pdf", actor=student)
    assert (refused.value.code, Resume.objects.count(), stored_files()) == (code, 0, before)


@pytest.mark.parametrize(("name", "value"), [("MOST_A_DAY", 1), ("MOST_BYTES", len(PDF) + 1)])
def test_who_uploads_very_much_is_stopped(student, monkeypatch, name, value):
    monkeypatch.setattr(resumes, name, value)
    ResumeFactory.create(owner=student)
    with pytest.raises(RuleViolation) as refused:
        store_resume(PDF, name="a.pdf", actor=student)
    assert (refused.value.code, Resume.objects.count()) == ("upload_limit", 1)


def test_uploads_of_yesterday_and_of_others_do_not_count(student, monkeypatch):
    monkeypatch.setattr(resumes, "MOST_A_DAY", 1)
    ResumeFactory.create()
    old = ResumeFactory.create(owner=student)
    Resume.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    assert store_resume(PDF, name="a.pdf", actor=student).owner == student


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("cv.pdf", "cv.pdf"),
        ("cv.PDF", "cv.pdf"),
        ("cv", "cv.pdf"),
        ("cv.docx", "cv.docx.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\\b\\c.pdf", "c.pdf"),
        ("", "resume.pdf"),
        (".pdf", "resume.pdf"),
        ("folder/", "resume.pdf"),
        ("..", "resume.pdf"),
        ("السيرة.pdf", "السيرة.pdf"),
        ("cv.exe", "cv.exe.pdf"),
        ("cv.pdf.exe", "cv.pdf.exe.pdf"),
        ("cv\x00.pdf", "cv.pdf"),
        ("cv\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("cv\u200b\ufeff.pdf", "cv.pdf"),
        ("x" * 300 + ".pdf", "x" * 145 + ".pdf"),
        ("سيرة" * 60 + ".pdf", "سيرة" * 18 + ".pdf"),
        ("👩🏽‍🎓 CV.pdf", "👩🏽🎓 CV.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ('a"b;c.pdf', "a_b;c.pdf"),
        ("  .hidden.pdf", "hidden.pdf"),
    ],
)
def test_the_name_offered_later_is_clean(name, offered):
    assert clean_name(name) == offered


# -- deleting -----------------------------------------------------------------------------------------------------


def test_a_resume_and_its_file_go_together(student):
    resume = store_resume(PDF, name="a.pdf", actor=student)
    run_due_tasks()
    name = resume.file.name
    delete_resume(resume, actor=student)
    assert (Resume.objects.count(), default_storage.exists(name)) == (0, True)
    run_due_tasks()
    assert default_storage.exists(name) is False


def test_a_strangers_resume_is_not_deleted():
    with pytest.raises(NotAllowed):
        delete_resume(ResumeFactory.create(), actor=StudentFactory.create())
    assert Resume.objects.count() == 1


@pytest.mark.parametrize("state", list(ApplicationState))
def test_a_resume_that_an_application_carries_stays(state):
    application = ApplicationFactory.create(state=state)
    with pytest.raises(RuleViolation) as refused:
        delete_resume(application.resume, actor=application.student)
    assert (refused.value.code, Resume.objects.count()) == ("resume_in_use", 1)


# -- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "state", "pages", "problem"),
    [
        ("latex-john-doe-3pages.pdf", ExtractionState.READ, 3, ""),
        ("encrypted-user-password.pdf", ExtractionState.UNREADABLE, 0, "encrypted"),
    ],
)
def test_a_stored_resume_is_read_later(student, sample, state, pages, problem):
    resume = store_resume((SAMPLES / sample).read_bytes(), name=sample, actor=student)
    run_due_tasks()
    resume.refresh_from_db()
    assert (resume.extraction, resume.page_count, resume.problem) == (state, pages, problem)
    assert bool(resume.text) is (state == ExtractionState.READ)
    assert OutboxTask.objects.filter(dedupe_key=f"resume:{resume.pk}").count() == 1


def test_a_resume_that_is_gone_or_was_read_is_no_error():
    read = ResumeFactory.create(text="As it was.")
    extract_resume(read.pk)
    extract_resume(read.pk + 1)
    read.refresh_from_db()
    assert read.text == "As it was."


# -- what the rules found -----------------------------------------------------------------------------------------


def test_facts_are_the_students_as_soon_as_the_student_changes_them(student):
    resume = store_resume((SAMPLES / "latex-john-doe-3pages.pdf").read_bytes(), name="cv.pdf", actor=student)
    run_due_tasks()
    resume.refresh_from_db()
    found = resume.shown_facts
    assert (found["emails"][0], found["degrees"]) == ("johndoe@example.com", ["Doctorate", "Master", "Bachelor"])
    typed = {"skills": ["  Turning ", "", "Turning", "CNC  milling"], "links": ["https://a.example"], "nonsense": ["x"]}
    correct_facts(resume, typed, actor=student)
    resume.refresh_from_db()
    nothing = {"degrees": [], "emails": [], "phones": []}
    assert resume.shown_facts == {
        "experience": [],
        "skills": ["Turning", "CNC milling"],
        "links": ["https://a.example"],
        **nothing,
    }
    assert resume.facts["emails"][0]["value"] == "johndoe@example.com"


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"skills": [str(number) for number in range(61)]}, "too_many_facts", "skills"),
        ({"degrees": ["x" * 201]}, "fact_too_long", "degrees"),
        ({"links": ["javascript:alert(1)"]}, "wrong_link", "links"),
        ({"links": ["//other.example"]}, "wrong_link", "links"),
    ],
)
def test_facts_that_are_not_kept(student, typed, code, field):
    resume = ResumeFactory.create(owner=student)
    with pytest.raises(RuleViolation) as refused:
        correct_facts(resume, typed, actor=student)
    resume.refresh_from_db()
    assert (refused.value.code, refused.value.field, resume.own_facts) == (code, field, None)


def test_facts_of_others_are_theirs(student):
    with pytest.raises(NotAllowed):
        correct_facts(ResumeFactory.create(), {}, actor=student)


# -- opening ------------------------------------------------------------------------------------------------------


def test_a_company_that_opens_a_resume_is_on_record(world):
    text, again = (disclose_resume(world.application, way=DisclosureWay.TEXT, actor=world.representative) for _ in "ab")
    file, more = (
        disclose_resume(world.application, way=DisclosureWay.DOWNLOAD, actor=world.representative) for _ in "ab"
    )
    assert (again, more == file, Disclosure.objects.count()) == (text, False, 3)
    assert (text.viewer, text.resume, text.way) == (world.representative, world.application.resume, DisclosureWay.TEXT)


def test_reading_the_text_on_another_day_is_another_line(world):
    disclose_resume(world.application, way=DisclosureWay.TEXT, actor=world.representative)
    Disclosure.objects.update(at=timezone.now() - dt.timedelta(days=1))
    disclose_resume(world.application, way=DisclosureWay.TEXT, actor=world.representative)
    assert Disclosure.objects.count() == 2


@pytest.mark.parametrize("name", ["student", "coordinator", "superuser"])
def test_who_is_no_company_leaves_no_trace(world, name):
    found = disclose_resume(world.application, way=DisclosureWay.TEXT, actor=world.personas()[name])
    assert (found, Disclosure.objects.count()) == (None, 0)


@pytest.mark.parametrize("name", ["rival_representative", "fellow_student", "foreign_coordinator", "deactivated"])
def test_strangers_open_nothing(world, name):
    person = world.personas()[name]
    with pytest.raises(NotAllowed):
        disclose_resume(world.application, way=DisclosureWay.TEXT, actor=person)
    with pytest.raises(NotAllowed):
        open_resume(world.application.resume, actor=person)
    assert Disclosure.objects.count() == 0


def test_nobody_opens_hundreds_of_resumes_in_an_hour(world, monkeypatch):
    monkeypatch.setattr(resumes, "MOST_OPENINGS_AN_HOUR", 1)
    open_resume(world.application.resume, actor=world.representative)
    with pytest.raises(RuleViolation) as refused:
        open_resume(world.application.resume, actor=world.representative)
    assert (refused.value.code, Disclosure.objects.count()) == ("too_many_openings", 1)
    with pytest.raises(RuleViolation):
        open_resume(world.application.resume, actor=world.representative)
    # The coordinators find one line an hour, however often the person tries.
    alarms = history_visible_to(world.coordinator).filter(action="opened_too_many")
    assert list(alarms.values_list("target_id", "actor")) == [(world.application.pk, world.representative.pk)]
    Disclosure.objects.update(at=timezone.now() - dt.timedelta(minutes=61))
    open_resume(world.application.resume, actor=world.representative)
    assert Disclosure.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "lines"), [("student", 0), ("coordinator", 0), ("superuser", 0), ("representative", 1)]
)
def test_only_the_company_that_downloads_is_on_record(world, name, lines):
    open_resume(world.application.resume, actor=world.personas()[name])
    assert list(Disclosure.objects.values_list("way", flat=True)) == [DisclosureWay.DOWNLOAD] * lines


def test_a_download_is_on_record_for_the_newest_application_that_may_be_read(world):
    newest, rejected = (
        ApplicationFactory.create(
            vacancy__company=world.company, enrolment=world.enrolment, resume=world.application.resume, state=state
        )
        for state in (ApplicationState.SHORTLISTED, ApplicationState.REJECTED)
    )
    open_resume(world.application.resume, actor=world.representative)
    assert list(Disclosure.objects.values_list("application", flat=True)) == [newest.pk]
    assert rejected.pk > newest.pk


@pytest.mark.parametrize("state", [ApplicationState.REJECTED, ApplicationState.WITHDRAWN])
def test_a_company_loses_the_resume_with_the_application(world, state):
    Application.objects.update(state=state)
    with pytest.raises(NotAllowed):
        open_resume(world.application.resume, actor=world.representative)


def test_a_resume_without_application_is_for_its_owner(world):
    resume = ResumeFactory.create(owner=world.student)
    open_resume(resume, actor=world.student)
    assert Disclosure.objects.count() == 0
    for person in (world.superuser, CompanyMemberFactory.create().user):
        with pytest.raises(NotAllowed):
            open_resume(resume, actor=person)


def test_a_withdrawn_resume_is_not_the_superusers(world):
    open_resume(world.application.resume, actor=world.superuser)
    Application.objects.update(state=ApplicationState.WITHDRAWN)
    with pytest.raises(NotAllowed):
        open_resume(world.application.resume, actor=world.superuser)
