"""A link once more, asked for by a coordinator: by mail and as a text for a chat."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AccessLink, HistoryEntry
from apps.accounts.services.link_again import make_chat_text, send_link_again
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import LinkPurpose
from apps.logbook import notifications
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.logbook import DailyLogFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

MONDAY = monday_of(timezone.localdate()) - dt.timedelta(days=7)


@pytest.fixture
def world() -> World:
    world = build_world()
    DailyLogFactory.create(placement=world.placement, day=MONDAY, state=ChainState.SUBMITTED)
    notifications.tell_week_waits(world.placement, MONDAY, MONDAY)
    return world


@pytest.fixture
def link(world) -> AccessLink:
    target = Target("applications.Placement", world.placement.pk, {"week": MONDAY.isoformat()})
    issue_link(world.industrial_supervisor, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)
    return AccessLink.objects.get()


def address_in(text: str) -> str:
    (path,) = re.findall(r"https?://[^/\s]+(/l/\S+)", text)
    return str(path)


def test_a_link_is_mailed_once_more_at_once_and_the_old_one_ends(world, link):
    send_link_again(link, actor=world.coordinator)
    run_due_tasks()
    (letter,) = mail.outbox
    assert letter.to == [world.industrial_supervisor.email]
    link.refresh_from_db()
    newest = AccessLink.objects.latest("pk")
    assert (link.is_usable, newest.is_usable, newest.issued_by) == (False, True, None)
    assert Client().get(address_in(str(letter.body))).status_code == 302
    entry = HistoryEntry.objects.get(target_label="accounts.AccessLink")
    assert (entry.action, entry.actor) == ("send_again", world.coordinator)


def test_a_text_for_a_chat_names_the_week_the_end_and_its_maker(world, link):
    person = world.industrial_supervisor
    person.phone, person.language = "+255 700 000 001", "en"
    person.save()
    made = make_chat_text(AccessLink.objects.get(), actor=world.coordinator)
    assert made.text.startswith(f"Hello {person},\n{world.student} has sent days of week")
    assert made.whatsapp.startswith("https://wa.me/255700000001?text=Hello%20")
    assert AccessLink.objects.latest("pk").issued_by == world.coordinator
    assert mail.outbox == []
    assert Client().get(address_in(made.text)).status_code == 302


def test_without_a_number_the_chat_is_chosen_by_hand_and_without_a_mail_the_purpose_is_named(world, link):
    world.industrial_supervisor.notices.all().delete()
    made = make_chat_text(link, actor=world.coordinator)
    assert made.whatsapp.startswith("https://wa.me/?text=")
    assert made.text.split("\n")[1] == "Verify a week"
    with pytest.raises(RuleViolation) as refused:
        send_link_again(link, actor=world.coordinator)
    assert refused.value.code == "mail_unknown"


@pytest.mark.parametrize("act", [send_link_again, make_chat_text])
def test_only_who_coordinates_it_sends_it_again(world, link, act):
    people = (world.foreign_coordinator, world.student, world.industrial_supervisor, world.superuser)
    for person in people:
        with pytest.raises(NotAllowed):
            act(link, actor=person)
    assert AccessLink.objects.count() == 1


@pytest.mark.parametrize(("change", "code"), [("used", "link_used"), ("left", "person_left")])
def test_what_is_done_is_not_sent_again(world, link, change, code):
    if change == "used":
        AccessLink.objects.update(used_at=timezone.now())
    else:
        type(link.user).objects.filter(pk=link.user_id).update(is_active=False)
    with pytest.raises(RuleViolation) as refused:
        make_chat_text(AccessLink.objects.get(), actor=world.coordinator)
    assert refused.value.code == code


# -- the workspace ------------------------------------------------------------------------------------------------


def test_the_workspace_shows_what_became_of_a_link(world, link):
    office = signed_in(world.coordinator)
    url = reverse("admin:accounts_accesslink_changelist")
    now = timezone.now()
    for change, word in (
        ({}, "Sent"),
        ({"opened_at": now}, "Opened"),
        ({"expires_at": now}, "Expired"),
        ({"revoked_at": now}, "Replaced or withdrawn"),
        ({"used_at": now}, "Acted"),
    ):
        AccessLink.objects.update(**change)
        assert f">{word}<" in office.get(url).content.decode()
    AccessLink.objects.update(issued_by=world.coordinator)
    assert f"for a chat by {world.coordinator}" in office.get(url).content.decode()


def test_the_workspace_sends_it_again_and_shows_the_text_once(world, link):
    office = signed_in(world.coordinator)
    page, again = (reverse(f"admin:accounts_accesslink_{name}", args=[link.pk]) for name in ("chat", "again"))
    change = reverse("admin:accounts_accesslink_change", args=[link.pk])
    assert page in office.get(change).content.decode()
    assert "/l/" not in office.get(page).content.decode()
    assert AccessLink.objects.count() == 1
    made = office.post(page)
    assert (made.status_code, made["Cache-Control"]) == (200, "no-store, private")
    assert Client().get(address_in(made.context["made"].text)).status_code == 302
    assert office.get(again).status_code == 405
    assert office.post(again).status_code == 302
    run_due_tasks()
    assert len(mail.outbox) == 1
    AccessLink.objects.update(used_at=timezone.now())
    assert page not in office.get(change).content.decode()
    for url in (page, again):
        answer = office.post(url, follow=True)
        words = ["This link has been used: what it was for is done."]
        assert [str(message) for message in answer.context["messages"]] == words
