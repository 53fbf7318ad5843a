"""Weekly reports and absences in /api/v1/."""

from decimal import Decimal
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import enrolments_visible_to
from apps.logbook.api.helping import help_with_week
from apps.logbook.models import Absence, Operation, WeeklyReport
from apps.logbook.selectors import absences_visible_to, enrolment_on, weeks_visible_to
from apps.logbook.services.absences import Away, tell_absence, withdraw_absence
from apps.logbook.services.decisions import WITH_DAYS, move_report_with_days, move_reports_with_days
from apps.logbook.services.entries import MOST_LINE, MOST_TEXT
from apps.logbook.services.weeks import MOST_OPERATIONS, Step, WeekText, delete_week, save_week, submit_week
from apps.logbook.states import AbsenceReason, ChainState
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.errors import NotAllowed


class OperationSerializer(serializers.ModelSerializer[Operation]):
    class Meta:
        model = Operation
        fields = ("id", "number", "description", "tools")
        read_only_fields = fields


class WeeklyReportSerializer(serializers.ModelSerializer[WeeklyReport]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    operations = OperationSerializer(many=True, read_only=True)

    class Meta:
        model = WeeklyReport
        fields = (
            "id",
            "enrolment",
            "student_name",
            "placement",
            "number",
            "week_start",
            "summary",
            "main_job_title",
            "main_job_detail",
            "operations",
            "host_comment",
            "reason",
            "state",
            "version",
        )
        read_only_fields = fields


class StepSerializer(StrictSerializer):
    description = serializers.CharField(max_length=240)
    tools = serializers.CharField(max_length=240, required=False, allow_blank=True, default="")


class WeekBodySerializer(StrictSerializer):
    """``operations`` replace those that were there."""

    summary = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    main_job_title = serializers.CharField(max_length=MOST_LINE, required=False, allow_blank=True)
    main_job_detail = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    operations = serializers.ListField(child=StepSerializer(), required=False, max_length=MOST_OPERATIONS)


class NewWeekSerializer(WeekBodySerializer):
    enrolment = OwnKeyField(enrolments_visible_to, required=False)
    week_start = serializers.DateField(help_text="A Monday.")


def _text(values: dict[str, Any]) -> WeekText:
    steps = values.pop("operations", None)
    return WeekText(**values, steps=None if steps is None else [Step(**step) for step in steps])


def _submit(report: WeeklyReport, *, reason: str, actor: Any, expected_version: int | None) -> WeeklyReport:
    """Send the week with its days, as the button of the page does."""
    del reason
    submit_week(report, actor=actor, expected_version=expected_version)
    report.refresh_from_db()
    return report


def _with_days(name: str) -> Any:
    """Return the move of a report that its days make too, as on the page of the week."""

    def move(report: WeeklyReport, **how: Any) -> WeeklyReport:
        return move_report_with_days(report, name, **how)

    return move


@with_moves
class WeeklyReportViewSet(Changes, Removes, ScopedViewSet[WeeklyReport]):
    model = WeeklyReport
    selector = staticmethod(weeks_visible_to)
    for_programs = staticmethod(lambda: WeeklyReport.objects.filter(state=ChainState.VERIFIED_ACADEMIC))
    related = ("enrolment__student",)
    prefetched = ("operations",)
    serializer_class = WeeklyReportSerializer
    change_serializer = WeekBodySerializer
    moves_by = {"submit": _submit, **{name: _with_days(name) for name in WITH_DAYS}}
    many_by = {name: partial(move_reports_with_days, name=name) for name in WITH_DAYS}
    help = help_with_week
    filters = {
        "state": "state",
        "week_start": "week_start",
        "from": "week_start__gte",
        "until": "week_start__lte",
        "number": "number",
        "placement": "placement",
        "enrolment": "enrolment",
        "student": "enrolment__student",
        "current": "is_current",
    }
    orders = {
        "-id": ("-id",),
        "id": ("id",),
        "week_start": ("week_start", "id"),
        "-week_start": ("-week_start", "-id"),
    }

    @extend_schema(
        operation_id="weeks_create",
        summary="Write a week",
        request=NewWeekSerializer,
        responses={201: WeeklyReportSerializer},
        examples=[
            OpenApiExample(
                "Week",
                {
                    "week_start": "2026-07-13",
                    "summary": "Shafts.",
                    "main_job_title": "Shaft repair",
                    "operations": [{"description": "Turning", "tools": "Lathe"}],
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        given = self.given(NewWeekSerializer)
        monday = given.pop("week_start")
        enrolment = given.pop("enrolment", None) or enrolment_on(request.user, monday)
        if enrolment is None:
            raise NotAllowed
        # Version 0: a week that is there already is changed by PATCH.
        made = save_week(enrolment, monday, _text(given), actor=self.actor, expected_version=0)
        return self.answer(made, status.HTTP_201_CREATED)

    def change(self, obj: WeeklyReport, values: dict[str, Any], version: int | None) -> WeeklyReport:
        kept = {name: getattr(obj, name) for name in ("summary", "main_job_title", "main_job_detail")}
        return save_week(
            obj.enrolment,
            obj.week_start,
            _text({**kept, **values}),
            actor=self.actor,
            placement_id=obj.placement_id,
            expected_version=version,
        )

    def remove(self, obj: WeeklyReport) -> None:
        delete_week(obj, actor=self.actor)


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    class Meta:
        model = Absence
        fields = ("id", "enrolment", "placement", "day", "reason", "note", "hours_to_make_up")
        read_only_fields = fields


class NewAbsenceSerializer(StrictSerializer):
    enrolment = OwnKeyField(enrolments_visible_to, required=False)
    day = serializers.DateField()
    reason = serializers.ChoiceField(AbsenceReason.choices)
    note = serializers.CharField(max_length=240, required=False, allow_blank=True, default="")
    hours_to_make_up = serializers.DecimalField(max_digits=4, decimal_places=2, required=False, default=Decimal(0))


class AbsenceViewSet(Adds, Removes, ScopedViewSet[Absence]):
    model = Absence
    selector = staticmethod(absences_visible_to)
    serializer_class = AbsenceSerializer
    add_serializer = NewAbsenceSerializer
    filters = {"placement": "placement", "enrolment": "enrolment", "day_from": "day__gte", "day_until": "day__lte"}

    def add(self, values: dict[str, Any]) -> Absence:
        enrolment = values.get("enrolment") or enrolment_on(self.request.user, values["day"])
        if enrolment is None:
            raise NotAllowed
        away = Away(AbsenceReason(values["reason"]), values["note"], values["hours_to_make_up"])
        return tell_absence(enrolment, values["day"], away, actor=self.actor)

    def remove(self, obj: Absence) -> None:
        withdraw_absence(obj, actor=self.actor)
