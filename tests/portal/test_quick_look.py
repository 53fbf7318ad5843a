"""A quick look at a row of a list of the workspace: what it tells, to whom, at the cost of how many questions."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.services.history import note_history
from portal.kernel.fsm import perform
from tests.clients import signed_in
from tests.factories.applications import ApplicationFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
LISTS = ("accounts_enrolment", "accounts_company", "applications_application", "applications_placement")
ENTRIES = ("logbook_dailylog", "logbook_weeklyreport")


@pytest.fixture
def world() -> World:
    return build_world()


def rows_of(world: World) -> dict[str, Any]:
    application = ApplicationFactory.create(enrolment=world.enrolment, vacancy__company=world.company)
    entry = {"placement": world.placement, "state": "flagged"}
    found = (world.enrolment, world.company, application, world.placement)
    made = (DailyLogFactory.create(**entry, text="Turned a shaft."), WeeklyReportFactory.create(**entry))
    return dict(zip((*LISTS, *ENTRIES), (*found, *made), strict=True))


@pytest.mark.parametrize("name", [*LISTS, *ENTRIES])
def test_the_look_tells_facts_moves_and_history_and_leads_to_the_object(world, name):
    row = rows_of(world)[name]
    page = signed_in(world.coordinator).get(reverse(f"admin:{name}_look", args=[row.pk]))
    shown = [label for label, _text in page.context["facts"]]
    assert (page.status_code, bool(shown), len(set(shown)) == len(shown)) == (200, True, True)
    assert reverse(f"admin:{name}_change", args=[row.pk]) in page.text
    assert "<html" not in page.text
    assert signed_in(world.student).get(reverse(f"admin:{name}_look", args=[row.pk])).status_code == 404
    assert signed_in(world.coordinator).post(reverse(f"admin:{name}_look", args=[row.pk])).status_code == 405


def test_the_look_names_the_moves_that_are_the_users_now_and_the_last_three_lines(world):
    for action in ("create", "change", "change", "change"):
        note_history(world.placement, action, actor=world.coordinator, department_id=world.department.pk)
    page = signed_in(world.coordinator).get(f"/admin/applications/placement/{world.placement.pk}/look/")
    labels = [str(move.info.label) for move in page.context["moves"]]
    assert labels
    assert all(label in page.text for label in labels)
    assert [str(line.what) for line in page.context["timeline"]] == ["Changed"] * 3
    looked_on = signed_in(world.superuser).get(f"/admin/applications/placement/{world.placement.pk}/look/")
    assert looked_on.status_code == 200
    perform(world.placement, "end_early", actor=world.coordinator, reason="He moved.")
    over = signed_in(world.coordinator).get(f"/admin/applications/placement/{world.placement.pk}/look/")
    assert (over.context["moves"], "He moved." in over.text, "Open the page" in over.text) == ([], True, True)


def test_what_is_not_the_coordinators_is_not_there(world):
    for name, row in rows_of(world).items():
        if name != "accounts_company":
            address = reverse(f"admin:{name}_look", args=[row.pk])
            assert (name, signed_in(world.foreign_coordinator).get(address).status_code) == (name, 404)
            assert signed_in(world.foreign_coordinator).get(address.replace(str(row.pk), "0")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_asks_as_much_with_one_line_of_history_as_with_three(world, count, django_assert_num_queries):
    for _number in range(count):
        note_history(world.placement, "change", actor=world.coordinator, department_id=world.department.pk)
    browser = signed_in(world.coordinator)
    browser.get("/admin/applications/placement/")
    with django_assert_num_queries(10):
        browser.get(f"/admin/applications/placement/{world.placement.pk}/look/")


def test_a_list_offers_the_look_only_where_there_is_one(world):
    DailyLogFactory.create(placement=world.placement, day=world.cohort.start + dt.timedelta(days=1))
    browser = signed_in(world.superuser)
    offers = {name: "data-list-look" in browser.get(reverse(f"admin:{name}_changelist")).text for name in LISTS}
    assert offers == dict.fromkeys(LISTS, True)
    assert "data-list-look=" not in browser.get(reverse("admin:accounts_cohort_changelist")).text
