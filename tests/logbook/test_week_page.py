"""The page of a week: two who decide at once, what comes next, sentences that are used again."""

import pytest
from django.urls import reverse

from apps.accounts.services.people import grant
from apps.accounts.states import Role
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, Snippet
from apps.logbook.selectors import week_of
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import perform
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, SnippetFactory

pytestmark = pytest.mark.django_db

INDUSTRIAL, UNIVERSITY = SupervisorKind.INDUSTRIAL, SupervisorKind.UNIVERSITY
QUERIES_WEEK = 13
QUERIES_WEEK_OF_UNIVERSITY = 16


@pytest.fixture
def host(client, place):
    client.force_login(place.supervisor)
    return client


@pytest.fixture
def office(client, place):
    client.force_login(place.academic)
    return client


def seen(place, kind=INDUSTRIAL) -> str:
    return str(week_of(place.placement, place.monday).waiting(kind).seen)


def url(place) -> str:
    return reverse("supervise_week", args=[place.placement.pk, place.monday])


def state_of(row) -> str:
    return str(type(row).objects.get(pk=row.pk).state)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# -- two at once --------------------------------------------------------------------------------------------------


def test_who_comes_second_sees_who_was_faster_and_keeps_what_was_typed(host, place):
    first, second = place.log(0), place.log(1)
    report = place.report()
    form = {"seen": seen(place), "decision": "back", "back": [first.pk, "report"], "comment": "Well done so far."}
    form |= {f"reason-{first.pk}": "Which lathe?", "reason-report": "Too short."}
    deputy = PlacementSupervisorFactory.create(placement=place.placement, is_deputy=True).user
    perform(first, "verify", actor=deputy)
    perform(report, "request_revision", actor=deputy, reason="Name the tools.")
    answer = host.post(url(place), form)
    words = ["Something of this week has changed meanwhile. Look at it again before you decide."]
    assert (answer.status_code, said(answer)) == (409, words)
    found = [(str(one.what), one.entry.who, str(one.state), one.reason) for one in answer.context["meanwhile"]]
    assert found == [
        (first.day.isoformat(), str(deputy), "Verified by the company", "Which lathe?"),
        ("Weekly report", str(deputy), "Sent back", "Too short."),
    ]
    page = answer.content.decode()
    assert [text in page for text in ("Which lathe?", "Too short.", "Name the tools.", "Well done so far.")] == [
        True
    ] * 4
    assert (state_of(first), state_of(second)) == (ChainState.VERIFIED_INDUSTRY, ChainState.SUBMITTED)
    assert answer.context["seen"] == f"d{second.pk}.0"


def test_what_the_student_took_back_is_said_without_its_text(host, place):
    log = place.log(0, text="Secret of a draft.")
    form = {"seen": seen(place), "decision": "approve"}
    perform(log, "recall", actor=place.student)
    answer = host.post(url(place), form)
    (one,) = answer.context["meanwhile"]
    assert (answer.status_code, one.entry.who, str(one.state)) == (409, str(place.student), "Draft")
    assert "Secret of a draft." not in answer.content.decode()


def test_a_row_whose_history_is_gone_is_named_by_its_state(host, place):
    log = place.log(0)
    form = {"seen": seen(place), "decision": "approve"}
    DailyLog.objects.filter(pk=log.pk).update(state=ChainState.VERIFIED_INDUSTRY)
    (one,) = host.post(url(place), form).context["meanwhile"]
    assert (one.entry, str(one.state)) == (None, "Verified by the company")


def test_a_form_that_is_not_ours_says_nothing_of_other_rows(host, place):
    foreign = DailyLogFactory.create(state=ChainState.SUBMITTED)
    place.log(0)
    for text, status in (("x", 400), (f"d{foreign.pk}.0", 409)):
        answer = host.post(url(place), {"seen": text, "decision": "approve"})
        assert (answer.status_code, answer.context["meanwhile"]) == (status, [])


def test_two_who_validate_get_one_winner(office, place):
    log = place.log(0, ChainState.VERIFIED_INDUSTRY)
    form = {"seen": seen(place, UNIVERSITY), "decision": "validate"}
    perform(log, "flag", actor=place.academic, reason="Odd.")
    answer = office.post(url(place), form)
    assert (answer.status_code, answer.context["meanwhile"][0].entry.why) == (409, "Odd.")
    assert state_of(log) == ChainState.FLAGGED


# -- what comes next ----------------------------------------------------------------------------------------------


def other_week(place, kind, state):
    placement = PlacementSupervisorFactory.create(
        user=place.supervisor if kind == INDUSTRIAL else place.academic, kind=kind
    ).placement
    return DailyLogFactory.create(placement=placement, day=place.monday, state=state)


def test_approve_and_next_leads_to_the_next_trainee_and_at_last_to_the_list(host, place):
    place.log(0)
    following = other_week(place, INDUSTRIAL, ChainState.SUBMITTED)
    page = host.get(url(place))
    there = reverse("supervise_week", args=[following.placement_id, place.monday])
    assert (page.context["ahead"].count, page.context["next_url"]) == (1, there)
    form = {"seen": seen(place), "decision": "approve_next"}
    assert host.post(url(place), form)["Location"] == there
    form["seen"] = f"d{following.pk}.0"
    assert host.post(there, form)["Location"] == reverse("supervise")
    assert (state_of(following), host.get(url(place)).context["ahead"].count) == (ChainState.VERIFIED_INDUSTRY, 0)


def test_validate_and_next_leads_to_the_next_student(office, place):
    place.log(0, ChainState.VERIFIED_INDUSTRY)
    following = other_week(place, UNIVERSITY, ChainState.VERIFIED_INDUSTRY)
    form = {"seen": seen(place, UNIVERSITY), "decision": "validate_next"}
    answer = office.post(url(place), form)
    assert answer["Location"] == reverse("supervise_week", args=[following.placement_id, place.monday])


def test_sending_back_stays_on_the_list_unless_next_is_asked_for(host, place):
    log = place.log(0)
    following = other_week(place, INDUSTRIAL, ChainState.SUBMITTED)
    form = {"seen": seen(place), "decision": "back_next", "back": log.pk, f"reason-{log.pk}": "Which lathe?"}
    answer = host.post(url(place), form)
    assert answer["Location"] == reverse("supervise_week", args=[following.placement_id, place.monday])
    assert state_of(log) == ChainState.REVISION_REQUESTED


# -- many at once -------------------------------------------------------------------------------------------------


def test_ticked_weeks_are_approved_together_and_the_button_beside_one_means_one(host, place):
    log, other = place.log(0), other_week(place, INDUSTRIAL, ChainState.SUBMITTED)
    third = other_week(place, INDUSTRIAL, ChainState.SUBMITTED)
    keys = [week.key for week in host.get(reverse("supervise")).context["weeks"]]
    answer = host.post(reverse("supervise"), {"only": keys[0], "week": keys}, follow=True)
    assert (said(answer), state_of(log), state_of(other)) == (
        ["1 week approved."],
        ChainState.VERIFIED_INDUSTRY,
        ChainState.SUBMITTED,
    )
    answer = host.post(reverse("supervise"), {"week": keys[1:]}, follow=True)
    assert (said(answer), state_of(third)) == (["2 weeks approved."], ChainState.VERIFIED_INDUSTRY)


def test_nothing_ticked_is_said(host, place):
    answer = host.post(reverse("supervise"), {}, follow=True)
    assert said(answer) == ["Tick at least one week first."]


def test_a_week_that_was_left_is_named_with_its_student(host, place):
    log = place.log(0)
    key = host.get(reverse("supervise")).context["weeks"][0].key
    perform(log, "recall", actor=place.student)
    (text,) = said(host.post(reverse("supervise"), {"week": key}, follow=True))
    assert text.startswith(f"Left as it is: {place.student}, week from ")


# -- sentences ----------------------------------------------------------------------------------------------------


def test_a_chosen_sentence_is_the_reason_without_a_script(host, place):
    log = place.log(0)
    mine = SnippetFactory.create(owner=place.supervisor, text="Name the machine.")
    assert list(host.get(url(place)).context["sentences"]) == [mine]
    form = {"seen": seen(place), "decision": "back", "back": log.pk, f"sentence-{log.pk}": mine.pk}
    assert host.post(url(place), form | {f"reason-{log.pk}": "Please:"}).status_code == 302
    assert DailyLog.objects.get(pk=log.pk).reason == "Please:\nName the machine."


def test_a_sentence_that_was_put_there_by_the_script_is_not_said_twice(host, place):
    log = place.log(0)
    mine = SnippetFactory.create(owner=place.supervisor, text="Name the machine.")
    form = {"seen": seen(place), "decision": "back", "back": log.pk, f"sentence-{log.pk}": mine.pk}
    host.post(url(place), form | {f"reason-{log.pk}": "Name the machine. And the tool."})
    assert DailyLog.objects.get(pk=log.pk).reason == "Name the machine. And the tool."


@pytest.mark.parametrize("key", ["foreign", "x", "9" * 30])
def test_a_foreign_sentence_is_no_reason(host, place, key):
    log, foreign = place.log(0), SnippetFactory.create()
    form = {"seen": seen(place), "decision": "back", "back": log.pk}
    form[f"sentence-{log.pk}"] = str(foreign.pk) if key == "foreign" else key
    answer = host.post(url(place), form)
    assert (answer.status_code, state_of(log)) == (400, ChainState.SUBMITTED)
    assert foreign.text not in answer.content.decode()


def test_a_reason_is_kept_for_the_next_time_once(host, place):
    for offset in (0, 1):
        log = place.log(offset)
        form = {"seen": seen(place), "decision": "back", "back": log.pk, f"reason-{log.pk}": "Name the machine."}
        answer = host.post(url(place), form | {f"keep-{log.pk}": "1", "keep-report": "1"}, follow=True)
        words = " The sentence is kept." if offset == 0 else ""
        assert said(answer) == [f"1 day sent back.{words}"]
    assert list(Snippet.objects.values_list("owner", "text")) == [(place.supervisor.pk, "Name the machine.")]


def test_a_reason_that_is_too_long_to_be_kept_is_sent_all_the_same(office, place):
    log = place.log(0, ChainState.VERIFIED_INDUSTRY)
    form = {"seen": seen(place, UNIVERSITY), "flag": log.pk, f"reason-{log.pk}": "x" * 501, f"keep-{log.pk}": "1"}
    answer = office.post(url(place), form, follow=True)
    assert said(answer) == ["Flagged. The coordinator decides. The sentence is not kept: The text is too long."]
    assert (state_of(log), Snippet.objects.count()) == (ChainState.FLAGGED, 0)


def test_a_whole_week_is_flagged_with_a_sentence(office, place):
    log = place.log(0, ChainState.VERIFIED_INDUSTRY)
    mine = SnippetFactory.create(owner=place.academic, text="All days are alike.")
    form = {"seen": seen(place, UNIVERSITY), "decision": "flag", "sentence-week": mine.pk}
    assert office.post(url(place), form).status_code == 302
    assert DailyLog.objects.get(pk=log.pk).reason == "All days are alike."


# -- signals and queries ------------------------------------------------------------------------------------------


def test_signals_are_explained_to_the_university_and_not_to_the_company(client, place):
    place.log(0, ChainState.VERIFIED_INDUSTRY, text="Same.")
    place.log(1, ChainState.VERIFIED_INDUSTRY, text="Same.")
    place.log(2)
    client.force_login(place.academic)
    page = client.get(url(place))
    assert "same_text" in [signal.code for signal in page.context["signals"]]
    assert "the same text stands at another day" in page.content.decode()
    client.force_login(place.supervisor)
    assert client.get(url(place)).context["signals"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_days(client, place, rows, django_assert_num_queries):
    for offset in range(rows):
        place.log(offset)
        place.log(offset + 3, ChainState.VERIFIED_INDUSTRY)
        SnippetFactory.create(owner=place.supervisor)
        SnippetFactory.create(owner=place.academic)
        other_week(place, INDUSTRIAL, ChainState.SUBMITTED)
    for person, queries in ((place.supervisor, QUERIES_WEEK), (place.academic, QUERIES_WEEK_OF_UNIVERSITY)):
        client.force_login(person)
        with django_assert_num_queries(queries):
            assert client.get(url(place)).status_code == 200


# -- a coordinator clears a flag ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "state"),
    [
        ("uphold", ChainState.VERIFIED_INDUSTRY),
        ("return_to_host", ChainState.SUBMITTED),
        ("return_to_student", ChainState.REVISION_REQUESTED),
    ],
)
def test_flags_are_cleared_together_from_the_workspace(client, place, move, state):
    logs = [place.log(offset, ChainState.FLAGGED) for offset in range(3)]
    foreign = DailyLogFactory.create(placement=PlacementFactory.create(), state=ChainState.FLAGGED)
    coordinator = UserFactory.create(roles=[Role.COORDINATOR])
    grant(coordinator, place.enrolment.cohort, actor=SYSTEM)
    client.force_login(coordinator)
    form: dict[str, object] = {"action": f"move_{move}", "confirmed": "1", "reason": "Seen to.", "select_across": "0"}
    form["_selected_action"] = [str(log.pk) for log in [*logs, foreign]]
    assert client.post(reverse("admin:logbook_dailylog_changelist"), form).status_code == 302
    assert [state_of(log) for log in [*logs, foreign]] == [state] * 3 + [ChainState.FLAGGED]
