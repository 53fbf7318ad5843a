import csv
import datetime as dt
import io

import pytest
from django.contrib import admin
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import Enrolment, Job, User
from apps.accounts.services import lists
from apps.accounts.services.exports import export_students
from apps.accounts.services.jobs import run_job
from apps.accounts.services.lists import chosen_columns, list_for, start_list
from apps.accounts.services.people import withdraw_grant
from apps.accounts.states import JobState
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import PlacementState
from portal.kernel.access import SYSTEM
from portal.kernel.admin import PortalModelAdmin
from portal.kernel.admin.tables import columns_of, page_of_list, rows_of
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import VisitFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
PLACEMENTS = "applications.placement"
SHARED = ["student", "company", "cohort", "in_the_company", "badge", "start", "end", "task"]


@pytest.fixture
def world() -> World:
    return build_world()


def run(person: User, columns, form="csv", label=PLACEMENTS, **how) -> Job:
    job = start_list(label, columns, form, actor=person, **how)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
    return job


def lines_of(job: Job) -> list[list[str]]:
    with job.result.open("rb") as file:
        content = file.read()
    assert content[:3] == b"\xef\xbb\xbf"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_coordinators_table_holds_the_rows_of_the_scope(world):
    PlacementFactory.create(enrolment__cohort=world.other_cohort)
    job = run(world.coordinator, ["badge", "student", "start"])
    rows = Placement.objects.filter(enrolment__cohort=world.cohort).order_by("-start", "-pk")
    assert lines_of(job) == [
        ["Student", "State", "First day"],
        *([str(row.enrolment.student), row.get_state_display(), row.start.isoformat()] for row in rows),
    ]


def test_filters_and_search_of_the_list_come_along(world):
    cancelled = PlacementFactory.create(enrolment__cohort=world.cohort, state=PlacementState.CANCELLED)
    job = run(world.coordinator, ["student"], query="state__exact=cancelled")
    assert lines_of(job)[1:] == [[str(cancelled.enrolment.student)]]
    job = run(world.coordinator, ["student"], query=f"q={cancelled.enrolment.student.last_name}")
    assert lines_of(job)[1:] == [[str(cancelled.enrolment.student)]]


@pytest.mark.parametrize(
    "query", ["company__users__password__startswith=a", "e=1&start__gte=x", "state__exact=%00", "p=x"]
)
def test_filters_that_no_list_writes_are_none(world, query):
    rows = rows_of(page_of_list(PLACEMENTS), world.coordinator, query)
    assert rows.count() in (0, 2)


def test_a_list_with_a_filter_that_is_no_text_is_shown_without_filters(world):
    answer = signed_in(world.coordinator).get(
        reverse("admin:applications_placement_changelist"), {"state__exact": "\0"}
    )
    assert (answer.status_code, answer.headers["Location"].partition("?")[2]) == (302, "e=1")


def test_xlsx_has_real_days_and_numbers_and_no_formula(world):
    Placement.objects.update(task="=1+1")
    job = run(world.coordinator, ["start", "share", "task"], "xlsx")
    with job.result.open("rb") as file:
        sheet = load_workbook(file).active
        cells = [cell for row in sheet.iter_rows(min_row=2, max_row=2) for cell in row]
        kinds = {sheet.cell(1, place + 1).value: (cell.data_type, cell.value) for place, cell in enumerate(cells)}
    start = dt.datetime.combine(world.placement.start, dt.time())
    assert {kind for kind, _value in kinds.values()} == {"d", "n", "s"}
    assert kinds["First day"] == ("d", start)
    assert ("s", "=1+1") in kinds.values()


def test_supervisors_table_is_cut_to_own_students_and_shared_columns(world):
    page = page_of_list(PLACEMENTS)
    assert [column.name for column in columns_of(page, world.university_supervisor)] == SHARED
    with pytest.raises(RuleViolation) as caught:
        start_list(PLACEMENTS, ["origin"], "csv", actor=world.university_supervisor)
    assert (caught.value.code, caught.value.field) == ("column_unknown", "columns")
    assert lines_of(run(world.university_supervisor, ["student"]))[1:] == [[str(world.student)]]


def test_supervisors_take_their_visits_as_a_table(world):
    VisitFactory.create(placement=world.placement, visitor=world.university_supervisor)
    page = page_of_list("logbook.visit")
    assert page is not None
    names = [column.name for column in columns_of(page, world.university_supervisor)]
    assert names == ["placement", "town", "visitor", "planned_on", "done_on"]
    job = run(world.university_supervisor, ["visitor"], label="logbook.visit")
    assert lines_of(job)[1:] == [[str(world.university_supervisor)]]
    assert (
        reverse("list_table", args=["logbook", "visit"])
        in signed_in(world.university_supervisor).get(reverse("visit_list")).text
    )


def test_no_two_columns_of_a_list_have_one_name(world):
    pages = [page for page in admin.site._registry.values() if isinstance(page, PortalModelAdmin)]
    labels = {page.model._meta.label: [str(one.label) for one in columns_of(page, world.superuser)] for page in pages}
    assert {label: names for label, names in labels.items() if len(set(names)) < len(names)} == {}


def test_who_has_which_list(world):
    people = {name: person for name, person in world.personas().items() if isinstance(person, User)}
    placements = {name for name, person in people.items() if list_for(PLACEMENTS, person)}
    workspace = {"coordinator", "foreign_coordinator", "superuser"}
    assert placements == workspace | {"university_supervisor", "other_university_supervisor"}
    assert {name for name, person in people.items() if list_for("accounts.enrolment", person)} == workspace
    assert {name for name, person in people.items() if list_for("accounts.outboxtask", person)} == {"superuser"}
    assert {name for name, person in people.items() if list_for("no.such", person)} == set()
    with pytest.raises(NotAllowed):
        start_list(PLACEMENTS, ["student"], "csv", actor=world.student)


@pytest.mark.parametrize(
    ("columns", "form", "code"),
    [([], "csv", "columns_missing"), (["student"], "pdf", "format_unknown"), (["password"], "csv", "column_unknown")],
)
def test_start_list_refuses(world, columns, form, code):
    with pytest.raises(RuleViolation) as caught:
        start_list(PLACEMENTS, columns, form, actor=world.coordinator)
    assert caught.value.code == code
    assert not Job.objects.exists()


def test_columns_are_remembered_for_each_list_and_person(world):
    page = page_of_list(PLACEMENTS)
    usual = ["student", "company", "cohort", "days", "origin", "in_the_company", "badge"]
    assert chosen_columns(PLACEMENTS, page, world.coordinator)[: len(usual)] == usual
    start_list(PLACEMENTS, ["task", "student"], "csv", actor=world.coordinator)
    start_list("accounts.cohort", ["name"], "csv", actor=world.coordinator)
    again = User.objects.get(pk=world.coordinator.pk)
    assert again.list_columns == {PLACEMENTS: ["student", "task"], "accounts.cohort": ["name"]}
    assert chosen_columns(PLACEMENTS, page, again) == ["student", "task"]
    assert chosen_columns(PLACEMENTS, page, world.foreign_coordinator)[: len(usual)] == usual


def every_list() -> list[str]:
    return sorted(
        model._meta.label_lower for model, page in admin.site._registry.items() if isinstance(page, PortalModelAdmin)
    )


@pytest.mark.parametrize("label", every_list())
def test_every_list_of_the_workspace_can_be_written(world, label):
    page = page_of_list(label)
    columns = [column.name for column in columns_of(page, world.superuser)]
    assert len(columns) == len(set(columns))
    assert len(lines_of(run(world.superuser, columns, label=label))[0]) == len(columns)


@pytest.mark.parametrize("rows", [1, 3])
def test_table_takes_the_same_queries_for_any_number_of_rows(world, django_assert_num_queries, rows):
    PlacementFactory.create_batch(rows, enrolment__cohort=world.other_cohort)
    columns = [column.name for column in columns_of(page_of_list(PLACEMENTS), world.foreign_coordinator)]
    job = start_list(PLACEMENTS, columns, "csv", actor=world.foreign_coordinator)
    with django_assert_num_queries(28):
        run_job(job.pk)
    job.refresh_from_db()
    assert len(lines_of(job)) == rows + 1


def test_list_that_is_lost_before_the_work_begins_ends_it(world):
    job = start_list(PLACEMENTS, ["student"], "csv", actor=world.university_supervisor)
    world.university_supervisor.groups.clear()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "This list is not yours any more.")


def download(client, person: User, job: Job) -> int:
    client.force_login(person)
    answer = client.get(reverse("job_result", args=[job.pk]))
    if answer.streaming:
        answer.getvalue()
    return int(answer.status_code)


@pytest.mark.parametrize("what", ["nothing", "grant", "role", "row", "person"])
@pytest.mark.parametrize("make", ["list", "students"])
def test_download_lasts_as_long_as_the_rights(client, world, what, make):
    if make == "list":
        job = run(world.coordinator, ["student"])
    else:
        job = export_students("csv", actor=world.coordinator)
        run_job(job.pk)
        job.refresh_from_db()
    if what == "grant":
        withdraw_grant(world.coordinator, world.department, actor=SYSTEM)
    elif what == "role":
        world.coordinator.groups.clear()
    elif what == "row":
        Placement.objects.filter(pk=world.placement.pk).update(
            enrolment=Enrolment.objects.get(cohort=world.other_cohort)
        )
    elif what == "person":
        User.objects.filter(pk=world.coordinator.pk).update(is_active=False)
        assert not lists.rights_last(job)
        return
    stays = what == "nothing" or (what, make) == ("row", "students")
    assert download(client, world.coordinator, job) == (200 if stays else 404)


def test_download_of_a_supervisor_ends_with_the_student(client, world):
    job = run(world.university_supervisor, ["student"])
    assert download(client, world.university_supervisor, job) == 200
    PlacementSupervisor.objects.filter(user=world.university_supervisor).update(is_active=False)
    assert download(client, world.university_supervisor, job) == 404


def test_download_of_a_superuser_ends_with_being_one(client, world):
    job = run(world.superuser, ["student"])
    User.objects.filter(pk=world.superuser.pk).update(is_superuser=False)
    assert download(client, world.superuser, job) == 404


def test_download_ends_with_its_list(client, world):
    job = run(world.coordinator, ["student"])
    # No page of the workspace has this label: the list went with a later version.
    Job.objects.filter(pk=job.pk).update(payload={**job.payload, "label": "applications.formerplace"})
    assert download(client, world.coordinator, job) == 404


# -- the page -----------------------------------------------------------------------------------------------------


def test_page_ticks_what_was_taken_last_and_starts_the_work(client, world):
    client.force_login(world.coordinator)
    address = reverse("list_table", args=["applications", "placement"])
    listed = client.get(reverse("admin:applications_placement_changelist") + "?state__exact=active")
    assert f'href="{address}?state__exact=active"' in listed.content.decode()
    answer = client.post(address + "?state__exact=active", {"columns": ["student", "end"], "form": "xlsx"})
    job = Job.objects.get()
    assert answer.url == reverse("job_detail", args=[job.pk])
    assert (job.payload["query"], job.payload["columns"]) == ("state__exact=active", ["student", "end"])
    page = client.get(address)
    assert page.context["form"].initial["columns"] == ["student", "end"]


@pytest.mark.parametrize(
    ("typed", "field"), [({"form": "xlsx"}, "columns"), ({"columns": ["student"], "form": "pdf"}, "form")]
)
def test_page_says_what_is_missing(client, world, typed, field):
    client.force_login(world.coordinator)
    answer = client.post(reverse("list_table", args=["applications", "placement"]), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])


def test_page_shows_what_the_service_refuses(client, world, monkeypatch):
    def refuse(*_args, **_how):
        raise RuleViolation("x", "Not today.")

    monkeypatch.setattr("apps.accounts.views.lists.start_list", refuse)
    client.force_login(world.coordinator)
    typed = {"columns": ["student"], "form": "csv"}
    answer = client.post(reverse("list_table", args=["applications", "placement"]), typed)
    assert answer.context["form"].non_field_errors() == ["Not today."]


@pytest.mark.parametrize(("app", "model"), [("accounts", "outboxtask"), ("accounts", "nothing"), ("auth", "group")])
def test_lists_of_others_are_not_there(client, world, app, model):
    client.force_login(world.coordinator)
    assert client.get(reverse("list_table", args=[app, model])).status_code == 404
