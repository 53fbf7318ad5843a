"""Distances in a real browser: what belongs together stands together, and nothing touches its neighbour."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from apps.accounts.models import User
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from tests.factories.accounts import CompanyFactory, UserFactory
from tests.factories.applications import AllocationRoundFactory, PlacementFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GAP = """([above, below]) => {
    const [first, second] = [above, below].map((what) => document.querySelector(what).getBoundingClientRect());
    return second.top - first.bottom;
}"""


def key_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def keys(transactional_db) -> dict[str, str]:
    """Make the rows and sign everybody in, before the browser starts."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    allocation = AllocationRoundFactory.create(pk=1, opens_on=yesterday, closes_on=yesterday)
    coordinator = UserFactory.create()
    grant(coordinator, allocation.cohort.department, actor=SYSTEM)
    CompanyFactory.create(pk=1, proposed_for=allocation.cohort.department)
    return {
        "student": key_of(PlacementFactory.create().enrolment.student),
        "dean": key_of(UserFactory.create(roles=[Role.DEAN])),
        "coordinator": key_of(coordinator),
    }


@pytest.fixture
def page(keys, phone: BrowserContext) -> Page:
    return phone.new_page()


def shown(page: Page, address: str, key: str, name: str, *keys: int) -> Page:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
    page.goto(address + reverse(name, args=keys))
    return page


def test_the_shapes_of_the_grid_keep_away_from_the_button_below(live_server, keys, page) -> None:
    shown(page, live_server.url, keys["student"], "student_weeks")
    assert page.evaluate(GAP, [".legend", ".legend + p .button"]) >= 12


def test_the_form_of_a_panel_keeps_away_from_what_stands_above(live_server, keys, page) -> None:
    shown(page, live_server.url, keys["coordinator"], "admin:applications_allocationround_change", 1)
    assert page.evaluate(GAP, [".panel > :has(+ .form)", ".panel .form legend"]) >= 12


def test_the_button_of_a_panel_keeps_away_from_the_words_above(live_server, keys, page) -> None:
    shown(page, live_server.url, keys["coordinator"], "admin:accounts_company_change", 1)
    assert page.evaluate(GAP, [".panel > .quiet:has(+ p .button)", ".panel > .quiet + p .button"]) >= 8
    assert page.evaluate(GAP, [".notes__form", ".notes__form + .quiet"]) >= 8


def test_the_year_and_its_button_stand_on_one_line(live_server, keys, page) -> None:
    shown(page, live_server.url, keys["dean"], "university_figures")
    ends = page.locator(".figurebar").evaluate(
        "bar => [...bar.querySelectorAll('select, button')].map(part => part.getBoundingClientRect().bottom)"
    )
    assert ends[0] == pytest.approx(ends[1], abs=1)
