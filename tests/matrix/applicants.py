"""Doors by which a company looks at applicants: board, answers for many, criteria, reviews, interviews."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone

from apps.applications.models import Application
from apps.applications.states import ApplicationState
from tests.factories.world import World
from tests.matrix.applications import DECISIONS, application
from tests.matrix.endpoints import COMPANY, STUDENTS, WORKSPACE, Endpoint, Offers, Scene, without_arguments


def interview(world: World, _state: str) -> Application:
    """A pending application with an interview in three days."""
    found, _extra = application(world, "pending")
    at = timezone.now() + dt.timedelta(days=3)
    sent = Application.objects.filter(pk=found.pk)
    sent.update(state=ApplicationState.INTERVIEW_SCHEDULED, interview_at=at, interview_place="Gate 3")
    return sent.get()


def _vacancy(scene: Scene) -> tuple[int]:
    return (scene.obj.vacancy_id,)


def _received(scene: Scene) -> str:
    return f"/company/applications/{scene.obj.pk}/"


def _picked(move: str) -> Any:
    return lambda scene: {"move": move, "pick": [scene.obj.pk], "reason": "The matrix asks."}


def _scored(scene: Scene) -> dict[str, Any]:
    return {f"score-{scene.extra['criterion'].pk}": "4", "comment": "Asks well."}


BOARD: Final = [
    Endpoint("company_board", "application", "list", serves=COMPANY, states="pending", args=_vacancy, shows=_received),
    *(
        Endpoint(
            "company_applicants_move",
            "application",
            name,
            "post",
            COMPANY,
            "pending",
            args=_vacancy,
            data=_picked(name),
        )
        for name in DECISIONS
    ),
    Endpoint(
        "company_criteria",
        "vacancy",
        "set_criteria",
        "post",
        COMPANY,
        "active",
        data=lambda _s: {"name-0": "Comes on time", "weight-0": "2"},
    ),
    Endpoint("company_review", "application", "review", "post", COMPANY, "pending", data=_scored),
    Endpoint(
        "resume_facts", "resume", "correct_facts", "post", STUDENTS, data=lambda _s: {"skills": "Turning\nMilling"}
    ),
]
INTERVIEWS: Final = [
    Endpoint("company_interviews", "interview", "list", serves=COMPANY, args=without_arguments, shows=_received),
    Endpoint("interview_calendar", "interview", "view"),
    Endpoint("company_interview_call_off", "interview", "call_off", "post", COMPANY),
    Endpoint("admin:applications_application_match", "interview", "match", "post", WORKSPACE),
]


OFFERS = Offers(endpoints=[*BOARD, *INTERVIEWS], public={}, scenes={"interview": interview})
