"""What the coordinators' first page counts is what the list behind it shows."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.services.people import grant
from apps.logbook.services.counts import recount_days
from portal.kernel.access import SYSTEM
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import ArrivalNoteFactory, AssessmentFactory, DailyLogFactory, RubricFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    today = timezone.localdate()
    return CohortFactory.create(start=today - dt.timedelta(days=30), end=today + dt.timedelta(days=30))


@pytest.fixture
def desk(cohort):
    coordinator = UserFactory.create()
    grant(coordinator, cohort.department, actor=SYSTEM)
    return signed_in(coordinator)


def placed(cohort, **given):
    given = {"state": "active", "start": cohort.start, "end": cohort.end} | given
    return PlacementFactory.create(enrolment__cohort=cohort, **given)


def behind(desk, title: str) -> tuple[int, list[object]]:
    """Return the number on a card of the first page and the rows of the list that it opens."""
    card = next(card for card in desk.get("/admin/").context["home_cards"] if card.title == title)
    return card.count, list(desk.get(card.url).context["cl"].result_list)


def test_silent_are_those_who_sent_nothing_lately(desk, cohort):
    today = timezone.localdate()
    quiet, drafting, writing = placed(cohort), placed(cohort), placed(cohort)
    DailyLogFactory.create(placement=quiet, day=today - dt.timedelta(days=5), state="submitted")
    DailyLogFactory.create(placement=drafting, day=today, state="draft")
    DailyLogFactory.create(placement=writing, day=today - dt.timedelta(days=4), state="submitted")
    placed(cohort, state="confirmed")
    placed(cohort, start=today - dt.timedelta(days=4))
    placed(cohort, end=today - dt.timedelta(days=1))
    DailyLogFactory.create(enrolment=quiet.enrolment, placement=None, day=today, state="submitted")
    recount_days(reported=False)
    count, rows = behind(desk, "Silent for days")
    assert (count, set(rows)) == (2, {quiet, drafting})


def test_unverified_are_those_that_were_sent_a_week_ago(desk, cohort):
    placement, now = placed(cohort), timezone.now()
    sent = {"late": (8, "submitted"), "fresh": (6, "submitted"), "done": (8, "verified_industry")}
    logs = {
        name: DailyLogFactory.create(
            placement=placement,
            day=timezone.localdate() - dt.timedelta(days=10 + number),
            state=state,
            submitted_at=now - dt.timedelta(days=days),
        )
        for number, (name, (days, state)) in enumerate(sent.items())
    }
    assert behind(desk, "Unverified for a week") == (1, [logs["late"]])


@pytest.mark.parametrize("title", ["No arrival", "Flagged"])
def test_other_cards_open_what_they_count(desk, cohort, title):
    late = placed(cohort, state="confirmed")
    flagged = DailyLogFactory.create(placement=placed(cohort), state="flagged")
    expected = {"No arrival": late, "Flagged": flagged}
    assert behind(desk, title) == (1, [expected[title]])


def test_supervisors_to_look_at_are_those_behind_the_card(desk, cohort):
    waits = ArrivalNoteFactory.create(placement=placed(cohort, state="confirmed"), address_waits=True)
    ArrivalNoteFactory.create(placement=placed(cohort, state="confirmed"))
    ArrivalNoteFactory.create(placement=placed(cohort, state="confirmed"), address_waits=True, state="disputed")
    ArrivalNoteFactory.create(placement=placed(CohortFactory.create(), state="confirmed"), address_waits=True)
    assert behind(desk, "Supervisors to look at") == (1, [waits])


def test_not_assessed_are_placements_that_are_over_with_an_open_form(desk, cohort):
    ended = timezone.localdate() - dt.timedelta(days=1)
    rubric = RubricFactory.create(cohort=cohort)
    assessed = [
        AssessmentFactory.create(placement=placed(cohort, **given), rubric=rubric, state=state).placement
        for given, state in (
            ({"end": ended}, "open"),
            ({"end": ended, "state": "completed"}, "open"),
            ({"end": ended}, "submitted"),
            ({}, "open"),
            ({"end": ended, "state": "cancelled"}, "open"),
        )
    ]
    AssessmentFactory.create(placement=placed(CohortFactory.create(), end=ended))
    count, rows = behind(desk, "Over, and not assessed")
    assert (count, set(rows)) == (2, set(assessed[:2]))
