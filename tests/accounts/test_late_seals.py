"""What was decided before contents were sealed is sealed later, and says so."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import HistoryEntry
from apps.accounts.services.history import verify_chain
from apps.accounts.services.late_seals import seal_older_rows, sealed_later
from apps.accounts.services.seals import seal_of, verify_rows
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from portal.kernel.fsm import perform_many
from tests.factories.logbook import DailyLogFactory
from tests.factories.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def validated(monkeypatch):
    """Three days validated by moves, as they were before contents were sealed."""
    world, monday = build_world(), monday_of(timezone.localdate()) - dt.timedelta(days=7)
    place = {"placement": world.placement, "week_start": monday, "state": ChainState.VERIFIED_INDUSTRY}
    days = [DailyLogFactory.create(day=monday + dt.timedelta(days=number), **place) for number in range(3)]
    monkeypatch.setattr("apps.accounts.services.history.sealed_in", lambda *_what: None)
    perform_many(DailyLog.objects.all(), "validate", actor=world.university_supervisor)
    monkeypatch.undo()
    return days


def wrong():
    return sorted(str(damage).partition(": ")[2][:24] for damage in verify_rows() if "DailyLog" in damage.row)


def test_older_rows_are_sealed_once_and_bear_the_day(validated):
    assert wrong() == ["content was never sealed"] * 3
    out = io.StringIO()
    call_command("seal_older_rows", stdout=out)
    call_command("seal_older_rows", stdout=out)
    assert out.getvalue().splitlines() == [
        "logbook.DailyLog: 3 sealed later",
        "Everything that was decided is sealed already.",
    ]
    assert (wrong(), list(verify_chain())) == ([], [])
    entries = HistoryEntry.objects.filter(action="seal_later")
    assert {(entry.source, entry.target, entry.actor_id) for entry in entries} == {
        (*(ChainState.VERIFIED_ACADEMIC,) * 2, None)
    }
    seal = seal_of("logbook.DailyLog")
    assert seal is not None
    assert sealed_later(seal, [validated[0].pk]) == [entries.get(target_id=validated[0].pk).at]


def test_what_is_changed_afterwards_is_found(validated):
    seal_older_rows()
    DailyLog.objects.filter(pk=validated[1].pk).update(hours=1)
    assert wrong() == ["content is not what was s"[:24]]


def test_a_row_whose_history_says_something_else_stays_in_sight(validated):
    HistoryEntry.objects.filter(target_id=validated[0].pk, target_label="logbook.DailyLog").delete()
    forged = DailyLogFactory.create()
    DailyLog.objects.filter(pk=forged.pk).update(state=ChainState.VERIFIED_ACADEMIC)
    assert seal_older_rows() == {"logbook.DailyLog": 2}
    assert len(wrong()) == 2
