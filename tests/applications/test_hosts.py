"""A place that a student has found: the host is asked by mail, answers by link, the coordinator confirms."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice, User
from apps.accounts.services.links import Target, issue_link, send_again
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState, LinkPurpose
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.permissions import was_asked_for_place
from apps.applications.selectors import (
    placements_to_confirm,
    placements_waiting_for_host,
    places_to_complete,
)
from apps.applications.services.hosts import HostAnswer, ask_host, complete_found_place, refuse_found_place
from apps.applications.services.placements import FoundPlace, propose_self_found_placement
from apps.applications.states import PlacementOrigin, PlacementState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import perform
from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, StudentFactory, UserFactory
from tests.factories.applications import PlacementFactory

pytestmark = pytest.mark.django_db

ADDRESS = "neema@kilimo.example"


@pytest.fixture
def coordinator(enrolment):
    person = UserFactory.create()
    grant(person, enrolment.cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def placement(enrolment):
    found = FoundPlace(
        company_name="Kilimo Works",
        address="Plot 4, Dodoma",
        supervisor_name="Neema Mushi",
        supervisor_email=ADDRESS,
        supervisor_phone="",
        start=in_days(7),
        end=in_days(60),
        task="Repair of pumps",
    )
    return propose_self_found_placement(enrolment, found, actor=enrolment.student)


def in_days(days):
    return timezone.localdate() + dt.timedelta(days=days)


def asked():
    """Run what is due and return who was asked, and the link of the mail."""
    run_due_tasks()
    letter = next(letter for letter in mail.outbox if letter.to == [ADDRESS])
    found = re.search(r"http://\S+(/l/\S+/)", str(letter.body))
    assert "%(" not in str(letter.body)
    assert "entered your address as that of the supervisor" in str(letter.body)
    mail.outbox.clear()
    return User.objects.get(email=ADDRESS), found[1]


def behind(address):
    """Return a browser that has opened the link, and the clean address."""
    browser = Client()
    return browser, browser.get(address).headers["Location"]


def answer_of(**changes):
    whole = {
        "start": in_days(8),
        "end": in_days(50),
        "site_address": "Plot 5",
        "task": "Repair of pumps and valves",
        "supervisor_name": "Joseph Temba",
        "supervisor_email": "Temba@Kilimo.example",
        "supervisor_phone": "+255700000009",
        "phone": "+255222000000",
        "registration_no": "BRELA 77",
    }
    return HostAnswer(**{**whole, **changes})


def typed(placement, **changes):
    days = {"start": in_days(8).isoformat(), "end": in_days(50).isoformat()}
    return {**vars(answer_of()), **days, "move": "complete", "version": placement.version, **changes}


# -- asking -------------------------------------------------------------------------------------------------------


def test_the_host_is_asked_at_once_and_nobody_gets_a_right_by_it(placement, coordinator):
    person, _address = asked()
    assert (str(person), person.groups.count(), PlacementSupervisor.objects.count()) == ("Neema Mushi", 0, 0)
    assert (list(placements_waiting_for_host(coordinator)), list(placements_to_confirm(coordinator))) == (
        [placement],
        [],
    )


def test_a_place_without_an_address_waits_for_the_coordinator(enrolment, coordinator):
    place = PlacementFactory.create(
        enrolment=enrolment, origin=PlacementOrigin.SELF_FOUND, state=PlacementState.PROPOSED
    )
    assert list(placements_to_confirm(coordinator)) == [place]
    with pytest.raises(RuleViolation) as refused:
        ask_host(place, actor=coordinator)
    assert refused.value.code == "host_has_answered"


def test_who_is_locked_out_is_not_asked(placement):
    UserFactory.create(email=ADDRESS, is_active=False)
    run_due_tasks()
    assert Notice.objects.filter(kind="applications.host_asked").count() == 0


def test_only_the_coordinators_ask_again(placement, coordinator):
    with pytest.raises(NotAllowed):
        ask_host(placement, actor=placement.enrolment.student)
    desk = signed_in(coordinator)
    page = desk.get(reverse("admin:applications_placement_change", args=[placement.pk]))
    again = reverse("admin:applications_placement_ask_host", args=[placement.pk])
    assert again in page.text
    assert desk.get(again).status_code == 405
    asked()
    Notice.objects.all().delete()
    desk.post(again)
    person, _address = asked()
    assert list(Notice.objects.values_list("recipient", "kind")) == [(person.pk, "applications.host_asked")]
    perform(placement, "confirm", actor=coordinator)
    assert "There is nothing that the host has to answer." in desk.post(again, follow=True).text


def test_who_has_lost_the_mail_gets_another(placement):
    asked()
    Notice.objects.update(dedupe_key=None)
    send_again(ADDRESS)
    _person, address = asked()
    browser, page = behind(address)
    assert browser.get(page).status_code == 200


def test_a_student_who_proposes_all_day_is_stopped(placement):
    student = placement.enrolment.student
    for _number in range(4):
        PlacementFactory.create(
            enrolment=placement.enrolment, origin=PlacementOrigin.SELF_FOUND, state=PlacementState.CANCELLED
        )
    perform(placement, "cancel", actor=student, reason="Wrong")
    with pytest.raises(RuleViolation) as refused:
        propose_self_found_placement(
            placement.enrolment,
            FoundPlace("Other", "Here", "N", "n@other.example", "", in_days(1), in_days(2), "Pumps"),
            actor=student,
        )
    assert refused.value.code == "too_often"


# -- answering ----------------------------------------------------------------------------------------------------


def test_the_host_completes_everything_and_the_coordinator_confirms(placement, coordinator):
    _person, address = asked()
    browser, page = behind(address)
    assert ("Repair of pumps" in browser.get(page).text, Placement.objects.get().host_answered_at) == (True, None)
    assert browser.post(page, typed(placement)).headers["Location"] == reverse("link_done")
    placement.refresh_from_db()
    assert (placement.task, placement.start, placement.supervisor_email) == (
        "Repair of pumps and valves",
        in_days(8),
        "temba@kilimo.example",
    )
    assert (placement.company.phone, placement.company.registration_no) == ("+255222000000", "BRELA 77")
    run_due_tasks()
    assert Notice.objects.filter(kind="applications.host_answered", recipient=coordinator).count() == 1
    assert list(placements_to_confirm(coordinator)) == [placement]
    # The list confirms many at once.
    signed_in(coordinator).post(
        reverse("admin:applications_placement_changelist") + "?todo=confirm",
        {"action": "move_confirm", "_selected_action": [placement.pk], "index": "0"},
    )
    placement.refresh_from_db()
    assert placement.state == PlacementState.CONFIRMED
    assert PlacementSupervisor.objects.get().user.email == "temba@kilimo.example"
    assert browser.get(page).status_code == 404


def test_an_approved_company_is_not_changed_by_a_link(placement):
    asked()
    company = CompanyFactory.create(phone="+255222111111")
    Placement.objects.update(company=company)
    browser, page = behind(link_for(placement))
    assert "Registration number" not in browser.get(page).text
    browser.post(page, typed(placement))
    company.refresh_from_db()
    assert (company.phone, company.registration_no) == ("+255222111111", "")
    assert Placement.objects.get().host_answered_at is not None


def link_for(placement):
    person = User.objects.get(email=ADDRESS)
    target = Target("applications.Placement", placement.pk, {})
    return re.sub(r"^http://[^/]+", "", issue_link(person, LinkPurpose.COMPLETE_PLACE, target, actor=SYSTEM))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"end": "2020-01-01"}, "The last day lies before the first."),
        ({"supervisor_email": "pupil@uni.example"}, "This is a student&#x27;s address."),
        ({"version": ""}, "This page is too old."),
        ({"version": "7"}, "This was changed meanwhile."),
        ({"task": " "}, "This field is required."),
    ],
)
def test_an_answer_that_cannot_be_stores_nothing_and_keeps_the_link(placement, changes, text):
    StudentFactory.create(email="pupil@uni.example")
    _person, address = asked()
    browser, page = behind(address)
    refused = browser.post(page, typed(placement, **changes))
    assert (refused.status_code, text in refused.text) == (400, True)
    assert (Placement.objects.get().host_answered_at, browser.get(page).status_code) == (None, 200)


def test_the_host_says_no_and_the_student_reads_why(placement):
    _person, address = asked()
    browser, page = behind(address)
    assert browser.post(page, {"move": "refuse", "reason": ""}).status_code == 400
    browser.post(page, {"move": "refuse", "reason": "We do not know this student."})
    placement.refresh_from_db()
    assert (placement.state, placement.reason) == (PlacementState.CANCELLED, "We do not know this student.")
    run_due_tasks()
    notice = Notice.objects.get(kind="applications.placement_ended")
    assert (notice.recipient, notice.facts["reason"]) == (placement.enrolment.student, "We do not know this student.")


@pytest.mark.parametrize("state", [state for state in PlacementState if state != PlacementState.PROPOSED])
def test_what_is_decided_already_is_not_there_behind_the_link(placement, state):
    _person, address = asked()
    browser, page = behind(address)
    Placement.objects.update(state=state)
    assert browser.get(page).status_code == 404


def test_services_refuse_who_was_not_asked(placement):
    stranger = UserFactory.create(email="somebody@else.example")
    with pytest.raises(NotAllowed):
        complete_found_place(placement, answer_of(), actor=stranger, expected_version=0)
    with pytest.raises(NotAllowed):
        refuse_found_place(placement, actor=stranger, reason="No")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"task": "  "}, ("task_missing", "task")),
        ({"supervisor_email": "nobody"}, ("email_unreadable", "supervisor_email")),
    ],
)
def test_the_service_checks_what_no_form_has_checked(placement, changes, error):
    person, _address = asked()
    with pytest.raises(RuleViolation) as refused:
        complete_found_place(placement, answer_of(**changes), actor=person, expected_version=0)
    assert (refused.value.code, refused.value.field) == error


def test_an_old_sight_of_the_place_is_refused(placement):
    person, _address = asked()
    with pytest.raises(Stale):
        complete_found_place(placement, answer_of(), actor=person, expected_version=3)


def test_selector_and_predicate_say_the_same(placement, coordinator):
    person, _address = asked()
    others = [UserFactory.create(email=""), coordinator]
    PlacementFactory.create(enrolment=placement.enrolment, supervisor_email=ADDRESS)
    PlacementFactory.create(enrolment=placement.enrolment, supervisor_email="")
    for user in [person, *others]:
        listed = set(places_to_complete(user))
        assert listed == {row for row in Placement.objects.all() if was_asked_for_place(row, user)}
    assert list(places_to_complete(person)) == [placement]
    person.is_active = False
    assert (list(places_to_complete(person)), was_asked_for_place(placement, person)) == ([], False)


def test_a_host_that_is_asked_sees_nothing_else(placement):
    person, _address = asked()
    browser = signed_in(person)
    assert browser.get(reverse("company_trainees")).status_code == 404
    assert placement.company.state == CompanyState.PROPOSED


# -- the list -----------------------------------------------------------------------------------------------------


def test_the_coordinators_first_page_says_which_hosts_have_not_answered(placement, coordinator):
    page = signed_in(coordinator).get(reverse("admin:index"))
    assert "Hosts that have not answered" in page.text
    listed = signed_in(coordinator).get(reverse("admin:applications_placement_changelist"), {"todo": "host"})
    assert list(listed.context["cl"].result_list) == [placement]
