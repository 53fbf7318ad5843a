import csv
import hashlib
import io
import zipfile

import pytest
from django.urls import reverse

from apps.accounts.models import Job, OutboxTask, User
from apps.accounts.services.jobs import JobCancelledError, run_job
from apps.accounts.services.people import withdraw_grant
from apps.accounts.states import JobState
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import PlacementState
from apps.reporting.builders import docx, typeset
from apps.reporting.models import IssuedDocument
from apps.reporting.selectors.batches import BATCH, batch_cohorts, batch_departments, batch_placements
from apps.reporting.services import batches, press
from apps.reporting.services.batches import Wish, start_batch
from apps.reporting.states import GeneralReportState
from portal.kernel.access import SYSTEM
from portal.kernel.documents import Filling
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CohortFactory, JobFactory
from tests.factories.applications import PlacementFactory
from tests.factories.reporting import DocumentTemplateFactory, GeneralReportFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
ALL = ["logbook", "week", "report"]
TAKES = {"university_supervisor", "other_university_supervisor", "coordinator", "foreign_coordinator"}


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Put a few bytes in the place of each document, and no LibreOffice."""
    for kind in ("logbook", "week", "report"):
        monkeypatch.setattr(docx, f"{kind}_filling", lambda *_args, k=kind, **_how: Filling(k.encode(), {}, {}))
    monkeypatch.setattr(press, "fill_each", fill_quickly)
    monkeypatch.setattr(typeset, "build_each", set_quickly)
    monkeypatch.setattr(press, "libreoffice_available", lambda: False)


def fill_quickly(lot, *, between):
    between()
    return [b"word of a " + filling.template for filling in lot]


def set_quickly(lot, *, between):
    between()
    return [b"%PDF of a " + setting.main.removesuffix(".typ").encode() for setting in lot]


def run(wish: Wish, person: User) -> Job:
    """Start it and do its work."""
    job = start_batch(wish, actor=person)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def content_of(job: Job) -> dict[str, bytes]:
    with job.result.open("rb") as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def name_of(placement: Placement) -> str:
    student = placement.enrolment.student
    return f"{student.last_name} {student.first_name}/{student.student_profile.reg_no}"


# -- whose --------------------------------------------------------------------------------------------------------


def test_who_may_take_a_placement_along(world):
    found = {
        name for name, person in world.personas().items() if batch_placements(person).filter(pk=world.placement.pk)
    }
    assert found == {"university_supervisor", "coordinator"}


def outcome_for(person: User) -> str:
    try:
        start_batch(Wish(), actor=person)
    except NotAllowed:
        return "not allowed"
    except RuleViolation as error:
        return error.code
    return "started"


def test_who_may_start(world):
    people = {name: person for name, person in world.personas().items() if isinstance(person, User)}
    expected = dict.fromkeys(people, "not allowed") | dict.fromkeys(TAKES, "started")
    # Nobody has a place in the other department yet.
    expected["foreign_coordinator"] = "nobody"
    assert {name: outcome_for(person) for name, person in people.items()} == expected


def test_cohorts_and_departments_are_those_with_logbooks(world):
    CohortFactory.create(department=world.department)
    assert list(batch_cohorts(world.coordinator)) == [world.cohort]
    assert list(batch_departments(world.university_supervisor)) == [world.department]
    assert list(batch_departments(world.student)) == []


@pytest.mark.parametrize("by", ["cohort", "department", "only"])
def test_rows_are_narrowed(world, by):
    elsewhere = PlacementFactory.create(enrolment__cohort=CohortFactory.create(department=world.department))
    values = {
        "cohort": {"cohort": elsewhere.enrolment.cohort_id},
        "department": {"department": world.other_department.pk},
        "only": {"only": [elsewhere.pk]},
    }[by]
    expected = [] if by == "department" else [elsewhere]
    assert list(Wish(**values).rows(world.coordinator)) == expected


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"kinds": []}, "nothing_chosen", "kinds"),
        ({"kinds": ["letter"]}, "nothing_chosen", "kinds"),
        ({"formats": ["exe"]}, "nothing_chosen", "formats"),
        ({"folder": "{x}"}, "pattern_unknown", "folder"),
        ({"file_name": ""}, "pattern_empty", "file_name"),
        ({"cohort": 0}, "nobody", "whose"),
    ],
)
def test_start_batch_refuses(world, change, code, field):
    with pytest.raises(RuleViolation) as caught:
        start_batch(Wish(**change), actor=world.coordinator)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Job.objects.exists()


def test_start_batch_one_at_a_time_and_ten_an_hour(world):
    first = start_batch(Wish(), actor=world.coordinator)
    with pytest.raises(RuleViolation) as caught:
        start_batch(Wish(), actor=world.coordinator)
    assert caught.value.code == "still_running"
    Job.objects.filter(pk=first.pk).update(state=JobState.CANCELLED)
    JobFactory.create_batch(9, owner=world.coordinator, kind=BATCH, state=JobState.DONE)
    with pytest.raises(RuleViolation) as caught:
        start_batch(Wish(), actor=world.coordinator)
    assert caught.value.code == "too_often"


# -- what is in it ------------------------------------------------------------------------------------------------


def test_zip_holds_every_kind_and_form_of_own_students(world):
    GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.SUBMITTED)
    job = run(Wish(kinds=ALL, formats=["docx", "pdf"], folder="{last_name} {first_name}"), world.university_supervisor)
    assert (job.state, job.error) == (JobState.DONE, "")
    found = content_of(job)
    name = name_of(world.placement)
    weeks = sorted(path for path in found if "Week" in path)
    assert weeks[:2] == [f"{name} Week 01.docx", f"{name} Week 01.pdf"]
    others = {path: content for path, content in found.items() if path not in weeks}
    assert others == {
        f"{name} Logbook.docx": b"word of a logbook",
        f"{name} Logbook.pdf": b"%PDF of a logbook",
        f"{name} General report.docx": b"word of a report",
        f"{name} General report.pdf": b"%PDF of a report",
    }
    assert job.message == f"{len(found)} documents are in the zip."
    assert job.outcome["placements"] == [world.placement.pk]
    # Each carries a code under which it can be checked.
    hashes = {hashlib.sha256(content).hexdigest() for content in found.values()}
    issued = IssuedDocument.objects.filter(made_by=world.university_supervisor)
    assert (issued.count(), set(issued.values_list("sha256", flat=True))) == (len(found), hashes)


def test_zip_names_are_unique(world):
    job = run(Wish(folder="", file_name="book"), world.coordinator)
    assert sorted(content_of(job)) == ["book (2).pdf", "book.pdf"]


def test_zip_of_several_placements_has_the_report_once_and_names_who_has_none(world):
    PlacementFactory.create(enrolment=world.enrolment, state=PlacementState.COMPLETED)
    GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.APPROVED)
    job = run(Wish(kinds=["report"]), world.coordinator)
    found = content_of(job)
    [listed] = [path for path in found if path.endswith(".csv")]
    lines = list(csv.reader(io.StringIO(found.pop(listed).decode("utf-8-sig"))))
    fellow = world.fellow_student
    assert lines[1:] == [
        [
            fellow.student_profile.reg_no,
            fellow.get_full_name(),
            "General report",
            "",
            "The student has not handed in a general report.",
        ]
    ]
    assert list(found.values()) == [b"%PDF of a report"]
    assert job.message == "1 document is in the zip. 1 is missing: a list in the zip says why."


@pytest.mark.parametrize("error", [RuleViolation("template_syntax", "A tag is not complete."), OSError("no such file")])
def test_document_that_fails_is_listed_and_costs_no_other(world, monkeypatch, error):
    def fail(book, *, images, real=typeset.logbook_setting):
        if book.student.reg_no == world.student.student_profile.reg_no:
            raise error
        return real(book, images=images)

    monkeypatch.setattr(typeset, "logbook_setting", fail)
    job = run(Wish(), world.coordinator)
    why = "A tag is not complete."
    if isinstance(error, OSError):
        why = "The document could not be made. The operator finds the reason in the log."
    assert job.outcome["missing"] == [[world.placement.pk, "Logbook", "pdf", why]]
    assert len(content_of(job)) == 2


def test_nothing_made_is_a_failure_with_the_reason(world, monkeypatch):
    def fail(*_args, **_how):
        raise RuleViolation("x", "It is too long.")

    monkeypatch.setattr(typeset, "logbook_setting", fail)
    job = run(Wish(), world.coordinator)
    assert (job.state, job.error) == (JobState.FAILED, "Not one document could be made. It is too long.")
    assert not job.result


def test_nothing_made_without_anything_to_make(world, monkeypatch):
    monkeypatch.setattr(batches, "pieces_of", lambda *_args: iter(()))
    assert run(Wish(), world.coordinator).error == "Not one document could be made. "


def test_own_template_without_libreoffice_is_listed(world):
    DocumentTemplateFactory.create(department=world.department, kind="logbook", state="published")
    job = run(Wish(formats=["docx", "pdf"]), world.coordinator)
    assert {path.rpartition(".")[2] for path in content_of(job)} == {"docx", "csv"}
    assert [line[1:3] for line in job.outcome["missing"]] == [["Logbook", "pdf"]] * 2


def test_word_files_go_through_libreoffice_in_lots(world, monkeypatch):
    lots = []

    def convert(files, *, between):
        between()
        lots.append(len(files))
        return [RuleViolation("pdf_failed", "Unreadable."), *(b"%PDF from " + file for file in files[1:])]

    PlacementFactory.create_batch(2, enrolment__cohort=world.cohort)
    template = DocumentTemplateFactory.create(department=None, cohort=world.cohort, kind="logbook", state="published")
    given = []

    def fill(lot, *, between):
        between()
        given.extend(filling.template for filling in lot)
        return [b"word" for _filling in lot]

    monkeypatch.setattr(press, "libreoffice_available", lambda: True)
    monkeypatch.setattr(press, "docx_to_pdf_each", convert)
    monkeypatch.setattr(press, "LOT", 3)
    monkeypatch.setattr(docx, "logbook_filling", lambda _book, content, **_how: Filling(content, {}, {}))
    monkeypatch.setattr(press, "fill_each", fill)
    job = run(Wish(), world.coordinator)
    with template.file.open("rb") as stored:
        assert given == [stored.read()] * 4
    assert lots == [3, 1]
    assert [line[3] for line in job.outcome["missing"]] == ["Unreadable."] * 2
    assert [content for path, content in content_of(job).items() if path.endswith("pdf")] == [b"%PDF from word"] * 2


def test_libreoffice_that_is_busy_is_listed(world, monkeypatch):
    def busy(_files, *, between):
        raise RuleViolation("pdf_busy", "Others are before you.")

    DocumentTemplateFactory.create(department=world.department, kind="logbook", state="published")
    monkeypatch.setattr(press, "libreoffice_available", lambda: True)
    monkeypatch.setattr(press, "docx_to_pdf_each", busy)
    job = run(Wish(formats=["docx", "pdf"]), world.coordinator)
    assert [line[2:] for line in job.outcome["missing"]] == [["pdf", "Others are before you."]] * 2


def test_word_file_that_fails_is_listed_once(world, monkeypatch):
    def fail(*_args, **_how):
        raise RuleViolation("x", "Broken.")

    DocumentTemplateFactory.create(department=world.department, kind="logbook", state="published")
    monkeypatch.setattr(press, "libreoffice_available", lambda: True)
    monkeypatch.setattr(docx, "logbook_filling", fail)
    job = run(Wish(formats=["docx", "pdf"]), world.coordinator)
    assert job.error == "Not one document could be made. Broken."


# -- rights and ends ----------------------------------------------------------------------------------------------


def test_student_who_left_the_scope_is_not_in_it(world, monkeypatch):
    job = start_batch(Wish(), actor=world.coordinator)
    real = press.pieces_of

    def leave(placement, *args):
        # The first one is being made when the second one leaves.
        Placement.objects.exclude(pk=placement.pk).update(state=PlacementState.CANCELLED)
        return real(placement, *args)

    monkeypatch.setattr(batches, "CHUNK", 1)
    monkeypatch.setattr(batches, "pieces_of", leave)
    run_job(job.pk)
    job.refresh_from_db()
    assert (len(job.outcome["placements"]), len(content_of(job))) == (1, 1)


def test_rights_that_ended_before_the_work_begins_end_it(world):
    job = start_batch(Wish(), actor=world.university_supervisor)
    PlacementSupervisor.objects.update(is_active=False)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "There is no logbook here yet, or it is not yours to take.")


def download(client, person, job):
    client.force_login(person)
    answer = client.get(reverse("job_result", args=[job.pk]))
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def test_download_is_the_owners_while_the_rights_last(client, world):
    GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.SUBMITTED)
    job = run(Wish(kinds=ALL, formats=["docx"]), world.coordinator)
    assert job.outcome["reports"] != []
    assert [download(client, person, job) for person in (world.coordinator, world.foreign_coordinator)] == [200, 404]
    assert download(client, world.superuser, job) == 404


@pytest.mark.parametrize("what", ["grant", "placement", "report", "person"])
def test_download_after_rights_were_withdrawn_is_not_there(client, world, what):
    report = GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.SUBMITTED)
    job = run(Wish(kinds=ALL, formats=["docx"]), world.coordinator)
    if what == "grant":
        withdraw_grant(world.coordinator, world.department, actor=SYSTEM)
    elif what == "placement":
        Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.CANCELLED)
    elif what == "report":
        type(report).objects.update(state=GeneralReportState.DRAFT)
    else:
        job.outcome["placements"].append(10**6)
        job.save()
    assert download(client, world.coordinator, job) == 404
    page = client.get(reverse("exports"))
    if what == "grant":
        assert page.status_code == 403
    else:
        assert b"not yours to see any more" in page.content
        assert reverse("job_result", args=[job.pk]).encode() not in page.content


def test_run_that_died_begins_anew_and_ends_whole(world, monkeypatch):
    job = start_batch(Wish(), actor=world.coordinator)
    monkeypatch.setattr(batches, "pieces_of", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.result)) == (JobState.RUNNING, False)
    monkeypatch.undo()
    monkeypatch.setattr(typeset, "build_each", set_quickly)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count, job.total_count, len(content_of(job))) == (JobState.DONE, 2, 2, 2)
    assert OutboxTask.objects.filter(kind="accounts.run_job").count() == 1


def test_run_after_the_file_was_stored_leaves_one_file(world):
    job = start_batch(Wish(), actor=world.coordinator)
    run_job(job.pk)
    job.refresh_from_db()
    first = job.result.name
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.result.name != first
    assert (job.result.storage.exists(first), job.result.storage.exists(job.result.name)) == (False, True)


def test_cancelled_run_leaves_nothing(world, monkeypatch):
    job = start_batch(Wish(), actor=world.coordinator)

    def stop(_self):
        raise JobCancelledError

    monkeypatch.setattr("apps.accounts.services.jobs.Progress._write", stop)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.result), job.outcome) == (JobState.CANCELLED, False, {})
