"""The services of imports: what is kept, when, and what is left when something goes wrong."""

from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from apps.accounts.models import DepartmentGrant, Enrolment, HistoryEntry, ImportBatch, ImportRow, Job, User
from apps.accounts.services import import_staging, imports
from apps.accounts.services.import_kinds import import_kind
from apps.accounts.services.jobs import Progress, cancel_job, run_job
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.services.students import enter_student
from apps.accounts.states import ImportState, JobState, RowStatus
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from tests.accounts.tables import ASHA, SAID, table
from tests.factories.accounts import CohortFactory, DepartmentFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    cohort = CohortFactory.create(name="Mechanical PT2", country="TZ")
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    return cohort


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


def file_of(text: str | bytes, name: str = "students.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


@pytest.fixture
def staged(cohort, coordinator):
    """Two new students and one line with an error, ready to look at."""
    broken = ("2021-04-00003", "No", "Programme", "")
    return stage(imports.upload_students(cohort, file_of(table(ASHA, SAID, broken)), actor=coordinator))


def stage(batch: ImportBatch) -> ImportBatch:
    run_due_tasks()
    batch.refresh_from_db()
    return batch


def students() -> list[str]:
    return sorted(User.objects.filter(student_profile__isnull=False).values_list("username", flat=True))


# -- uploading ----------------------------------------------------------------------------------------------------


def test_an_upload_keeps_the_file_under_a_name_of_its_own_and_starts_reading(cohort, coordinator):
    batch = imports.upload_students(cohort, file_of(table(ASHA), "../../My Students.CSV"), actor=coordinator)
    assert (batch.state, batch.file_name, batch.owner, batch.kind) == (
        ImportState.UPLOADED,
        "My Students.CSV",
        coordinator,
        "accounts.students",
    )
    assert batch.file.name.startswith("imports/")
    assert batch.file.name.endswith(".csv")
    assert "Students" not in batch.file.name
    assert (batch.job.kind, batch.job.owner, batch.job.title) == (imports.STAGE, coordinator, "Reading My Students.CSV")


def test_a_file_that_is_too_large_is_refused_before_anything_is_kept(cohort, coordinator):
    file = file_of("x")
    file.size = (20 << 20) + 1
    with pytest.raises(RuleViolation) as caught:
        imports.upload_students(cohort, file, actor=coordinator)
    assert (caught.value.code, str(caught.value.message)) == (
        "too_large",
        "The file is larger than 20 MiB. Divide it into several files.",
    )
    assert (ImportBatch.objects.count(), Job.objects.count()) == (0, 0)


def test_only_coordinators_of_the_cohort_upload(cohort):
    stranger = UserFactory.create()
    grant(stranger, DepartmentFactory.create(), actor=SYSTEM)
    with pytest.raises(NotAllowed):
        imports.upload_students(cohort, file_of(table(ASHA)), actor=stranger)
    assert ImportBatch.objects.count() == 0


# -- looking at it ------------------------------------------------------------------------------------------------


def test_looking_writes_lines_and_counts_and_nobody(staged):
    assert (staged.state, staged.counts) == (
        ImportState.STAGED,
        {"new": 2, "changed": 0, "unchanged": 0, "error": 1},
    )
    assert list(staged.rows.values_list("line", "status")) == [
        (2, RowStatus.NEW),
        (3, RowStatus.NEW),
        (4, RowStatus.ERROR),
    ]
    [problem] = staged.rows.get(line=4).problems
    assert problem["said"].pop("en") == problem["message"]
    assert (problem["column"], problem["code"], problem["message"], sorted(problem["said"])) == (
        "programme_code",
        "missing",
        "A new student needs this.",
        ["ar", "sw"],
    )
    assert students() == []
    assert (staged.job.state, staged.job.message, staged.job.next_url) == (
        JobState.DONE,
        "2 new, 0 changed, 0 unchanged, 1 with errors",
        f"/admin/accounts/importbatch/{staged.pk}/change/",
    )
    assert (staged.job.done_count, staged.job.total_count) == (3, 3)


def test_looking_twice_starts_anew(staged):
    ImportBatch.objects.filter(pk=staged.pk).update(state=ImportState.UPLOADED)
    Job.objects.filter(pk=staged.job.pk).update(state=JobState.RUNNING)
    run_job(staged.job.pk)
    assert list(staged.rows.values_list("line", flat=True)) == [2, 3, 4]


def test_looking_at_what_is_gone_or_moved_on_does_nothing(staged):
    progress = Progress(staged.job)
    imports.stage_import(progress, batch_id=staged.pk)
    imports.stage_import(progress, batch_id=10**6)
    staged.refresh_from_db()
    assert staged.state == ImportState.STAGED


def test_what_is_wrong_is_said_in_the_uploaders_language(cohort, coordinator, monkeypatch):
    heard = []
    kind = import_kind("accounts.students")

    def judge(*args, **kwargs):
        heard.append(translation.get_language())
        return kind.judge(*args, **kwargs)

    monkeypatch.setattr(import_staging, "import_kind", lambda _name: replace(kind, judge=judge))
    with translation.override("sw"):
        batch = imports.upload_students(cohort, file_of(table(ASHA, ("", "No", "Number", ""))), actor=coordinator)
    stage(batch)
    assert heard == ["sw"]


def test_unknown_columns_and_notes_of_the_reader_are_kept(cohort, coordinator):
    text = table((*ASHA, "chess"), headers=("reg_no", "first_name", "last_name", "programme_code", "Hobby"))
    batch = stage(imports.upload_students(cohort, file_of(text, "students.xlsx"), actor=coordinator))
    assert batch.details["unknown"] == [{"header": "Hobby", "suggestion": ""}]
    assert [note["text"] for note in batch.details["notes"]] == [
        "By its content the file is a text file (CSV), whatever its name says, and was read as such."
    ]
    assert batch.details["columns"] == ["reg_no", "first_name", "last_name", "programme_code"]


def test_a_misspelt_header_is_named_with_what_it_may_mean(cohort, coordinator):
    text = table(ASHA, headers=("reg_no", "first_name", "last_nmae", "programme_code"))
    batch = stage(imports.upload_students(cohort, file_of(text), actor=coordinator))
    assert batch.details["unknown"] == [{"header": "last_nmae", "suggestion": "last_name"}]


def test_a_refused_file_is_deleted_and_says_why(cohort, coordinator, django_capture_on_commit_callbacks):
    batch = imports.upload_students(cohort, file_of("reg_no,first_name\n"), actor=coordinator)
    name = batch.file.name
    with django_capture_on_commit_callbacks(execute=True):
        stage(batch)
    assert (batch.state, batch.refusal_code, batch.file.name) == (ImportState.REFUSED, "header_only", "")
    assert (default_storage.exists(name), batch.rows.count(), batch.job.state) == (False, 0, JobState.DONE)
    assert batch.job.message == batch.message


def test_a_cancelled_reading_leaves_no_line(cohort, coordinator):
    batch = imports.upload_students(cohort, file_of(table(ASHA)), actor=coordinator)
    cancel_job(batch.job, actor=coordinator)
    stage(batch)
    assert (batch.state, batch.rows.count(), Job.objects.get().state) == (ImportState.UPLOADED, 0, JobState.CANCELLED)
    assert imports.discard_import(batch, actor=coordinator).state == ImportState.DISCARDED


# -- the encoding -------------------------------------------------------------------------------------------------

ARABIC = table(("2021-04-00001", "فاطمة", "الزهراء", "BSC-ME")).encode("windows-1256")


def test_a_file_in_an_unknown_encoding_is_asked_about_and_kept(cohort, coordinator):
    batch = stage(imports.upload_students(cohort, file_of(ARABIC), actor=coordinator))
    assert (batch.state, batch.refusal_code) == (ImportState.REFUSED, "encoding_needed")
    assert "windows-1256" in [candidate["encoding"] for candidate in batch.details["encodings"]]
    assert default_storage.exists(batch.file.name)


def test_the_chosen_encoding_reads_the_names(cohort, coordinator):
    batch = stage(imports.upload_students(cohort, file_of(ARABIC), actor=coordinator))
    stage(imports.choose_encoding(batch, "windows-1256", actor=coordinator))
    batch.refresh_from_db()
    assert (batch.state, batch.encoding, batch.message) == (ImportState.STAGED, "windows-1256", "")
    assert ImportRow.objects.get().values["first_name"] == "فاطمة"


def test_a_wrong_choice_is_asked_again(cohort, coordinator):
    batch = stage(imports.upload_students(cohort, file_of(ARABIC), actor=coordinator))
    stage(imports.choose_encoding(batch, "utf-8", actor=coordinator))
    batch.refresh_from_db()
    assert (batch.state, batch.refusal_code) == (ImportState.REFUSED, "encoding_wrong")


def test_without_a_file_no_encoding_can_be_chosen(staged, coordinator):
    ImportBatch.objects.filter(pk=staged.pk).update(file="")
    with pytest.raises(RuleViolation) as caught:
        imports.choose_encoding(staged, "utf-8", actor=coordinator)
    assert caught.value.code == "file_gone"


# -- deciding -----------------------------------------------------------------------------------------------------


def test_confirmed_it_is_applied_whole(staged, coordinator, cohort, django_capture_on_commit_callbacks):
    name = staged.file.name
    job = imports.confirm_import(staged, actor=coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        stage(staged)
    job.refresh_from_db()
    assert (staged.state, job.state, job.message) == (
        ImportState.APPLIED,
        JobState.DONE,
        "2 new, 0 changed, 0 unchanged, 1 with errors",
    )
    assert students() == ["2021-04-00001", "2021-04-00002"]
    assert Enrolment.objects.filter(cohort=cohort).count() == 2
    keys = {person.username: person.pk for person in User.objects.all()}
    assert list(staged.rows.values_list("line", "target")) == [
        (2, keys["2021-04-00001"]),
        (3, keys["2021-04-00002"]),
        (4, None),
    ]
    assert default_storage.exists(name) is False
    entry = HistoryEntry.objects.get(target_label="accounts.ImportBatch")
    assert (entry.action, entry.actor, entry.department, entry.via, entry.reason) == (
        "apply",
        coordinator,
        cohort.department,
        f"import:{staged.pk}",
        "Mechanical PT2: students.csv: 2 new, 0 changed, 0 unchanged, 1 with errors",
    )


def test_confirmed_twice_it_is_one_work(staged, coordinator):
    first = imports.confirm_import(staged, actor=coordinator)
    second = imports.confirm_import(staged, actor=coordinator)
    stage(staged)
    third = imports.confirm_import(staged, actor=coordinator)
    assert {first.pk, second.pk, third.pk} == {first.pk}
    assert students() == ["2021-04-00001", "2021-04-00002"]


def test_nobody_confirms_or_discards_the_upload_of_somebody_else(staged, cohort):
    other = UserFactory.create()
    grant(other, cohort.department, actor=SYSTEM)
    for person in (other, UserFactory.create(is_superuser=True)):
        with pytest.raises(NotAllowed):
            imports.confirm_import(staged, actor=person)
        with pytest.raises(NotAllowed):
            imports.discard_import(staged, actor=person)


def test_what_would_change_nothing_is_not_applied(staged, coordinator, cohort):
    imports.confirm_import(staged, actor=coordinator)
    stage(staged)
    again = stage(imports.upload_students(cohort, file_of(table(ASHA, SAID)), actor=coordinator))
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "error": 0}
    with pytest.raises(RuleViolation) as caught:
        imports.confirm_import(again, actor=coordinator)
    assert caught.value.code == "nothing_to_do"


def test_an_upload_that_was_not_read_cannot_be_confirmed(cohort, coordinator):
    batch = imports.upload_students(cohort, file_of(table(ASHA)), actor=coordinator)
    with pytest.raises(WrongState):
        imports.confirm_import(batch, actor=coordinator)


def test_discarded_it_leaves_no_line_and_no_file(staged, coordinator, django_capture_on_commit_callbacks):
    name = staged.file.name
    with django_capture_on_commit_callbacks(execute=True):
        row = imports.discard_import(staged, actor=coordinator)
    assert (row.state, row.rows.count(), default_storage.exists(name)) == (ImportState.DISCARDED, 0, False)
    with pytest.raises(WrongState):
        imports.confirm_import(staged, actor=coordinator)


def test_a_refused_upload_without_a_file_is_discarded_too(cohort, coordinator):
    batch = stage(imports.upload_students(cohort, file_of("first_name\n"), actor=coordinator))
    assert batch.file.name == ""
    assert imports.discard_import(batch, actor=coordinator).state == ImportState.DISCARDED


def test_what_is_being_applied_cannot_be_discarded(staged, coordinator):
    imports.confirm_import(staged, actor=coordinator)
    with pytest.raises(WrongState):
        imports.discard_import(staged, actor=coordinator)
    stage(staged)
    assert students() == ["2021-04-00001", "2021-04-00002"]


# -- applying -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["students._change", "students._enrol", "student_rows._insert"])
def test_killed_in_the_middle_nothing_is_stored_and_the_second_run_stores_all(staged, coordinator, monkeypatch, where):
    with monkeypatch.context() as patch:
        patch.setattr(f"apps.accounts.services.{where}", _crash)
        imports.confirm_import(staged, actor=coordinator)
        stage(staged)
    assert (students(), Enrolment.objects.count(), staged.state) == ([], 0, ImportState.STAGED)
    assert (staged.job.state, staged.job.error) == (JobState.FAILED, "MemoryError: the worker died")
    imports.confirm_import(staged, actor=coordinator)
    stage(staged)
    assert (students(), Enrolment.objects.count()) == (["2021-04-00001", "2021-04-00002"], 2)


def _crash(*_args, **_kwargs):
    message = "the worker died"
    raise MemoryError(message)


def test_killed_after_all_was_stored_the_second_run_does_nothing(staged, coordinator):
    job = imports.confirm_import(staged, actor=coordinator)
    stage(staged)
    imports.apply_import(Progress(job), batch_id=staged.pk)
    assert (students(), HistoryEntry.objects.filter(action="apply").count()) == (["2021-04-00001", "2021-04-00002"], 1)


def test_a_line_that_is_not_possible_any_more_stops_everything(staged, coordinator):
    imports.confirm_import(staged, actor=coordinator)
    UserFactory.create(username="2021-04-00002")
    stage(staged)
    assert (students(), staged.state) == ([], ImportState.STAGED)
    assert staged.counts == {"new": 1, "changed": 0, "unchanged": 0, "error": 2}
    assert staged.job.error == (
        "Nothing was imported: line 3 is not possible any more. Somebody who is no student yet has this as a user name."
    )
    imports.confirm_import(staged, actor=coordinator)
    stage(staged)
    assert students() == ["2021-04-00001"]


def test_rights_that_were_withdrawn_meanwhile_stop_everything(staged, coordinator):
    imports.confirm_import(staged, actor=coordinator)
    DepartmentGrant.objects.all().delete()
    stage(staged)
    assert (students(), staged.job.error) == ([], "You may not import this any more.")


def test_a_line_that_is_done_already_counts_as_nothing(staged, coordinator, cohort):
    imports.confirm_import(staged, actor=coordinator)
    cells = dict(zip(("reg_no", "first_name", "last_name", "programme_code"), ASHA, strict=True))
    enter_student(cohort, cells, actor=coordinator)
    stage(staged)
    assert students() == ["2021-04-00001", "2021-04-00002"]
    assert list(staged.rows.values_list("line", "status")) == [
        (2, RowStatus.UNCHANGED),
        (3, RowStatus.NEW),
        (4, RowStatus.ERROR),
    ]


def test_cancelled_before_it_began_nothing_is_stored(staged, coordinator):
    job = imports.confirm_import(staged, actor=coordinator)
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    stage(staged)
    assert (students(), Job.objects.get(pk=job.pk).state) == ([], JobState.CANCELLED)


def test_a_thousand_students_cost_few_queries(cohort, coordinator, django_assert_max_num_queries):
    rows = [(f"2021-04-{n:05d}", "Asha", f"Moshi{n}", "BSC-ME") for n in range(1000)]
    batch = stage(imports.upload_students(cohort, file_of(table(*rows)), actor=coordinator))
    job = imports.confirm_import(batch, actor=coordinator)
    with django_assert_max_num_queries(70):
        imports.apply_import(Progress(job), batch_id=batch.pk)
    assert Enrolment.objects.filter(cohort=cohort).count() == 1000
