"""Doors of the InternSync dialect: the same rows of the table as the portal's own doors, in other words."""

import base64
import datetime as dt
from typing import Any, Final

from django.utils import timezone

from tests.clients import RESUMES
from tests.matrix.applications import DECISIONS
from tests.matrix.endpoints import COMPANY, SIGNED_IN, STUDENTS, Endpoint, Offers, Scene, without_arguments
from tests.matrix.report_generator import BARE, ENTRANCE, MINE

NOT_STUDENTS: Final = "CO CX UO UX KO KX RO"


def _cv(_scene: Scene) -> dict[str, Any]:
    return {"pdf_base64": base64.b64encode((RESUMES / "libreoffice-writer.pdf").read_bytes()).decode()}


def _job_as_sent(**more: Any) -> Any:
    def body(scene: Scene) -> dict[str, Any]:
        end = (timezone.localdate() + dt.timedelta(days=40)).isoformat()
        sent = {"title": "Trainee", "job_description": "Help.", "short_description": "Help", "location": "Dodoma"}
        kinds = {"work_mode": "Hybrid", "work_type": "Part-Time", "endDate": end}
        return {**sent, **kinds, "status": getattr(scene.obj, "state", ""), "job_id": scene.obj.pk, **more}

    return body


def _title(scene: Scene) -> str:
    return str(scene.obj.title)


def _applicant(scene: Scene) -> str:
    return f'"sid":{{"id":{scene.obj.student_id},'


def _vacancy(scene: Scene) -> tuple[int]:
    return (scene.obj.vacancy_id,)


def _open(scene: Scene) -> tuple[int]:
    return (scene.extra["open"].pk,)


def _applying(scene: Scene) -> dict[str, Any]:
    return {"cv": _cv(scene)["pdf_base64"], "cover": "I turn.", "jid": scene.extra["open"].pk}


def _carrying(scene: Scene) -> tuple[int]:
    return (scene.extra["application"].pk,)


STATUS: Final = {"start_review": "under_review", "shortlist": "shortlisted", "accept": "accepted", "reject": "rejected"}


def _status(move: str) -> Any:
    return lambda _scene: {"status": STATUS[move]}


JOBS: Final = [
    *(
        Endpoint(
            f"api-is-job-{name}", "vacancy", "list", serves=NOT_STUDENTS, **BARE, states="draft,closed", shows=_title
        )
        for name in ("list", "list-seed", "search")
    ),
    *(
        Endpoint(f"api-is-job-{name}", "vacancy", "list", **BARE, states="active", shows=_title)
        for name in ("list", "list-seed", "search")
    ),
    Endpoint("api-is-job", "vacancy", "view", serves=NOT_STUDENTS, states="draft,closed"),
    Endpoint("api-is-job", "vacancy", "view", serves=SIGNED_IN, states="active"),
    *(
        Endpoint(f"api-is-job-add{end}", "vacancy", "add", "post", COMPANY, **BARE, own=True, data=_job_as_sent())
        for end in ("", "-seed")
    ),
    *(
        Endpoint(name, "vacancy", actions, method, COMPANY, states=states, args=args, data=_job_as_sent(**more))
        for name, method, args in (
            ("api-is-job", "put", lambda s: (s.obj.pk,)),
            ("api-is-job-edit-seed", "post", without_arguments),
        )
        for actions, states, more in (
            ("change", "", {}),
            ("publish", "draft", {"status": "active"}),
            ("close", "active", {"status": "closed"}),
            ("reopen", "closed", {"status": "active"}),
            ("delete", "draft,active", {"status": "deleted"}),
        )
    ),
    Endpoint("api-is-job-count", "vacancy", "list", serves=COMPANY, **BARE, states="active", own=True),
]
APPLICATIONS: Final = [
    *(
        Endpoint(
            f"api-is-apply{end}",
            "application",
            "add",
            "post",
            STUDENTS,
            states="pending",
            args=args,
            own=True,
            data=_applying,
        )
        for end, args in (("", _open), ("-seed", without_arguments))
    ),
    *(
        Endpoint(f"api-is-received{end}", "application", "list", serves=COMPANY, args=_vacancy, shows=_applicant)
        for end in ("", "-seed")
    ),
    *(
        Endpoint(f"api-is-own{end}", "application", "list", serves=STUDENTS, **BARE, shows=_applicant)
        for end in ("", "-seed")
    ),
    *(
        Endpoint(
            f"api-is-status{end}",
            "application",
            move,
            method,
            COMPANY,
            data=_status(move),
        )
        for end in ("", "-seed")
        for method in ("put", "post")
        for move in DECISIONS
    ),
    Endpoint("api-is-count-received", "application", "list", serves=COMPANY, **BARE, states="pending", own=True),
    Endpoint(
        "api-is-count-own",
        "application",
        "list",
        serves=STUDENTS,
        args=lambda _s: ("pending",),
        states="pending",
        own=True,
    ),
    *(Endpoint(f"api-is-resume{end}", "resume", "download", serves=COMPANY, args=_carrying) for end in ("", "-seed")),
    *(
        Endpoint(f"api-is-resume-text{end}", "resume", "extracted_text", serves="CO CX KO KX RO", args=_carrying)
        for end in ("", "-seed")
    ),
    *(
        Endpoint(
            f"api-is-upload-text{end}",
            "resume",
            "extract_text_of_upload",
            "post",
            "SO SX SF CO CX KO KX",
            **BARE,
            own=True,
            data=_cv,
        )
        for end in ("", "-seed")
    ),
]
ONESELF: Final = [
    *(Endpoint(f"api-is-info{end}", "user", "view", **MINE, states="active") for end in ("", "-seed")),
]
PUBLIC: Final = dict.fromkeys(
    ("api-is-register", "api-is-register-seed", "api-is-login", "api-is-login-seed"), ENTRANCE
)
OFFERS = Offers(endpoints=[*ONESELF, *JOBS, *APPLICATIONS], public=PUBLIC, scenes={})
