"""Doors of /api/v1/ to AI help: asked for beside a text, decided by who asked, counted for coordinators."""

from typing import Any, Final

from apps.reporting.models import GeneralReport
from tests.matrix.ai import allow_help
from tests.matrix.endpoints import COMPANY, HOSTS, STUDENTS, Endpoint, Offers, Scene, api, without_arguments


def _asks(purpose: str, **body: Any) -> Any:
    return lambda _scene: {"purpose": purpose, **body}


def _week(scene: Scene) -> tuple[Any, ...]:
    return (scene.world.placement.pk, scene.obj.week_start.isoformat())


def _part(scene: Scene) -> dict[str, Any]:
    """Let help be allowed, and something stand in the part."""
    allow_help(scene.world)
    GeneralReport.objects.filter(pk=scene.obj.pk).update(introduction="i was there")
    return {"purpose": "text_grammar", "field": "introduction"}


def _empty_parts(scene: Scene) -> dict[str, Any]:
    """Let help be allowed, and a part be empty."""
    allow_help(scene.world)
    GeneralReport.objects.filter(pk=scene.obj.pk).update(introduction="")
    return {"purpose": "reporting_complete", "field": "all"}


DRAFTS: Final = [
    *api("draft", "ai_draft", {}, states="answered"),
    Endpoint("api-draft-accept", "ai_draft", "accept", "post", data=lambda _s: {"fields_taken": ["text"]}),
    Endpoint("api-draft-dismiss", "ai_draft", "dismiss", "post"),
    Endpoint("api-draft-cancel", "ai_draft", "cancel", "post"),
    Endpoint("api-draft-undo", "ai_draft", "undo", "post"),
]
ASKING: Final = [
    Endpoint("api-log-help", "log", "ai_enhance", "post", data=_asks("text_grammar")),
    Endpoint("api-week-help", "weekly", "ai_enhance", "post", data=_asks("text_grammar")),
    Endpoint("api-report-help", "general", "ai_enhance", "post", own=True, data=_part),
    Endpoint("api-report-help", "general", "ai_autocomplete", "post", own=True, data=_empty_parts),
    Endpoint("api-vacancy-help", "ai_vacancy", "ai_enhance", "post", COMPANY, data=_asks("vacancies_polish")),
    Endpoint("api-vacancy-why", "ai_match", "ai_explain", "post", STUDENTS),
    Endpoint("api-resume-help", "ai_resume", "ai_read", "post", data=_asks("applications_resume")),
    Endpoint("api-comment-help", "log", "ai_comment", "post", HOSTS, args=_week, data=_asks("logbook_feedback")),
]
USE: Final = [
    Endpoint(
        "api-help-use",
        "ai_use",
        "list",
        serves="KO KX RO",
        args=without_arguments,
        own=True,
        shows=lambda s: s.world.cohort.name,
    ),
]
OFFERS = Offers(
    endpoints=[*DRAFTS, *ASKING, *USE],
    public={"api-me-help": "everybody says of the own texts whether help may read them; the address names nobody"},
    scenes={},
)
