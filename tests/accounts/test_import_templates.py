"""Tables to fill in, and tables that come back as they went out."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import ImportBatch
from apps.accounts.services import imports
from apps.accounts.services.exports import export_table
from apps.accounts.services.import_kinds import import_kind, import_kinds
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.services.table_templates import write_template
from apps.accounts.states import ImportState, MemberKind
from apps.logbook.states import AssessmentState
from portal.kernel.access import SYSTEM
from portal.kernel.imports import resource_for
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    CompanyMemberFactory,
    EnrolmentFactory,
    StaffProfileFactory,
    StudentProfileFactory,
    UserFactory,
)
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import AssessmentFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db
KINDS = sorted(kind.kind for kind in import_kinds())


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    return CohortFactory.create(country="TZ")


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


def staged(kind: str, cohort, actor, data: bytes, name: str) -> ImportBatch:
    into = cohort if import_kind(kind).into_cohort else None
    batch = imports.upload_table(kind, into, SimpleUploadedFile(name, data), actor=actor)
    run_due_tasks()
    batch.refresh_from_db()
    assert batch.state == ImportState.STAGED, batch.message
    return batch


def template(kind: str, form: str) -> bytes:
    target = io.BytesIO()
    write_template(import_kind(kind), form, target)
    return target.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_read_and_its_made_up_line_is_refused(cohort, coordinator, kind, form):
    batch = staged(kind, cohort, coordinator, template(kind, form), f"template.{form}")
    (row,) = batch.rows.all()
    codes = [problem["code"] for problem in row.problems]
    assert (batch.counts["error"], "example" in codes, batch.details["unknown"]) == (1, True, [])
    assert row.values[import_kind(kind).key] == import_kind(kind).example[import_kind(kind).key]


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_explains_every_column(kind):
    book = load_workbook(io.BytesIO(template(kind, "xlsx")))
    names = [column.name for column in resource_for(kind).columns()]
    assert [cell.value for cell in book.worksheets[0][1]] == names
    assert [row[0].value for row in book["Columns"].iter_rows(min_row=2)] == names
    assert import_kind(kind).example.keys() <= set(names)


def test_the_page_of_an_import_leads_to_its_templates(client, cohort, coordinator):
    client.force_login(coordinator)
    page = client.get(reverse("admin:accounts_importbatch_upload", args=["accounts.staff"]))
    for form in ("csv", "xlsx"):
        address = reverse("admin:accounts_importbatch_template", args=["accounts.staff", form])
        assert f'href="{address}"' in page.content.decode()
        assert client.get(address).headers["Content-Disposition"] == f'attachment; filename="template of Staff.{form}"'
    rows = list(csv.reader(io.StringIO(client.get(address.replace("xlsx", "csv")).content.decode("utf-8-sig"))))
    assert [len(row) for row in rows] == [7, 7]


@pytest.mark.parametrize(("kind", "form"), [("accounts.nothing", "csv"), ("accounts.staff", "pdf")])
def test_there_is_no_template_of_what_there_is_not(client, coordinator, kind, form):
    client.force_login(coordinator)
    assert client.get(reverse("admin:accounts_importbatch_template", args=[kind, form])).status_code == 404


@pytest.fixture
def everything(cohort, coordinator):
    """One row of every kind, each with the rights of the coordinator."""
    programme = cohort.department.programmes.create(code="BSC-ME", name="Mechanical")
    profile = StudentProfileFactory.create(programme=programme, year_of_study=2, user__email="asha@uni.example")
    enrolment = EnrolmentFactory.create(student=profile.user, cohort=cohort)
    StaffProfileFactory.create(department=cohort.department)
    company = CompanyFactory.create(proposed_for=cohort.department, name="Njia Works", website="https://njia.example")
    CompanyMemberFactory.create(company=company, kind=MemberKind.SUPERVISOR, user__email="boss@njia.example")
    place = PlacementFactory.create(enrolment=enrolment, company=company, task="Pumps.\r\n\r\nValves.")
    AssessmentFactory.create(placement=place, state=AssessmentState.SUBMITTED, mark=Decimal("62.5"))
    vacancy = VacancyFactory.create(company=company, skills=["welding", "CAD"], years=[2], description="A\r\nB")
    vacancy.programmes.set([programme])


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_exported_comes_back_without_a_change(cohort, coordinator, kind, form):
    job = export_table(kind, form, actor=coordinator, cohort=cohort if import_kind(kind).into_cohort else None)
    run_due_tasks()
    job.refresh_from_db()
    with job.result.open("rb") as opened:
        batch = staged(kind, cohort, coordinator, opened.read(), f"table.{form}")
    rows = list(batch.rows.values_list("status", "changes", "problems"))
    assert rows == [("unchanged", {}, [])]
