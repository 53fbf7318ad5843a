"""Doors of /api/v1/ beside lists, objects and moves: what is entered, changed, thrown away, uploaded and downloaded."""

import base64
import datetime as dt
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.clients import resume_file
from tests.factories.accounts import CompanyFactory
from tests.matrix.assessments import THINGS
from tests.matrix.endpoints import (
    COMPANY,
    HOSTS,
    STAFF,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    api,
    by_key,
    without_arguments,
)
from tests.matrix.logbook import DOT
from tests.matrix.reporting import AUDIENCE

REASON: Final = "The matrix asks."


def _later() -> str:
    return (timezone.localdate() + dt.timedelta(days=40)).isoformat()


def _says(**body: Any) -> Any:
    return lambda _scene: body


def _vacancy(scene: Scene) -> dict[str, Any]:
    details = {"title": "Another trainee", "description": "Help.", "location": "Dodoma", "places": 1}
    return {**details, "company": scene.world.company.pk, "deadline": _later()}


def _company(scene: Scene) -> dict[str, Any]:
    return {"name": "Daraja Works", "address": "Plot 1, Dodoma"}


def _application(scene: Scene) -> dict[str, Any]:
    return {"vacancy": scene.extra["open"].pk, "resume": scene.obj.resume_id, "cover_letter": "I turn."}


def _placement(scene: Scene) -> dict[str, Any]:
    return {"enrolment": scene.extra["free"].pk, "company": scene.world.company.pk}


def _supervisor(scene: Scene) -> dict[str, Any]:
    return {"kind": "university", "email": scene.world.other_university_supervisor.email, "is_deputy": True}


def _arrived(_scene: Scene) -> dict[str, Any]:
    return {
        "arrived_on": timezone.localdate().isoformat(),
        "supervisor_name": "Juma Mushi",
        "supervisor_email": "juma.mushi@host.example",
    }


def _day(scene: Scene) -> dict[str, Any]:
    return {"day": scene.extra["free_day"].isoformat(), "text": "Turned a new shaft.", "hours": 8}


def _week(scene: Scene) -> dict[str, Any]:
    return {"week_start": scene.extra["free_week"].isoformat(), "summary": "Shafts."}


def _away(scene: Scene) -> dict[str, Any]:
    return {"day": scene.extra["free_day"].isoformat(), "reason": "sick"}


def _picture(_scene: Scene) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.png", base64.b64decode(DOT), content_type="image/png")}


def _answers(scene: Scene) -> dict[str, Any]:
    return {"answers": {str(one.pk): "4" for one in scene.obj.rubric.criteria.all()}, "comment": "Works well."}


def _of_placement(scene: Scene) -> tuple[int]:
    return (scene.world.placement.pk,)


def _made() -> dict[str, Any]:
    return {"done_on": timezone.localdate().isoformat(), "report": "All went well."}


PEOPLE: Final = [
    *api("person", "user", {}, states="active,inactive"),
    Endpoint("api-person-deactivate", "user", "deactivate", "post", WORKSPACE, states="active"),
    Endpoint("api-person-reactivate", "user", "reactivate", "post", WORKSPACE, states="inactive"),
    Endpoint("api-person-end-sessions", "user", "end_sessions", "post", WORKSPACE, states="active"),
    Endpoint(
        "api-me",
        "user",
        "change_own_fields",
        "patch",
        states="active",
        args=without_arguments,
        own=True,
        data=_says(phone="+255700000001"),
    ),
    *api("department", "department", {}),
    *api("programme", "programme", {}),
    *api("cohort", "cohort", {}),
    *(
        Endpoint(f"api-enrolment-{page}", "profile", "view", serves=f"{STUDENTS} {WORKSPACE}", args=args)
        for page, args in (("list", without_arguments), ("detail", by_key))
    ),
    Endpoint(
        "api-exports",
        "export_file",
        "request",
        "post",
        WORKSPACE,
        args=without_arguments,
        own=True,
        data=_says(kind="accounts.students", format="csv"),
    ),
    Endpoint("api-job-cancel", "job", "cancel", "post", "KO KX RO"),
    Endpoint("api-job-result", "export_file", "download"),
    Endpoint("api-notice-read", "notification", "mark_read", "post"),
    Endpoint("api-notice-read-all", "notification", "mark_read", "post", args=without_arguments, own=True),
]
HOSTING: Final = [
    Endpoint(
        "api-company-list",
        "company",
        "add",
        "post",
        f"{STUDENTS} {WORKSPACE}",
        "pending",
        args=without_arguments,
        data=_company,
        own=True,
    ),
    Endpoint("api-company-detail", "company", "change", "patch", states="pending", data=_says(address="Plot 9")),
    Endpoint(
        "api-company-detail",
        "company",
        "change",
        "patch",
        f"{COMPANY} {WORKSPACE}",
        "approved,rejected",
        data=_says(address="Plot 9"),
    ),
    *api("company", "unused_company", {}, reads="TO"),
    Endpoint("api-company-detail", "unused_company", "delete_unreferenced", "delete"),
    Endpoint("api-company-contact", "company", "view_contact", states="approved"),
    Endpoint("api-vacancy-list", "vacancy", "add", "post", args=without_arguments, data=_vacancy),
    Endpoint("api-vacancy-detail", "vacancy", "change", "patch", data=_says(description="Help in the store.")),
    Endpoint("api-vacancy-detail", "vacancy", "delete", "delete"),
    Endpoint("api-vacancy-reopen", "vacancy", "reopen", "post", data=lambda _s: {"deadline": _later()}),
    Endpoint("api-vacancy-bookmark", "vacancy", "keep", "post", data=_says(keep=True)),
]
PLACES: Final = [
    Endpoint(
        "api-application-list",
        "application",
        "add",
        "post",
        STUDENTS,
        "pending",
        args=without_arguments,
        data=_application,
        own=True,
    ),
    Endpoint("api-application-detail", "application", "change", "patch", data=_says(cover_letter="I mill.")),
    Endpoint("api-application-notes", "application", "note", "put", data=_says(notes="Comes early.")),
    Endpoint(
        "api-application-schedule_interview",
        "application",
        "schedule_interview",
        "post",
        data=lambda _s: {"at": (timezone.now() + dt.timedelta(days=3)).isoformat(), "place": "Gate 3"},
    ),
    Endpoint("api-application-resume", "resume", "view download", args=lambda s: (s.extra["application"].pk,)),
    Endpoint("api-resume-list", "resume", "view", args=without_arguments),
    Endpoint("api-resume-detail", "resume", "view"),
    Endpoint("api-resume-file", "resume", "view download"),
    Endpoint(
        "api-resume-list",
        "resume",
        "add",
        "post",
        STUDENTS,
        args=without_arguments,
        data=lambda _s: {"file": resume_file()},
        own=True,
    ),
    Endpoint(
        "api-resume-detail",
        "resume",
        "delete_when_unused",
        "delete",
        args=lambda s: (s.extra["unused"].pk,),
        hidden=True,
    ),
    Endpoint("api-placement-list", "placement", "add", "post", args=without_arguments, data=_placement),
    Endpoint(
        "api-placement-detail", "placement", "change", "patch", data=_says(task="Turning.", reason="The host asks.")
    ),
    Endpoint("api-placement-detail", "placement", "delete", "delete"),
    Endpoint("api-placement-supervisors", "placement", "view"),
    Endpoint("api-placement-supervisors", "placement", "assign_supervisors", "post", data=_supervisor),
]
LOGBOOK: Final = [
    Endpoint("api-placement-arrival", "arrival", "add submit", "post", STUDENTS, "draft", data=_arrived),
    Endpoint("api-log-list", "log", "add", "post", STUDENTS, args=without_arguments, own=True, data=_day),
    Endpoint("api-log-detail", "log", "change", "patch", data=_says(text="Turned a new shaft.")),
    Endpoint("api-log-detail", "log", "delete", "delete"),
    Endpoint("api-log-correct", "log", "reopen_with_reason", "post", data=_says(reason="Wrong hours.")),
    *(
        Endpoint(
            name,
            "log",
            action,
            "patch",
            states=state,
            data=_says(status=word, comments=REASON),
            serves=f"{HOSTS} {STAFF}",
        )
        for name in ("api-log-verify", "api-log-verify-industry")
        for action, word, state in (
            ("verify", "verified", "submitted"),
            ("return", "rejected", "submitted"),
            ("validate", "verified", "verified_industry"),
            ("flag", "rejected", "verified_industry"),
        )
    ),
    Endpoint("api-log-attachments", "log", "change", "post", data=_picture),
    Endpoint("api-attachment-list", "attachment", "list", args=without_arguments),
    Endpoint("api-attachment-detail", "attachment", "view"),
    Endpoint("api-attachment-file", "attachment", "view download"),
    Endpoint("api-attachment-detail", "attachment", "delete", "delete"),
    Endpoint("api-week-list", "weekly", "add", "post", STUDENTS, args=without_arguments, own=True, data=_week),
    Endpoint("api-week-detail", "weekly", "change", "patch", data=_says(summary="Shafts.")),
    Endpoint("api-week-detail", "weekly", "delete", "delete"),
    Endpoint("api-absence-list", "absence", "view", args=without_arguments),
    Endpoint("api-absence-detail", "absence", "view"),
    Endpoint("api-absence-detail", "absence", "delete", "delete"),
    Endpoint(
        "api-absence-list", "log", "tell_absence", "post", STUDENTS, "draft", without_arguments, own=True, data=_away
    ),
    *api(
        "assessment",
        THINGS,
        {"release": "release", "reopen": "reopen_with_reason"},
        reads="TO",
    ),
    Endpoint("api-assessment-submit", THINGS, "submit", "post", data=_answers),
    Endpoint("api-assessment-detail", THINGS, "change", "patch", data=_answers),
    *api("visit", "visit", {}),
    Endpoint("api-visit-report", "visit", "report", "post", data=lambda _s: _made()),
]
REPORTS: Final = [
    *api("report", "general", {"submit": "submit", "approve": "approve", "request_revision": "return"}, reads="TO"),
    Endpoint(
        "api-report-list",
        "general",
        "add",
        "post",
        STUDENTS,
        args=without_arguments,
        own=True,
        data=lambda s: {"enrolment": s.obj.enrolment_id, "title": "Shafts"},
    ),
    Endpoint("api-report-detail", "general", "change", "patch", data=_says(title="Shafts")),
    Endpoint("api-report-document", "general", "export", states="submitted,approved,any", query="?format=docx"),
    Endpoint("api-logbook-document", "log", "export", serves=AUDIENCE, args=_of_placement, query="?format=docx"),
    Endpoint(
        "api-logbook-week",
        "weekly",
        "export",
        serves=AUDIENCE,
        args=lambda s: (s.world.placement.pk, s.obj.week_start.isoformat()),
        query="?format=docx",
    ),
    *(
        Endpoint(
            f"api-logbook-{page}",
            "weekly",
            "export",
            serves=AUDIENCE,
            args=args,
            shows=lambda s: f'"id":{s.world.placement.pk},',
        )
        for page, args in (("list", without_arguments), ("detail", _of_placement))
    ),
    Endpoint("api-dashboard", "admin_site", "index", serves="KO KX RO", args=without_arguments),
]
OFFERS = Offers(
    endpoints=[*PEOPLE, *HOSTING, *PLACES, *LOGBOOK, *REPORTS],
    public={
        "api-report-draft": "writes into one's own report what stands in one's own weeks; tried in tests/api/test_own_words.py",
        "api-placement-propose": "a student's own words about a place; tried in tests/api/test_own_words.py",
        "api_docs": "the API's description as a page, the same for everybody",
        "api_redoc": "the API's description as a page, the same for everybody",
        "health": "says whether the portal answers, as the address for machines does",
    },
    scenes={"unused_company": lambda world, _state: CompanyFactory.create(proposed_for=world.department)},
)
