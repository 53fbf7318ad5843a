"""Doors to AI help: drafts are for who asked; coordinators count uses, without the texts."""

from typing import Any

from apps.ai.models import AiCall, AiConsent
from apps.ai.states import Decision, Outcome
from apps.applications.models import Resume
from apps.logbook.selectors.helped import DAY
from apps.logbook.states import ChainState
from apps.vacancies.models import Vacancy
from tests.factories.ai import AiCallFactory
from tests.factories.applications import ApplicationFactory, ResumeFactory
from tests.factories.logbook import DailyLogFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World
from tests.matrix.endpoints import COMPANY, HOSTS, STUDENTS, Endpoint, Offers, Scene, without_arguments, workspace

BOOKS = "SO SX SF UO UX KO KX"
BEFORE, AFTER = "i turned a shaft", "I turned a shaft."
STATES = {
    "answered": (Outcome.ANSWERED, Decision.OPEN),
    "waiting": (Outcome.WAITING, Decision.OPEN),
    "accepted": (Outcome.ANSWERED, Decision.ACCEPTED),
}


def allow_help(world: World) -> None:
    """Switch help on in the cohort, and let everybody who could ask agree."""
    type(world.cohort).objects.filter(pk=world.cohort.pk).update(ai_enabled=True)
    for person in world.personas().values():
        if person.pk is not None:
            AiConsent.objects.update_or_create(user_id=person.pk, defaults={"given_at": world.cohort.created_at})


def ai_draft(world: World, state: str) -> AiCall:
    allow_help(world)
    outcome, decision = STATES[state]
    text = AFTER if decision == Decision.ACCEPTED else BEFORE
    log = DailyLogFactory.create(placement=world.placement, text=text, state=ChainState.DRAFT)
    return AiCallFactory.create(
        user=world.student,
        subject=world.student,
        cohort=world.cohort,
        place=DAY,
        key=log.pk,
        outcome=outcome,
        decision=decision,
    )


def ai_vacancy(world: World, _state: str) -> Vacancy:
    allow_help(world)
    return VacancyFactory.create(company=world.company, description="we seek a trainee for the lathe")


def ai_match(world: World, _state: str) -> Vacancy:
    """Close it after the student has applied, so that no other student sees it; the resume names a skill."""
    allow_help(world)
    facts = {"skills": [{"value": "Turning", "start": 0, "end": 7}]}
    ResumeFactory.create(owner=world.student, text="Turning", facts=facts)
    found = VacancyFactory.create(company=world.company, state="closed", skills=["Turning"])
    ApplicationFactory.create(vacancy=found, enrolment=world.enrolment)
    return found


def ai_resume(world: World, _state: str) -> Resume:
    allow_help(world)
    return ResumeFactory.create(owner=world.student, text="Fitter, Njia Works, 2023 - 2024")


def _vacancy(scene: Scene) -> dict[str, Any]:
    names = ("title", "short_description", "description", "location", "work_mode", "work_type", "places")
    typed = {name: getattr(scene.obj, name) for name in names}
    return {**typed, "deadline": scene.obj.deadline.isoformat(), "version": str(scene.obj.version)}


def _shown(scene: Scene) -> str:
    return f"/ai/{scene.obj.pk}/"


def _week(scene: Scene) -> tuple[Any, ...]:
    return (scene.world.placement.pk, scene.obj.week_start)


def _part(scene: Scene) -> dict[str, str]:
    return {"introduction": "i was there", "version": str(scene.obj.version), "help": "introduction:text_grammar"}


def _all_parts(scene: Scene) -> dict[str, str]:
    return {"introduction": "", "version": str(scene.obj.version), "help": "all:reporting_complete"}


def _comment(_scene: Scene) -> dict[str, str]:
    return {"comment": "", "help": "comment:logbook_feedback"}


OFFERS = Offers(
    endpoints=[
        Endpoint("ai_usage", "ai_draft", "list", args=without_arguments, own=True, shows=_shown),
        Endpoint("ai_draft", "ai_draft", "view"),
        Endpoint("ai_accept", "ai_draft", "accept", "post", data=lambda _s: {"field": "text"}),
        Endpoint("ai_dismiss", "ai_draft", "dismiss", "post"),
        Endpoint("ai_cancel", "ai_draft", "cancel", "post"),
        Endpoint("ai_undo", "ai_draft", "undo", "post"),
        Endpoint("company_vacancy_help", "ai_vacancy", "ai_enhance", "post", COMPANY, data=_vacancy),
        Endpoint("vacancy_why", "ai_match", "ai_explain", "post", STUDENTS),
        Endpoint("resume_help", "ai_resume", "ai_read", "post", STUDENTS),
        Endpoint("ai_declaration", "log", "export", serves=BOOKS, args=lambda s: (s.world.placement.pk,)),
        Endpoint(
            "report_help", "general", "ai_enhance", "post", STUDENTS, args=without_arguments, own=True, data=_part
        ),
        Endpoint(
            "report_help",
            "general",
            "ai_autocomplete",
            "post",
            STUDENTS,
            args=without_arguments,
            own=True,
            data=_all_parts,
        ),
        Endpoint("comment_help", "log", "ai_comment", "post", HOSTS, args=_week, data=_comment),
        Endpoint(
            "ai_usage_cohorts",
            "ai_use",
            "list",
            serves="KO KX RO",
            args=without_arguments,
            own=True,
            shows=lambda scene: scene.world.cohort.name,
        ),
        *workspace("ai_aicall", "ai_use"),
    ],
    public={
        "ai_consent": "Everybody says of the own texts whether help may read them; the address names nobody.",
    },
    scenes={
        "ai_vacancy": ai_vacancy,
        "ai_match": ai_match,
        "ai_resume": ai_resume,
        "ai_draft": ai_draft,
        "ai_use": lambda world, _state: ai_draft(world, "answered"),
    },
)
