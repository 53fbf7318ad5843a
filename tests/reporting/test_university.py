"""The figures of deans: departments side by side, nothing about fewer than five students, and nothing else at all."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.accounts.states import Role
from apps.applications.states import PlacementOrigin, PlacementState
from apps.reporting.analytics.asking import Period
from apps.reporting.analytics.report import Section
from apps.reporting.analytics.university import university_sections
from portal.api import router
from portal.kernel.documents import weasyprint_available
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, DepartmentFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.world import build_world

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
YEAR = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
PAGE = "/figures/"
APPLIED, FOUND = PlacementOrigin.APPLIED, PlacementOrigin.SELF_FOUND


def moment(month: int, day: int, year: int = 2025) -> dt.datetime:
    return dt.datetime(year, month, day, 12, tzinfo=timezone.get_default_timezone())


def place(name: str, *origins: str, waited: int = 10, year: int = 2025) -> None:
    """Give students of a department a place of the summer, one for each way in, after so many days."""
    days = {"start": dt.date(year, 6, 2), "end": dt.date(year, 8, 1)}
    cohort = CohortFactory.create(department=DepartmentFactory.create(name=name), **days)
    for origin in origins:
        enrolment = EnrolmentFactory.create(cohort=cohort)
        Enrolment.objects.filter(pk=enrolment.pk).update(created_at=moment(5, 1, year))
        confirmed = moment(5, 1, year) + dt.timedelta(days=waited)
        state = PlacementState.COMPLETED
        PlacementFactory.create(enrolment=enrolment, origin=origin, state=state, confirmed_at=confirmed, **days)


def told(slug: str, sections: list[Section] | None = None, **how: Any) -> dict[str, list[str]]:
    found = next(one for one in sections or university_sections(YEAR, **how) if one.measure.slug == slug)
    return {line.label: [cell.text for cell in line.cells] for line in found.lines}


@pytest.fixture
def desk() -> Client:
    return signed_in(UserFactory.create(roles=[Role.DEAN]))


def test_a_small_department_is_left_out_and_counts_nowhere():
    place("Mechanics", *[APPLIED] * 5, waited=10)
    place("Philology", *[APPLIED] * 4, waited=40)
    assert told("time-to-place") == {"University": ["10", "10"], "Mechanics": ["10", "10"]}


def test_small_departments_are_told_together_if_they_are_five_students():
    place("Mechanics", *[APPLIED] * 5, waited=10)
    place("Philology", *[APPLIED] * 4, waited=40)
    place("Music", *[APPLIED] * 2, waited=20)
    assert told("time-to-place") == {
        "University": ["20", "40"],
        "Mechanics": ["10", "10"],
        "Small departments together": ["40", "40"],
    }


def test_a_hidden_share_is_no_part_of_the_share_of_all():
    place("Mechanics", *[APPLIED] * 6, *[FOUND] * 6)
    place("Civil", *[APPLIED] * 1, *[FOUND] * 5)
    shown = told("ways-in")
    columns = [str(column.title) for column in university_sections(YEAR)[1].measure.columns]
    applied, found = (columns.index(str(origin.label)) for origin in (APPLIED, FOUND))
    assert [shown["Mechanics"][at] for at in (applied, found)] == ["50 %", "50 %"]
    assert [shown["Civil"][at] for at in (applied, found)] == ["fewer than five"] * 2
    assert [shown["University"][at] for at in (applied, found)] == ["50 %", "50 %"]
    bars = {line.label: line.bar for line in university_sections(YEAR)[1].lines}
    assert bars["Civil"] == 0


def test_where_nobody_may_be_told_of_the_university_says_so_too():
    place("Philology", *[APPLIED] * 4)
    assert told("time-to-place") == {"University": ["fewer than five"] * 2}


def test_the_year_before_stands_beside():
    place("Mechanics", *[APPLIED] * 5, waited=10)
    place("Civil", *[APPLIED] * 5, waited=30, year=2024)
    before = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    shown = told("time-to-place", before=before)
    assert shown["University, the year before"] == ["30", "30"]
    assert list(shown) == ["University", "University, the year before", "Mechanics"]


@pytest.mark.parametrize("count", [1, 3])
def test_questions_do_not_depend_on_departments(count, django_assert_num_queries):
    for number in range(count):
        place(f"Department {number}", *[APPLIED] * 5)
    with django_assert_num_queries(21):
        university_sections(YEAR)


def test_the_page_and_its_files_say_the_same_without_numbers_or_names(desk):
    year = timezone.localdate().year
    place("Mechanics", *[APPLIED] * 5, waited=10, year=year)
    page = desk.get(PAGE)
    assert (page.status_code, "Mechanics" in page.text) == (200, True)
    names = [*Enrolment.objects.values_list("student__first_name", flat=True)]
    assert not [name for name in names if name in page.text]
    rows = list(csv.reader(io.StringIO(desk.get(f"{PAGE}figures.csv").content.decode("utf-8-sig"))))
    mine = [row[1:5] for row in rows if row[0] == "Time to place" and row[2] == "Mechanics"]
    assert mine == [["Median, days", "Mechanics", "", "10"], ["Nine of ten, days", "Mechanics", "", "10"]]
    assert desk.get(f"{PAGE}figures.xlsx").content.startswith(b"PK")
    assert desk.get(f"{PAGE}figures.doc").status_code == 404
    if weasyprint_available():
        assert desk.get(f"{PAGE}figures.pdf").content.startswith(b"%PDF")
    for wrong in ("1999", "x", "\x00", str(year + 1)):
        for address in (PAGE, f"{PAGE}figures.csv"):
            refused = desk.get(address, {"year": wrong})
            assert (wrong, refused.status_code, "errorlist" in refused.text) == (wrong, 400, True)
    assert desk.post(PAGE).status_code == 405


def test_the_page_is_for_deans_and_the_superuser(client):
    for role in Role:
        # A student of whom nothing is known yet is asked first.
        wanted = {Role.DEAN: 200, Role.STUDENT: 302}.get(role, 403)
        person = signed_in(UserFactory.create(roles=[role]))
        assert (role, person.get(PAGE).status_code) == (role, wanted)
        assert (role, person.get(f"{PAGE}figures.csv").status_code) == (role, wanted)
    assert signed_in(UserFactory.create(is_superuser=True)).get(PAGE).status_code == 200
    assert signed_in(UserFactory.create(roles=[Role.DEAN], is_active=False)).get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 302


def test_a_dean_lands_on_the_figures_and_has_no_workspace(desk):
    assert desk.get("/")["Location"] == PAGE
    assert desk.get("/admin/").status_code == desk.get("/admin/analytics/").status_code == 404
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    assert [address for address in lists if desk.get(address).status_code != 404] == []


def test_a_dean_reads_by_the_api_what_somebody_without_a_role_reads():
    world = build_world()
    dean, nobody = signed_in(world.dean), signed_in(UserFactory.create())
    for prefix, _viewset, basename in router.registry:
        address = reverse(f"{basename}-list")
        mine, theirs = dean.get(address), nobody.get(address)
        assert (prefix, mine.status_code) == (prefix, theirs.status_code)
        if prefix != "people":
            assert (prefix, mine.json()) == (prefix, theirs.json())
    assert [row["id"] for row in dean.get(reverse("api-person-list")).json()["results"]] == [world.dean.pk]
