"""A passkey in a real browser, with an authenticator that the browser plays."""

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from apps.accounts.models import User
from apps.accounts.services.people import grant
from portal.kernel.access import SYSTEM
from tests.factories.accounts import DepartmentFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def coordinator(settings) -> User:
    settings.SECOND_FACTOR_NEEDED = True
    person = UserFactory.create(username="asha")
    grant(person, DepartmentFactory.create(), actor=SYSTEM)
    return person


def with_authenticator(context: BrowserContext) -> Page:
    """Return a page whose device holds passkeys and confirms everything by itself."""
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    return page


def test_a_coordinator_sets_a_passkey_up_and_signs_in_with_it_alone(coordinator, live_server, phone):
    page = with_authenticator(phone)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("User name or e-mail").fill("asha")
    page.get_by_label("Password", exact=True).fill("pw")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("your account needs one of these")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password", exact=True).fill("pw")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(live_server.url + reverse("admin:index"))
    expect(page.get_by_role("heading", name="Today").first).to_be_visible()
    phone.clear_cookies()
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(live_server.url + reverse("admin:index"))
    assert problems == []
