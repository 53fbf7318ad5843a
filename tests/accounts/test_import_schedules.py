"""Scheduled imports: tables that lie in a folder are taken once, oldest first, with the rights of one person."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import DepartmentGrant, HistoryEntry, ImportBatch, ImportSchedule, Notice, StudentProfile
from apps.accounts.selectors import import_schedules_visible_to
from apps.accounts.services import import_schedules as schedules
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportState
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.accounts.incoming import beat, entered, known, lay, states, world_with_folders
from tests.accounts.tables import ASHA, COMPANIES, SAID, table

pytestmark = pytest.mark.django_db

WRONG = ("2021-04-00003", "", "Juma", "BSC-ME")


@pytest.fixture
def world(tmp_path, settings):
    return world_with_folders(tmp_path, settings)


@pytest.fixture
def schedule(world) -> ImportSchedule:
    return entered(world)


def told(person) -> list[str]:
    return sorted(Notice.objects.filter(recipient=person, kind__contains="import_").values_list("kind", flat=True))


# -- taking -------------------------------------------------------------------------------------------------------


def test_a_table_without_errors_is_imported_and_its_owner_is_told(world, schedule):
    lay(schedule, table(ASHA, SAID))
    beat()
    assert (known(), states()) == ([ASHA[0], SAID[0]], [("students.csv", ImportState.APPLIED, False)])
    assert told(world.coordinator) == ["accounts.import_done"]
    schedule.refresh_from_db()
    assert (schedule.message, schedule.looked_at is not None) == ("", True)


def test_a_table_with_an_error_waits_and_nothing_of_it_is_stored(world, schedule):
    lay(schedule, table(ASHA, WRONG))
    beat()
    assert (known(), states()) == ([], [("students.csv", ImportState.STAGED, False)])
    assert told(world.coordinator) == ["accounts.import_waits"]
    [mailed] = [letter for letter in mail.outbox if letter.to == [world.coordinator.email]]
    batch = ImportBatch.objects.get()
    assert reverse("admin:accounts_importbatch_change", args=[batch.pk]) in str(mailed.body)
    assert "1 new, 0 changed, 0 unchanged, 1 with errors" in str(mailed.body)


def test_without_the_word_of_its_owner_a_table_waits(world):
    lay(entered(world, applies=False), table(ASHA))
    beat()
    assert (known(), states()) == ([], [("students.csv", ImportState.STAGED, False)])
    assert told(world.coordinator) == ["accounts.import_waits"]


def test_what_is_no_table_is_refused_and_told(world, schedule):
    lay(schedule, "\x00\x01", "photo.csv")
    beat()
    assert states() == [("photo.csv", ImportState.REFUSED, False)]
    assert told(world.coordinator) == ["accounts.import_waits"]


def test_a_file_is_taken_once_and_again_when_it_has_changed(world, schedule):
    lay(schedule, table(ASHA))
    beat()
    beat()
    assert len(states()) == 1
    lay(schedule, table(ASHA, SAID), minutes_old=2)
    beat()
    assert known() == [ASHA[0], SAID[0]]
    assert [state for _name, state, _pending in states()] == [ImportState.APPLIED, ImportState.APPLIED]


def test_a_file_that_was_written_anew_with_the_same_content_is_not_read_again(schedule):
    lay(schedule, table(ASHA))
    beat()
    lay(schedule, table(ASHA), minutes_old=2)
    beat()
    assert len(states()) == 1


def test_a_table_that_changes_nothing_is_put_away_and_nobody_is_told(world, schedule):
    lay(schedule, table(ASHA))
    beat()
    lay(schedule, table(ASHA) + "\n", "again.csv", minutes_old=2)
    beat()
    assert states()[-1] == ("again.csv", ImportState.DISCARDED, False)
    assert told(world.coordinator) == ["accounts.import_done"]


def test_the_oldest_comes_first_and_the_next_when_it_is_settled(schedule):
    married = (ASHA[0], "Asha", "Mushi", ASHA[3])
    lay(schedule, table(married), "a-new.csv", minutes_old=3)
    lay(schedule, table(ASHA), "z-old.csv", minutes_old=9)
    beat(1)
    assert [name for name, _state, _pending in states()] == ["z-old.csv"]
    beat(6)
    assert [name for name, _state, _pending in states()] == ["z-old.csv", "a-new.csv"]
    assert StudentProfile.objects.get(reg_no=ASHA[0]).user.last_name == "Mushi"


def test_unfinished_hidden_and_fresh_files_are_left_alone(schedule):
    lay(schedule, table(ASHA), ".students.csv")
    lay(schedule, table(ASHA), "students.csv.part")
    lay(schedule, table(ASHA), "~students.csv")
    lay(schedule, table(ASHA), "fresh.csv", minutes_old=0)
    beat()
    assert states() == []


def test_a_link_out_of_the_folder_is_not_followed(schedule, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(table(ASHA))
    moment = (timezone.now() - dt.timedelta(hours=1)).timestamp()
    os.utime(secret, (moment, moment))
    (Path(storages["incoming"].path(schedule.folder)) / "students.csv").symlink_to(secret)
    beat()
    assert states() == []


def test_a_file_that_is_too_large_is_said_and_left_out(schedule, monkeypatch):
    monkeypatch.setattr(schedules, "SheetLimits", lambda: type("Limits", (), {"bytes": 40}))
    lay(schedule, table(ASHA, SAID))
    beat(1)
    schedule.refresh_from_db()
    assert (schedule.message, states()) == ("students.csv was left out: it is larger than 0 MB.", [])


def test_a_folder_that_is_missing_or_too_full_is_said(schedule, monkeypatch):
    folder = Path(storages["incoming"].path(schedule.folder))
    monkeypatch.setattr(schedules, "MOST_FILES", 1)
    lay(schedule, table(ASHA), "a.csv")
    lay(schedule, table(SAID), "b.csv")
    beat(1)
    schedule.refresh_from_db()
    assert schedule.message == "More than 1 files lie in the folder. Delete those that are done."
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    beat(1)
    schedule.refresh_from_db()
    assert schedule.message == f"There is no folder {schedule.folder}."


def test_a_store_that_fails_is_said_and_does_not_stop_the_others(world, schedule, monkeypatch, caplog):
    other = entered(world, kind=COMPANIES)
    lay(other, "name,email\nDaraja Works,office@daraja.example\n", "companies.csv")
    real = type(storages["incoming"]).listdir

    def broken(store, path):
        if path == schedule.folder:
            raise ConnectionError(path)
        return real(store, path)

    monkeypatch.setattr(type(storages["incoming"]), "listdir", broken)
    beat(1)
    schedule.refresh_from_db()
    assert schedule.message == "The folder could not be read. It is tried again."
    assert [name for name, _state, _pending in states()] == ["companies.csv"]
    assert f"ConnectionError: {schedule.folder}" in caplog.text


def test_a_folder_is_looked_into_when_it_is_due_and_not_before(schedule):
    beat(1)
    schedule.refresh_from_db()
    assert dt.timedelta(minutes=55) < schedule.next_at - timezone.now() <= dt.timedelta(hours=1)
    lay(schedule, table(ASHA))
    beat(due=False)
    assert states() == []


def test_who_may_not_import_any_more_is_not_imported_for(world, schedule):
    lay(schedule, table(ASHA))
    DepartmentGrant.objects.filter(user=world.coordinator).delete()
    beat()
    schedule.refresh_from_db()
    assert (states(), schedule.is_active) == ([], False)
    assert schedule.message == "You may not import this any more."


def test_who_lost_the_right_while_the_table_was_read_imports_nothing(world, schedule):
    lay(schedule, table(ASHA))
    beat(1)
    DepartmentGrant.objects.filter(user=world.coordinator).delete()
    beat()
    assert (known(), states()) == ([], [("students.csv", ImportState.STAGED, False)])


def test_a_file_that_goes_while_the_folder_is_read_is_passed_over(schedule, monkeypatch):
    lay(schedule, table(ASHA))

    def gone(_store, path):
        raise FileNotFoundError(path)

    monkeypatch.setattr(type(storages["incoming"]), "get_modified_time", gone)
    beat(1)
    schedule.refresh_from_db()
    assert (schedule.message, states()) == ("", [])


def test_a_table_that_is_still_read_is_left_alone(schedule):
    lay(schedule, table(ASHA))
    schedules.take_scheduled_imports()
    schedules.take_scheduled_imports()
    assert states() == [("students.csv", ImportState.UPLOADED, True)]


def test_a_table_that_cannot_be_settled_stays_and_does_not_stop_the_others(world, schedule, monkeypatch, caplog):
    lay(schedule, table(ASHA))
    beat(1)
    other = entered(world, kind=COMPANIES)
    lay(other, "name,email\nDaraja Works,office@daraja.example\n", "companies.csv")

    def broken(_batch, **_who):
        raise ConnectionError(schedule.folder)

    with monkeypatch.context() as patch:
        patch.setattr(schedules, "confirm_import", broken)
        beat(1)
    assert [(name, pending) for name, _state, pending in states()] == [("students.csv", True), ("companies.csv", True)]
    assert "cannot be settled" in caplog.text
    beat()
    assert known() == [ASHA[0]]


def test_two_that_look_at_once_take_a_file_once(schedule, monkeypatch):
    lay(schedule, table(ASHA))
    real = schedules._new_files

    def beside(row):
        found = real(row)
        monkeypatch.setattr(schedules, "_new_files", real)
        schedules.look_into_folder(row.pk)
        return found

    monkeypatch.setattr(schedules, "_new_files", beside)
    schedules.look_into_folder(schedule.pk)
    assert len(states()) == 1


# -- entering and deciding ----------------------------------------------------------------------------------------


def test_a_schedule_is_entered_once_and_by_who_may_import_there(world, schedule):
    with pytest.raises(RuleViolation) as caught:
        entered(world)
    assert (caught.value.code, caught.value.field) == ("schedule_there", "kind")
    with pytest.raises(RuleViolation) as caught:
        schedules.add_schedule(kind=STUDENTS, cohort=None, rhythm="day", applies=False, actor=world.coordinator)
    assert (caught.value.code, caught.value.field) == ("cohort_missing", "cohort")
    for stranger in (world.foreign_coordinator, world.student):
        with pytest.raises(NotAllowed):
            schedules.add_schedule(kind=STUDENTS, cohort=world.cohort, rhythm="day", applies=False, actor=stranger)
    assert entered(world, kind=COMPANIES).cohort is None


def test_only_its_owner_and_the_superuser_see_and_change_a_schedule(world, schedule):
    for person in (world.coordinator, world.superuser):
        assert list(import_schedules_visible_to(person)) == [schedule]
    for stranger in (world.foreign_coordinator, world.student):
        assert list(import_schedules_visible_to(stranger)) == []
        with pytest.raises(NotAllowed):
            schedules.look_now(schedule, actor=stranger)


def test_a_paused_schedule_looks_no_more_until_it_goes_on(world, schedule):
    lay(schedule, table(ASHA))
    schedules.set_schedule_active(schedule, active=False, actor=world.coordinator)
    with pytest.raises(RuleViolation) as caught:
        schedules.look_now(schedule, actor=world.coordinator)
    beat()
    assert (caught.value.code, states()) == ("paused", [])
    schedules.set_schedule_active(schedule, active=True, actor=world.coordinator)
    beat()
    assert known() == [ASHA[0]]


def test_looking_now_does_not_wait_for_the_beat(world, schedule):
    lay(schedule, table(ASHA))
    schedules.look_now(schedule, actor=world.coordinator)
    run_due_tasks()
    assert states() == [("students.csv", ImportState.STAGED, True)]


def test_a_deleted_schedule_leaves_what_came_by_it(world, schedule):
    lay(schedule, table(ASHA))
    beat()
    schedules.delete_schedule(schedule, actor=world.coordinator)
    beat()
    assert (known(), len(states())) == ([ASHA[0]], 1)
    entries = HistoryEntry.objects.filter(target_label="accounts.ImportSchedule").order_by("id")
    assert list(entries.values_list("action", flat=True)) == ["create", "delete"]
    with pytest.raises(NotAllowed):
        schedules.delete_schedule(schedule, actor=world.coordinator)
