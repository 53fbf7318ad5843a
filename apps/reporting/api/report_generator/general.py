"""The general report, AI help with it, and the dashboard."""

from http import HTTPStatus
from typing import Any, Final, cast

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import ReportGeneratorView, kept_text
from apps.accounts.api.report_generator.profile import has_profile
from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.ai.api.report_generator import HelpView, failed, purpose_of
from apps.logbook.api.report_generator import enrolment_of, student_of
from apps.logbook.selectors import current_logs, enrolment_on, progress_of
from apps.logbook.states import ChainState
from apps.reporting.api.report_generator import STATUSES, WORDS, ReportingView, report_of
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.permissions import can_change_report
from apps.reporting.selectors import report_of_student, weeks_of_report
from apps.reporting.services.help import empty_parts_wish, part_wish
from apps.reporting.services.reports import draft_report, save_report, submit_report
from apps.reporting.states import GeneralReportState
from portal.kernel.api.dialects import body_of, text_in
from portal.kernel.dates import monday_of, week_number
from portal.kernel.errors import RuleViolation, WrongState


def own_report(request: Request) -> GeneralReport | None:
    """Return the student's own report of the present training, None while there is none."""
    enrolment = enrolment_on(student_of(request), timezone.localdate())
    return report_of_student(enrolment) if enrolment is not None else None


def missing() -> Response:
    """Say that there is none yet."""
    return Response({"error": _("General report not found."), "detail": _("General report not found.")}, status=404)


def shown(report: GeneralReport) -> dict[str, Any]:
    """Return a report as the dialect shows it."""
    return report_of(report, weeks_of_report(report.enrolment).count())


class GeneralView(ReportingView):
    """The seed creates by POST and changes by PUT; both write the keys that are sent, under either of their words."""

    def get(self, request: Request) -> Response:
        report = own_report(request)
        return Response(shown(report)) if report is not None else missing()

    def put(self, request: Request) -> Response:
        return self._write(request)

    patch = put

    def post(self, request: Request) -> Response:
        answer = self._write(request)
        answer.status_code = status.HTTP_201_CREATED
        return answer

    def _write(self, request: Request) -> Response:
        enrolment, body = enrolment_of(request), body_of(request.data)
        known = report_of_student(enrolment)
        written = {}
        for name, word in WORDS.items():
            if isinstance(body.get(word), str) or isinstance(body.get(name), str):
                sent = text_in(body, word, name)
                written[name] = kept_text(sent, getattr(known, name)) if known is not None else sent
        report = save_report(enrolment, written, actor=cast("User", request.user))
        return Response(shown(report))


class GenerateView(ReportingView):
    """Fills what is empty from all weekly reports; not one word of the student is written over."""

    def post(self, request: Request) -> Response:
        enrolment = enrolment_of(request)
        weeks = list(weeks_of_report(enrolment).values_list("pk", flat=True))
        drafted = draft_report(enrolment, weeks, actor=cast("User", request.user), language=get_language() or "en")
        return Response(shown(drafted.report), status=status.HTTP_201_CREATED)


class SubmitView(ReportingView):
    def patch(self, request: Request) -> Response:
        report = own_report(request)
        if report is None:
            return missing()
        return Response(shown(submit_report(report, actor=cast("User", request.user))))

    post = patch


# -- help ---------------------------------------------------------------------------------------------------------


def _report_to_change(request: Request) -> GeneralReport | None:
    report = own_report(request)
    if report is not None and not can_change_report(report, request.user):
        raise WrongState("not_with_you", _("You have sent this report. It can be changed when it comes back to you."))
    return report


class EnhanceView(HelpView):
    """``{field, type}``; a field under either of its words."""

    def post(self, request: Request) -> Response:
        report, asked = _report_to_change(request), text_in(body_of(request.data), "field")
        if report is None:
            return failed(HTTPStatus.NOT_FOUND, "not_found", _("General report not found."))
        name = next((name for name, word in WORDS.items() if asked in (name, word)), "")
        if name not in SECTIONS:
            raise RuleViolation("field_unknown", _("There is no such field."), field="field")
        if not getattr(report, name).strip():
            return failed(HTTPStatus.BAD_REQUEST, "nothing_written", _("This field is empty."))
        purpose = purpose_of(request)
        return self.answer(request, lambda: part_wish(report, name, purpose), field=asked)


class CompleteView(HelpView):
    """A draft for every part that is empty, as one text; nothing of it is stored."""

    def post(self, request: Request) -> Response:
        report = _report_to_change(request)
        if report is None:
            return failed(HTTPStatus.NOT_FOUND, "not_found", _("General report not found."))
        return self.answer(request, lambda: empty_parts_wish(report))


# -- dashboard ----------------------------------------------------------------------------------------------------


class DashboardView(ReportGeneratorView):
    """What there is so far. An older document of the client asks for flat counts; they stand beside ``data``."""

    def get(self, request: Request) -> Response:
        person = cast("User", request.user)
        counts = _counts(person) if has_role(person, Role.STUDENT) else _Nothing
        user = {
            "id": person.pk,
            "username": person.username,
            "email": person.email,
            "full_name": person.get_full_name(),
        }
        stats = {name: counts[name] for name in STATS}
        data = {"user": user, "stats": stats, "profile_complete": has_profile(person)}
        return Response({"success": True, "data": data, **{name: counts[name] for name in FLAT}})


STATS: Final = ("daily_reports", "weekly_reports", "completed_weekly_reports", "general_report_status")
FLAT: Final = ("total_reports", "total_hours", "completed_weeks", "remaining_weeks", "current_week")
_Nothing: Final[dict[str, Any]] = {**dict.fromkeys((*STATS, *FLAT), 0), "general_report_status": None}


def _counts(student: User) -> dict[str, Any]:
    today = timezone.localdate()
    enrolment = enrolment_on(student, today)
    if enrolment is None:
        return _Nothing
    cohort, days = enrolment.cohort, current_logs(enrolment).count()
    states = list(weeks_of_report(enrolment).values_list("state", flat=True))
    done = len([state for state in states if state not in ChainState.with_student()])
    report = report_of_student(enrolment)
    all_weeks = week_number(monday_of(cohort.end), cohort.start)
    return {
        "daily_reports": days,
        "weekly_reports": len(states),
        "completed_weekly_reports": done,
        "general_report_status": STATUSES[GeneralReportState(report.state)] if report is not None else None,
        "total_reports": days,
        "total_hours": float(progress_of(enrolment).hours),
        "completed_weeks": done,
        "remaining_weeks": max(0, all_weeks - done),
        "current_week": min(all_weeks, max(1, week_number(monday_of(today), cohort.start))),
    }
