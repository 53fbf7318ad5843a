"""The page of a week in a real browser: keys, marks and sentences under the security policy."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from apps.logbook.models import DailyLog
from tests.factories.applications import PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, SnippetFactory, monday_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONDAY = monday_of(timezone.localdate()) - dt.timedelta(days=7)


@pytest.fixture
def key(transactional_db) -> str:
    """Sign a supervisor with a week of two days in, before the browser starts."""
    supervision = PlacementSupervisorFactory.create()
    for offset in (0, 1):
        day = MONDAY + dt.timedelta(days=offset)
        DailyLogFactory.create(placement=supervision.placement, day=day, state="submitted")
    SnippetFactory.create(owner=supervision.user, text="Name the machine.")
    client = Client()
    client.force_login(supervision.user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def address(key) -> str:
    return reverse("supervise_week", args=[DailyLog.objects.earliest("pk").placement_id, MONDAY])


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(live_server, key, address: str, phone: BrowserContext, complaints: list[str]) -> Page:
    phone.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    page = phone.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(live_server.url + address)
    return page


def value_of_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.value"))


def test_a_day_goes_back_by_keyboard_and_keys_are_letters_in_a_field(page, address, complaints) -> None:
    assert page.locator("[data-marked]").is_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("b")
    assert page.locator("[data-mark]").nth(1).is_checked()
    assert [page.locator(name).is_hidden() for name in ("[data-unmarked]", "[data-marked]")] == [True, False]
    page.keyboard.type("a r j")
    assert (value_of_focus(page), page.url.endswith(address)) == ("a r j", True)
    page.locator("[data-sentence]").nth(1).select_option(index=1)
    assert value_of_focus(page) == "a r j\nName the machine."
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_url("**/supervise/")
    assert page.locator(".message--success").inner_text().startswith("1 day approved. 1 day sent back.")
    assert complaints == []


def test_the_keys_are_listed_and_can_be_switched_off(page, address, complaints) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    page.keyboard.press("?")
    assert page.locator("details.keys").get_attribute("open") == ""
    page.locator("[data-keys-switch]").click()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("a")
    in_a_day = page.evaluate("document.activeElement.closest('details.day') !== null")
    assert (in_a_day, page.url.endswith(address)) == (False, True)
    assert complaints == []
