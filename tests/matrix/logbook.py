"""Doors to days, weeks, arrivals and assessments, signed in and by link."""

import base64
import datetime as dt
from typing import Any, Final

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.services.links import Target
from apps.accounts.states import LinkPurpose
from apps.logbook.models import Absence, DailyLog, LogAttachment, WeeklyReport
from portal.kernel.dates import monday_of
from tests.factories.logbook import (
    AbsenceFactory,
    DailyLogFactory,
    DayReceiptFactory,
    OperationFactory,
    PlaceConsentFactory,
    WeeklyReportFactory,
)
from tests.factories.world import World
from tests.matrix.ai import allow_help
from tests.matrix.endpoints import (
    STUDENTS,
    Endpoint,
    Offers,
    Scene,
    api,
    without_arguments,
    workspace,
)
from tests.matrix.words import state_of

# The product's moves by the table's actions.
CHAIN: Final = {
    "submit": "submit",
    "verify": "verify",
    "request_revision": "return",
    "recall": "recall",
    "validate": "validate",
    "flag": "flag",
    "return_to_student": "resolve_return",
    "return_to_host": "resolve_back",
    "uphold": "resolve_uphold",
}
TEXT: Final = "Measured forty shafts of the third order."


def last_working_day() -> dt.date:
    """Return today, or Saturday on a Sunday."""
    today = timezone.localdate()
    return today - dt.timedelta(days=1) if today.weekday() == 6 else today


def _link_to(world: World, monday: dt.date) -> dict[str, Any]:
    target = Target("applications.Placement", world.placement.pk, {"week": monday.isoformat()})
    return {"purpose": LinkPurpose.VERIFY_WEEK, "target": target, "free_day": _day_before(last_working_day())}


def _day_before(day: dt.date) -> dt.date:
    before = day - dt.timedelta(days=1)
    return before - dt.timedelta(days=1) if before.weekday() == 6 else before


# A picture of one black point.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def log(world: World, state: str) -> tuple[DailyLog, dict[str, Any]]:
    """Write a day at the active placement; ``free_day`` has none yet."""
    allow_help(world)
    day = last_working_day()
    found = DailyLogFactory.create(
        placement=world.placement, day=day, week_start=monday_of(day), text=TEXT, state=state_of("log", state)
    )
    return found, _link_to(world, found.week_start)


def weekly(world: World, state: str) -> tuple[WeeklyReport, dict[str, Any]]:
    """Write a week at the active placement; ``free_week`` has none yet."""
    allow_help(world)
    monday = monday_of(last_working_day())
    found = WeeklyReportFactory.create(
        placement=world.placement,
        week_start=monday,
        summary=TEXT,
        sketch=ContentFile(base64.b64decode(DOT), name="sketch.png"),
        state=state_of("weekly", state),
    )
    OperationFactory.create(report=found, number=1)
    return found, {**_link_to(world, monday), "free_week": monday - dt.timedelta(days=7)}


def attachment(world: World, state: str) -> tuple[LogAttachment, dict[str, Any]]:
    """Kept with a day in this state."""
    day = DailyLogFactory.create(placement=world.placement, day=last_working_day(), state=state_of("attachment", state))
    found = LogAttachment.objects.create(
        log=day,
        file=ContentFile(b"%PDF-1.4\n%test\n", name="plan.pdf"),
        original_name="shaft plan.pdf",
        content_type="application/pdf",
        size=15,
        sha256="0" * 64,
    )
    return found, _link_to(world, day.week_start)


def absence(world: World, _state: str) -> Absence:
    """Tell one for a day without a log."""
    return AbsenceFactory.create(placement=world.placement, enrolment=world.enrolment, day=last_working_day())


# -- what is sent -------------------------------------------------------------------------------------------------


def _day(scene: Scene) -> tuple[dt.date]:
    return (scene.obj.day,)


def _free_day(scene: Scene) -> tuple[dt.date]:
    return (scene.extra["free_day"],)


def _month(scene: Scene) -> tuple[dt.date]:
    return (scene.obj.day.replace(day=1),)


def _state_words(scene: Scene) -> str:
    return f'title="{scene.obj.get_state_display()}, 8 h"'


def _agrees(_scene: Scene) -> dict[str, Any]:
    return {"consent": "yes"}


def _week(scene: Scene) -> tuple[dt.date]:
    return (scene.obj.week_start,)


def _free_week(scene: Scene) -> tuple[dt.date]:
    return (scene.extra["free_week"],)


def _text(_scene: Scene) -> str:
    return TEXT


def _written(scene: Scene) -> dict[str, Any]:
    return {"text": "Turned a new shaft.", "hours": "8", "version": str(getattr(scene.obj, "version", ""))}


def _new_day(_scene: Scene) -> dict[str, Any]:
    return {"text": "Turned a new shaft.", "hours": "8"}


def _sent_day(scene: Scene) -> dict[str, Any]:
    return {**_written(scene), "move": "submit"}


def _week_text(scene: Scene) -> dict[str, Any]:
    return {"summary": "Shafts.", "main_job_title": "Shafts", "version": str(scene.obj.version)}


def _helped_day(scene: Scene) -> dict[str, Any]:
    return {**_written(scene), "help": "text:text_grammar"}


def _helped_week(scene: Scene) -> dict[str, Any]:
    return {**_week_text(scene), "help": "summary:text_grammar"}


def _new_week(_scene: Scene) -> dict[str, Any]:
    return {"summary": "Shafts.", "main_job_title": "Shafts"}


def _sent_week(scene: Scene) -> dict[str, Any]:
    return {**_week_text(scene), "move": "submit"}


def _steps(scene: Scene) -> dict[str, Any]:
    return {**_week_text(scene), "operation": ["Turning", "Milling"], "tools": ["Lathe", ""], "step": "drop:1"}


def _move(name: str) -> Any:
    return lambda _scene: {"move": name, "reason": "The matrix asks."}


WITHOUT_SUBMIT: Final = {name: action for name, action in CHAIN.items() if name != "submit"}
DAYS: Final = [
    *api("log", "log", CHAIN, reads="TO"),
    *workspace(
        "logbook_dailylog",
        "log",
        moves=CHAIN,
        bulk=("return_to_student", "return_to_host", "uphold"),
        looks=True,
    ),
    Endpoint("student_today", "log", "list", serves=STUDENTS, args=without_arguments, own=True, shows=_text),
    Endpoint("log_edit", "log", "view", serves=STUDENTS, args=_day, own=True, shows=_text),
    Endpoint("log_edit", "log", "change", "post", STUDENTS, args=_day, own=True, data=_written),
    Endpoint("log_edit", "log", "submit", "post", STUDENTS, args=_day, own=True, data=_sent_day),
    Endpoint("log_edit", "log", "add", "post", STUDENTS, args=_free_day, own=True, data=_new_day),
    Endpoint("log_help", "log", "ai_enhance", "post", STUDENTS, args=_day, own=True, data=_helped_day),
    Endpoint("week_help", "weekly", "ai_enhance", "post", STUDENTS, args=_week, own=True, data=_helped_week),
    Endpoint("log_autosave", "log", "change", "post", STUDENTS, args=_day, own=True, data=_written, status=200),
    *(
        Endpoint("log_move", "log", CHAIN[name], "post", STUDENTS, data=_move(name))
        for name in ("submit", "recall", "verify", "validate")
    ),
    Endpoint(
        "absence_edit",
        "log",
        "tell_absence",
        "post",
        STUDENTS,
        args=_free_day,
        own=True,
        states="draft",
        data=lambda _s: {"reason": "sick"},
    ),
    Endpoint("absence_withdraw", "absence", "delete", "post", STUDENTS),
    Endpoint(
        "absence_edit", "absence", "view", serves=STUDENTS, args=_day, own=True, shows=lambda _s: "Change the absence"
    ),
    Endpoint("place_consent", "log", "consent_to_place", "post", STUDENTS, args=_day, own=True, data=_agrees),
    Endpoint("student_months", "log", "list", serves=STUDENTS, args=without_arguments, own=True, status=302),
    Endpoint("student_month", "log", "list", serves=STUDENTS, args=_month, own=True, shows=_state_words),
    Endpoint("log_versions", "log", "view", shows=_text),
    Endpoint("log_correct", "log", "reopen_with_reason", "post", data=lambda _s: {"reason": "Wrong hours."}),
    Endpoint("attachment_download", "attachment", "view download"),
    Endpoint(
        "log_edit",
        "attachment",
        "list",
        serves=STUDENTS,
        args=lambda s: (s.obj.log.day,),
        own=True,
        shows=lambda s: f"/logs/files/{s.obj.pk}/",
    ),
    Endpoint("attachment_remove", "attachment", "delete", "post", STUDENTS),
]
WEEKS: Final = [
    *api("week", "weekly", CHAIN, reads="TO"),
    *workspace(
        "logbook_weeklyreport",
        "weekly",
        moves=CHAIN,
        bulk=("return_to_student", "return_to_host", "uphold"),
        looks=True,
    ),
    Endpoint(
        "student_weeks",
        "weekly",
        "list",
        serves=STUDENTS,
        args=without_arguments,
        own=True,
    ),
    Endpoint("week_sketch", "weekly", "view"),
    Endpoint("week_edit", "weekly", "view", serves=STUDENTS, args=_week, own=True, shows=_text),
    Endpoint("week_edit", "weekly", "change", "post", STUDENTS, args=_week, own=True, data=_week_text),
    Endpoint("week_edit", "weekly", "submit", "post", STUDENTS, args=_week, own=True, data=_sent_week),
    Endpoint("week_edit", "weekly", "step_add step_delete", "post", STUDENTS, args=_week, own=True, data=_steps),
    Endpoint("week_edit", "weekly", "add", "post", STUDENTS, args=_free_week, own=True, data=_new_week),
    *(
        Endpoint("week_move", "weekly", CHAIN[name], "post", STUDENTS, data=_move(name))
        for name in ("submit", "recall", "verify", "validate")
    ),
]
OFFERS = Offers(
    endpoints=[
        *DAYS,
        *WEEKS,
        *workspace("logbook_dayreceipt", "receipt"),
        *workspace("logbook_placeconsent", "place_consent"),
    ],
    public={},
    scenes={
        "log": log,
        "absence": absence,
        "weekly": weekly,
        "attachment": attachment,
        "receipt": lambda world, _state: DayReceiptFactory.create(log__placement=world.placement),
        "place_consent": lambda world, _state: PlaceConsentFactory.create(enrolment=world.enrolment),
    },
)
