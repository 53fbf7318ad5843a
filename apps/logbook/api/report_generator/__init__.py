"""Days and weeks in the report generator dialect: how they are shown, and whose they are.

A week's status is one of four words: DRAFT; SUBMITTED until the university has validated it, whoever has it in hand;
APPROVED; REJECTED for one that came back.
"""

import calendar
import datetime as dt
from typing import Any, Final, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from apps.accounts.api.report_generator import ReportGeneratorView
from apps.accounts.models import Enrolment, User
from apps.accounts.permissions import has_role
from apps.accounts.services.registering_by_name import enrol_by_default
from apps.accounts.states import Role
from apps.logbook.models import DailyLog, Operation, WeeklyReport
from apps.logbook.selectors import days_of, enrolment_on, logs_visible_to, number_of
from apps.logbook.states import ChainState
from portal.kernel.errors import NotAllowed, RuleViolation

STATUSES: Final = {
    ChainState.DRAFT: "DRAFT",
    ChainState.REVISION_REQUESTED: "REJECTED",
    ChainState.VERIFIED_ACADEMIC: "APPROVED",
}
WEEKDAYS: Final = tuple(day.lower() for day in calendar.day_name)
NAMES: Final = {
    "day": "date",
    "text": "description",
    "hours": "hours_spent",
    "week_start": "start_date",
    "main_job_detail": "main_job_description",
    "operations": "operation_description",
}


class LogbookView(ReportGeneratorView):
    names = NAMES


def student_of(request: Request) -> User:
    """Return the student who asks. Raises ``NotAllowed``."""
    if not has_role(request.user, Role.STUDENT):
        raise NotAllowed
    return cast("User", request.user)


def enrolment_of(request: Request, day: dt.date | None = None) -> Enrolment:
    """Return where the student writes on that day; who is in no cohort is enrolled in the default one.

    Raises ``NotAllowed``, ``RuleViolation`` ``not_enrolled``.
    """
    student = student_of(request)
    found = enrolment_on(student, day or timezone.localdate())
    if found is None and enrol_by_default(student, actor=student) is not None:
        found = enrolment_on(student, day or timezone.localdate())
    if found is None:
        raise RuleViolation("not_enrolled", _("Say first what you study: complete your profile."))
    return found


# -- shown --------------------------------------------------------------------------------------------------------


def day_of(log: DailyLog) -> dict[str, Any]:
    """Return a day as the dialect shows it; hours are a number, because a page adds them up."""
    return {
        "id": log.pk,
        "student": log.enrolment.student_id,
        "week_number": number_of(log),
        "date": log.day.isoformat(),
        "description": log.text,
        "hours_spent": float(log.hours),
        "day_name": calendar.day_name[log.day.weekday()],
        "created_at": log.created_at.isoformat(),
        "updated_at": log.updated_at.isoformat(),
    }


def step_of(step: Operation) -> dict[str, Any]:
    """Return an operation; the seed calls ``operation_name`` what the client calls ``operation_description``."""
    return {
        "id": step.pk,
        "step_number": step.number,
        "operation_description": step.description,
        "operation_name": step.description,
        "tools_used": step.tools,
        "created_at": step.created_at.isoformat(),
        "updated_at": step.updated_at.isoformat(),
    }


def job_of(report: WeeklyReport) -> dict[str, Any] | None:
    """Return the main job of a week, None where nothing of it is written; its key is the week's."""
    steps = list(report.operations.all())
    if not (report.main_job_title or report.main_job_detail or steps):
        return None
    return {
        "id": report.pk,
        "title": report.main_job_title,
        "description": report.main_job_detail,
        "operations": [step_of(step) for step in steps],
    }


def week_of(report: WeeklyReport, logs: list[DailyLog]) -> dict[str, Any]:
    """Return a week as the dialect shows it."""
    last = report.week_start + dt.timedelta(days=max([*report.enrolment.cohort.working_days, 4]))
    return {
        "id": report.pk,
        "student": report.enrolment.student_id,
        "week_number": report.number,
        "start_date": report.week_start.isoformat(),
        "end_date": last.isoformat(),
        "total_hours": float(sum(log.hours for log in logs)),
        "summary": report.summary,
        "main_job_title": report.main_job_title,
        "main_job_description": report.main_job_detail,
        "main_job": job_of(report),
        "daily_reports": [day_of(log) for log in logs],
        "status": STATUSES.get(ChainState(report.state), "SUBMITTED"),
        "created_at": report.created_at.isoformat(),
        "updated_at": report.updated_at.isoformat(),
    }


def weeks_of(reports: list[WeeklyReport], user: Any) -> list[dict[str, Any]]:
    """Return weeks with their days, as far as the reader has them; one query for the days of all."""
    logs = days_of(reports, logs_visible_to(user))
    return [week_of(report, logs[report.pk]) for report in reports]
