"""Charts of the first page: each number is that of the list behind it, and the file says the same."""

import csv
import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Cohort, User
from apps.accounts.services.people import grant
from apps.logbook.services.counts import recount_days
from portal.kernel.access import SYSTEM
from portal.kernel.trends import Line, Part, Trend
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    today = timezone.localdate()
    return CohortFactory.create(start=today - dt.timedelta(days=90), end=today + dt.timedelta(days=30))


@pytest.fixture
def desk(cohort: Cohort) -> Client:
    coordinator = UserFactory.create()
    grant(coordinator, cohort.department, actor=SYSTEM)
    return signed_in(coordinator)


def fill(cohort: Cohort) -> None:
    """A student without a place, one placed, one who writes; the days of both weeks in several states."""
    EnrolmentFactory.create(cohort=cohort)
    PlacementFactory.create(enrolment__cohort=cohort, state="confirmed")
    active = PlacementFactory.create(enrolment__cohort=cohort, state="active", company__name="Njia Works")
    now = timezone.now()
    for number, state in enumerate(("submitted", "submitted", "verified_academic", "flagged", "draft")):
        day = timezone.localdate() - dt.timedelta(days=8 + number)
        DailyLogFactory.create(placement=active, day=day, state=state, submitted_at=now - dt.timedelta(days=8))
    PlacementSupervisorFactory.create(placement=active)
    PlacementSupervisorFactory.create(placement=active, is_deputy=True)
    recount_days(reported=False)


def lines(desk: Client, slug: str) -> dict[str, list[int]]:
    trend = next(trend for trend in desk.get("/admin/").context["home_trends"] if trend.slug == slug)
    return {str(line.label): [part.count for part in line.parts] for line in trend.lines}


def test_every_number_is_that_of_its_list(desk, cohort):
    fill(cohort)
    fill(CohortFactory.create(start=cohort.start, end=cohort.end))
    trends = {trend.slug: trend for trend in desk.get("/admin/").context["home_trends"]}
    assert list(trends) == ["placements", "weeks", "slowest", "verifiers"]
    for slug in ("placements", "weeks", "verifiers"):
        parts = [part for line in trends[slug].lines for part in line.parts if part.count]
        behind = [desk.get(part.url).context["cl"].result_count for part in parts]
        assert behind == [part.count for part in parts]
    assert sum(line.total for line in trends["weeks"].lines) == 4
    assert lines(desk, "slowest") == {"Njia Works": [2]}


def test_the_way_to_a_place_counts_each_state(desk, cohort):
    fill(cohort)
    expected = {"Without a place": [1], "Proposed": [0], "Confirmed": [1], "Active": [1], "Completed": [0]}
    assert lines(desk, "placements") == expected


def test_charts_follow_the_department_that_is_chosen(desk, cohort):
    fill(cohort)
    desk.post("/admin/scope/", {"scope": f"cohort-{cohort.pk}"})
    assert lines(desk, "placements")["Active"] == [1]
    empty = CohortFactory.create(department=cohort.department)
    desk.post("/admin/scope/", {"scope": f"cohort-{empty.pk}"})
    assert desk.get("/admin/").context["home_trends"] == []


def test_departments_stand_side_by_side_for_who_has_several(desk, cohort):
    fill(cohort)
    other = CohortFactory.create(start=cohort.start, end=cohort.end, department__name="Zoology")
    fill(other)
    grant(User.objects.get(pk=desk.session["_auth_user_id"]), other.department, actor=SYSTEM)
    trend = next(trend for trend in desk.get("/admin/").context["home_trends"] if trend.slug == "departments")
    assert [(line.label, line.total) for line in trend.lines] == [(cohort.department.name, 4), ("Zoology", 4)]
    part = trend.lines[1].parts[0]
    assert desk.get(part.url).context["cl"].result_count == part.count == 2


@pytest.mark.parametrize("slug", ["placements", "weeks", "slowest", "verifiers"])
def test_the_file_says_what_the_chart_says(desk, cohort, slug):
    fill(cohort)
    answer = desk.get(f"/admin/trends/{slug}.csv")
    _head, *rows = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    assert {row[0]: [int(cell) for cell in row[1:]] for row in rows} == lines(desk, slug)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{slug}.csv"'


def test_a_chart_that_is_not_there_is_a_404(desk):
    assert desk.get("/admin/trends/nothing.csv").status_code == 404


@pytest.mark.parametrize("slug", ["weeks", "departments", "slowest", "verifiers"])
@pytest.mark.parametrize("count", [1, 3])
def test_charts_ask_as_much_for_many_as_for_few(desk, cohort, count, slug, django_assert_num_queries):
    for _number in range(count):
        fill(cohort)
    with django_assert_num_queries(4):
        desk.get(f"/admin/trends/{slug}.csv")


def test_pieces_are_parts_of_the_longest_line():
    line, short = Line("a", [Part(1, "/a/"), Part(0, "/b/"), Part(3, "/c/")]), Line("b", [Part(2, "/d/")])
    drawn = Trend("x", "X", "Y", ["Z"], [line, short]).drawn
    assert [[(piece.start, piece.width) for piece in pieces] for _line, pieces in drawn] == [
        [("0.00", "25.00"), ("25.00", "75.00")],
        [("0.00", "50.00")],
    ]


def test_a_chart_of_nothing_draws_nothing():
    assert Trend("x", "X", "Y", [], [Line("a", [Part(0, "/a/")])]).drawn[0][1] == []
