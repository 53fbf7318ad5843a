"""Departments, programmes and cohorts with their free days in /api/v1/."""

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Cohort, Department, Holiday, Programme
from apps.accounts.selectors import cohorts_visible_to, departments_visible_to, programmes_visible_to
from apps.accounts.services import cohorts
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet

if TYPE_CHECKING:
    import datetime as dt

SMALL: Final = 32_767
MOST_DAYS: Final = 366


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ("id", "code", "name", "faculty")
        read_only_fields = fields


class DepartmentBodySerializer(StrictSerializer):
    code = serializers.SlugField(max_length=20)
    name = serializers.CharField(max_length=160)
    faculty = serializers.CharField(max_length=160, required=False, allow_blank=True)


class DepartmentViewSet(Adds, Changes, Removes, ScopedViewSet[Department]):
    model = Department
    selector = staticmethod(departments_visible_to)
    serializer_class = DepartmentSerializer
    add_serializer = change_serializer = DepartmentBodySerializer

    def add(self, values: dict[str, Any]) -> Department:
        return cohorts.enter_department(values, actor=self.actor)

    def change(self, obj: Department, values: dict[str, Any], version: int | None) -> Department:
        del version
        return cohorts.change_department(obj, values, actor=self.actor)

    def remove(self, obj: Department) -> None:
        cohorts.delete_department(obj, actor=self.actor)


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    class Meta:
        model = Programme
        fields = ("id", "department", "code", "name")
        read_only_fields = fields


class ProgrammeBodySerializer(StrictSerializer):
    department = OwnKeyField(departments_visible_to)
    code = serializers.SlugField(max_length=20)
    name = serializers.CharField(max_length=160)


class ProgrammeViewSet(Adds, Changes, Removes, ScopedViewSet[Programme]):
    model = Programme
    selector = staticmethod(programmes_visible_to)
    related = ("department",)
    serializer_class = ProgrammeSerializer
    add_serializer = change_serializer = ProgrammeBodySerializer
    filters = {"department": "department"}

    def add(self, values: dict[str, Any]) -> Programme:
        return cohorts.enter_programme(values, actor=self.actor)

    def change(self, obj: Programme, values: dict[str, Any], version: int | None) -> Programme:
        del version
        return cohorts.change_programme(obj, values, actor=self.actor)

    def remove(self, obj: Programme) -> None:
        cohorts.delete_programme(obj, actor=self.actor)


class CohortSerializer(serializers.ModelSerializer[Cohort]):
    working_days = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Cohort
        fields = (
            *("id", "department", "name", "phase", "start", "end", "working_days", "country", "required_hours"),
            *("latest_day_back", "min_hours", "max_hours", "is_open", "ai_enabled", "location_hint"),
            *("self_found_allowed", "publication_date", "one_place_closes_others", "letters_at_once"),
            *("deputy_after_days", "coordinator_after_days"),
        )
        read_only_fields = fields


def _hours() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=4, decimal_places=2, min_value=0, max_value=24, required=False)


def _days() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=SMALL, required=False)


class CohortBodySerializer(StrictSerializer):
    """``working_days``: 0 is Monday. ``deputy_after_days`` and ``coordinator_after_days``: 0 is never."""

    department = OwnKeyField(departments_visible_to)
    name = serializers.CharField(max_length=120)
    phase = serializers.CharField(max_length=40)
    start = serializers.DateField()
    end = serializers.DateField()
    working_days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7, required=False
    )
    country = serializers.CharField(max_length=2, required=False)
    required_hours = _days()
    latest_day_back = _days()
    min_hours = _hours()
    max_hours = _hours()
    deputy_after_days = _days()
    coordinator_after_days = _days()
    is_open = serializers.BooleanField(required=False)
    self_found_allowed = serializers.BooleanField(required=False)
    letters_at_once = serializers.BooleanField(required=False)
    one_place_closes_others = serializers.BooleanField(required=False)
    ai_enabled = serializers.BooleanField(required=False)
    location_hint = serializers.BooleanField(required=False)
    publication_date = serializers.DateField(required=False, allow_null=True)


class FreeDaySerializer(StrictSerializer):
    day = serializers.DateField()
    name = serializers.CharField(max_length=80)


class FreeDaysSerializer(StrictSerializer):
    days = FreeDaySerializer(many=True)

    def validate_days(self, days: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(days) > MOST_DAYS or len({entry["day"] for entry in days}) < len(days):
            raise serializers.ValidationError(_("Name each day once, and no more than those of a year."))
        return days


class CohortViewSet(Adds, Changes, Removes, ScopedViewSet[Cohort]):
    model = Cohort
    selector = staticmethod(cohorts_visible_to)
    serializer_class = CohortSerializer
    add_serializer = change_serializer = CohortBodySerializer
    filters = {"department": "department", "phase": "phase", "runs_on_or_after": "end__gte"}
    orders = {"-id": ("-id",), "id": ("id",), "-start": ("-start", "-id"), "name": ("name", "id")}

    def add(self, values: dict[str, Any]) -> Cohort:
        return cohorts.enter_cohort(values, actor=self.actor)

    def change(self, obj: Cohort, values: dict[str, Any], version: int | None) -> Cohort:
        del version
        return cohorts.change_cohort(obj, values, actor=self.actor)

    def remove(self, obj: Cohort) -> None:
        cohorts.delete_cohort(obj, actor=self.actor)

    @extend_schema(
        operation_id="cohorts_copy", summary="Copy it to the next year", request=None, responses={201: CohortSerializer}
    )
    @action(detail=True, methods=["post"], url_name="copy")
    def copy(self, request: Request, pk: str) -> Response:
        del request, pk
        copied = cohorts.copy_cohort(self.get_object(), actor=self.actor)
        return self.answer(copied, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="cohorts_free_days",
        summary="Its own free days beside the public holidays",
        responses=FreeDaysSerializer,
    )
    @action(detail=True, url_path="free-days", url_name="free-days", pagination_class=None, filter_backends=())
    def free_days(self, request: Request, pk: str) -> Response:
        del request, pk
        return self._shown_days(self.get_object())

    @extend_schema(
        operation_id="cohorts_save_free_days",
        summary="Put these in the place of its free days",
        request=FreeDaysSerializer,
        responses=FreeDaysSerializer,
        examples=[
            OpenApiExample("One", {"days": [{"day": "2026-08-08", "name": "Farmers' Day"}]}, request_only=True),
        ],
    )
    @free_days.mapping.put
    def save_free_days(self, request: Request, pk: str) -> Response:
        del request, pk
        cohort = self.get_object()
        wanted: dict[dt.date, str] = {entry["day"]: entry["name"] for entry in self.given(FreeDaysSerializer)["days"]}
        held = {row.day: row for row in cohort.holidays.all()}
        kept = [held.get(day) or Holiday(day=day) for day in sorted(wanted)]
        for row in kept:
            row.name = wanted[row.day]
        gone = [row for day, row in held.items() if day not in wanted]
        cohorts.save_free_days(cohort, kept, gone, actor=self.actor)
        return self._shown_days(cohort)

    @staticmethod
    def _shown_days(cohort: Cohort) -> Response:
        days = Holiday.objects.filter(cohort=cohort).order_by("day").values("day", "name")
        return Response(FreeDaysSerializer({"days": list(days)}).data)
