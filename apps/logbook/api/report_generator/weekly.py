"""Weekly reports by key and by number, with flat keys for the days and for the main job.

The client puts a report's key where the week number belongs, so that the number in the body counts before that in the
address. A week that is not there is begun by what is put to it.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import Pages, kept_text
from apps.accounts.models import Enrolment, User
from apps.logbook.api.report_generator import WEEKDAYS, LogbookView, enrolment_of, weeks_of
from apps.logbook.api.report_generator.daily import date_in
from apps.logbook.models import WeeklyReport
from apps.logbook.selectors import day_of as place_of
from apps.logbook.selectors import monday_numbered, report_of, weeks_visible_to
from apps.logbook.services.logs import USUAL_HOURS, DayText
from apps.logbook.services.weeks import Step, WeekText, submit_week
from apps.logbook.services.whole_weeks import begin_week_from_days, save_whole_week
from portal.kernel.api.dialects import body_of, found_or_404, text_in
from portal.kernel.dates import monday_of


def reports_of(request: Request) -> QuerySet[WeeklyReport]:
    """Return the weekly reports that the reader has, those that count, in their order."""
    rows = weeks_visible_to(request.user).filter(is_current=True)
    related = rows.select_related("placement", "enrolment__cohort", "enrolment__student")
    return related.prefetch_related("operations").order_by("week_start", "pk")


def shown(request: Request, report: WeeklyReport) -> dict[str, Any]:
    """Return one week, read anew."""
    return weeks_of([found_or_404(reports_of(request), str(report.pk))], request.user)[0]


def report_numbered(request: Request, number: str) -> WeeklyReport | None:
    """Return the student's own report of the n-th week; of several trainings that of the newest."""
    own = reports_of(request).filter(enrolment__student=request.user.pk, number=number)
    return own.order_by("-week_start", "-pk").first()


def no_such_week() -> Response:
    """Say that there is no report of the week, in the words of the contract."""
    return Response({"error": _("Weekly report not found.")}, status=HTTPStatus.NOT_FOUND)


class WeeksView(LogbookView):
    def get(self, request: Request) -> Response:
        pages = Pages()
        found = list(pages.paginate_queryset(reports_of(request), request) or [])
        return pages.get_paginated_response(weeks_of(found, request.user))

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        enrolment = enrolment_of(request, date_in(text_in(body, "start_date")))
        report, _created = put_week(request, enrolment, monday_in(enrolment, body))
        return Response(shown(request, report), status=status.HTTP_201_CREATED)


class WeekView(LogbookView):
    def get(self, request: Request, pk: str) -> Response:
        report = reports_of(request).filter(pk=pk).first()
        return Response(shown(request, report)) if report is not None else no_such_week()

    def put(self, request: Request, pk: str) -> Response:
        report = reports_of(request).filter(pk=pk).first()
        if report is None:
            return no_such_week()
        changed, _created = put_week(request, report.enrolment, report.week_start)
        return Response(shown(request, changed))

    patch = put


class NumberedWeekView(LogbookView):
    def get(self, request: Request, number: str) -> Response:
        report = report_numbered(request, number)
        return Response(shown(request, report)) if report is not None else no_such_week()

    def put(self, request: Request, number: str) -> Response:
        enrolment = enrolment_of(request)
        monday = monday_in(enrolment, {"week_number": text_in(body_of(request.data), "week_number") or number})
        report, created = put_week(request, enrolment, monday)
        return Response(shown(request, report), status=status.HTTP_201_CREATED if created else status.HTTP_200_OK)

    patch = put


class SubmitWeekView(LogbookView):
    def patch(self, request: Request, number: str) -> Response:
        report = report_numbered(request, number)
        if report is None:
            return no_such_week()
        return Response(shown(request, submit_week(report, actor=cast("User", request.user)).report))

    post = patch


class GenerateWeekView(LogbookView):
    """The week's report with the student's own words of its days; nothing is made up."""

    def post(self, request: Request) -> Response:
        enrolment = enrolment_of(request)
        monday = monday_in(enrolment, body_of(request.data))
        report = begin_week_from_days(enrolment, monday, actor=cast("User", request.user))
        return Response(shown(request, report), status=status.HTTP_201_CREATED)


# -- what is sent -------------------------------------------------------------------------------------------------


def monday_in(enrolment: Enrolment, body: Mapping[str, Any]) -> dt.date:
    """Return the Monday that a body means: by its number, else by its day of beginning. Raises ``ValidationError``."""
    number, start = text_in(body, "week_number"), date_in(text_in(body, "start_date"))
    if start is not None:
        return monday_of(start)
    if number.isdecimal() and 0 < int(number[:4]) < 1000:  # noqa: PLR2004 - twenty years
        return monday_numbered(enrolment, int(number[:4]))
    raise serializers.ValidationError({"week_number": [_("A valid integer is required.")]})


def put_week(request: Request, enrolment: Enrolment, monday: dt.date) -> tuple[WeeklyReport, bool]:
    """Write the keys that are sent over what is there, and say whether there was nothing."""
    body, known = body_of(request.data), report_of(enrolment, monday).entry
    written = WeekText(
        summary=_text(body, known, "summary", "summary"),
        main_job_title=_text(body, known, "main_job_title", "main_job_title"),
        main_job_detail=_text(body, known, "main_job_detail", "main_job_description", "main_job_detail"),
        steps=_steps(body),
    )
    days = _days(body, enrolment, monday)
    return save_whole_week(enrolment, monday, written, days, actor=cast("User", request.user)), known is None


def _text(body: Mapping[str, Any], known: WeeklyReport | None, field: str, *keys: str) -> str:
    stored = getattr(known, field) if known is not None else ""
    if not any(isinstance(body.get(key), str) for key in keys):
        return stored
    return kept_text(text_in(body, *keys), stored)


def _steps(body: Mapping[str, Any]) -> list[Step] | None:
    job = body.get("main_job")
    rows = body.get("operations", job.get("operations") if isinstance(job, Mapping) else None)
    if not isinstance(rows, list):
        return None
    words = ("operation_description", "operation_name")
    return [Step(text_in(row, *words), text_in(row, "tools_used")) for row in rows if isinstance(row, Mapping)]


def _days(body: Mapping[str, Any], enrolment: Enrolment, monday: dt.date) -> dict[dt.date, DayText]:
    found = {}
    for number, name in enumerate(WEEKDAYS):
        text, day = text_in(body, f"daily_{name}"), monday + dt.timedelta(days=number)
        if not text.strip():
            continue
        known = place_of(enrolment, day).entry
        hours = _hours(body, name, known.hours if known else USUAL_HOURS)
        found[day] = DayText(kept_text(text, known.text) if known else text, hours, known.skills if known else ())
    return found


def _hours(body: Mapping[str, Any], name: str, usual: Decimal) -> Decimal:
    text = text_in(body, f"hours_{name}")
    try:
        return Decimal(text) if text else usual
    except InvalidOperation as error:
        raise serializers.ValidationError({f"hours_{name}": [_("A valid number is required.")]}) from error
