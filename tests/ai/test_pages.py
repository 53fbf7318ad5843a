"""The pages of help, by HTTP: from the button on the day to the draft that is taken."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.ai.models import AiBackendHealth, AiCall, AiConsent
from apps.ai.services.breaker import REST
from apps.ai.states import Decision, Outcome, Purpose
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from tests.factories.ai import AiCallFactory
from tests.factories.logbook import DailyLogFactory

TYPED = {"text": "today i instaled 4 bearings", "hours": "8", "skills": "Turning"}
BETTER = "Today I installed 4 bearings."


@pytest.fixture
def today():
    day = timezone.localdate()
    return day - dt.timedelta(days=1) if day.weekday() == 6 else day


@pytest.fixture
def page(client, student):
    client.force_login(student)
    return client


def ask(page, today, purpose=Purpose.GRAMMAR, **typed):
    return page.post(f"/logs/{today}/help/", {**TYPED, **typed, "help": f"text:{purpose}"})


def test_a_cohort_without_help_shows_no_button(page, world, today):
    assert b"Help with this text" in page.get(f"/logs/{today}/").content
    type(world.cohort).objects.update(ai_enabled=False)
    assert b"Help with this text" not in page.get(f"/logs/{today}/").content
    ask(page, today)
    assert AiCall.objects.count() == 0


def test_from_the_button_to_the_text_and_back(page, today, run):
    answer = ask(page, today)
    call = AiCall.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/ai/{call.pk}/")
    # What was typed is kept, whatever becomes of the draft.
    assert DailyLog.objects.get().text == TYPED["text"]
    waiting = page.get(f"/ai/{call.pk}/").content.decode()
    assert f'data-poll="/ai/{call.pk}/"' in waiting
    run()
    shown = page.get(f"/ai/{call.pk}/").content.decode()
    assert "<del>today</del>" in shown
    assert "<ins>Today</ins>" in shown
    assert "not by a language model" in shown
    taken = page.post(f"/ai/{call.pk}/accept/", {"field": "text"}, follow=True)
    assert BETTER in taken.content.decode()
    assert f'action="/ai/{call.pk}/undo/"' in taken.content.decode()
    page.post(f"/ai/{call.pk}/undo/")
    assert DailyLog.objects.get().text == TYPED["text"]


def test_text_stays_though_the_hours_cannot_be_read(page, today):
    ask(page, today, hours="eight")
    log = DailyLog.objects.get()
    assert (log.text, log.hours) == (TYPED["text"], Decimal(8))
    ask(page, today, text="More.", hours="")
    log.refresh_from_db()
    assert (log.text, log.hours, log.skills) == ("More.", Decimal(8), [])


def test_an_unknown_button_is_not_there(page, today):
    assert page.post(f"/logs/{today}/help/", {**TYPED, "help": "text:embed"}).status_code == 404
    assert page.post(f"/weeks/{monday_of(today)}/help/", {"help": "hours:text_grammar"}).status_code == 404
    assert DailyLog.objects.count() == 0


def test_a_week_begins_on_monday(page, today):
    tuesday = monday_of(today) + dt.timedelta(days=1)
    assert page.post(f"/weeks/{tuesday}/help/", {"help": "summary:text_grammar"}).status_code == 404


def test_who_has_not_agreed_is_asked_first(page, student, today):
    AiConsent.objects.all().delete()
    answer = ask(page, today)
    assert answer["Location"] == f"/ai/consent/?next=%2Flogs%2F{today}%2F"
    assert DailyLog.objects.get().text == TYPED["text"]
    assert "Nothing of your text leaves it." in page.get(answer["Location"]).content.decode()
    agreed = page.post("/ai/consent/", {"agree": "1", "next": f"/logs/{today}/"})
    assert (agreed["Location"], AiConsent.objects.get().holds) == (f"/logs/{today}/", True)
    page.post("/ai/consent/", {"agree": "1"})
    away = page.post("/ai/consent/", {"agree": "0", "next": "https://evil.example/"})
    assert (away["Location"], AiConsent.objects.get().holds) == ("/ai/", False)


def test_the_page_says_when_texts_leave_the_machine(page, ai):
    ai(backend="openai", model="llama-9", base_url="http://127.0.0.1:9/v1")
    words = page.get("/ai/consent/").content.decode()
    assert "Your text is sent to the model llama-9" in words
    ai(backend="off")
    assert "switched off here" in page.get("/ai/").content.decode()


def test_the_twenty_first_call_answers_429_with_a_message(page, today):
    for _number in range(20):
        assert ask(page, today, version=str(getattr(DailyLog.objects.first(), "version", ""))).status_code == 302
    answer = ask(page, today, version=str(DailyLog.objects.get().version))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 24 * 3600
    assert "You have used today&#x27;s help." in answer.content.decode()
    assert "20 of 20 calls used today" in page.get("/ai/").content.decode()


def test_a_stale_form_asks_nothing(page, today):
    ask(page, today)
    answer = page.post(f"/logs/{today}/help/", {**TYPED, "version": "99", "help": "text:text_grammar"}, follow=True)
    assert "another device" in answer.content.decode()
    assert AiCall.objects.count() == 1


def test_leaving_and_stopping_lead_back(page, today, run):
    ask(page, today)
    call = AiCall.objects.get()
    stopped = page.post(f"/ai/{call.pk}/cancel/", follow=True)
    assert stopped.redirect_chain == [(f"/logs/{today}/", 302)]
    again = page.post(f"/ai/{call.pk}/cancel/", follow=True)
    assert again.redirect_chain == [(f"/ai/{call.pk}/", 302)]
    ask(page, today, version=str(DailyLog.objects.get().version))
    run()
    second = AiCall.objects.order_by("pk").last()
    assert page.post(f"/ai/{second.pk}/dismiss/")["Location"] == f"/logs/{today}/"
    second.refresh_from_db()
    assert second.decision == Decision.DISMISSED


def test_a_draft_that_cannot_be_taken_says_why(page, today, run):
    ask(page, today)
    run()
    call = AiCall.objects.get()
    DailyLog.objects.update(text="Changed on the phone.")
    refused = page.post(f"/ai/{call.pk}/accept/", {"field": "text"}, follow=True)
    assert "changed meanwhile" in refused.content.decode()
    assert DailyLog.objects.get().text == "Changed on the phone."


def test_nothing_to_mend_is_said(page, today, run):
    ask(page, today, text=BETTER)
    run()
    assert "nothing to change" in page.get(f"/ai/{AiCall.objects.get().pk}/").content.decode()


def test_hints_are_a_list_and_nothing_to_take(page, today, run):
    ask(page, today, Purpose.SUGGEST)
    run()
    shown = page.get(f"/ai/{AiCall.objects.get().pk}/").content.decode()
    assert "What you could add" in shown
    assert "Take the draft" not in shown


def test_help_that_is_not_there_leaves_the_text_alone(page, today):
    ask(page, today)
    AiCall.objects.update(outcome=Outcome.UNAVAILABLE, problem="timeout")
    shown = page.get(f"/ai/{AiCall.objects.get().pk}/").content.decode()
    assert "did not answer in time" in shown
    assert "Your text is as it was." in shown


def test_lost_and_invented_numbers_are_pointed_out(page, student):
    call = AiCallFactory.create(
        user=student,
        before={"text": "4 shafts of 20 mm"},
        after={"text": "Shafts of 20 mm in 9 hours"},
        backend="openai",
    )
    shown = page.get(f"/ai/{call.pk}/").content.decode()
    assert "Missing in the draft: 4" in shown
    assert "Not in your text: 9" in shown


def test_a_week_is_filled_from_its_days(page, world, today, run):
    DailyLogFactory.create(placement=world.placement, day=today, text="Turned 3 shafts.", state=ChainState.DRAFT)
    monday = monday_of(today)
    typed = {
        "summary": "",
        "main_job_title": "Shafts",
        "main_job_detail": "",
        "operation": ["Turning"],
        "tools": ["Lathe"],
    }
    page.post(f"/weeks/{monday}/help/", {**typed, "help": "summary:logbook_week"})
    report = WeeklyReport.objects.get()
    assert (report.main_job_title, report.operations.get().tools) == ("Shafts", "Lathe")
    run()
    call = AiCall.objects.get()
    page.post(f"/ai/{call.pk}/accept/", {"field": "summary"})
    report.refresh_from_db()
    assert "Turned 3 shafts." in report.summary
    stale = page.post(f"/weeks/{monday}/help/", {**typed, "version": "77", "help": "summary:logbook_week"}, follow=True)
    assert "another device" in stale.content.decode()


def test_the_marker_sees_how_much_came_from_help(client, world, student, today, run):
    log = DailyLogFactory.create(placement=world.placement, day=today, text=BETTER, state=ChainState.SUBMITTED)
    other = AiCallFactory.create(user=student, place="logbook.day", key=log.pk, decision=Decision.OPEN)
    client.force_login(world.industrial_supervisor)
    address = f"/supervise/{world.placement.pk}/{log.week_start}/"
    assert b"came from AI help" not in client.get(address).content
    type(other).objects.update(decision=Decision.ACCEPTED, before={"text": TYPED["text"]}, after={"text": BETTER})
    assert "1 of 5 words came from AI help (20 %)." in client.get(address).content.decode()
    DailyLog.objects.update(text="Something else.")
    assert b"nothing of it stands here any more" in client.get(address).content


def test_a_supervisor_gets_a_draft_into_the_form(client, world, everybody_agreed, today, run):
    log = DailyLogFactory.create(
        placement=world.placement, day=today, text="Turned 3 shafts.", state=ChainState.SUBMITTED
    )
    client.force_login(world.industrial_supervisor)
    address = f"/supervise/{world.placement.pk}/{log.week_start}/"
    client.post(f"{address}help/", {"comment": "", "help": "comment:logbook_feedback"})
    run()
    call = AiCall.objects.get()
    taken = client.post(f"/ai/{call.pk}/accept/", {"field": "comment"}, follow=True)
    call.refresh_from_db()
    assert call.after["comment"] in taken.content.decode()
    # Nothing is stored before the supervisor sends it; without the draft in the address the field is empty.
    assert call.after["comment"] not in client.get(address).content.decode()
    log.refresh_from_db()
    assert (log.host_comment, log.state) == ("", ChainState.SUBMITTED)
    tuesday = log.week_start + dt.timedelta(days=1)
    assert client.post(f"/supervise/{world.placement.pk}/{tuesday}/help/").status_code == 404


# -- records ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_own_list_asks_the_database_the_same_for_one_and_three(page, student, count, django_assert_num_queries):
    AiCallFactory.create_batch(count, user=student)
    with django_assert_num_queries(8):
        words = page.get("/ai/").content.decode()
    assert words.count("Correct spelling and grammar") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_sums_ask_the_same_for_one_and_three(client, world, count, django_assert_num_queries):
    AiCallFactory.create_batch(count, cohort=world.cohort, tokens_in=700, cost=1200, decision=Decision.ACCEPTED)
    client.force_login(world.coordinator)
    with django_assert_num_queries(6):
        words = client.get("/ai/cohorts/").content.decode()
    assert f"{count} call" in words
    assert "Mechanical PT2" in words


def test_sums_are_for_coordinators_of_the_cohort_and_the_superuser(client, world, student):
    AiCallFactory.create(user=student, cohort=world.cohort, tokens_in=700, tokens_out=50, cost=1_200_000)
    AiCallFactory.create(outcome=Outcome.UNAVAILABLE)
    AiBackendHealth.objects.create(name="openai", failures=5, open_until=timezone.now() + REST)
    AiBackendHealth.objects.create(name="fake", failures=2)
    AiBackendHealth.objects.create(name="other")

    def words(person, query=""):
        client.force_login(person)
        return client.get(f"/ai/cohorts/{query}")

    assert words(student).status_code == words(world.industrial_supervisor).status_code == 404
    coordinator = words(world.coordinator).content.decode()
    assert ("1 call ·" in coordinator, "750" in coordinator, "1.2000" in coordinator, "rests until" in coordinator) == (
        True,
        True,
        True,
        False,
    )
    assert "Mechanical PT2" not in words(world.foreign_coordinator).content.decode()
    whole = words(world.superuser, "?days=365").content.decode()
    assert ("Without a cohort" in whole, "rests until" in whole, "2 failures in a row" in whole) == (True, True, True)


def test_the_workspace_shows_uses_and_no_texts(client, world, student):
    call = AiCallFactory.create(
        user=student, cohort=world.cohort, before={"text": "secret one"}, after={"text": "secret two"}
    )
    client.force_login(world.coordinator)
    for address in ("/admin/ai/aicall/", f"/admin/ai/aicall/{call.pk}/change/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"secret" not in answer.content
