"""What help may read and write, what it hides, and who sees what somebody asked for."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.ai.backends import local
from apps.ai.backends.base import BackendError, Facts
from apps.ai.models import AiBackendHealth
from apps.ai.selectors import calls_of
from apps.ai.services import calls, drafting
from apps.ai.services.places import place_named
from apps.ai.states import Decision, Purpose
from apps.logbook.selectors import week_of
from apps.logbook.selectors.helped import shares_of_week
from apps.logbook.services.help import day_wish
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from portal.kernel.errors import WrongState
from tests.factories.ai import AiCallFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory

TEXT = "today i instaled 4 bearings on the the lathe"


@pytest.fixture
def log(world, student):
    return DailyLogFactory.create(placement=world.placement, text=TEXT, skills=["Turning"], state=ChainState.DRAFT)


@pytest.fixture
def answered(log, student, run):
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    run()
    call.refresh_from_db()
    return call


def test_what_somebody_asked_for_is_nobodys_who_is_not_signed_in(answered, student):
    assert list(calls_of(student)) == [answered]
    assert list(calls_of(AnonymousUser())) == []
    student.is_active = False
    assert list(calls_of(student)) == []


def test_a_draft_where_help_is_off_says_so(ai):
    ai(backend="off")
    assert drafting.write_draft(Purpose.GRAMMAR, Facts(texts={"text": TEXT})) == drafting.unavailable("off")


def test_a_model_that_is_not_installed_is_said_and_no_reason_to_rest(db, monkeypatch):
    def missing():
        raise BackendError("no_embeddings")

    monkeypatch.setattr(local, "_model", missing)
    assert calls.embed(["text"]) == drafting.unavailable("no_embeddings")
    assert AiBackendHealth.objects.count() == 0


def test_the_second_try_waits(monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    drafting.pause(0.5)
    assert waits == [0.5]


def test_a_day_without_a_place_hides_the_student_alone(world, student):
    log = DailyLogFactory.create(placement=None, enrolment=world.placement.enrolment, text=TEXT, state=ChainState.DRAFT)
    wish = day_wish(log, Purpose.EXPAND)
    assert (wish.facts.known["company"], student.email in wish.facts.private) == ("", True)
    assert world.company.name not in wish.facts.private
    # Who corrects looks at the text alone, who writes it out at what is known beside it.
    assert day_wish(log, Purpose.GRAMMAR).facts.known == {}


@pytest.mark.parametrize("place", ["logbook.day", "logbook.week"])
def test_what_was_sent_meanwhile_is_not_read_or_written_by_help(world, student, place):
    monday = monday_of(timezone.localdate())
    rows = {
        "logbook.day": DailyLogFactory.create(placement=world.placement, state=ChainState.SUBMITTED),
        "logbook.week": WeeklyReportFactory.create(
            placement=world.placement, week_start=monday, state=ChainState.SUBMITTED
        ),
    }
    found = place_named(place)
    assert found.read(rows[place].pk, student) is None
    with pytest.raises(WrongState):
        found.write(rows[place].pk, {"text": "x", "summary": "x"}, student)


@pytest.mark.parametrize("place", ["applications.resume", "vacancies.vacancy", "reporting.report"])
def test_a_text_that_is_gone_takes_no_draft(student, place):
    found = place_named(place)
    assert found.read(0, student) is None
    with pytest.raises(WrongState):
        found.write(0, {}, student)


def test_a_week_without_a_report_has_the_shares_of_its_days_alone(world, log, student):
    type(log).objects.filter(pk=log.pk).update(state=ChainState.VERIFIED_INDUSTRY)
    AiCallFactory.create(
        user=student, place="logbook.day", key=log.pk, decision=Decision.ACCEPTED, before={}, after={"text": TEXT}
    )
    shares = shares_of_week(week_of(world.placement, log.week_start))
    assert ({key: share.percent for key, share in shares.days.items()}, shares.reports) == ({log.pk: 100}, {})


def test_a_report_of_a_week_has_a_share_of_its_own(world, log, student):
    report = WeeklyReportFactory.create(
        placement=world.placement,
        week_start=log.week_start,
        state=ChainState.SUBMITTED,
        summary="I turned shafts",
        main_job_title="Lathe",
    )
    helped = {"place": "logbook.week", "decision": Decision.ACCEPTED, "before": {"summary": "i turned"}}
    AiCallFactory.create(user=student, key=report.pk, after={"summary": "I turned shafts"}, **helped)
    # Of another report, which nobody sees here.
    AiCallFactory.create(user=student, key=report.pk + 1, after={"summary": "I turned shafts"}, **helped)
    shares = shares_of_week(week_of(world.placement, log.week_start))
    found = {key: (share.helped, share.words, share.calls) for key, share in shares.reports.items()}
    assert (found, shares.days) == ({report.pk: (1, 4, 1)}, {})
