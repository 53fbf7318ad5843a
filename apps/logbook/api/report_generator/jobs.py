"""The main job of a week and its numbered operations. A main job has the key of its week."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import kept_text, page_of
from apps.logbook.api.report_generator import LogbookView, enrolment_of, job_of, step_of
from apps.logbook.api.report_generator.weekly import reports_of
from apps.logbook.models import Operation, WeeklyReport
from apps.logbook.selectors import operations_visible_to
from apps.logbook.services.weeks import Step, WeekText, add_operation, change_operation, delete_operation, save_week
from portal.kernel.api.dialects import body_of, found_or_404, text_in

if TYPE_CHECKING:
    from apps.accounts.models import User

NOTHING: dict[str, Any] = {"title": "", "description": "", "operations": []}


def _shown(report: WeeklyReport) -> dict[str, Any]:
    job = job_of(report) or {"id": report.pk, **NOTHING}
    return {**job, "weekly_report": report.pk, "week_number": report.number}


def _write(request: Request, report: WeeklyReport, *, steps: list[Step] | None = None, clear: bool = False) -> Response:
    body = body_of(request.data)
    written = WeekText(
        summary=report.summary,
        main_job_title="" if clear else _text(body, report.main_job_title, "title", "main_job_title"),
        main_job_detail="" if clear else _text(body, report.main_job_detail, "description", "main_job_description"),
        steps=steps,
    )
    place, person = report.placement_id, cast("User", request.user)
    save_week(report.enrolment, report.week_start, written, actor=person, placement_id=place)
    return Response(_shown(found_or_404(reports_of(request), str(report.pk))))


def _text(body: Mapping[str, Any], stored: str, *keys: str) -> str:
    sent = any(isinstance(body.get(key), str) for key in keys)
    return kept_text(text_in(body, *keys), stored) if sent else stored


class JobsView(LogbookView):
    """Weeks that have a main job; posting names the week by ``weekly_report``."""

    def get(self, request: Request) -> Response:
        return page_of(request, reports_of(request).exclude(main_job_title=""), _shown)

    def post(self, request: Request) -> Response:
        enrolment_of(request)
        key = text_in(body_of(request.data), "weekly_report", "weekly_report_id")
        if not key.isdecimal():
            raise serializers.ValidationError({"weekly_report": [_("This field is required.")]})
        answer = _write(request, found_or_404(reports_of(request), key[:18]))
        answer.status_code = status.HTTP_201_CREATED
        return answer


class JobView(LogbookView):
    def get(self, request: Request, pk: str) -> Response:
        return Response(_shown(found_or_404(reports_of(request), pk)))

    def put(self, request: Request, pk: str) -> Response:
        return _write(request, found_or_404(reports_of(request), pk))

    patch = put

    def delete(self, request: Request, pk: str) -> Response:
        _write(request, found_or_404(reports_of(request), pk), steps=[], clear=True)
        return Response(status=status.HTTP_204_NO_CONTENT)


# -- operations ---------------------------------------------------------------------------------------------------


def steps_of(request: Request) -> QuerySet[Operation]:
    """Return the operations that the reader has."""
    return operations_visible_to(request.user).select_related("report__enrolment__cohort").order_by("report", "number")


def _step(body: Mapping[str, Any], known: Operation | None = None) -> Step:
    words, tools = ("operation_description", "operation_name"), ("tools_used",)
    return Step(
        _text(body, known.description if known else "", *words),
        _text(body, known.tools if known else "", *tools),
    )


class StepsView(LogbookView):
    """The steps of a week; a new one goes to the end, a number that is taken is refused."""

    def get(self, request: Request, pk: str) -> Response:
        report = found_or_404(reports_of(request), pk)
        return page_of(request, steps_of(request).filter(report=report), step_of)

    def post(self, request: Request, pk: str) -> Response:
        report, body = found_or_404(reports_of(request), pk), body_of(request.data)
        number = text_in(body, "step_number")
        if number.isdecimal() and report.operations.filter(number=number[:4]).exists():
            text = _("Step number %(number)s already exists in this main job.") % {"number": number[:4]}
            raise serializers.ValidationError({"non_field_errors": [text]})
        step = add_operation(report, _step(body), actor=cast("User", request.user))
        return Response(step_of(step), status=status.HTTP_201_CREATED)


class StepView(LogbookView):
    """One step; ``job`` is the key of the week where the address names it."""

    def get(self, request: Request, pk: str, job: str = "") -> Response:
        return Response(step_of(self._found(request, pk, job)))

    def put(self, request: Request, pk: str, job: str = "") -> Response:
        known = self._found(request, pk, job)
        step = change_operation(known, _step(body_of(request.data), known), actor=cast("User", request.user))
        return Response(step_of(step))

    patch = put

    def delete(self, request: Request, pk: str, job: str = "") -> Response:
        delete_operation(self._found(request, pk, job), actor=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _found(self, request: Request, pk: str, job: str) -> Operation:
        rows = steps_of(request)
        return found_or_404(rows.filter(report_id=int(job)) if job else rows, pk)
