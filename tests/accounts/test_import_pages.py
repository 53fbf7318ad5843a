"""Uploading a table: whom the page lets in, which files it reads, and every refusal with its sentence."""

import io
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook

from apps.accounts.models import DepartmentGrant, ImportBatch, Job, User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import ImportState
from portal.kernel.access import SYSTEM
from portal.kernel.sheets import SheetLimits
from tests.accounts.tables import ASHA, HEADERS, preview, table, upload
from tests.factories.accounts import (
    CohortFactory,
    CompanyMemberFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[1] / "data" / "tables"


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


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def workbook(*rows: tuple[str, ...]) -> bytes:
    book = Workbook()
    for row in (HEADERS, *rows):
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def students() -> list[str]:
    return sorted(User.objects.filter(student_profile__isnull=False).values_list("username", flat=True))


# -- uploading ----------------------------------------------------------------------------------------------------


def test_the_page_offers_the_coordinators_cohorts_only(signed_in, cohort):
    CohortFactory.create(name="Civil PT2")
    page = signed_in.get(reverse("admin:accounts_enrolment_import"), {"cohort": cohort.pk})
    assert list(page.context["form"].fields["cohort"].queryset) == [cohort]
    assert page.context["form"].initial == {"cohort": str(cohort.pk)}
    assert "Civil PT2" not in page.text


def test_an_upload_leads_to_the_work_that_reads_it(signed_in, cohort):
    answer = upload(signed_in, cohort, table(ASHA).encode())
    assert answer.url == reverse("job_detail", args=[Job.objects.get().pk]) + "?on=1"


def test_a_forged_cohort_is_refused(signed_in):
    answer = upload(signed_in, CohortFactory.create(), table(ASHA).encode())
    assert answer.context["form"].errors["cohort"] == [
        "Select a valid choice. That choice is not one of the available choices."
    ]
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("person", ["representative", "member_of_staff", "student"])
def test_nobody_else_reaches_the_page(client, cohort, person):
    people = {
        "representative": lambda: CompanyMemberFactory.create().user,
        "member_of_staff": lambda: UserFactory.create(is_staff=True),
        "student": StudentFactory.create,
    }
    client.force_login(people[person]())
    for answer in (
        client.get(reverse("admin:accounts_enrolment_import"), follow=True),
        client.post(reverse("admin:accounts_enrolment_import"), {"cohort": cohort.pk}, follow=True),
    ):
        assert answer.status_code == 404
    assert ImportBatch.objects.count() == 0


def test_a_coordinator_without_a_scope_has_nothing_to_import_into(client, cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    person.groups.through.objects.filter(user=person).update()
    DepartmentGrant.objects.all().delete()
    client.force_login(person)
    assert client.get(reverse("admin:accounts_enrolment_import")).status_code == 403


def test_an_empty_and_a_missing_file_are_said_at_the_field(signed_in, cohort):
    empty = upload(signed_in, cohort, b"")
    missing = signed_in.post(reverse("admin:accounts_enrolment_import"), {"cohort": cohort.pk})
    assert [page.context["form"].errors["file"] for page in (empty, missing)] == [
        ["The file is empty. Choose the file that holds the table."],
        ["This field is required."],
    ]
    assert ImportBatch.objects.count() == 0


def test_a_file_that_is_too_large_is_said_at_the_field(signed_in, cohort, monkeypatch):
    monkeypatch.setattr("apps.accounts.services.imports.SheetLimits", lambda: SheetLimits(bytes=10))
    page = upload(signed_in, cohort, table(ASHA).encode())
    assert page.context["form"].errors["file"] == ["The file is larger than 0 MiB. Divide it into several files."]


# -- files that are read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xef\xbb\xbf" + table(ASHA).encode(), "bom.csv"),
        (table(ASHA, delimiter=";").encode(), "semicolons.csv"),
        (table(ASHA, delimiter="\t").encode(), "tabs.tsv"),
        (table(ASHA).encode("utf-16"), "utf16.csv"),
        (table(ASHA).replace("\r\n", "\r").encode(), "macintosh.csv"),
        (workbook(ASHA), "students.xlsx"),
    ],
)
def test_a_table_of_any_make_is_read(signed_in, cohort, data, name):
    page = preview(signed_in, cohort, data, name)
    assert page.context["batch"].counts == {"new": 1, "changed": 0, "unchanged": 0, "error": 0}
    assert "2021-04-00001" in page.text
    assert students() == []


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (
            b"reg_no,first_name,First Name\n1,2,3\n",
            "repeated.csv",
            "These headers mean the same column (First name): first_name, First Name. Delete or rename all but one.",
        ),
        (
            b"reg_no,reg_no\n1,2\n",
            "duplicate.csv",
            "Columns A and B have the same header “reg_no”. Rename or delete one of them.",
        ),
        (
            b"first_name\nAsha\n",
            "missing.csv",
            "The table has no column for: Registration number. Add it, or correct its header.",
        ),
        (
            b"reg_no,first_name\n",
            "header.csv",
            "Below the headers there is not one row. Add the rows, save, and upload the file again.",
        ),
        (
            b'reg_no,first_name\n1,"Asha\n',
            "quote.csv",
            (
                "The quotation marks in the record that starts in line 2 do not match. Close them, or write a quotation"
                " mark that belongs to the text twice."
            ),
        ),
        (
            b"   \n ",
            "blank.csv",
            "The file holds no table. Choose the file that has the headers in its first row.",
        ),
        (
            b"\x1f\x8b\x08\x00students",
            "students.csv",
            "This is a compressed file. Unpack it and upload the table that is in it.",
        ),
        (
            b"%PDF-1.7 students",
            "students.csv",
            "This is not a table but a PDF. Save the table as CSV or XLSX and upload that file.",
        ),
        (
            (SAMPLES / "poi-xxe_in_schema.xlsx").read_bytes(),
            "xxe.xlsx",
            "The table has no column for: Registration number. Add it, or correct its header.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-5:] else "",
)
def test_a_refused_file_shows_its_sentence_and_stores_nothing(signed_in, cohort, data, name, sentence):
    page = preview(signed_in, cohort, data, name)
    batch = page.context["batch"]
    assert (batch.state, batch.message, batch.rows.count()) == (ImportState.REFUSED, sentence, 0)
    assert sentence in page.text.replace("&quot;", '"')
    # A file whose columns were not understood is kept for the person who can say which is which.
    can_be_mapped = batch.refusal_code in {"columns_missing", "columns_repeated"}
    assert (students(), bool(batch.file), "header-0" in page.text) == ([], can_be_mapped, can_be_mapped)


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    return target.getvalue()


def test_a_workbook_that_is_a_bomb_is_refused_and_stores_nothing(signed_in, cohort):
    page = preview(signed_in, cohort, bomb(), "bomb.xlsx")
    batch = page.context["batch"]
    assert (batch.state, batch.refusal_code) == (ImportState.REFUSED, "zip_bomb")
    assert "The workbook is far larger inside than it looks." in page.text
    assert students() == []


def test_a_file_of_unknown_encoding_asks_and_is_read_as_chosen(signed_in, cohort):
    data = table(("2021-04-00001", "فاطمة", "الزهراء", "BSC-ME")).encode("windows-1256")
    page = preview(signed_in, cohort, data)
    assert "It cannot be told for certain how this file writes its letters" in page.text
    assert "فاطمة" in page.text
    batch = page.context["batch"]
    answer = signed_in.post(
        reverse("admin:accounts_importbatch_encoding", args=[batch.pk]), {"encoding": "windows-1256"}
    )
    run_due_tasks()
    batch.refresh_from_db()
    assert answer.url == reverse("job_detail", args=[batch.job_id]) + "?on=1"
    assert batch.counts["new"] == 1


def test_an_encoding_that_is_none_is_refused_in_the_same_place(signed_in, cohort):
    data = table(("2021-04-00001", "José", "Peña", "BSC-ME")).encode("windows-1252")
    batch = preview(signed_in, cohort, data).context["batch"]
    signed_in.post(reverse("admin:accounts_importbatch_encoding", args=[batch.pk]), {"encoding": "rot13"})
    run_due_tasks()
    page = signed_in.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]))
    assert "The encoding “rot13” is not known here. Choose one from the list." in page.text


def test_formulas_come_as_text_and_leave_as_text(signed_in, cohort):
    preview(signed_in, cohort, table((ASHA[0], "=HYPERLINK(1)", "@sum", "BSC-ME")).encode())
    batch = ImportBatch.objects.get()
    signed_in.post(reverse("admin:accounts_importbatch_confirm", args=[batch.pk]))
    run_due_tasks()
    student = User.objects.get(username="2021-04-00001")
    assert (student.first_name, student.last_name) == ("=HYPERLINK(1)", "@sum")
    signed_in.post(reverse("admin:accounts_enrolment_export") + "?format=csv")
    run_due_tasks()
    data = signed_in.get(reverse("job_result", args=[Job.objects.latest("id").pk])).getvalue()
    assert b"'=HYPERLINK(1),,'@sum," in data
