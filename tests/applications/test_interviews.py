"""Interviews: agreed, moved, called off; told with a file for the calendar."""

import datetime as dt

import icalendar
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice, OutboxTask
from apps.accounts.services.outbox import run_due_tasks
from apps.applications import notifications
from apps.applications.models import Application
from apps.applications.services.interviews import call_off_interview, schedule_interview
from apps.applications.states import ApplicationState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import perform, perform_many
from tests.clients import signed_in
from tests.factories.accounts import CompanyMemberFactory, StudentFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def application(member):
    return ApplicationFactory.create(vacancy__company=member.company, vacancy__title="Fitter")


@pytest.fixture
def world() -> World:
    return build_world()


def soon() -> dt.datetime:
    return timezone.now().replace(microsecond=0) + dt.timedelta(days=2)


def files_of(letters) -> list[tuple[str, str, int, str]]:
    """Return method, status, sequence and address of each calendar file in the letters, with whom it went to."""
    found = []
    for letter in letters:
        for part in letter.message().walk():
            if part.get_content_type() == "text/calendar":
                calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
                event = calendar.subcomponents[0]
                assert part.get_param("method") == calendar["method"]
                assert part.get_filename() == "interview.ics"
                found.append((letter.to[0], str(calendar["method"]), int(str(event["sequence"])), str(event["uid"])))
    return found


def sent() -> list[tuple[str, str, int, str]]:
    mail.outbox.clear()
    run_due_tasks()
    return files_of(mail.outbox)


@pytest.mark.parametrize(
    "state", [s for s in ApplicationState.undecided() if s != ApplicationState.INTERVIEW_SCHEDULED]
)
def test_an_interview_is_scheduled_from_any_step(application, member, state):
    Application.objects.update(state=state)
    at = soon()
    invited = schedule_interview(application, at=at, place="  Room   4 ", minutes=45, actor=member.user)
    assert (invited.state, invited.interview_at, invited.interview_place, invited.interview_minutes) == (
        ApplicationState.INTERVIEW_SCHEDULED,
        at,
        "Room 4",
        45,
    )
    assert (invited.version, OutboxTask.objects.filter(kind="applications.tell_interview").count()) == (2, 0)


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"place": "  "}, "interview_nowhere", "place"),
        ({"at": timezone.now() - dt.timedelta(seconds=1)}, "interview_in_past", "at"),
        ({"minutes": 0}, "interview_length", "minutes"),
        ({"minutes": 481}, "interview_length", "minutes"),
    ],
)
def test_an_interview_is_at_a_place_in_the_future_and_no_longer_than_a_day(application, member, wrong, code, field):
    terms = {"at": soon(), "place": "Room 4", "minutes": 30, **wrong}
    with pytest.raises(RuleViolation) as refused:
        schedule_interview(application, actor=member.user, **terms)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_stranger_invites_nobody_and_calls_nothing_off(application, member):
    stranger = CompanyMemberFactory.create().user
    with pytest.raises(NotAllowed):
        schedule_interview(application, at=soon(), place="Room 4", actor=stranger)
    schedule_interview(application, at=soon(), place="Room 4", actor=member.user)
    for person in (stranger, application.student):
        with pytest.raises(NotAllowed):
            call_off_interview(application, actor=person)
    application.refresh_from_db()
    assert application.has_interview_ahead is True


@pytest.mark.parametrize("state", [ApplicationState.ACCEPTED, ApplicationState.REJECTED, ApplicationState.WITHDRAWN])
def test_a_decided_application_has_no_interview_any_more(application, member, state):
    Application.objects.update(state=state)
    with pytest.raises(WrongState):
        schedule_interview(application, at=soon(), place="Room 4", actor=member.user)
    application.refresh_from_db()
    assert (application.interview_at, application.version) == (None, 0)


# -- what calendars get -------------------------------------------------------------------------------------------


def test_every_change_is_the_same_meeting_with_the_next_number(application, member):
    student, uid = application.student.email, f"interview-{application.pk}@127.0.0.1"
    first, later = soon(), soon() + dt.timedelta(days=1)
    schedule_interview(application, at=first, place="Room 4", actor=member.user)
    assert sent() == [(student, "PUBLISH", 1, uid)]
    schedule_interview(application, at=later, place="Room 5", actor=member.user)
    assert sent() == [(student, "PUBLISH", 2, uid)]
    # Back to the first time: it is told all the same.
    schedule_interview(application, at=first, place="Room 4", actor=member.user)
    assert sent() == [(student, "PUBLISH", 3, uid)]
    called_off = call_off_interview(application, actor=member.user)
    assert sent() == [(student, "CANCEL", 4, uid)]
    assert (called_off.state, called_off.interview_at, called_off.interview_place) == (
        ApplicationState.UNDER_REVIEW,
        None,
        "",
    )
    schedule_interview(application, at=later, place="Room 4", actor=member.user)
    assert sent() == [(student, "PUBLISH", 5, uid)]


def test_an_interview_that_was_passed_over_is_called_off_and_the_step_stays(application, member):
    schedule_interview(application, at=soon(), place="Room 4", actor=member.user)
    perform(application, "shortlist", actor=member.user)
    assert call_off_interview(application, actor=member.user).state == ApplicationState.SHORTLISTED


@pytest.mark.parametrize("at", [None, dt.timedelta(hours=-1)])
def test_without_an_interview_ahead_nothing_is_called_off(application, member, at):
    Application.objects.update(interview_at=timezone.now() + at if at else None)
    with pytest.raises(RuleViolation) as refused:
        call_off_interview(application, actor=member.user)
    assert refused.value.code == "no_interview"


@pytest.mark.parametrize(
    ("move", "reason", "people"),
    [("reject", "Too few places.", ["student"]), ("accept", "", ["student"]), ("withdraw", "", ["student", "company"])],
)
def test_the_answer_or_the_withdrawal_ends_the_interview_for_who_has_it(application, member, move, reason, people):
    schedule_interview(application, at=soon(), place="Room 4", actor=member.user)
    sent()
    actor = application.student if move == "withdraw" else member.user
    perform(application, move, actor=actor, reason=reason)
    addresses = {"student": application.student.email, "company": member.user.email}
    uid = f"interview-{application.pk}@127.0.0.1"
    assert sorted(sent()) == sorted((addresses[name], "CANCEL", 2, uid) for name in people)
    application.refresh_from_db()
    assert (application.interview_at, application.interview_sequence) == (None, 2)


def test_an_interview_that_was_held_stays_in_the_calendar(application, member):
    schedule_interview(application, at=soon(), place="Room 4", actor=member.user)
    Application.objects.update(interview_at=timezone.now() - dt.timedelta(hours=1))
    sent()
    perform(application, "reject", actor=member.user, reason="Not enough practice.")
    assert sent() == []
    application.refresh_from_db()
    assert application.interview_place == "Room 4"


def test_many_at_once_lose_their_interviews_as_one_does(application, member):
    other = ApplicationFactory.create(vacancy=application.vacancy)
    for row in (application, other):
        schedule_interview(row, at=soon(), place="Room 4", actor=member.user)
    sent()
    rows = Application.objects.filter(vacancy=application.vacancy)
    perform_many(rows, "withdraw", actor=SYSTEM, reason="Placed elsewhere")
    # Both students, and the company twice.
    assert [method for _to, method, _number, _uid in sent()] == ["CANCEL"] * 4
    assert set(rows.values_list("interview_at", flat=True)) == {None}


def test_an_interview_of_an_application_that_is_gone_is_no_error():
    notifications.tell_interview_called_off({"application": 0}, tell_company=True)
    assert Notice.objects.count() == 0


# -- the file by hand ---------------------------------------------------------------------------------------------


def test_who_sees_the_application_takes_the_interview_into_a_calendar(world):
    application = ApplicationFactory.create(vacancy__company=world.company, enrolment=world.enrolment)
    address = reverse("interview_calendar", args=[application.pk])
    assert signed_in(world.student).get(address).status_code == 404
    schedule_interview(application, at=soon(), place="Room 4", actor=world.representative)
    answers = {
        name: signed_in(person).get(address).status_code
        for name, person in world.personas().items()
        if name not in ("anonymous", "deactivated")
    }
    assert {name for name, status in answers.items() if status == 200} == {
        "student",
        "representative",
        "coordinator",
        "superuser",
    }
    assert set(answers.values()) == {200, 404}
    assert Client().get(address).status_code == 302
    answer = signed_in(world.student).get(address)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="interview.ics"'
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert icalendar.Calendar.from_ical(answer.content).subcomponents[0]["location"] == "Room 4"


# -- on the pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def company(member) -> Client:
    return signed_in(member.user)


def test_the_list_of_interviews_goes_by_days(company, member):
    noon = timezone.localtime(timezone.now() + dt.timedelta(days=2)).replace(hour=12, minute=0)
    times = [noon, noon + dt.timedelta(hours=1), noon + dt.timedelta(days=1), noon - dt.timedelta(days=5)]
    for at in times:
        ApplicationFactory.create(
            vacancy__company=member.company,
            interview_at=at,
            interview_place="Room 4",
            state=ApplicationState.INTERVIEW_SCHEDULED,
        )
    ApplicationFactory.create(interview_at=noon, student__first_name="SECRET")
    ApplicationFactory.create(
        vacancy__company=member.company,
        interview_at=noon,
        state=ApplicationState.REJECTED,
        student__first_name="SECRET",
    )
    page = company.get(reverse("company_interviews"))
    days = [(day, len(meetings)) for day, meetings in page.context["days"]]
    assert days == [(noon.date(), 2), (noon.date() + dt.timedelta(days=1), 1)]
    assert "SECRET" not in page.text
    past = company.get(reverse("company_interviews"), {"when": "past"}).context["days"]
    assert [(day, len(meetings)) for day, meetings in past] == [(noon.date() - dt.timedelta(days=5), 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_interviews_asks_the_same_number_of_questions(company, member, count, django_assert_num_queries):
    ApplicationFactory.create_batch(
        count,
        vacancy__company=member.company,
        interview_at=soon(),
        state=ApplicationState.INTERVIEW_SCHEDULED,
    )
    # session, person, scope, count, page, unread notices
    with django_assert_num_queries(6):
        company.get(reverse("company_interviews"))


def test_an_interview_is_called_off_on_the_page(company, member, application):
    address = reverse("company_interview_call_off", args=[application.pk])
    refused = company.post(address, follow=True)
    assert "No interview lies ahead." in refused.text
    schedule_interview(application, at=soon(), place="Room 4", actor=member.user)
    assert "Call it off" in company.get(reverse("company_application", args=[application.pk])).text
    assert company.post(address).headers["Location"] == reverse("company_application", args=[application.pk])
    application.refresh_from_db()
    assert application.interview_at is None
    assert signed_in(StudentFactory.create()).post(address).status_code == 404
    assert company.get(address).status_code == 405


def test_the_student_sees_the_interview_as_long_as_it_is_open(application, member):
    schedule_interview(application, at=soon(), place="https://meet.example/4", actor=member.user)
    perform(application, "shortlist", actor=member.user)
    student, page = signed_in(application.student), reverse("application_detail", args=[application.pk])
    shown = student.get(page).text
    assert ("https://meet.example/4" in shown, "interview.ics" in shown) == (True, True)
    perform(application, "reject", actor=member.user, reason="No.")
    assert "interview.ics" not in student.get(page).text
