"""Tables as people upload them, and the way from the upload to the preview."""

import csv
import io
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Cohort, ImportBatch
from apps.accounts.services.outbox import run_due_tasks

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
