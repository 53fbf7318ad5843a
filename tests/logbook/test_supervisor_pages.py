import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import OutboxTask
from apps.accounts.states import Role
from apps.applications.states import SupervisorKind
from apps.logbook.models import WeeklyReport
from apps.logbook.selectors import week_of
from apps.logbook.states import ArrivalState, ChainState
from portal.kernel.dates import monday_of
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory, DailyLogFactory, WeeklyReportFactory

pytestmark = pytest.mark.django_db

MONDAY = monday_of(timezone.localdate() - dt.timedelta(days=7))
QUERIES_SUPERVISE = 9
QUERIES_VALIDATE = 10


@pytest.fixture
def host():
    return UserFactory.create(roles=[Role.INDUSTRIAL_SUPERVISOR])


@pytest.fixture
def lecturer():
    return UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])


def waiting_log(user, kind, *, day=MONDAY, placement=None, **more):
    if placement is None:
        placement = PlacementSupervisorFactory.create(user=user, kind=kind).placement
        if kind == SupervisorKind.UNIVERSITY:
            # Yesterday's log waits for the company: the student is not silent.
            yesterday = timezone.localdate() - dt.timedelta(days=1)
            DailyLogFactory.create(placement=placement, day=yesterday, state="submitted", text=f"Of late {placement}")
    state = "submitted" if kind == SupervisorKind.INDUSTRIAL else "verified_industry"
    text = f"Work number {placement.pk} {day}"
    return DailyLogFactory.create(placement=placement, day=day, state=state, text=text, **more)


def seen_of(log, kind) -> str:
    return str(week_of(log.placement, log.week_start).waiting(kind).seen)


def week_url(log) -> str:
    return reverse("supervise_week", args=[log.placement_id, log.week_start])


def key_of(log) -> str:
    return f"{log.placement_id}:{log.week_start}:{seen_of(log, SupervisorKind.UNIVERSITY)}"


def state_of(row) -> str:
    return str(type(row).objects.get(pk=row.pk).state)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# -- the company --------------------------------------------------------------------------------------------------


def test_the_company_approves_a_week_from_the_list(client, host):
    log = waiting_log(host, SupervisorKind.INDUSTRIAL)
    client.force_login(host)
    assert [week.placement for week in client.get(reverse("supervise")).context["weeks"]] == [log.placement]
    form = {"seen": seen_of(log, SupervisorKind.INDUSTRIAL), "decision": "approve"}
    answer = client.post(week_url(log), form, follow=True)
    assert (answer.redirect_chain, said(answer)) == ([(reverse("supervise"), 302)], ["1 day approved."])
    assert state_of(log) == ChainState.VERIFIED_INDUSTRY


def test_the_company_sends_a_day_back(client, host):
    log = waiting_log(host, SupervisorKind.INDUSTRIAL)
    client.force_login(host)
    form = {"seen": seen_of(log, SupervisorKind.INDUSTRIAL), "decision": "back", "back": log.pk}
    assert client.post(week_url(log), form).status_code == 400
    assert client.post(week_url(log), form | {f"reason-{log.pk}": "More"}).status_code == 302
    assert state_of(log) == ChainState.REVISION_REQUESTED


def test_the_company_sends_the_report_back_and_approves_the_day(client, host):
    log = waiting_log(host, SupervisorKind.INDUSTRIAL)
    report = WeeklyReportFactory.create(placement=log.placement, week_start=MONDAY, state="submitted")
    client.force_login(host)
    assert client.get(week_url(log)).context["report"].waits is True
    form = {"seen": seen_of(log, SupervisorKind.INDUSTRIAL), "decision": "back", "back": "report"}
    refused = client.post(week_url(log), form)
    assert (refused.status_code, refused.context["report"].marked) == (400, True)
    answer = client.post(week_url(log), form | {"reason-report": "Name the tools"}, follow=True)
    assert said(answer) == ["1 day approved. The weekly report is sent back."]
    assert (state_of(log), state_of(report)) == (ChainState.VERIFIED_INDUSTRY, ChainState.REVISION_REQUESTED)
    assert WeeklyReport.objects.get(pk=report.pk).reason == "Name the tools"


def test_a_report_that_was_not_shown_cannot_be_sent_back(client, host):
    log = waiting_log(host, SupervisorKind.INDUSTRIAL)
    client.force_login(host)
    form = {"seen": seen_of(log, SupervisorKind.INDUSTRIAL), "decision": "back", "back": "report"}
    answer = client.post(week_url(log), form | {"reason-report": "Name the tools"})
    assert (answer.status_code, said(answer)) == (400, ["Mark first what shall go back."])
    assert state_of(log) == ChainState.SUBMITTED


def test_who_is_no_trainee_of_mine_leaves_my_list(client, host):
    log = waiting_log(host, SupervisorKind.INDUSTRIAL)
    client.force_login(host)
    assert "This is not my trainee" in client.get(week_url(log)).content.decode()
    answer = client.post(week_url(log), {"decision": "disown"}, follow=True)
    assert (said(answer), answer.context["weeks"]) == (["Thank you. The university is told."], [])
    assert OutboxTask.objects.filter(kind="logbook.tell_trainee_disowned").count() == 1
    assert client.get(week_url(log)).status_code == 404


def test_the_company_confirms_an_arrival(client, host):
    placement = PlacementFactory.create(state="confirmed")
    PlacementSupervisorFactory.create(placement=placement, user=host)
    note, foreign = ArrivalNoteFactory.create(placement=placement), ArrivalNoteFactory.create()
    client.force_login(host)
    assert list(client.get(reverse("supervise")).context["arrivals"]) == [note]
    form = {"move": "confirm", "version": note.version}
    assert client.post(reverse("supervise"), form | {"note": foreign.pk}).status_code == 404
    assert client.post(reverse("supervise"), form | {"note": note.pk}).status_code == 302
    assert (state_of(note), state_of(foreign)) == (ArrivalState.CONFIRMED, ArrivalState.SUBMITTED)


def test_a_foreign_week_is_not_there(client, host, lecturer):
    log = waiting_log(UserFactory.create(), SupervisorKind.INDUSTRIAL)
    form = {"seen": seen_of(log, SupervisorKind.INDUSTRIAL), "decision": "approve"}
    for person in (host, lecturer, log.enrolment.student):
        client.force_login(person)
        assert client.get(week_url(log)).status_code == 404
        assert client.post(week_url(log), form).status_code == 404
    assert state_of(log) == ChainState.SUBMITTED


def test_a_week_begins_on_a_monday(client, host):
    log = waiting_log(host, SupervisorKind.INDUSTRIAL)
    client.force_login(host)
    tuesday = MONDAY + dt.timedelta(days=1)
    assert client.get(reverse("supervise_week", args=[log.placement_id, tuesday])).status_code == 404


def test_pages_are_for_their_role_only(client, host, lecturer):
    for url, person in ((reverse("supervise"), lecturer), (reverse("validate_weeks"), host)):
        assert client.get(url).status_code == 302
        client.force_login(person)
        assert client.get(url).status_code == 403
        client.logout()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_the_company_takes_the_same_queries_for_any_number(client, host, number, django_assert_num_queries):
    for _ in range(number):
        waiting_log(host, SupervisorKind.INDUSTRIAL)
        placement = PlacementFactory.create(state="confirmed")
        PlacementSupervisorFactory.create(placement=placement, user=host)
        ArrivalNoteFactory.create(placement=placement)
    client.force_login(host)
    with django_assert_num_queries(QUERIES_SUPERVISE):
        answer = client.get(reverse("supervise"))
    assert len(answer.context["weeks"]) == number


# -- the university -----------------------------------------------------------------------------------------------


def test_the_university_validates_what_is_ticked(client, lecturer):
    log, other = (waiting_log(lecturer, SupervisorKind.UNIVERSITY) for _ in range(2))
    client.force_login(lecturer)
    page = client.get(reverse("validate_weeks"))
    assert [row["pk"] for row in page.context["rows"]] == [key_of(log), key_of(other)]
    answer = client.post(reverse("validate_weeks"), {"week": [key_of(log)]}, follow=True)
    assert said(answer) == ["1 week validated."]
    assert (state_of(log), state_of(other)) == (ChainState.VERIFIED_ACADEMIC, ChainState.VERIFIED_INDUSTRY)


def test_weeks_without_a_signal_are_ticked_and_others_not(client, lecturer):
    clear = waiting_log(lecturer, SupervisorKind.UNIVERSITY)
    odd = waiting_log(lecturer, SupervisorKind.UNIVERSITY, submitted_at=timezone.now(), verified_at=timezone.now())
    client.force_login(lecturer)
    answer = client.get(reverse("validate_weeks"))
    ticked = {row["pk"]: not row["has_signal"] for row in answer.context["rows"]}
    assert ticked == {key_of(clear): True, key_of(odd): False}
    assert answer.content.decode().count('name="week"') == 2
    assert answer.content.decode().count(" checked") == 1


def test_a_week_that_changed_meanwhile_is_refused_and_the_others_validated(client, lecturer):
    log, changed = (waiting_log(lecturer, SupervisorKind.UNIVERSITY) for _ in range(2))
    keys = [key_of(log), key_of(changed)]
    type(changed).objects.filter(pk=changed.pk).update(version=7)
    client.force_login(lecturer)
    answer = client.post(reverse("validate_weeks"), {"week": keys}, follow=True)
    assert (len(said(answer)), said(answer)[0]) == (2, "1 week validated.")
    assert (state_of(log), state_of(changed)) == (ChainState.VERIFIED_ACADEMIC, ChainState.VERIFIED_INDUSTRY)


@pytest.mark.parametrize("key", ["", "1", "1:2:3", "x:2026-01-05:d1.1", f"{9**30}:2026-01-05:d1.1", "1:2026-01-05:z"])
def test_a_key_that_is_not_ours_is_not_there(client, lecturer, key):
    client.force_login(lecturer)
    assert client.post(reverse("validate_weeks"), {"week": key}).status_code == 404


def test_foreign_weeks_cannot_be_validated(client, lecturer):
    own = waiting_log(lecturer, SupervisorKind.UNIVERSITY)
    foreign = waiting_log(UserFactory.create(), SupervisorKind.UNIVERSITY)
    client.force_login(lecturer)
    answer = client.post(reverse("validate_weeks"), {"week": [key_of(own), key_of(foreign)]})
    assert answer.status_code == 404
    assert (state_of(own), state_of(foreign)) == (ChainState.VERIFIED_INDUSTRY, ChainState.VERIFIED_INDUSTRY)


def test_the_university_reads_a_week_validates_it_or_flags_a_day(client, lecturer):
    log = waiting_log(lecturer, SupervisorKind.UNIVERSITY)
    tuesday = MONDAY + dt.timedelta(days=1)
    other = waiting_log(lecturer, SupervisorKind.UNIVERSITY, placement=log.placement, day=tuesday)
    client.force_login(lecturer)
    assert client.get(week_url(log)).context["verifies"] is False
    form = {"seen": seen_of(log, SupervisorKind.UNIVERSITY), "flag": log.pk}
    assert client.post(week_url(log), form).status_code == 400
    assert client.post(week_url(log), form | {f"reason-{log.pk}": "Was a holiday"}).status_code == 302
    form = {"seen": seen_of(log, SupervisorKind.UNIVERSITY), "decision": "validate"}
    assert client.post(week_url(log), form).status_code == 302
    assert (state_of(log), state_of(other)) == (ChainState.FLAGGED, ChainState.VERIFIED_ACADEMIC)


def test_the_university_flags_a_whole_week_with_its_report(client, lecturer):
    log = waiting_log(lecturer, SupervisorKind.UNIVERSITY)
    report = WeeklyReportFactory.create(placement=log.placement, week_start=MONDAY, state="verified_industry")
    client.force_login(lecturer)
    form = {"seen": seen_of(log, SupervisorKind.UNIVERSITY), "decision": "flag"}
    assert client.post(week_url(log), form).status_code == 400
    answer = client.post(week_url(log), form | {"reason-week": "All days are alike"}, follow=True)
    assert said(answer) == ["Flagged. The coordinator decides."]
    assert (state_of(log), state_of(report)) == (ChainState.FLAGGED, ChainState.FLAGGED)
    assert "This is not my trainee" not in client.get(week_url(log)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_the_university_takes_the_same_queries_for_any_number(
    client, lecturer, number, django_assert_num_queries
):
    for _ in range(number):
        waiting_log(lecturer, SupervisorKind.UNIVERSITY, verified_by=UserFactory.create())
    client.force_login(lecturer)
    with django_assert_num_queries(QUERIES_VALIDATE):
        answer = client.get(reverse("validate_weeks"))
    assert len(answer.context["rows"]) == number
