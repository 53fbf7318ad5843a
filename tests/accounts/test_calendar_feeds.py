"""One's own calendar under a private address: what stands in it, and how the address ends."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from apps.accounts.models import CalendarFeed, User
from apps.accounts.services.calendar_feeds import make_calendar_feed
from apps.accounts.services.people import set_active
from apps.applications.models import Application, Placement
from apps.applications.states import ApplicationState, PlacementState
from portal.kernel.access import SYSTEM
from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.logbook import AssessmentFactory, RubricFactory, VisitFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def asked(address: str):
    return Client().get(address.partition("8000")[2] or "/" + address.split("/", 3)[3])


def titles(person: User) -> list[str]:
    answer = asked(make_calendar_feed(actor=person))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return sorted(str(event["summary"]) for event in Calendar.from_ical(answer.content).walk("VEVENT"))


def test_everybody_has_the_own_days_and_nothing_else(world):
    at = timezone.now() + dt.timedelta(days=3)
    Application.objects.filter(pk=world.application.pk).update(
        state=ApplicationState.INTERVIEW_SCHEDULED, interview_at=at, interview_place="Gate 3"
    )
    VisitFactory.create(placement=world.placement, visitor=world.university_supervisor)
    rubric = RubricFactory.create(cohort=world.cohort, kind="industry")
    AssessmentFactory.create(placement=world.placement, rubric=rubric)
    interview = f"Interview: {world.vacancy.title} · {world.company.name}"
    student = world.student.get_full_name()
    assert titles(world.student) == [interview, f"Training: {world.company.name}"]
    assert titles(world.representative) == [interview]
    assert titles(world.university_supervisor) == [f"Visit: {student}"]
    assert titles(world.industrial_supervisor) == [f"{rubric.title}: {student}"]
    for stranger in (world.foreign_student, world.rival_representative, world.superuser):
        assert titles(stranger) == []


def test_days_end_on_the_day_after_and_moments_are_written_in_utc(world):
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.ACTIVE)
    answer = asked(make_calendar_feed(actor=world.student))
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    world.placement.refresh_from_db()
    assert event["dtstart"].dt == world.placement.start
    assert event["dtend"].dt == world.placement.end + dt.timedelta(days=1)


def test_the_address_is_shown_once_stored_as_a_hash_and_ended(world):
    browser = signed_in(world.student)
    page = browser.post(reverse("calendar_make"))
    address = page.context["address"]
    assert (page.status_code, address in page.text, "no-store" in page.headers["Cache-Control"]) == (200, True, True)
    secret = address.split("/")[-2]
    assert secret not in str(list(CalendarFeed.objects.values()))
    assert asked(address).status_code == 200
    assert CalendarFeed.objects.get().last_used_at is not None
    other = browser.post(reverse("calendar_make")).context["address"]
    assert (asked(address).status_code, asked(other).status_code) == (404, 200)
    assert "End the address" in browser.get(reverse("profile")).text
    browser.post(reverse("calendar_end"))
    browser.post(reverse("calendar_end"))
    assert (asked(other).status_code, CalendarFeed.objects.count()) == (404, 0)


def test_who_is_shut_out_has_no_calendar(world):
    address = make_calendar_feed(actor=world.student)
    set_active(world.student, active=False, actor=SYSTEM)
    assert asked(address).status_code == 404
    assert Client().get(reverse("calendar_feed", args=["x" * 43])).status_code == 404
    assert Client().post(reverse("calendar_feed", args=["x" * 43])).status_code == 405


def test_the_calendar_speaks_the_persons_language():
    person = UserFactory.create(language="sw")
    assert asked(make_calendar_feed(actor=person)).status_code == 200
