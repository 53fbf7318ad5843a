"""P1, an import of N students: read, judged, shown and applied, beside COPY of the finished rows into the same tables.

Parts: ``import`` is both jobs, from the stored file to the applied batch, with history; ``preview`` is the first job
alone beside the whole import; ``memory`` is what the process grows by at most beside the size of the file, in MB in the
place of seconds; ``stock`` is the import beside a plain ModelResource of django-import-export on a few of the rows,
both for one row. The reference of the first copies people, profiles, memberships and enrolments as the import left
them, which asks nobody and checks only the foreign keys. PostgreSQL only: SQLite has no COPY.
"""

import csv
import gc
import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from import_export.resources import ModelResource
from tablib import Dataset

from apps.accounts.models import Cohort, Enrolment, HistoryEntry, ImportBatch, Job, OutboxTask, StudentProfile, User
from apps.accounts.services import imports
from apps.accounts.services.jobs import Progress
from apps.accounts.services.people import grant
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportState
from portal.kernel.access import SYSTEM
from tests.benchmarks.figures import Figure, seconds
from tests.factories.accounts import CohortFactory, ProgrammeFactory, UserFactory

SIZES = (100_000, 10_000)
ROUNDS = 3
STOCK = 200
HEADERS = ("reg_no", "first_name", "last_name", "programme_code", "phone", "email", "year_of_study")
FINISHED = (User, StudentProfile, User.groups.through, Enrolment)


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where not every student was entered."""
    if connection.vendor != "postgresql":
        return
    cohort = CohortFactory.create(country="TZ")
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    # A worker has read all addresses long before; here the first job would.
    reverse("admin:index")
    actor = UserFactory.create()
    grant(actor, cohort.department, actor=SYSTEM)
    # The largest first: what an earlier run has grown by would not be seen again.
    for size in SIZES:
        table = _table(size)
        ours, previews, references, grown = [], [], [], []
        for _round in range(ROUNDS):
            batch = imports.upload_table(STUDENTS, cohort, SimpleUploadedFile("students.csv", table), actor=actor)
            before = _forget_peak()
            previews.append(_time_of(imports.stage_import, batch))
            imports.confirm_import(batch, actor=actor)
            applying = _time_of(imports.apply_import, batch)
            grown.append(_memory("VmHWM") - before)
            ours.append(previews[-1] + applying)
            _check(batch, cohort, size)
            finished = _copied_out(cohort)
            _forget(cohort)
            references.append(seconds(partial(_copy_in, finished)))
            del finished
            _forget(cohort)
        yield Figure(size, median(ours), median(references), goal=1.25, part="import")
        yield Figure(size, median(previews), median(ours), goal=0.1, part="preview")
        yield Figure(size, max(grown) / 2**20, len(table) / 2**20, goal=3, part="memory")
    yield Figure(size, median(ours) / size, _stock(cohort) / STOCK, goal=0.01, part="stock")


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))


def _forget_peak() -> int:
    """Return what the process holds now and begin to measure its peak anew."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _stock(cohort: Cohort) -> float:
    """Return the seconds of a plain resource that makes the same rows one after the other."""
    programme = cohort.department.programmes.get()
    role = Group.objects.get(name="student")

    class Stock(ModelResource):
        class Meta:
            model = User
            import_id_fields = ("username",)
            fields = ("username", "first_name", "last_name", "email", "phone")

        def after_save_instance(self, instance: User, row: dict[str, str], **_kwargs: object) -> None:
            instance.set_unusable_password()
            instance.save(update_fields=["password"])
            StudentProfile.objects.get_or_create(
                user=instance, reg_no=row["username"], programme=programme, year_of_study=row["year_of_study"]
            )
            instance.groups.add(role)
            Enrolment.objects.get_or_create(student=instance, cohort=cohort)

    data = Dataset().load(_table(STOCK).decode().replace("reg_no", "username", 1), format="csv")
    return seconds(lambda: Stock().import_data(data, raise_errors=True))


def _table(size: int) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(HEADERS)
    for n in range(size):
        writer.writerow([f"2021-04-{n:06d}", "Asha", f"Moshi{n}", "BSC-ME", f"+2557{n:08d}", f"s{n}@uni.example", "2"])
    return target.getvalue().encode()


def _time_of(work: Callable[..., None], batch: ImportBatch) -> float:
    job = Job.objects.latest("pk")
    return seconds(partial(work, Progress(job), batch_id=batch.pk))


def _check(batch: ImportBatch, cohort: Cohort, size: int) -> None:
    batch.refresh_from_db()
    count = Enrolment.objects.filter(cohort=cohort).count()
    if (batch.state, count) != (ImportState.APPLIED, size):
        message = f"{count} of {size} students: {batch.state} {batch.message}"
        raise AssertionError(message)


def _copied_out(cohort: Cohort) -> list[tuple[str, bytes]]:
    """Return each table's finished rows as COPY reads them."""
    found = []
    people = f"SELECT student_id FROM accounts_enrolment WHERE cohort_id = {cohort.pk}"  # noqa: S608 - a number
    for model in FINISHED:
        table = model._meta.db_table
        key = {"accounts_user": "id", "accounts_enrolment": "student_id"}.get(table, "user_id")
        with connection.cursor() as cursor:
            rows = f"COPY (SELECT * FROM {table} WHERE {key} IN ({people})) TO STDOUT"  # noqa: S608 - names are ours
            with cursor.copy(rows) as copy:
                found.append((table, b"".join(bytes(part) for part in copy)))
    return found


def _copy_in(finished: list[tuple[str, bytes]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, data in finished:
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(data)


def _forget(cohort: Cohort) -> None:
    """Take the students away and put the tables into the shape of the beginning."""
    people = f"SELECT student_id FROM accounts_enrolment WHERE cohort_id = {cohort.pk}"  # noqa: S608 - a number
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE gone ON COMMIT DROP AS {people}")
        role = Group.objects.get(name="student").pk
        cursor.execute("DELETE FROM accounts_user_groups WHERE group_id = %s", [role])
        cursor.execute("DELETE FROM accounts_enrolment WHERE cohort_id = %s", [cohort.pk])
        cursor.execute("DELETE FROM accounts_studentprofile WHERE user_id IN (SELECT student_id FROM gone)")
        cursor.execute("DELETE FROM accounts_importrow")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM accounts_user WHERE id IN (SELECT student_id FROM gone)")
    OutboxTask.objects.all().delete()
    HistoryEntry.objects.filter(target_label="accounts.ImportBatch").delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_user, accounts_studentprofile, accounts_user_groups")
        cursor.execute("VACUUM ANALYZE accounts_enrolment, accounts_importrow")
