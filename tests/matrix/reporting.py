"""Doors to documents, general reports and templates."""

from dataclasses import asdict
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import Job
from apps.accounts.states import JobState
from apps.reporting.builders import docx
from apps.reporting.models import SECTIONS, DocumentTemplate, GeneralReport
from apps.reporting.selectors.batches import BATCH
from apps.reporting.services.batches import Wish
from portal.kernel.dates import monday_of
from tests.factories.accounts import JobFactory
from tests.factories.reporting import DocumentTemplateFactory, GeneralReportFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    list_action,
    without_arguments,
    workspace,
)
from tests.matrix.words import state_of

AUDIENCE = "SO SX SF UO UX KO KX"
TEXT: Final = "Repair of forty shafts"


def general(world: World, state: str) -> GeneralReport:
    """Write one with every part."""
    parts = dict.fromkeys(SECTIONS, "Turned shafts.")
    values = {"enrolment": world.enrolment, "title": TEXT, **parts}
    return GeneralReportFactory.create(**values, state=state_of("general", state))


def template(world: World, state: str) -> DocumentTemplate:
    """Upload our own weekly sheet for the department; it was tried."""
    return DocumentTemplateFactory.create(
        department=world.department,
        file=ContentFile(docx.layout("week"), name="week.docx"),
        tried_at=timezone.now(),
        state=state_of("template", state),
    )


def batch(world: World, _state: str) -> Job:
    """Made by the coordinator some time ago."""
    return JobFactory.create(
        owner=world.coordinator,
        kind=BATCH,
        payload=asdict(Wish()),
        state=JobState.DONE,
        result=ContentFile(b"PK", name="documents.zip"),
        result_name="documents.zip",
    )


def _batch_link(scene: Scene) -> str:
    return f"/jobs/{scene.obj.pk}/"


def batch_of_one(scene: Scene) -> dict[str, Any]:
    only = {"only": str(scene.world.placement.pk), "whose": ""}
    return {**only, "kinds": ["logbook"], "formats": ["docx"], "folder": "{cohort}", "file_name": "{reg_no}"}


def _book(scene: Scene) -> tuple[int, str]:
    return (scene.world.placement.pk, "docx")


def _week(scene: Scene) -> tuple[object, ...]:
    return (scene.world.placement.pk, scene.obj.week_start, "docx")


def _this_week(scene: Scene) -> tuple[object, ...]:
    return (scene.world.placement.pk, monday_of(timezone.localdate()), "docx")


def _book_link(scene: Scene) -> str:
    return f"/documents/{scene.world.placement.pk}/logbook"


def _as_word(scene: Scene) -> tuple[int, str]:
    return (scene.obj.pk, "docx")


def _written(scene: Scene) -> dict[str, Any]:
    return {"title": TEXT, **dict.fromkeys(SECTIONS, "Milled keyways."), "version": str(scene.obj.version)}


def _sent(scene: Scene) -> dict[str, Any]:
    return {**_written(scene), "move": "submit"}


def _move(name: str) -> Any:
    return lambda scene: {"move": name, "reason": "The matrix asks.", "version": str(scene.obj.version)}


def _report_link(scene: Scene) -> str:
    return f"/reports/{scene.obj.pk}/"


def _text(_scene: Scene) -> str:
    return TEXT


def new_template(scene: Scene) -> dict[str, Any]:
    file = SimpleUploadedFile("week.docx", docx.layout("week"))
    return {"kind": "week", "name": "Weekly sheet", "department": scene.world.department.pk, "file": file}


def _student(scene: Scene) -> dict[str, Any]:
    return {"placement": scene.world.placement.pk, "form": "docx"}


# By POST, because a row remembers the file; a draft leaves none.
A_FILE: Final[dict[str, Any]] = {"reads": True, "status": 200}
MOVES: Final = {"submit": "submit", "approve": "approve", "request_revision": "return"}
REPORTS: Final = [
    Endpoint("general_report", "general", "view", "get", STUDENTS, "draft", without_arguments, own=True, shows=_text),
    Endpoint(
        "general_report", "general", "add change", "post", STUDENTS, args=without_arguments, own=True, data=_written
    ),
    Endpoint("general_report", "general", "submit", "post", STUDENTS, args=without_arguments, own=True, data=_sent),
    Endpoint(
        "general_report_autosave",
        "general",
        "change",
        "post",
        STUDENTS,
        args=without_arguments,
        own=True,
        data=_written,
        status=200,
    ),
    Endpoint("report_list", "general", "list", args=without_arguments, shows=_report_link),
    Endpoint("report_detail", "general", "view", shows=_text),
    *(Endpoint("report_move", "general", action, "post", data=_move(name)) for name, action in MOVES.items()),
    Endpoint("report_download", "general", "export", "post", args=_as_word, **A_FILE),
    *workspace("reporting_generalreport", "general", moves=MOVES, states="submitted,approved"),
]
TEMPLATES: Final = [
    *workspace(
        "reporting_documenttemplate",
        "template",
        moves={"publish": "activate", "retire": "retire"},
        add=new_template,
        deletes=True,
    ),
    Endpoint("admin:reporting_documenttemplate_file", "template", "download", serves=WORKSPACE),
    Endpoint(
        "admin:reporting_documenttemplate_try",
        "template",
        "test_render",
        "post",
        WORKSPACE,
        data=_student,
        status=200,
    ),
    Endpoint(
        "admin:reporting_documenttemplate_fields",
        "template",
        "read_dictionary",
        serves=WORKSPACE,
        args=without_arguments,
    ),
    Endpoint(
        "admin:reporting_documenttemplate_shipped",
        "template",
        "read_dictionary",
        serves=WORKSPACE,
        args=lambda _s: ("week_european",),
    ),
    Endpoint(
        "week_download",
        "template",
        "use_for_document",
        "post",
        serves=AUDIENCE,
        states="active",
        args=_this_week,
        **A_FILE,
    ),
]
SHEETS: Final = [
    Endpoint("arrival_download", "arrival", "print", "post", args=_as_word, **A_FILE),
    Endpoint(
        "assessment_download",
        "assessment_industry assessment_academic assessment",
        "print",
        "post",
        args=_as_word,
        **A_FILE,
    ),
    Endpoint("certificate_download", "placement", "certify", "post", serves=AUDIENCE, args=_as_word, **A_FILE),
]
BATCHES: Final = [
    list_action("applications_placement", "take_documents", "placement", "export", states="active"),
    Endpoint("exports", "batch", "list", serves="UO UX KO KX", args=without_arguments, own=True, shows=_batch_link),
    Endpoint(
        "exports",
        "batch",
        "make",
        "post",
        "UO UX KO KX",
        args=without_arguments,
        own=True,
        quiet=True,
        data=batch_of_one,
    ),
]
OFFERS = Offers(
    endpoints=[
        Endpoint("logbook_download", "log", "export", "post", serves=AUDIENCE, args=_book, **A_FILE),
        Endpoint("week_download", "weekly", "export", "post", serves=AUDIENCE, args=_week, **A_FILE),
        Endpoint("documents", "weekly", "export", serves=AUDIENCE, args=without_arguments, shows=_book_link),
        *REPORTS,
        *TEMPLATES,
        *SHEETS,
        *BATCHES,
        # Deans are none of the table: tests/reporting/test_university.py tries what they see.
        Endpoint("university_figures", "university_figures", "view", serves="RO", args=without_arguments),
        Endpoint("university_figures_file", "university_figures", "view", serves="RO", args=lambda _s: ("csv",)),
    ],
    public={},
    scenes={
        "general": general,
        "template": template,
        "batch": batch,
        "university_figures": lambda world, _state: world.department,
    },
)
