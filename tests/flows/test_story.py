"""The main job in a real browser, from the spreadsheet to the student's first log."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from apps.accounts.models import Enrolment
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import LinkPurpose
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from tests.factories.accounts import CohortFactory, ProgrammeFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory
from tests.flows.conftest import CHROMIUM, FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLE = """reg_no,first_name,last_name,email,programme_code,year_of_study
2024-04-00001,Asha,Moshi,asha@uni.example,BSC-ME,2
2024-04-00002,Said,Ali,not an address,BSC-ME,2
"""


@pytest.fixture
def desk(live_server, monkeypatch) -> Iterator[BrowserContext]:
    """A desk of 1280 px. The browser's event loop runs in this thread; the database is used beside it on purpose."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_context(viewport={"width": 1280, "height": 800}, locale="en", service_workers="block")
        browser.close()
        connections.close_all()  # The event loop has its own; left open, it holds the test database.
    assert "DJANGO_ALLOW_ASYNC_UNSAFE" in os.environ


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username").or_(page.locator("input[name=login]")).first.fill(name)
    page.locator("input[name=password]").fill("pw")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_load_state()


def test_a_coordinator_imports_a_table(desk, live_server, tmp_path: Path):
    cohort = CohortFactory.create(name="Mechanical PT2")
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    coordinator = UserFactory.create(username="coordinator", is_staff=True)
    grant(coordinator, cohort.department, actor=SYSTEM)
    table = tmp_path / "students.csv"
    table.write_text(TABLE)

    page = desk.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    sign_in(page, live_server.url, "coordinator")
    page.goto(f"{live_server.url}/admin/accounts/enrolment/import/")
    page.locator("select[name=cohort]").select_option(str(cohort.pk))
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Read the table").click()
    page.wait_for_load_state()
    run_due_tasks()
    # The bar leads on by itself.
    expect(page.locator("body")).to_contain_text("not an address")
    assert failed == []
    assert Enrolment.objects.count() == 0
    page.locator("button.button--main").first.click()
    page.wait_for_load_state()
    run_due_tasks()
    assert list(Enrolment.objects.values_list("student__username", flat=True)) == ["2024-04-00001"]


def test_a_student_sends_a_day_and_takes_the_week_along(desk, live_server):
    placement = PlacementFactory.create(enrolment__cohort__working_days=[0, 1, 2, 3, 4, 5, 6])
    student = placement.enrolment.student

    page = desk.new_page()
    sign_in(page, live_server.url, student.username)
    expect(page).to_have_url(f"{live_server.url}/today/")
    page.locator("textarea[name=text]").fill("Turned a bronze bush & measured it <twice>.")
    page.get_by_role("button", name="Send today").click()
    expect(page.locator("main")).to_contain_text("Sent:")
    assert DailyLog.objects.get().state == ChainState.SUBMITTED

    page.goto(f"{live_server.url}/documents/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Logbook as Word").click()
    download = waiting.value
    assert download.suggested_filename.endswith("-logbook.docx")
    assert Path(download.path()).read_bytes().startswith(b"PK")


def test_a_supervisor_approves_a_week_by_link_without_an_account(desk, live_server, settings):
    settings.SITE_URL = live_server.url
    supervision = PlacementSupervisorFactory.create()
    log = DailyLogFactory.create(placement=supervision.placement, state=ChainState.SUBMITTED)
    target = Target("applications.Placement", supervision.placement_id, {"week": log.week_start.isoformat()})
    address = issue_link(supervision.user, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)

    page = desk.new_page()
    page.goto(address)
    expect(page.locator("main")).to_contain_text(str(supervision.placement.enrolment.student))
    assert address.rsplit("/", 2)[-2] not in page.url
    log.refresh_from_db()
    assert log.state == ChainState.SUBMITTED
    page.get_by_role("button", name="Approve week").click()
    expect(page.locator("main")).to_contain_text("1 day approved.")
    log.refresh_from_db()
    assert (log.state, log.verified_by) == (ChainState.VERIFIED_INDUSTRY, supervision.user)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 404


def test_the_navigation_is_there_on_1280_pixels_and_opens_and_closes_by_keyboard(desk, live_server):
    cohort = CohortFactory.create()
    grant(UserFactory.create(username="coordinator", is_staff=True), cohort.department, actor=SYSTEM)

    page = desk.new_page()
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, live_server.url, "coordinator")
    page.goto(f"{live_server.url}/admin/")
    students = page.locator("#nav-sidebar a[href='/admin/accounts/enrolment/']")
    expect(students).to_be_visible()
    toggle = page.get_by_role("button", name="Toggle sidebar")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(students).not_to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Space")
    expect(students).to_be_visible()
    assert failed == []
