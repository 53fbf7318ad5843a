"""The pages and the API of scheduled imports."""

from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.urls import reverse

from apps.accounts.models import ImportSchedule
from apps.accounts.services import import_schedules as schedules
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportState
from tests.accounts.incoming import entered, lay, states, world_with_folders
from tests.accounts.tables import ASHA, table
from tests.clients import signed_in
from tests.factories.accounts import ImportScheduleFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW, ENTER = "admin:accounts_importschedule_changelist", "admin:accounts_importschedule_enter"


@pytest.fixture
def world(tmp_path, settings):
    return world_with_folders(tmp_path, settings)


@pytest.fixture
def schedule(world) -> ImportSchedule:
    return entered(world)


def test_the_pages_enter_show_and_end_a_schedule(world):
    client = signed_in(world.coordinator)
    form = {"kind": STUDENTS, "cohort": world.cohort.pk, "rhythm": "week", "applies": "on"}
    page = client.post(reverse(ENTER), form, follow=True)
    row = ImportSchedule.objects.get()
    assert (row.owner, row.cohort, row.rhythm, row.applies) == (world.coordinator, world.cohort, "week", True)
    assert schedules.place_of(row) in page.content.decode()
    assert Path(storages["incoming"].path(row.folder)).is_dir()
    lay(row, table(ASHA))
    chosen = {"_selected_action": row.pk}
    client.post(reverse(NEW), {"action": "look", **chosen})
    run_due_tasks()
    shown = client.get(reverse("admin:accounts_importschedule_change", args=[row.pk])).content.decode()
    assert "students.csv" in shown
    for action, active in (("pause", False), ("resume", True)):
        client.post(reverse(NEW), {"action": action, **chosen})
        row.refresh_from_db()
        assert row.is_active is active
    client.post(reverse("admin:accounts_importschedule_delete", args=[row.pk]), {"post": "yes"})
    assert ImportSchedule.objects.count() == 0


def test_the_page_of_a_schedule_looks_pauses_and_lets_it_go_on(world, schedule):
    client = signed_in(world.coordinator)
    lay(schedule, table(ASHA))
    shown = client.post(reverse("admin:accounts_importschedule_look_now", args=[schedule.pk]), follow=True)
    run_due_tasks()
    assert "The folder is looked into." in shown.content.decode()
    assert states() == [("students.csv", ImportState.STAGED, True)]
    switch = reverse("admin:accounts_importschedule_switch", args=[schedule.pk])
    for active in (False, True):
        client.post(switch)
        schedule.refresh_from_db()
        assert schedule.is_active is active
    ImportSchedule.objects.update(is_active=False)
    shown = client.post(reverse("admin:accounts_importschedule_look_now", args=[schedule.pk]), follow=True)
    assert "This schedule is paused. Let it go on first." in shown.content.decode()


def test_the_form_says_what_is_missing_and_the_list_what_was_refused(world):
    client = signed_in(world.coordinator)
    page = client.post(reverse(ENTER), {"kind": STUDENTS, "rhythm": "day"}).content.decode()
    assert "Choose the cohort." in page
    row = ImportScheduleFactory.create(owner=world.coordinator, cohort=world.cohort, is_active=False)
    answer = client.post(reverse(NEW), {"action": "look", "_selected_action": row.pk}, follow=True)
    assert f"{row.folder}: This schedule is paused. Let it go on first." in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(world, number, django_assert_num_queries):
    client = signed_in(world.superuser)
    for _each in range(number):
        ImportScheduleFactory.create(owner=UserFactory.create())
    client.get(reverse(NEW))
    with django_assert_num_queries(7):
        assert client.get(reverse(NEW)).status_code == 200


def test_the_api_enters_pauses_and_deletes(world):
    client = signed_in(world.coordinator)
    sent = {"kind": STUDENTS, "cohort": world.cohort.pk, "applies": True}
    answer = client.post(reverse("api-importschedule-list"), sent, "application/json")
    row = ImportSchedule.objects.get()
    assert (answer.status_code, answer.json()["place"]) == (201, schedules.place_of(row))
    for action, active in (("pause", False), ("resume", True), ("look", True)):
        answer = client.post(reverse(f"api-importschedule-{action}", args=[row.pk]))
        assert (answer.status_code, answer.json()["is_active"]) == (200, active)
    assert client.delete(reverse("api-importschedule-detail", args=[row.pk])).status_code == 204
    assert ImportSchedule.objects.count() == 0
