"""Tables as people upload them, and the way from the upload to the preview."""

import csv
import io
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Cohort, ImportBatch, User
from apps.accounts.services import imports
from apps.accounts.services.exports import export_table
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import ImportState

HEADERS = ("reg_no", "first_name", "last_name", "programme_code")
ASHA = ("2021-04-00001", "Asha", "Moshi", "BSC-ME")
SAID = ("2021-04-00002", "Said", "Ali", "BSC-ME")


def table(*rows: Sequence[str], headers: Sequence[str] = HEADERS, delimiter: str = ",") -> str:
    """Return a table as the text of a CSV file."""
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows([headers, *rows])
    return target.getvalue()


def upload(client: Client, cohort: Cohort, data: bytes, name: str = "students.csv"):
    """Post a file to the page of the import; the answer, not followed."""
    form = {"cohort": cohort.pk, "file": SimpleUploadedFile(name, data)}
    return client.post(reverse("admin:accounts_enrolment_import"), form)


def preview(client: Client, cohort: Cohort, data: bytes, name: str = "students.csv", status: str = ""):
    """Upload, let the work be done, and open the page of the import."""
    upload(client, cohort, data, name)
    run_due_tasks()
    batch = ImportBatch.objects.latest("id")
    query = f"?status={status}" if status else ""
    return client.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]) + query)


# -- tables of every kind -------------------------------------------------------------------------------------------

STAFF, COMPANIES = "accounts.staff", "accounts.companies"
STAFF_HEAD = "Staff ID,First name,Surname,E-mail,Department,Supervisor"
SUPERVISORS, ENROLMENTS = "accounts.supervisors", "accounts.enrolments"


def file_of(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("table.csv", "\n".join(lines).encode())


def staged(kind: str, actor: User, *lines: str, cohort=None) -> ImportBatch:
    batch = imports.upload_table(kind, cohort, file_of(*lines), actor=actor)
    run_due_tasks()
    batch.refresh_from_db()
    return batch


def applied(kind: str, actor: User, *lines: str, cohort=None) -> ImportBatch:
    batch = staged(kind, actor, *lines, cohort=cohort)
    imports.confirm_import(batch, actor=actor)
    run_due_tasks()
    batch.refresh_from_db()
    assert batch.state == ImportState.APPLIED, batch.job.error
    return batch


def judged(batch: ImportBatch) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(row.status, [(p["column"], p["code"]) for p in row.problems]) for row in batch.rows.all()]


def exported(kind: str, actor: User, cohort=None) -> list[dict[str, str]]:
    job = export_table(kind, "csv", actor=actor, cohort=cohort)
    run_due_tasks()
    job.refresh_from_db()
    with job.result.open("rb") as opened:
        return list(csv.DictReader(io.StringIO(opened.read().decode("utf-8-sig"))))
