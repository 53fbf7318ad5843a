"""Daily reports: our daily logs."""

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import kept_text, page_of
from apps.logbook.api.report_generator import LogbookView, day_of, enrolment_of
from apps.logbook.models import DailyLog
from apps.logbook.selectors import day_of as place_of
from apps.logbook.selectors import in_week_numbered, logs_visible_to
from apps.logbook.services.logs import USUAL_HOURS, DayText, delete_log, save_log, submit_log
from portal.kernel.api.dialects import body_of, found_or_404
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User


class DaySerializer(serializers.Serializer[Any]):
    """A day as it is sent; the week number follows from the date and is left alone."""

    date = serializers.DateField()
    description = serializers.CharField(allow_blank=True)
    hours_spent = serializers.DecimalField(max_digits=6, decimal_places=2, required=False)


def logs_of(request: Request) -> QuerySet[DailyLog]:
    """Return the logs that the reader has, those that count, newest first."""
    rows = logs_visible_to(request.user).filter(is_current=True)
    return rows.select_related("placement", "enrolment__cohort").order_by("-day", "-pk")


def week_wished(request: Request) -> int | None:
    """Return the week that the address names, None for all. Raises ``ValidationError``."""
    text = request.query_params.get("week_number", "")
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text[:4]) < 1000:  # noqa: PLR2004 - twenty years
        raise serializers.ValidationError({"week_number": [_("A valid integer is required.")]})
    return int(text)


class DaysView(LogbookView):
    """All days, or those of one week; the same date again changes what is there, and answers 201 as well."""

    def get(self, request: Request) -> Response:
        rows, number = logs_of(request), week_wished(request)
        return page_of(request, rows if number is None else in_week_numbered(rows, number), day_of)

    def post(self, request: Request) -> Response:
        body = DaySerializer(data=body_of(request.data))
        body.is_valid(raise_exception=True)
        given, person = body.validated_data, cast("User", request.user)
        enrolment = enrolment_of(request, given["date"])
        known = place_of(enrolment, given["date"]).entry
        written = _text(given, known)
        log = _saved(lambda: save_log(enrolment, given["date"], written, actor=person))
        return Response(day_of(found_or_404(logs_of(request), str(log.pk))), status=status.HTTP_201_CREATED)


def _text(given: dict[str, Any], known: DailyLog | None) -> DayText:
    text = given.get("description", known.text if known else "")
    hours = given.get("hours_spent", known.hours if known else USUAL_HOURS)
    return DayText(kept_text(text, known.text) if known else text, hours, known.skills if known else ())


def _saved(save: Any) -> DailyLog:
    """Say of a day that has not come what clients of this dialect show."""
    try:
        found: DailyLog = save()
    except RuleViolation as error:
        if error.code == "day_in_future":
            raise serializers.ValidationError({"date": [_("Date cannot be in the future.")]}) from error
        raise
    return found


class DayView(LogbookView):
    def get(self, request: Request, pk: str) -> Response:
        return Response(day_of(found_or_404(logs_of(request), pk)))

    def put(self, request: Request, pk: str) -> Response:
        log = found_or_404(logs_of(request), pk)
        body = DaySerializer(data=body_of(request.data), partial=True)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        if given.get("date", log.day) != log.day:
            raise serializers.ValidationError({"date": [_("A day stays where it is. Write the other day anew.")]})
        place, person = log.placement_id, cast("User", request.user)
        _saved(lambda: save_log(log.enrolment, log.day, _text(given, log), actor=person, placement_id=place))
        return Response(day_of(found_or_404(logs_of(request), pk)))

    patch = put

    def delete(self, request: Request, pk: str) -> Response:
        delete_log(found_or_404(logs_of(request), pk), actor=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SubmitDayView(LogbookView):
    def patch(self, request: Request, pk: str) -> Response:
        submit_log(found_or_404(logs_of(request), pk), actor=cast("User", request.user))
        return Response(day_of(found_or_404(logs_of(request), pk)))

    post = patch


def date_in(text: str) -> dt.date | None:
    """Return a day written as YYYY-MM-DD, None for what is none."""
    try:
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
