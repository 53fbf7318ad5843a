"""Roll-ups of the days say what the days say, after every move and whoever moves at the same time."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.services.people import grant
from apps.logbook.models import DailyLog, PlacementCount, WeekCount
from apps.logbook.services.counts import fold_counts, recount_days
from apps.logbook.services.logs import correct_log, delete_log, submit_log
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import moves_of, perform, perform_many
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory

pytestmark = pytest.mark.django_db

ARROWS = [(arrow.name, arrow.source, arrow.target) for arrow in moves_of(DailyLog)]
OF_STUDENT, OF_COMPANY, OF_UNIVERSITY = ("submit", "recall"), ("verify", "request_revision"), ("validate", "flag")


@pytest.fixture
def coordinator(place):
    person = UserFactory.create()
    grant(person, place.enrolment.cohort.department, actor=SYSTEM)
    return person


def who(place, coordinator, name):
    actors = {OF_STUDENT: place.student, OF_COMPANY: place.supervisor, OF_UNIVERSITY: place.academic}
    return next((person for names, person in actors.items() if name in names), coordinator)


def weeks():
    rows = WeekCount.objects.values_list("week_start", "state").annotate(days=Sum("number"))
    return {(week, state): days for week, state, days in rows if days}


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda arrow: f"{arrow[0]} from {arrow[1]}")
def test_every_move_is_counted(place, coordinator, arrow):
    name, source, target = arrow
    sent = timezone.now() - dt.timedelta(days=3)
    moved, other = (place.log(day, source, submitted_at=sent) for day in (0, 1))
    place.log(2, ChainState.DRAFT)
    recount_days(reported=False)
    perform(moved, name, actor=who(place, coordinator, name), reason="So it is.")
    expected = {(place.monday, state): 1 for state in (source, target) if state != ChainState.DRAFT}
    assert weeks() == expected
    assert recount_days() == 0
    many = perform_many(DailyLog.objects.filter(pk=other.pk), name, actor=who(place, coordinator, name), reason="So.")
    assert (many.moved, recount_days()) == ([other.pk], 0)


def test_a_correction_takes_the_place_of_what_it_corrects(place, coordinator):
    old = place.log(0, ChainState.VERIFIED_ACADEMIC, submitted_at=timezone.now())
    recount_days(reported=False)
    new = correct_log(old, actor=coordinator, reason="Wrong hours.")
    assert weeks() == {(place.monday, "revision_requested"): 1}
    assert PlacementCount.objects.values_list("revision_requested", "verified_academic").get() == (1, 0)
    new = perform(submit_log(new, actor=place.student), "recall", actor=place.student)
    assert weeks() == {}
    delete_log(new, actor=place.student)
    assert (weeks(), recount_days()) == ({(place.monday, "verified_academic"): 1}, 0)


def test_a_placement_knows_its_days(place):
    sent = timezone.now() - dt.timedelta(days=9)
    for day, state in enumerate(("submitted", "submitted", "flagged")):
        place.log(day, state, submitted_at=sent + dt.timedelta(days=day))
    recount_days(reported=False)
    perform(DailyLog.objects.order_by("day")[0], "verify", actor=place.supervisor)
    row = PlacementCount.objects.get()
    assert (row.submitted, row.verified_industry, row.flagged) == (1, 1, 1)
    assert (row.waiting_since, row.last_day) == (sent + dt.timedelta(days=1), place.monday + dt.timedelta(days=2))


def test_folding_keeps_the_sums(place):
    logs = [place.log(day, submitted_at=timezone.now()) for day in range(4)]
    recount_days(reported=False)
    for log in logs:
        perform(log, "verify", actor=place.supervisor)
    before = weeks()
    assert fold_counts() == 9
    assert (weeks(), WeekCount.objects.count(), fold_counts()) == (before, 1, 0)
    assert before == {(place.monday, "verified_industry"): 4}


def test_what_was_written_past_the_moves_is_mended_and_said_to_the_superuser(place, coordinator, caplog):
    place.log(submitted_at=timezone.now())
    assert recount_days() == 2
    assert "1 weeks, 1 placements" in caplog.text
    DailyLog.objects.all().delete()
    assert (recount_days(), recount_days(), weeks()) == (2, 0, {})
    assert PlacementCount.objects.values_list("submitted", "last_day").get() == (0, None)
    title = "Sums that were wrong and are mended"
    for person, expected in ((UserFactory.create(is_superuser=True, is_staff=True), [3]), (coordinator, [])):
        cards = signed_in(person).get("/admin/").context["home_cards"]
        assert [card.count for card in cards if card.title == title] == expected


def test_what_was_mended_stays_in_sight_for_a_week(place):
    place.log()
    recount_days()
    WeekCount.objects.create(cohort=place.enrolment.cohort, week_start=place.monday, state="submitted", number=2)
    assert fold_counts() == 0
    WeekCount.objects.update(mended_at=timezone.now() - dt.timedelta(days=8))
    assert (fold_counts(), weeks()) == (2, {(place.monday, "submitted"): 3})


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer; PostgreSQL shows the race")
def test_two_who_move_days_of_one_placement_at_once_both_count():
    placement = PlacementFactory.create(enrolment__cohort=CohortFactory.create(working_days=list(range(7))))
    supervisor = PlacementSupervisorFactory.create(placement=placement).user
    logs = [
        DailyLogFactory.create(
            placement=placement,
            day=placement.start + dt.timedelta(days=day),
            state="submitted",
            submitted_at=timezone.now(),
        )
        for day in range(12)
    ]
    gate = Barrier(4)

    def act(part):
        try:
            gate.wait(timeout=120)
            for log in part:
                perform(log, "verify", actor=supervisor)
                fold_counts()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, [logs[0::4], logs[1::4][::-1], logs[2::4], logs[3::4][::-1]]))
    row = PlacementCount.objects.get()
    assert (row.submitted, row.verified_industry, row.waiting_since) == (0, 12, None)
    assert sum(days for (_week, state), days in weeks().items() if state == "verified_industry") == 12
