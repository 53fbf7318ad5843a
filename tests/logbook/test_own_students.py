"""What a university supervisor sees of the own students: the numbers of the cards are those of the lists behind them."""

import csv
import datetime as dt

import pytest
from django.utils import timezone

from apps.applications.states import SupervisorKind
from apps.logbook.services.counts import recount_days
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, VisitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    today = timezone.localdate()
    return CohortFactory.create(start=today - dt.timedelta(days=60), end=today + dt.timedelta(days=60))


def supervise(cohort, person, name, **days):
    """A student of this supervisor with the given days: days ago = state."""
    placement = PlacementFactory.create(enrolment__cohort=cohort, enrolment__student__last_name=name)
    PlacementSupervisorFactory.create(placement=placement, user=person, kind=SupervisorKind.UNIVERSITY)
    for ago, state in days.items():
        day = timezone.localdate() - dt.timedelta(days=int(ago[1:]))
        sent = timezone.now() - dt.timedelta(days=int(ago[1:]))
        DailyLogFactory.create(placement=placement, day=day, state=state, submitted_at=sent)
    return placement


def build(cohort, person):
    supervise(cohort, person, "Late", d1="submitted", d9="submitted")
    silent = supervise(cohort, person, "Silent", d8="verified_academic")
    VisitFactory.create(placement=silent, visitor=person)
    supervise(cohort, person, "Waiting", d0="verified_industry", d2="submitted")
    supervise(cohort, UserFactory.create(), "Foreign", d8="submitted")
    recount_days(reported=False)


def test_cards_count_what_their_lists_show(cohort):
    person = UserFactory.create()
    build(cohort, person)
    client = signed_in(person)
    page = client.get("/students/")
    found = {str(card.title): card.count for card in page.context["cards"]}
    assert found == {
        "Weeks that wait for you": 1,
        "Silent for days": 1,
        "The company lets days wait": 1,
        "No visit made or planned": 2,
    }
    names = {
        need: [
            row["placement"].enrolment.student.last_name
            for row in client.get(f"/students/?need={need}").context["rows"]
        ]
        for need in ("", "silent", "late", "unvisited", "nonsense")
    }
    everybody = ["Late", "Silent", "Waiting"]
    assert names == {
        "": everybody,
        "silent": ["Silent"],
        "late": ["Late"],
        "unvisited": ["Late", "Waiting"],
        "nonsense": everybody,
    }


def test_the_table_says_what_the_list_says(cohort):
    person = UserFactory.create()
    build(cohort, person)
    answer = signed_in(person).get("/students/table.csv?need=late")
    _head, row = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    yesterday = (timezone.localdate() - dt.timedelta(days=1)).isoformat()
    assert (row[0].split()[-1], row[3:]) == ("Late", [yesterday, "2", "0", "0", "0", "0", "0", "0"])


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_much_for_many_as_for_few(cohort, count, django_assert_num_queries):
    person = UserFactory.create()
    for number in range(count):
        supervise(cohort, person, f"S{number}", d1="verified_industry")
    recount_days(reported=False)
    client = signed_in(person)
    with django_assert_num_queries(15):
        client.get("/students/")
    with django_assert_num_queries(5):
        client.get("/students/table.csv")


def test_who_supervises_nobody_for_the_university_has_no_such_page():
    assert [signed_in(UserFactory.create()).get(url).status_code for url in ("/students/", "/students/table.csv")] == [
        403,
        403,
    ]
