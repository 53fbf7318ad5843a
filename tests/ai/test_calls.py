"""From the wish to the decision, on a day of a student."""

import pytest
from django.utils import timezone

from apps.ai.backends.base import BackendError, Facts
from apps.ai.backends.fake import FakeBackend
from apps.ai.models import AiBudget, AiCall
from apps.ai.services import calls, drafting
from apps.ai.services.budgets import BudgetSpent
from apps.ai.services.consent import ConsentMissing, give_consent, withdraw_consent
from apps.ai.states import Decision, Outcome, Purpose
from apps.logbook.services.help import comment_wish, day_wish, week_wish
from apps.logbook.services.logs import DayText, save_log
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory

TEXT = "today i instaled 4 bearings on the the lathe"
BETTER = "Today I installed 4 bearings on the lathe."


@pytest.fixture
def log(world, student):
    return DailyLogFactory.create(placement=world.placement, text=TEXT, skills=["Turning"], state=ChainState.DRAFT)


@pytest.fixture
def answered(log, student, run):
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    run()
    call.refresh_from_db()
    return call


def budget(**keys):
    found = AiBudget.objects.filter(day=timezone.localdate(), **keys).first()
    return (found.calls, found.tokens) if found else None


def test_a_draft_is_made_in_the_background_and_changes_nothing(answered, log, student):
    log.refresh_from_db()
    assert log.text == TEXT
    assert (answered.outcome, answered.decision) == (Outcome.ANSWERED, Decision.OPEN)
    assert (answered.before, answered.after) == ({"text": TEXT}, {"text": BETTER})
    assert (answered.user, answered.subject, answered.cohort) == (student, student, log.enrolment.cohort)
    assert (answered.backend, answered.model, answered.language, answered.facts) == ("local", "rules", "en", {})


def test_accepting_stores_it_and_undo_puts_it_back(answered, log, student):
    standing = calls.accept_call(answered, ["text"], actor=student)
    log.refresh_from_db()
    assert (log.text, standing.url) == (BETTER, f"/logs/{log.day}/")
    answered.refresh_from_db()
    assert answered.decision == Decision.ACCEPTED
    calls.undo_call(answered, actor=student)
    log.refresh_from_db()
    answered.refresh_from_db()
    assert (log.text, answered.decision) == (TEXT, Decision.UNDONE)


def test_an_undone_draft_can_be_taken_again(answered, log, student):
    for work in (
        lambda: calls.accept_call(answered, ["text"], actor=student),
        lambda: calls.undo_call(answered, actor=student),
    ):
        work()
    calls.accept_call(answered, ["text"], actor=student)
    log.refresh_from_db()
    assert log.text == BETTER


def change(log, student, text):
    log.refresh_from_db()
    save_log(log.enrolment, log.day, DayText(text, log.hours, log.skills), actor=student)


def test_a_text_that_changed_meanwhile_is_not_overwritten(answered, log, student):
    change(log, student, "Something else.")
    with pytest.raises(Stale):
        calls.accept_call(answered, ["text"], actor=student)
    log.refresh_from_db()
    assert log.text == "Something else."


def test_undo_does_not_overwrite_what_was_written_since(answered, log, student):
    calls.accept_call(answered, ["text"], actor=student)
    change(log, student, BETTER + " And cleaned up.")
    with pytest.raises(Stale):
        calls.undo_call(answered, actor=student)


def test_what_was_sent_cannot_be_changed_by_a_draft(answered, log, student):
    type(log).objects.filter(pk=log.pk).update(state=ChainState.SUBMITTED)
    with pytest.raises(WrongState):
        calls.accept_call(answered, ["text"], actor=student)
    assert calls.standing_of(answered, actor=student) is None


def test_nothing_chosen_is_said(answered, student):
    with pytest.raises(RuleViolation) as refused:
        calls.accept_call(answered, ["summary"], actor=student)
    assert refused.value.code == "nothing_chosen"


@pytest.mark.parametrize(
    "work",
    [
        calls.dismiss_call,
        calls.cancel_call,
        calls.undo_call,
        lambda c, actor: calls.accept_call(c, ["text"], actor=actor),
    ],
)
def test_another_person_decides_nothing(answered, world, work):
    with pytest.raises(NotAllowed):
        work(answered, actor=world.fellow_student)


def test_a_decided_call_says_so(answered, student):
    calls.dismiss_call(answered, actor=student)
    answered.refresh_from_db()
    assert answered.decision == Decision.DISMISSED
    with pytest.raises(WrongState):
        calls.undo_call(answered, actor=student)
    with pytest.raises(WrongState):
        calls.cancel_call(answered, actor=student)


def test_the_switch_of_the_cohort_and_the_installation(log, student, world, ai):
    ai(backend="off")
    with pytest.raises(RuleViolation) as refused:
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert refused.value.code == "ai_off"
    ai(backend="local")
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(ai_enabled=False)
    log = type(log).objects.get(pk=log.pk)
    with pytest.raises(RuleViolation) as refused:
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert refused.value.code == "ai_off"
    assert AiCall.objects.count() == 0


def test_consent_comes_first_and_can_be_withdrawn(log, student, run):
    withdraw_consent(actor=student)
    with pytest.raises(ConsentMissing):
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    give_consent(actor=student)
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    withdraw_consent(actor=student)
    run()
    call.refresh_from_db()
    assert (call.outcome, call.problem, call.after, call.facts) == (Outcome.UNAVAILABLE, "withdrawn", {}, {})


def test_the_deactivated_gets_nothing(log, world):
    with pytest.raises(NotAllowed):
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=world.deactivated)
    with pytest.raises(NotAllowed):
        give_consent(actor=world.deactivated)


def test_an_empty_text_costs_nothing(log, student):
    log.text = "  "
    with pytest.raises(RuleViolation) as refused:
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert (refused.value.code, budget(user=student)) == ("nothing_written", None)


def test_too_much_text_is_refused(log, student):
    log.text = "word " * 13_000
    with pytest.raises(RuleViolation) as refused:
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert refused.value.code == "text_too_long"


# -- budgets ------------------------------------------------------------------------------------------------------


def test_the_twenty_first_call_of_a_day_is_refused(log, student):
    for _number in range(20):
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    with pytest.raises(BudgetSpent) as refused:
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert 0 < refused.value.wait_s <= 24 * 3600
    assert AiCall.objects.count() == 20
    assert [budget(user=student)[0], budget(cohort=log.enrolment.cohort)[0]] == [20, 20]


@pytest.mark.parametrize(
    ("limit", "words"), [("calls_cohort", "Your cohort"), ("calls_all", "The portal"), ("tokens_all", "The portal")]
)
def test_cohort_and_portal_have_budgets_of_their_own(log, student, ai, limit, words):
    ai(**{limit: 0})
    with pytest.raises(BudgetSpent) as refused:
        calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert str(refused.value).startswith(words)
    # What was counted for the others is taken back with it.
    assert budget(user=student) is None


def test_tokens_are_reserved_and_put_right(log, student, run, monkeypatch, ai):
    ai(backend="fake", price_in=100, price_out=400)
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert budget(user=student) == (1, call.tokens_reserved)
    run()
    call.refresh_from_db()
    assert call.tokens_in > 0
    assert budget(user=student) == (1, call.tokens_in + call.tokens_out)
    assert call.cost == call.tokens_in + 4 * call.tokens_out


def test_a_call_without_an_answer_is_given_back(log, student, run, monkeypatch, no_pauses):
    fails = FakeBackend(say=lambda _order: BackendError("server_error", again=True))
    monkeypatch.setattr(drafting, "backend_in_use", lambda: fails)
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    run()
    call.refresh_from_db()
    assert (call.outcome, call.problem, len(fails.orders)) == (Outcome.UNAVAILABLE, "server_error", 2)
    assert budget(user=student) == budget(cohort=log.enrolment.cohort) == (0, 0)


# -- waiting ------------------------------------------------------------------------------------------------------


def test_a_waiting_call_is_cancelled_at_once(log, student, run):
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    calls.cancel_call(call, actor=student)
    run()
    call.refresh_from_db()
    assert (call.outcome, call.after, budget(user=student)) == (Outcome.CANCELLED, {}, (0, 0))


def test_a_running_call_hears_that_it_is_cancelled(log, student, run, monkeypatch):
    monkeypatch.setattr(calls, "LOOK_EVERY_S", 0)
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)

    def cancelled_meanwhile(_order):
        call.refresh_from_db()
        calls.cancel_call(call, actor=student)
        return "A draft that nobody waits for."

    monkeypatch.setattr(drafting, "backend_in_use", lambda: FakeBackend(say=cancelled_meanwhile))
    run()
    call.refresh_from_db()
    assert (call.outcome, call.after) == (Outcome.CANCELLED, {})


def test_the_text_so_far_is_kept_for_the_page(log, student, run, monkeypatch):
    monkeypatch.setattr(calls, "LOOK_EVERY_S", 0)
    seen = []

    class Slow(FakeBackend):
        def write(self, order, told):
            told("Half of")
            seen.append(AiCall.objects.get().partial)
            return super().write(order, told)

    monkeypatch.setattr(drafting, "backend_in_use", lambda: Slow())
    calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    run()
    assert (seen, AiCall.objects.get().partial) == (["Half of"], "")


def test_the_row_is_not_written_at_every_word(log, student, run, monkeypatch):
    fake = FakeBackend(say=lambda _order: "Done.")
    monkeypatch.setattr(drafting, "backend_in_use", lambda: fake)
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    run()
    call.refresh_from_db()
    assert (len(fake.orders), call.after) == (1, {"text": "Done."})


def test_a_fault_of_our_own_is_an_answer_too(log, student, run, monkeypatch, caplog):
    def broken(_order):
        raise ZeroDivisionError

    monkeypatch.setattr(drafting, "backend_in_use", lambda: FakeBackend(say=broken))
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    run()
    call.refresh_from_db()
    assert (call.outcome, call.problem) == (Outcome.UNAVAILABLE, "failed")


def test_work_that_was_lost_is_closed(log, student, run):
    call = calls.ask_help(day_wish(log, Purpose.GRAMMAR), actor=student)
    assert calls.close_lost_calls() == 0
    AiCall.objects.update(created_at=timezone.now() - 3 * calls.LOST_AFTER)
    assert calls.close_lost_calls() == 1
    call.refresh_from_db()
    assert (call.outcome, call.problem) == (Outcome.UNAVAILABLE, "lost")
    calls.answer_call(call.pk)
    run()
    call.refresh_from_db()
    assert call.outcome == Outcome.UNAVAILABLE


def test_what_ended_meanwhile_is_not_ended_again(answered):
    calls._finish(answered.pk, drafting.Draft({"text": "Late."}))
    calls._end(answered.pk, Outcome.CANCELLED)
    answered.refresh_from_db()
    assert (answered.outcome, answered.after) == (Outcome.ANSWERED, {"text": BETTER})


# -- other texts --------------------------------------------------------------------------------------------------


def test_a_week_is_written_from_its_days(world, log, student, run):
    monday = monday_of(log.day)
    report = WeeklyReportFactory.create(placement=world.placement, week_start=monday, summary="", main_job_detail="")
    call = calls.ask_help(week_wish(report, "summary", Purpose.WEEK), actor=student)
    job = calls.ask_help(week_wish(report, "main_job_detail", Purpose.MAIN_JOB), actor=student)
    run()
    call.refresh_from_db()
    job.refresh_from_db()
    assert set(job.after) == {"main_job_title", "main_job_detail"}
    calls.accept_call(job, ["main_job_title", "main_job_detail"], actor=student)
    calls.accept_call(call, ["summary"], actor=student)
    report.refresh_from_db()
    assert report.summary == call.after["summary"]
    assert "4 bearings" in report.summary
    assert report.main_job_title == job.after["main_job_title"]


def test_a_supervisors_comment_waits_for_the_student_to_agree(world, run):
    log = DailyLogFactory.create(placement=world.placement, text=TEXT, state=ChainState.SUBMITTED)
    give_consent(actor=world.industrial_supervisor)
    wish = comment_wish(world.placement, log.week_start, "", Purpose.FEEDBACK)
    with pytest.raises(RuleViolation) as refused:
        calls.ask_help(wish, actor=world.industrial_supervisor)
    assert refused.value.code == "student_has_not_consented"
    give_consent(actor=world.student)
    call = calls.ask_help(wish, actor=world.industrial_supervisor)
    run()
    call.refresh_from_db()
    assert call.after["comment"].startswith(f"{world.student} worked ")
    standing = calls.accept_call(call, ["comment"], actor=world.industrial_supervisor)
    assert standing.url == f"/supervise/{world.placement.pk}/{log.week_start}/?comment=draft"
    assert calls.standing_of(call, actor=world.other_university_supervisor) is None


def test_a_place_that_nobody_registered_takes_nothing(student, answered):
    AiCall.objects.filter(pk=answered.pk).update(place="gone")
    answered.refresh_from_db()
    assert calls.standing_of(answered, actor=student) is None
    with pytest.raises(WrongState):
        calls.accept_call(answered, ["text"], actor=student)


# -- at once ------------------------------------------------------------------------------------------------------


def test_a_sentence_at_once_is_counted_and_recorded(world, student):
    facts = Facts(known={"skills": "Welding", "have": "1", "asked": "2"}, fields=["reason"], language="en")
    found = calls.draft(calls.Wish(Purpose.MATCH, facts, cohort=world.cohort), actor=student)
    assert found.parts == {"reason": "You have 1 of 2 skills asked for: Welding."}
    assert (AiCall.objects.get().outcome, budget(user=student)[0]) == (Outcome.ANSWERED, 1)


def test_vectors_are_counted_for_all(ai, db, monkeypatch):
    ai(backend="fake")
    assert [len(vector) for vector in calls.embed(["abc", "b"])] == [26, 26]
    assert budget(user=None, cohort=None) == (1, 0)
    ai(backend="off")
    assert calls.embed(["abc"]).code == "off"
    assert budget(user=None, cohort=None) == (1, 0)
