"""Doors to uploaded tables, their lines, and the folders from which tables are taken by themselves."""

from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import ImportBatch, ImportRow, ImportSchedule
from apps.accounts.services.enrolments import ENROLMENTS as ENROLMENT_TABLE
from apps.accounts.services.students import STUDENTS as STUDENT_TABLE
from apps.accounts.states import ImportState, JobState, RowStatus
from tests.factories.accounts import ImportScheduleFactory, JobFactory
from tests.factories.world import World
from tests.matrix.endpoints import WORKSPACE, Endpoint, Offers, Scene, api, list_action, without_arguments, workspace


def import_job(world: World, _state: str) -> ImportBatch:
    """Uploaded by the coordinator and read; one line is new."""
    job = JobFactory.create(owner=world.coordinator, state=JobState.DONE)
    return ImportBatch.objects.create(
        owner=world.coordinator,
        cohort=world.cohort,
        kind=STUDENT_TABLE,
        file=ContentFile(b"reg_no\n", name="students.csv"),
        file_name="students.csv",
        sha256="0" * 64,
        state=ImportState.STAGED,
        counts={"new": 1},
        details={"columns": ["reg_no"]},
        job=job,
    )


def applied_import(world: World, state: str) -> ImportBatch:
    """Imported by the coordinator; nobody has used what it made."""
    batch = import_job(world, state)
    batch.state, batch.applied_at = ImportState.APPLIED, timezone.now()
    batch.save()
    return batch


def import_row(world: World, state: str) -> ImportRow:
    batch = import_job(world, state)
    return batch.rows.first() or batch.rows.create(line=2, status=RowStatus.NEW)


def import_schedule(world: World, _state: str) -> ImportSchedule:
    """Entered by the coordinator, for other tables of the cohort than those that are added."""
    return ImportScheduleFactory.create(owner=world.coordinator, cohort=world.cohort, kind=ENROLMENT_TABLE)


def paused_schedule(world: World, state: str) -> ImportSchedule:
    schedule = import_schedule(world, state)
    schedule.is_active = False
    schedule.save()
    return schedule


def scheduled(scene: Scene) -> dict[str, Any]:
    return {"kind": STUDENT_TABLE, "cohort": scene.world.cohort.pk, "rhythm": "day"}


def sheet(scene: Scene) -> dict[str, Any]:
    file = SimpleUploadedFile("new.csv", b"reg_no,first_name,last_name,programme_code\n2021-04-00001,Asha,Moshi,X\n")
    return {"cohort": scene.world.cohort.pk, "file": file}


PAGES: Final = [
    *workspace("accounts_importbatch", "import_job"),
    Endpoint(
        "admin:accounts_enrolment_import", "import_job", "add", "post", WORKSPACE, args=without_arguments, data=sheet
    ),
    Endpoint("admin:accounts_importbatch_confirm", "import_job", "confirm", "post", "KO KX"),
    Endpoint("admin:accounts_importbatch_discard", "import_job", "cancel", "post", "KO KX"),
    Endpoint("admin:accounts_importbatch_undo", "applied_import", "undo", "post", "KO KX"),
    Endpoint("admin:accounts_importbatch_encoding", "import_job", "cancel", "post", "KO KX", states="unread"),
    Endpoint("admin:accounts_importbatch_columns", "import_job", "choose_columns", "post", "KO KX"),
    Endpoint(
        "admin:accounts_importbatch_upload",
        "import_job",
        "add",
        "post",
        WORKSPACE,
        args=lambda _s: (STUDENT_TABLE,),
        data=sheet,
    ),
    Endpoint(
        "admin:accounts_importbatch_export",
        "export_file",
        "request",
        "post",
        WORKSPACE,
        args=lambda _s: (STUDENT_TABLE,),
        query="?format=csv",
        own=True,
    ),
    Endpoint(
        *("admin:accounts_importbatch_template", "import_job", "add", "get", WORKSPACE),
        args=lambda _s: (STUDENT_TABLE, "csv"),
        own=True,
    ),
    Endpoint("admin:accounts_importbatch_errors", "import_job", "download_errors", serves=WORKSPACE),
    *workspace("accounts_importschedule", "import_schedule", deletes=True),
    Endpoint("admin:accounts_importschedule_look_now", "import_schedule", "look", "post", WORKSPACE),
    Endpoint("admin:accounts_importschedule_switch", "import_schedule", "pause", "post", WORKSPACE),
    Endpoint("admin:accounts_importschedule_switch", "paused_schedule", "resume", "post", WORKSPACE),
    *(
        list_action("accounts_importschedule", action, thing, does)
        for action, thing, does in (
            ("look", "import_schedule", "look"),
            ("pause", "import_schedule", "pause"),
            ("resume", "paused_schedule", "resume"),
        )
    ),
    Endpoint(
        *("admin:accounts_importschedule_enter", "import_schedule", "add", "post", WORKSPACE),
        args=without_arguments,
        data=scheduled,
    ),
]
INTERFACE: Final = [
    *api("import", "import_job", {}),
    *api("importrow", "import_row", {}),
    Endpoint(
        "api-import-list",
        "import_job",
        "add",
        "post",
        args=without_arguments,
        data=lambda s: {**sheet(s), "kind": STUDENT_TABLE},
    ),
    Endpoint("api-import-confirm", "import_job", "confirm", "post", "KO KX"),
    Endpoint("api-import-cancel", "import_job", "cancel", "post", "KO KX"),
    Endpoint("api-import-undo", "applied_import", "undo", "post", "KO KX"),
    Endpoint(
        "api-import-encoding",
        "import_job",
        "choose_columns",
        "post",
        "KO KX",
        data=lambda _s: {"encoding": "windows-1252"},
    ),
    Endpoint("api-import-columns", "import_job", "choose_columns", "post", "KO KX", data=lambda _s: {"columns": {}}),
    Endpoint("api-import-errors", "import_job", "download_errors"),
    *api("importschedule", "import_schedule", {}),
    Endpoint("api-importschedule-list", "import_schedule", "add", "post", args=without_arguments, data=scheduled),
    Endpoint("api-importschedule-detail", "import_schedule", "delete", "delete"),
    Endpoint("api-importschedule-look", "import_schedule", "look", "post"),
    Endpoint("api-importschedule-pause", "import_schedule", "pause", "post"),
    Endpoint("api-importschedule-resume", "paused_schedule", "resume", "post"),
]


OFFERS = Offers(
    endpoints=[*PAGES, *INTERFACE],
    public={},
    scenes={
        "import_job": import_job,
        "import_row": import_row,
        "applied_import": applied_import,
        "import_schedule": import_schedule,
        "paused_schedule": paused_schedule,
    },
)
