"""AI help with days, weeks and any text of one's own."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.ai.api.report_generator import HelpView, failed, purpose_of
from apps.ai.selectors import calls_of
from apps.ai.services.calls import undo_call
from apps.ai.states import Decision, Purpose
from apps.logbook.api.helping import check_own
from apps.logbook.api.report_generator import enrolment_of
from apps.logbook.api.report_generator.daily import logs_of
from apps.logbook.api.report_generator.weekly import monday_in, no_such_week, report_numbered, reports_of, shown
from apps.logbook.selectors.helped import WEEK
from apps.logbook.services.help import day_wish, text_wish, week_wish
from apps.logbook.services.weeks import open_week
from portal.kernel.api.dialects import body_of, found_or_404, text_in
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.logbook.models import WeeklyReport

# Two fields of the contract were never built by anybody; they are always empty.
FIELDS: Final = {
    "summary": "summary",
    "main_job_title": "main_job_title",
    "main_job_description": "main_job_detail",
    "objectives_met": "",
    "learning_outcomes": "",
}
NOT_FOUND: Final = HTTPStatus.NOT_FOUND


class EnhanceWeekView(HelpView):
    """``{weekly_report_id, field, type}``."""

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        report = _by_key(reports_of(request), text_in(body, "weekly_report_id"))
        if report is None:
            return failed(NOT_FOUND, "not_found", _("Weekly report not found."))
        check_own(report, request.user)
        name = text_in(body, "field") or "summary"
        if name not in FIELDS:
            raise RuleViolation("field_unknown", _("There is no such field."), field="field")
        if not (FIELDS[name] and getattr(report, FIELDS[name]).strip()):
            return failed(HTTPStatus.BAD_REQUEST, "nothing_written", _("This field is empty."))
        purpose = purpose_of(request)
        return self.answer(request, lambda: week_wish(report, FIELDS[name], purpose), field=name)


class EnhanceDayView(HelpView):
    """``{daily_report_id, field, type}``; a day has one text, its description."""

    def post(self, request: Request) -> Response:
        log = _by_key(
            logs_of(request).select_related("enrolment__student"), text_in(body_of(request.data), "daily_report_id")
        )
        if log is None:
            return failed(NOT_FOUND, "not_found", _("Daily report not found."))
        check_own(log, request.user)
        purpose = purpose_of(request)
        return self.answer(request, lambda: day_wish(log, purpose))


class EnhanceTextView(HelpView):
    """``{text, type}``: a text that stands nowhere yet."""

    def post(self, request: Request) -> Response:
        purpose = purpose_of(request)
        return _text_answer(self, request, purpose)


class SuggestView(HelpView):
    """What could be better in a text: remarks, no other text."""

    def post(self, request: Request) -> Response:
        answer = _text_answer(self, request, Purpose.SUGGEST)
        if answer.status_code == HTTPStatus.OK:
            answer.data["suggestions"] = answer.data["enhanced_text"].splitlines()
        return answer


def _text_answer(view: HelpView, request: Request, purpose: Purpose) -> Response:
    text = text_in(body_of(request.data), "text", "content")
    enrolment = enrolment_of(request)
    return view.answer(request, lambda: text_wish(enrolment, text, purpose))


class SummariseWeekView(HelpView):
    """``{week_number}``: a summary out of the days of the week."""

    def post(self, request: Request) -> Response:
        enrolment = enrolment_of(request)
        monday = monday_in(enrolment, body_of(request.data))
        report = open_week(enrolment, monday, actor=cast("User", request.user))
        check_own(report, request.user)
        return self.answer(request, lambda: week_wish(report, "summary", Purpose.WEEK))


class EnhanceNumberedWeekView(HelpView):
    """A better summary for the n-th week, or one out of its days where it has none.

    ``additional_instructions`` go nowhere: what the model is told is ours to say.
    """

    def post(self, request: Request, number: str) -> Response:
        report = report_numbered(request, number)
        if report is None:
            return no_such_week()
        check_own(report, request.user)
        purpose = Purpose.IMPROVE if report.summary.strip() else Purpose.WEEK
        week = shown(request, report)
        return self.answer(request, lambda: week_wish(report, "summary", purpose), message=_("Draft."), data=week)


class ResetWeekView(HelpView):
    """Puts a week's text back as it was before the last draft that was taken over."""

    def post(self, request: Request, pk: str) -> Response:
        report: WeeklyReport = found_or_404(reports_of(request), pk)
        person = cast("User", request.user)
        taken = calls_of(person).filter(place=WEEK, key=report.pk, decision=Decision.ACCEPTED).order_by("-pk").first()
        check_own(report, person)
        if taken is None:
            return failed(HTTPStatus.BAD_REQUEST, "nothing_to_undo", _("No draft was taken over."))
        undo_call(taken, actor=person)
        return Response(shown(request, report))


def _by_key(rows: Any, key: str) -> Any:
    return rows.filter(pk=key[:18]).first() if key.isdecimal() else None
