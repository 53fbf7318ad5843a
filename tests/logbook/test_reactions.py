import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import AccessLink, Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.logbook.models import ArrivalNote, DailyLog, WeeklyReport
from apps.logbook.states import ArrivalState, ChainState
from portal.kernel.fsm import announce_created, perform, perform_many
from tests.factories.applications import PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory, DailyLogFactory, WeeklyReportFactory

INDUSTRY, ACADEMIC = "industrial_supervisor", "university_supervisor"
# Each move of the chain: from which state, who makes it, and exactly whom it tells.
CHAIN = [
    ("draft", "submit", "student", [(INDUSTRY, "logbook.week_waits")]),
    ("submitted", "recall", "student", []),
    ("submitted", "verify", INDUSTRY, [(ACADEMIC, "logbook.week_verified")]),
    ("submitted", "request_revision", INDUSTRY, [("student", "logbook.sent_back")]),
    ("verified_industry", "validate", ACADEMIC, [("student", "logbook.week_validated")]),
    ("verified_industry", "flag", ACADEMIC, [("coordinator", "logbook.flagged")]),
    ("flagged", "return_to_student", "coordinator", [("student", "logbook.sent_back")]),
    ("flagged", "return_to_host", "coordinator", [(INDUSTRY, "logbook.week_waits")]),
    ("flagged", "uphold", "coordinator", [(ACADEMIC, "logbook.week_verified")]),
]


def told(world) -> list[tuple[str, str]]:
    """Drain the outbox and return who was told what, in the words of the world."""
    run_due_tasks()
    names = {person.pk: name for name, person in world.personas().items()}
    rows = Notice.objects.filter(kind__startswith="logbook.").values_list("recipient", "kind")
    return sorted((names.get(pk, str(pk)), kind) for pk, kind in rows)


@pytest.mark.parametrize("factory", [DailyLogFactory, WeeklyReportFactory], ids=["day", "week"])
@pytest.mark.parametrize(("state", "move", "who", "expected"), CHAIN, ids=[row[1] for row in CHAIN])
def test_each_move_of_the_chain_tells_exactly_these(world, factory, state, move, who, expected):
    entry = factory.create(placement=world.placement, state=state)
    perform(entry, move, actor=getattr(world, who), reason="Which machine?")
    assert told(world) == expected


@pytest.mark.parametrize(
    ("state", "move", "who", "expected"),
    [
        ("submitted", "confirm", INDUSTRY, [("student", "logbook.arrival_confirmed")]),
        ("submitted", "dispute", INDUSTRY, [("student", "logbook.arrival_disputed")]),
        ("disputed", "submit", "student", [(INDUSTRY, "logbook.arrival_reported")]),
        ("confirmed", "reopen", "coordinator", [(INDUSTRY, "logbook.arrival_reported")]),
    ],
)
def test_each_move_of_an_arrival_tells_exactly_these(world, state, move, who, expected):
    note = ArrivalNoteFactory.create(placement=world.placement, state=ArrivalState(state))
    perform(note, move, actor=getattr(world, who), reason="Not yet.")
    assert told(world) == expected


def test_a_new_arrival_asks_the_supervisor(world):
    announce_created(ArrivalNoteFactory.create(placement=world.placement), actor=world.student)
    assert told(world) == [(INDUSTRY, "logbook.arrival_reported")]


def test_several_days_of_one_week_are_one_notice_and_one_mail(world, monday, mailoutbox):
    days = [DailyLogFactory.create(placement=world.placement, day=monday + dt.timedelta(days=n)) for n in range(3)]
    report = WeeklyReportFactory.create(placement=world.placement, week_start=monday)
    perform(days[0], "submit", actor=world.student)
    perform_many(DailyLog.objects.filter(pk__in=[day.pk for day in days[1:]]), "submit", actor=world.student)
    perform(report, "submit", actor=world.student)
    type(world.industrial_supervisor).objects.filter(pk=world.industrial_supervisor.pk).update(
        notice_frequency="at_once"
    )
    assert told(world) == [(INDUSTRY, "logbook.week_waits")]
    run_due_tasks()
    assert [mail.to for mail in mailoutbox] == [[world.industrial_supervisor.email]]


def test_what_is_sent_after_the_link_was_used_is_told_the_same_day(world, monday, mailoutbox):
    people = type(world.industrial_supervisor).objects.filter(pk=world.industrial_supervisor.pk)
    people.update(notice_frequency="at_once")
    days = [DailyLogFactory.create(placement=world.placement, day=monday + dt.timedelta(days=n)) for n in range(3)]
    counts = []
    for day in days:
        perform(day, "submit", actor=world.student)
        run_due_tasks()
        counts.append(len(mailoutbox))
        if day is days[1]:
            AccessLink.objects.filter(used_at__isnull=True).update(used_at=timezone.now())
    assert counts == [1, 1, 2]


def test_a_deputy_is_asked_only_where_nobody_is_first(world):
    deputy = PlacementSupervisorFactory.create(placement=world.placement, is_deputy=True).user
    perform(DailyLogFactory.create(placement=world.placement), "submit", actor=world.student)
    assert told(world) == [(INDUSTRY, "logbook.week_waits")]
    Notice.objects.all().delete()
    world.placement.supervisors.filter(user=world.industrial_supervisor).update(is_active=False)
    perform(WeeklyReportFactory.create(placement=world.placement), "submit", actor=world.student)
    assert told(world) == [(str(deputy.pk), "logbook.week_waits")]


@pytest.mark.parametrize("factory", [DailyLogFactory, WeeklyReportFactory], ids=["day", "week"])
def test_what_moved_on_meanwhile_is_not_told(world, factory):
    entry = factory.create(placement=world.placement)
    perform(entry, "submit", actor=world.student)
    perform(entry, "recall", actor=world.student)
    assert told(world) == []


def test_what_is_gone_meanwhile_is_not_told(world):
    note = ArrivalNoteFactory.create(placement=world.placement)
    announce_created(note, actor=world.student)
    ArrivalNote.objects.all().delete()
    assert told(world) == []


def test_the_reason_stands_in_what_is_told(world):
    report = WeeklyReportFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    perform(report, "request_revision", actor=world.industrial_supervisor, reason="Which machine?")
    run_due_tasks()
    assert Notice.objects.get(kind="logbook.sent_back").facts["reason"] == "Which machine?"
    assert WeeklyReport.objects.get().reason == "Which machine?"
