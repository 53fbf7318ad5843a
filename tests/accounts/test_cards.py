"""Cards of the coordinators' first page about mail and links: what they count is what the list behind shows."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AccessLink, Notice
from apps.accounts.services.links import Target, issue_link
from apps.accounts.states import LinkPurpose, NoticeState
from portal.kernel.access import SYSTEM
from tests.clients import signed_in
from tests.factories.accounts import MailTroubleFactory, UserFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def behind(desk: Client, title: str) -> tuple[int, list[object]] | None:
    """Return the number on a card and the rows of the list that it opens; None where there is no such card."""
    cards = [card for card in desk.get("/admin/").context["home_cards"] if card.title == title]
    return (cards[0].count, list(desk.get(cards[0].url).context["cl"].result_list)) if cards else None


def link(world: World, **changes: object) -> AccessLink:
    target = Target("applications.Placement", world.placement.pk, {"n": AccessLink.objects.count()})
    issue_link(world.industrial_supervisor, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)
    found = AccessLink.objects.latest("pk")
    now = timezone.now()
    given = {"created_at": now - dt.timedelta(days=4), "expires_at": now + dt.timedelta(days=1), **changes}
    AccessLink.objects.filter(pk=found.pk).update(**given)
    return found


def test_links_that_nobody_opened_for_days_are_counted(world):
    now = timezone.now()
    waiting = link(world)
    for what in ("opened_at", "used_at", "revoked_at", "expires_at"):
        link(world, **{what: now})
    link(world, created_at=now)
    assert behind(signed_in(world.coordinator), "Links never opened") == (1, [waiting])
    assert behind(signed_in(world.foreign_coordinator), "Links never opened") is None


def test_more_than_a_handful_of_links_is_counted_whole(world):
    for _number in range(6):
        link(world)
    count, rows = behind(signed_in(world.coordinator), "Links never opened") or (0, [])
    assert (count, len(rows)) == (6, 6)


def test_addresses_that_bounce_are_counted_where_they_are_ones_own(world):
    trouble = MailTroubleFactory.create(user=world.student)
    assert behind(signed_in(world.coordinator), "Addresses that send mail back") == (1, [trouble])
    assert behind(signed_in(world.foreign_coordinator), "Addresses that send mail back") is None


def test_refused_mails_are_the_superusers(world):
    refused = Notice.objects.create(
        recipient=UserFactory.create(), kind="logbook.week_waits", state=NoticeState.FAILED, reason="no such box"
    )
    assert behind(signed_in(world.superuser), "Mails that were refused") == (1, [refused])
    assert behind(signed_in(world.coordinator), "Mails that were refused") is None
