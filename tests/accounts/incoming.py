"""A folder that tables are laid into, for the tests of scheduled imports."""

import datetime as dt
import os
from pathlib import Path

from django.core.files.storage import storages
from django.utils import timezone

from apps.accounts.models import ImportBatch, ImportSchedule, StudentProfile
from apps.accounts.services import import_schedules as schedules
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportRhythm
from tests.factories.accounts import ProgrammeFactory
from tests.factories.world import World, build_world


def world_with_folders(tmp_path: Path, settings) -> World:
    """Build the world and give scheduled imports a place of their own on disk."""
    settings.STORAGES = {
        **settings.STORAGES,
        "incoming": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "incoming")},
        },
    }
    world = build_world()
    ProgrammeFactory.create(code="BSC-ME", department=world.department)
    return world


def entered(world: World, *, kind=STUDENTS, applies=True, rhythm=ImportRhythm.HOUR) -> ImportSchedule:
    """Enter a schedule as the coordinator."""
    return schedules.add_schedule(
        kind=kind, cohort=world.cohort, rhythm=rhythm, applies=applies, actor=world.coordinator
    )


def lay(schedule: ImportSchedule, text: str, name: str = "students.csv", *, minutes_old: float = 5) -> Path:
    """Lay a table into the folder of a schedule, changed so long ago."""
    path = Path(storages["incoming"].path(schedule.folder)) / name
    path.write_text(text, encoding="utf-8")
    moment = (timezone.now() - dt.timedelta(minutes=minutes_old)).timestamp()
    os.utime(path, (moment, moment))
    return path


def beat(times: int = 4, *, due: bool = True) -> None:
    """Let some beats pass, with the work that each begins; with ``due`` every folder is due."""
    for _time in range(times):
        if due:
            ImportSchedule.objects.update(next_at=timezone.now())
        schedules.take_scheduled_imports()
        run_due_tasks()


def known() -> list[str]:
    """Return the registration numbers of the students that the tables name."""
    return sorted(StudentProfile.objects.filter(reg_no__startswith="2021-04").values_list("reg_no", flat=True))


def states() -> list[tuple[str, str, bool]]:
    """Return name, state and whether it waits to be settled of each import, in their order."""
    return list(ImportBatch.objects.order_by("id").values_list("file_name", "state", "is_pending"))
