"""The frame in a real browser: the security policy of the workspace, and what portal.js adds."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route

from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def superuser_key(transactional_db) -> str:
    """Sign a superuser in, before the browser starts."""
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(superuser_key: str, phone: BrowserContext, complaints: list[str]) -> Page:
    page = phone.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
    return page


LAB_PAGE = """
{% extends "base.html" %}
{% block content %}
  <form method="post" action="/lab/send/" data-autosave="/lab/save/">
    <input type="hidden" id="id_version" name="version" value="1">
    <textarea id="id_text" name="text" maxlength="100">Measured.</textarea>
    <p data-saved></p><p data-count="id_text" hidden><span data-left></span> characters left</p>
    <button type="submit" name="move" value="submit">Send it</button>
  </form>
{% endblock %}
"""


def lab_page() -> str:
    person = SimpleNamespace(is_authenticated=True, pk=7)
    values = {"LANGUAGE_CODE": "en", "user": person, "portal_urls": {"home": "/"}}
    return engines["django"].from_string(LAB_PAGE).render(values)


def show_lab(page: Page, address: str, save: int) -> list[str]:
    """Serve a form of the real frame with the real script; ``save`` is what the autosave answers (0: no network)."""
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if not save:
            route.abort()
        else:
            route.fulfill(status=save, json={"saved_at": "14:02", "version": 2})

    page.route("**/lab/save/", answer)
    page.route("**/lab/form/", lambda route: route.fulfill(body=lab_page(), content_type="text/html"))
    page.goto(f"{address}/lab/form/")
    return sent


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/cohort/", "/admin/accounts/cohort/add/", "/admin/accounts/enrolment/import/"]
)
def test_workspace_needs_no_more_than_its_policy(
    live_server, superuser_key, phone, page, complaints, path: str
) -> None:
    phone.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": superuser_key, "url": live_server.url}])
    answer = page.goto(live_server.url + path)
    page.wait_for_function("window.Alpine !== undefined && !document.documentElement.hasAttribute('x-cloak')")
    assert answer is not None
    assert (answer.status, complaints) == (200, [])


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/offline/"])
def test_portal_page_fits_a_phone_and_keeps_its_policy(live_server, page, complaints, path: str) -> None:
    page.goto(live_server.url + path)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert complaints == []


def test_language_is_switched_from_the_bar(live_server, page) -> None:
    page.goto(f"{live_server.url}/accounts/login/?next=/offline/")
    page.locator("details.menu summary").click()
    page.locator("button[lang=ar]").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.url.endswith("/accounts/login/?next=/offline/")


def test_skip_link_is_the_first_stop_of_the_keyboard(live_server, page) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_typing_is_saved_and_said(live_server, page, complaints) -> None:
    sent = show_lab(page, live_server.url, save=200)
    page.locator("#id_text").press_sequentially(" Turned.")
    page.locator("[data-saved]", has_text="Saved 14:02").wait_for()
    assert page.locator("#id_version").input_value() == "2"
    assert len(sent) == 1
    assert complaints == []


@pytest.mark.parametrize("save", [0, 403, 500])
def test_typing_survives_a_reload_when_it_cannot_be_saved(live_server, page, save: int) -> None:
    show_lab(page, live_server.url, save)
    page.locator("#id_text").fill("Measured. Turned a shaft.")
    page.locator("#id_text").press("End")
    page.locator("#id_text").press_sequentially("!")
    page.locator("[data-saved]", has_text="Saved on this device").wait_for()
    page.reload()
    assert page.locator("#id_text").input_value() == "Measured. Turned a shaft.!"
    assert page.locator("[data-saved]").inner_text() == "Your text from this device is back."


def test_text_of_the_device_does_not_overwrite_a_newer_one(live_server, page) -> None:
    show_lab(page, live_server.url, save=0)
    page.locator("#id_text").press_sequentially(" Old draft.")
    page.locator("[data-saved]", has_text="Saved on this device").wait_for()
    newer = lab_page().replace("Measured.", "Written on the laptop.")
    page.route("**/lab/form/", lambda route: route.fulfill(body=newer, content_type="text/html"))
    page.reload()
    assert page.locator("#id_text").input_value().strip() == "Written on the laptop."


def test_characters_are_counted_when_few_are_left(live_server, page) -> None:
    show_lab(page, live_server.url, save=200)
    assert page.locator("[data-count]").is_hidden()
    page.locator("#id_text").fill("x" * 85)
    assert page.locator("[data-count]").inner_text() == "15 characters left"


def test_second_press_sends_nothing(live_server, page) -> None:
    show_lab(page, live_server.url, save=200)
    page.evaluate("document.querySelector('form[data-autosave]').addEventListener('submit', (e) => e.preventDefault())")
    page.evaluate(
        "window.sent = 0; addEventListener('submit', (e) => { if (e.target.ariaBusy) window.sent += 1; }, true)"
    )
    page.locator("#id_text").fill("Measured.")
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("button", name="Send it").click()
    assert page.evaluate("window.sent") == 1
