"""What was typed into an object's page is not thrown away without a question, and what was refused is seen."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.factories.world import build_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def desk(transactional_db) -> tuple[str, str]:
    """Return the session of a coordinator and the address of a company, made before the browser starts."""
    world = build_world()
    client = Client()
    client.force_login(world.coordinator)
    address = reverse("admin:accounts_company_change", args=[world.company.pk])
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value), address


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def page(live_server, desk: tuple[str, str], phone: BrowserContext, asked: list[str]) -> Page:
    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    key, address = desk
    phone.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    page = phone.new_page()
    page.on("dialog", stay)
    page.goto(live_server.url + address)
    page.wait_for_function("window.Alpine !== undefined && !document.documentElement.hasAttribute('x-cloak')")
    return page


def test_a_note_beside_unsaved_words_asks_first(page, asked) -> None:
    page.locator("#id_name").fill("Gearbox Works")
    page.locator("#note-text").fill("Called them.")
    page.locator(".notes__form button[type=submit]").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert (asked, page.locator("#id_name").input_value()) == (["beforeunload"], "Gearbox Works")


def test_a_note_beside_an_untouched_form_and_saving_ask_nothing(page, asked) -> None:
    page.locator("#note-text").fill("Called them.")
    page.locator(".notes__form button[type=submit]").click()
    page.get_by_text("Called them.").wait_for()
    page.locator("#id_name").fill("Gearbox Works")
    page.locator("button[name=_continue], input[name=_continue]").first.click()
    page.get_by_role("heading", name="Gearbox Works").first.wait_for()
    assert asked == []


def test_the_first_refused_field_comes_into_sight(page) -> None:
    page.locator("#id_email").fill("no-address@")
    page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
    page.locator("button[name=_continue], input[name=_continue]").first.click()
    expect(page.locator("#id_email[aria-invalid='true']")).to_be_focused()
    expect(page.locator("#id_email")).to_be_in_viewport()
