"""Doors of the report generator dialect: the same rows of the table as the portal's own doors, in other words."""

from typing import Any, Final

from apps.accounts.models import Cohort
from apps.logbook.models import DailyLog, Operation, WeeklyReport
from apps.logbook.selectors.helped import WEEK
from tests.factories.ai import AiCallFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.matrix.ai import allow_help
from tests.matrix.endpoints import STUDENTS, Endpoint, Offers, Scene, without_arguments
from tests.matrix.logbook import TEXT

ENTRANCE: Final = "whoever comes by it is not signed in yet; it is counted, and never says who is known"
OWN: Final = "one's own account, by one's own token, and nobody else's: tried row by row in tests/dialects"
BARE: Final[dict[str, Any]] = {"args": without_arguments}
MINE: Final[dict[str, Any]] = {"serves": STUDENTS, "args": without_arguments, "own": True}


def _text(_scene: Scene) -> str:
    return TEXT


# -- days and weeks -----------------------------------------------------------------------------------------------


def _new_day(scene: Scene) -> dict[str, Any]:
    return {"date": scene.extra["free_day"].isoformat(), "description": "Turned.", "hours_spent": 8}


def _new_week(scene: Scene) -> dict[str, Any]:
    return {"start_date": scene.extra["free_week"].isoformat(), "summary": "Shafts."}


def _week_of_days(scene: Scene) -> dict[str, Any]:
    """Write a day of the free week, of which the report is made, and switch help on for everybody."""
    monday = scene.extra["free_week"]
    Cohort.objects.update(ai_enabled=True)
    if not DailyLog.objects.filter(day=monday).exists():
        DailyLogFactory.create(placement=scene.world.placement, day=monday, week_start=monday)
    return {"start_date": monday.isoformat()}


def _number(scene: Scene) -> tuple[int]:
    return (scene.obj.number,)


def _help(_scene: Scene) -> dict[str, Any]:
    return {"field": "summary", "type": "improve"}


def _week_help(scene: Scene) -> dict[str, Any]:
    return {**_help(scene), "weekly_report_id": scene.obj.pk}


def _any_text(_scene: Scene) -> dict[str, Any]:
    """Switch help on for everybody: where it is off, the contract wants 503."""
    Cohort.objects.update(ai_enabled=True)
    return {"text": "I has turned."}


def _taken_help(scene: Scene) -> dict[str, Any]:
    """Let the student have taken over a draft for the summary."""
    before, after = {"summary": "shafts"}, {"summary": scene.obj.summary}
    AiCallFactory.create(
        user=scene.world.student, place=WEEK, key=scene.obj.pk, before=before, after=after, decision="accepted"
    )
    return {}


def _as_word(scene: Scene) -> tuple[int, str]:
    return (scene.obj.pk, "docx")


def _step_key(scene: Scene) -> int:
    """Return the key of the week's step; of a week that is not there one that is not there."""
    found = Operation.objects.filter(report=scene.obj.pk).values_list("pk", flat=True).first()
    return found or 99_999_999


def _step(scene: Scene) -> tuple[int]:
    return (_step_key(scene),)


def _step_of_job(scene: Scene) -> tuple[int, int]:
    return (scene.obj.pk, _step_key(scene))


def _new_step(_scene: Scene) -> dict[str, Any]:
    return {"operation_description": "Milling", "tools_used": "Mill"}


def _job(scene: Scene) -> dict[str, Any]:
    return {"weekly_report": scene.obj.pk, "title": "Milling"}


DAYS: Final = [
    *(Endpoint(f"api-rg-days{end}", "log", "list", **BARE, shows=_text) for end in ("", "-week")),
    Endpoint("api-rg-days-week", "log", "add", "post", **MINE, data=_new_day),
    Endpoint("api-rg-days", "log", "add", "post", **MINE, data=_new_day),
    Endpoint("api-rg-day", "log", "view"),
    *(
        Endpoint("api-rg-day", "log", "change", method, data=lambda _s: {"description": "Milled."})
        for method in ("put", "patch")
    ),
    Endpoint("api-rg-day", "log", "delete", "delete"),
    *(Endpoint("api-rg-day-submit", "log", "submit", method) for method in ("patch", "post")),
    Endpoint("api-rg-export-day", "log", "export", args=_as_word),
    Endpoint(
        "api-rg-ai-daily",
        "log",
        "ai_enhance",
        "post",
        **BARE,
        data=lambda s: {"daily_report_id": s.obj.pk, "type": "improve"},
    ),
    Endpoint("api-rg-ai-text", "log", "ai_enhance", "post", **MINE, states="draft", data=_any_text),
    Endpoint(
        "api-rg-ai-suggest",
        "log",
        "ai_enhance",
        "post",
        **MINE,
        states="draft",
        data=_any_text,
    ),
]
WEEKS: Final = [
    Endpoint("api-rg-weeks", "weekly", "list", **BARE, shows=_text),
    Endpoint("api-rg-weeks", "weekly", "add", "post", **MINE, data=_new_week),
    Endpoint("api-rg-week-generate", "weekly", "add", "post", **MINE, data=_week_of_days),
    Endpoint("api-rg-week", "weekly", "view"),
    *(
        Endpoint("api-rg-week", "weekly", "change", method, data=lambda _s: {"summary": "Anew."})
        for method in ("put", "patch")
    ),
    Endpoint("api-rg-week-numbered", "weekly", "view", serves=STUDENTS, args=_number, own=True),
    *(
        Endpoint(
            "api-rg-week-numbered",
            "weekly",
            "change",
            method,
            STUDENTS,
            args=_number,
            own=True,
            data=lambda _s: {"summary": "Anew."},
        )
        for method in ("put", "patch")
    ),
    *(
        Endpoint("api-rg-week-submit", "weekly", "submit", method, STUDENTS, args=_number, own=True)
        for method in ("patch", "post")
    ),
    Endpoint("api-rg-week-reset", "weekly", "change", "post", data=_taken_help, states="draft,returned", own=True),
    Endpoint("api-rg-week-enhance", "weekly", "ai_enhance", "post", STUDENTS, args=_number, own=True),
    Endpoint("api-rg-ai-weekly", "weekly", "ai_enhance", "post", **BARE, data=_week_help),
    Endpoint("api-rg-ai-summary", "weekly", "ai_enhance", "post", **MINE, states="draft", data=_week_of_days),
    Endpoint("api-rg-steps", "weekly", "view"),
    Endpoint("api-rg-steps-seed", "weekly", "view"),
    *(Endpoint(f"api-rg-steps{end}", "weekly", "step_add", "post", data=_new_step) for end in ("", "-seed")),
    Endpoint("api-rg-step", "weekly", "view", args=_step_of_job),
    Endpoint("api-rg-step-seed", "weekly", "view", args=_step),
    *(
        Endpoint(name, "weekly", "change", method, args=args, data=_new_step)
        for name, args in (("api-rg-step", _step_of_job), ("api-rg-step-seed", _step))
        for method in ("put", "patch")
    ),
    Endpoint("api-rg-step", "weekly", "step_delete", "delete", args=_step_of_job),
    Endpoint("api-rg-step-seed", "weekly", "step_delete", "delete", args=_step),
    Endpoint("api-rg-jobs", "weekly", "list", **BARE, shows=lambda s: f'"weekly_report":{s.obj.pk},'),
    Endpoint("api-rg-jobs", "weekly", "change", "post", serves=STUDENTS, args=without_arguments, data=_job),
    Endpoint("api-rg-job", "weekly", "view"),
    *(Endpoint("api-rg-job", "weekly", "change", method, data=_job) for method in ("put", "patch", "delete")),
    Endpoint("api-rg-export-week-seed", "weekly", "export", query="?format=docx"),
    Endpoint("api-rg-export-week", "weekly", "export", args=_as_word),
    Endpoint(
        "api-rg-export-week-numbered",
        "weekly",
        "export",
        serves=STUDENTS,
        args=lambda s: (s.obj.number, "docx"),
        own=True,
    ),
    Endpoint(
        "api-rg-export-bulk",
        "weekly",
        "export",
        "post",
        **BARE,
        reads=True,
        data=lambda s: {"report_ids": [s.obj.pk], "type": "docx"},
    ),
    Endpoint(
        "api-rg-export-book", "weekly", "export", "post", STUDENTS, args=lambda _s: ("docx",), own=True, reads=True
    ),
]


# -- general report, companies, oneself -----------------------------------------------------------------------------


def _one_week(scene: Scene) -> dict[str, Any]:
    if not WeeklyReport.objects.exists():
        WeeklyReportFactory.create(placement=scene.world.placement)
    return {}


def _part(scene: Scene) -> dict[str, Any]:
    allow_help(scene.world)
    return {"field": "introduction", "type": "improve"}


def _empty_part(scene: Scene) -> dict[str, Any]:
    allow_help(scene.world)
    type(scene.obj).objects.filter(pk=scene.obj.pk).update(introduction="")
    return {}


GENERAL: Final = [
    Endpoint("api-rg-general", "general", "view", **MINE),
    Endpoint("api-rg-general", "general", "add change", "post", **MINE, data=lambda _s: {"title": "Shafts"}),
    *(
        Endpoint("api-rg-general", "general", "change", method, **MINE, data=lambda _s: {"title": "Shafts"})
        for method in ("put", "patch")
    ),
    Endpoint("api-rg-general-generate", "general", "change", "post", **MINE, data=_one_week),
    *(Endpoint("api-rg-general-submit", "general", "submit", method, **MINE) for method in ("patch", "post")),
    Endpoint("api-rg-ai-general", "general", "ai_enhance", "post", **MINE, data=_part),
    Endpoint("api-rg-ai-complete", "general", "ai_autocomplete", "post", **MINE, data=_empty_part),
    Endpoint("api-rg-export-general-seed", "general", "export", **MINE, query="?format=docx"),
    Endpoint("api-rg-export-general", "general", "export", serves=STUDENTS, args=lambda _s: ("docx",), own=True),
]
COMPANIES: Final = [
    *(
        Endpoint(f"api-rg-companies{end}", "company", "list", **BARE, shows=lambda s: s.obj.name)
        for end in ("", "-search", "-search-companies")
    ),
    Endpoint(
        "api-rg-companies",
        "company",
        "add",
        "post",
        "SO SX SF KO KX",
        **BARE,
        own=True,
        data=lambda _s: {"name": "Daraja Works"},
    ),
    Endpoint("api-rg-company", "company", "view"),
    Endpoint("api-rg-company-students", "company", "view"),
    Endpoint("api-rg-company-assign", "company", "view", "post", STUDENTS),
]
ONESELF: Final = [
    *(Endpoint(f"api-rg-profile{end}", "user", "view", **MINE, states="active") for end in ("", "-seed", "-update")),
    *(
        Endpoint(
            f"api-rg-profile{end}",
            "user",
            "change_own_fields",
            method,
            **MINE,
            states="active",
            data=lambda _s: {"year_of_study": 3},
        )
        for end in ("", "-seed", "-update")
        for method in ("put", "patch")
    ),
    Endpoint("api-rg-dashboard", "user", "view", **MINE, states="active"),
    Endpoint(
        "api-rg-ai-usage",
        "ai_draft",
        "list",
        **BARE,
        states="answered",
        own=True,
        shows=lambda s: f'"id":{s.obj.pk},"enhancement',
    ),
]
PUBLIC: Final = {
    **dict.fromkeys(
        (
            *("api-rg-register", "api-rg-login", "api-rg-refresh", "api-rg-refresh-seed", "api-rg-check-phone"),
            *("api-rg-send-otp", "api-rg-verify-otp", "api-rg-send-email-otp", "api-rg-verify-email-otp"),
            *("api-rg-password-reset", "api-rg-password-reset-confirm", "api-rg-resend"),
        ),
        ENTRANCE,
    ),
    **dict.fromkeys(("api-rg-logout", "api-rg-feedback", "api-rg-picture"), OWN),
}
OFFERS = Offers(endpoints=[*DAYS, *WEEKS, *GENERAL, *COMPANIES, *ONESELF], public=PUBLIC, scenes={})
