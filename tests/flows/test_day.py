"""The student's day on a phone in a real browser: quick, without network, with two tabs, with a session that ends."""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Request, expect

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.logbook.models import DailyLog, DayReceipt
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import DailyLogFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.one_database]

TEXT = "Turned a bush on the lathe, bored it to 40 mm and checked it with the gauge."
# Somebody who types with two thumbs writes about four letters a second; the test types no quicker.
THUMBS_MS = 200
KEPT = """() => new Promise((done, fail) => {
  const request = indexedDB.open("practicum", 1);
  request.onerror = () => fail(request.error);
  request.onsuccess = () => {
    const names = Array.from(request.result.objectStoreNames);
    if (!names.includes("days")) { request.result.close(); done([]); return; }
    const rows = request.result.transaction("days").objectStore("days").getAll();
    rows.onsuccess = () => { request.result.close(); done(rows.result.map((row) => [row.text, row.wants])); };
  };
})"""


def ask_rows[T](question: Callable[[], T]) -> T:
    """Ask the database from a thread of its own; the browser's event loop forbids it in this one."""

    # The server shares SQLite's one connection with the test; every other database gives this thread its own.
    shared = connections["default"] if connection.vendor == "sqlite" else None

    def asked() -> T:
        if shared is not None:
            connections["default"] = shared
        try:
            return question()
        finally:
            if shared is None:
                connection.close()

    if shared is not None:
        shared.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asked).result()
    finally:
        if shared is not None:
            shared.dec_thread_sharing()


def logs() -> list[tuple[str, str, int]]:
    return ask_rows(lambda: list(DailyLog.objects.order_by("pk").values_list("text", "state", "version")))


def key_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def placement(transactional_db) -> Placement:
    placement = PlacementFactory.create(enrolment__cohort__working_days=list(range(7)))
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    DailyLogFactory.create(placement=placement, day=yesterday, text="Measured shafts.", state="submitted", hours=7)
    return placement


@pytest.fixture
def keys(placement: Placement) -> list[str]:
    """Two sessions of the student and one of a fellow, made before the browser starts."""
    fellow = PlacementFactory.create(enrolment__cohort=placement.enrolment.cohort).enrolment.student
    student = placement.enrolment.student
    return [key_of(student), key_of(student), key_of(fellow)]


@pytest.fixture
def handset(keys: list[str], phone: BrowserContext, live_server) -> Iterator[BrowserContext]:
    """The student's phone with the service worker at work."""
    context = phone.browser.new_context(viewport={"width": 360, "height": 740}, locale="en")
    sign_in(context, live_server.url, keys[0])
    yield context
    context.close()


def sign_in(context: BrowserContext, address: str, key: str) -> None:
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])


def open_today(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.on("console", lambda line: pytest.fail(line.text) if "Security Policy" in line.text else None)
    page.goto(f"{address}/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def go(page: Page, address: str) -> None:
    """Open a page after the one for no network, which finds the network again and turns into the real page by itself."""
    page.wait_for_function("() => document.body.dataset.user")
    page.wait_for_load_state("networkidle")
    page.goto(address)


def write(page: Page, text: str = TEXT) -> None:
    page.locator("#id_text").fill("")
    page.locator("#id_text").press_sequentially(text, delay=2)


def saved(page: Page) -> None:
    """Wait until the server has it: "Saved 07:42", not "Saved on this device"."""
    page.locator("[data-saved]", has_text=re.compile(r"Saved \d")).wait_for(timeout=60_000)


def kept(page: Page) -> list[Any]:
    return list(page.evaluate(KEPT))


def test_day_is_filed_in_two_taps(live_server, handset, record_property) -> None:
    page = handset.new_page()
    begun = time.monotonic()
    page.goto(f"{live_server.url}/today/")
    expect(page.locator("#id_hours")).to_have_value("7")
    page.locator("#id_text").click()
    page.keyboard.type(TEXT, delay=THUMBS_MS)
    page.get_by_role("button", name="Send today").click()
    page.locator("[data-kept]", has_text="Sent:").wait_for()
    seconds = time.monotonic() - begun
    record_property("taps", 2)
    record_property("seconds", round(seconds, 1))
    assert [(text, state) for text, state, _version in logs()][1:] == [(TEXT, "submitted")]


def test_day_is_written_without_network_and_sent_once_when_it_is_back(live_server, handset) -> None:
    page = open_today(handset, live_server.url)
    handset.set_offline(True)
    page.reload()
    page.get_by_role("heading", name="No network").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    expect(page.locator("#id_hours")).to_have_value("7")
    write(page)
    page.locator("#id_hours").fill("6.5")
    page.get_by_role("button", name="Send when there is network").click()
    page.locator("[data-kept]", has_text="Waits on this phone").wait_for()
    assert kept(page) == [[TEXT, "submit"]]
    page.reload()
    expect(page.locator("#id_text")).to_have_value(TEXT)
    assert len(logs()) == 1
    # The page finds the network again by itself.
    handset.set_offline(False)
    page.locator("[data-kept]", has_text="Sent:").wait_for()
    for _again in range(3):
        page.reload()
    page.locator(".badge", has_text="Submitted").first.wait_for()
    assert logs()[1:] == [(TEXT, "submitted", 2)]
    assert kept(page) == []
    assert ask_rows(DayReceipt.objects.count) == 1


def test_answer_that_is_lost_on_the_way_makes_no_second_entry(live_server, handset) -> None:
    page = open_today(handset, live_server.url)
    keys_sent: list[str] = []

    def lose(request: Request) -> bool:
        return "submit" in (request.post_data_buffer or b"").decode("latin-1")

    def answer(route: Any) -> None:
        if lose(route.request):
            keys_sent.append("sent")
            route.fetch()
            if len(keys_sent) < 4:
                route.abort()
                return
        route.continue_()

    page.route("**/autosave/", answer)
    write(page)
    page.get_by_role("button", name="Send today").click()
    for _try in range(3):
        page.locator("[data-kept]", has_text="Waits on this phone").wait_for()
        page.evaluate("Kept.sync()")
    page.wait_for_timeout(500)
    page.unroute("**/autosave/")
    page.goto(f"{live_server.url}/months/")
    page.wait_for_timeout(500)
    assert kept(page) == []
    assert [(text, state) for text, state, _version in logs()][1:] == [(TEXT, "submitted")]
    assert len(keys_sent) >= 4


def test_two_tabs_that_write_the_same_day_show_both_texts(live_server, handset) -> None:
    one, two = open_today(handset, live_server.url), open_today(handset, live_server.url)
    write(one, "From the first tab.")
    saved(one)
    one.wait_for_timeout(1500)
    write(two, "From the second tab.")
    two.locator("[data-two-texts]:not([hidden])").wait_for()
    assert two.locator("[data-stored-text]").inner_text() == "From the first tab."
    assert two.locator("[data-own-text]").inner_text() == "From the second tab."
    two.get_by_role("button", name="Put both together").click()
    saved(two)
    two.reload()
    text = "From the first tab.\n\nFrom the second tab."
    expect(two.locator("#id_text")).to_have_value(text)
    assert [row[0] for row in logs()][1:] == [text]


def test_nothing_is_lost_when_the_session_ends_while_typing(live_server, handset, keys) -> None:
    page = open_today(handset, live_server.url)
    ask_rows(lambda: Session.objects.filter(session_key=keys[0]).delete())
    write(page)
    page.locator("[data-kept]", has_text="You are signed out").wait_for()
    assert kept(page) == [[TEXT, ""]]
    sign_in(handset, live_server.url, keys[1])
    page.goto(f"{live_server.url}/today/")
    page.wait_for_function("() => document.querySelector('#id_text').value.length > 0")
    expect(page.locator("#id_text")).to_have_value(TEXT)
    saved(page)
    page.wait_for_timeout(1800)
    assert [row[0] for row in logs()][1:] == [TEXT]
    assert kept(page) == []


def test_another_person_on_the_same_phone_sees_and_sends_nothing(live_server, handset, keys) -> None:
    page = open_today(handset, live_server.url)
    handset.set_offline(True)
    page.reload()
    write(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator("[data-kept]", has_text="Waits on this phone").wait_for()
    handset.set_offline(False)
    sign_in(handset, live_server.url, keys[2])
    go(page, f"{live_server.url}/today/")
    page.wait_for_timeout(800)
    expect(page.locator("#id_text")).to_have_value("")
    assert page.locator("[data-kept]").is_hidden()
    handset.set_offline(True)
    page.reload()
    page.locator("#id_text").wait_for()
    expect(page.locator("#id_text")).to_have_value("")
    assert len(logs()) == 1
    sign_in(handset, live_server.url, keys[1])
    # The page finds the network again by itself.
    handset.set_offline(False)
    page.locator("[data-kept]", has_text="Saved:").wait_for()
    assert logs()[1:] == [(TEXT, "draft", 1)]


def test_signing_out_names_what_is_not_sent_and_deletes_it(live_server, handset) -> None:
    page = open_today(handset, live_server.url)
    page.route("**/autosave/", lambda route: route.fulfill(status=400, json={"error": "Not today."}))
    write(page)
    page.locator("[data-refused]", has_text="Not today.").wait_for()
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Stay").click()
    assert kept(page) == [[TEXT, ""]]
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out and delete it").click()
    page.wait_for_url(lambda url: "/today/" not in url)
    # Signing out has the browser drop the service worker with everything else; the next page brings it back.
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert kept(page) == []
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('practicum:draft'))") == []
    handset.set_offline(True)
    page.goto(f"{live_server.url}/today/")
    page.get_by_text("This page needs the network.").wait_for()
    assert page.locator("#id_text").is_hidden()
