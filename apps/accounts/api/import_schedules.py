"""Scheduled imports in /api/v1/: folders from which tables are taken by themselves."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import ImportSchedule
from apps.accounts.selectors import cohorts_visible_to, import_schedules_visible_to
from apps.accounts.services.import_kinds import kind_names
from apps.accounts.services.import_schedules import (
    add_schedule,
    delete_schedule,
    look_now,
    place_of,
    set_schedule_active,
)
from apps.accounts.states import ImportRhythm
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, OwnKeyField, Removes, ScopedViewSet


class ImportScheduleSerializer(serializers.ModelSerializer[ImportSchedule]):
    """``place`` is where to lay tables; ``message`` says why the last look found nothing to read."""

    place = serializers.SerializerMethodField()

    class Meta:
        model = ImportSchedule
        fields = (
            *("id", "kind", "cohort", "place", "rhythm", "applies", "is_active", "looked_at", "next_at", "message"),
            "created_at",
        )
        read_only_fields = fields

    def get_place(self, row: ImportSchedule) -> str:
        return place_of(row)


class NewImportScheduleSerializer(StrictSerializer):
    """``cohort`` is asked for where the kind belongs to one."""

    kind = serializers.ChoiceField([])
    cohort = OwnKeyField(cohorts_visible_to, required=False, allow_null=True, default=None)
    rhythm = serializers.ChoiceField(ImportRhythm.choices, default=ImportRhythm.DAY)
    applies = serializers.BooleanField(default=False, help_text="Import tables without errors by themselves.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Upper apps declare kinds of their own after this module is read.
        return {**super().get_fields(), "kind": serializers.ChoiceField(kind_names())}


class ImportScheduleViewSet(Adds, Removes, ScopedViewSet[ImportSchedule]):
    model = ImportSchedule
    selector = staticmethod(import_schedules_visible_to)
    related = ("cohort",)
    serializer_class = ImportScheduleSerializer
    add_serializer = NewImportScheduleSerializer
    filters = {"kind": "kind", "cohort": "cohort", "is_active": "is_active"}

    def add(self, values: dict[str, Any]) -> ImportSchedule:
        return add_schedule(**values, actor=self.actor)

    def remove(self, obj: ImportSchedule) -> None:
        delete_schedule(obj, actor=self.actor)

    @extend_schema(
        operation_id="import_schedules_pause",
        summary="Pause",
        request=None,
        responses={200: ImportScheduleSerializer},
    )
    @action(detail=True, methods=["post"], url_name="pause")
    def pause(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(set_schedule_active(self.get_object(), active=False, actor=self.actor))

    @extend_schema(
        operation_id="import_schedules_resume",
        summary="Go on",
        request=None,
        responses={200: ImportScheduleSerializer},
    )
    @action(detail=True, methods=["post"], url_name="resume")
    def resume(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(set_schedule_active(self.get_object(), active=True, actor=self.actor))

    @extend_schema(
        operation_id="import_schedules_look",
        summary="Look into the folder now",
        request=None,
        responses={200: ImportScheduleSerializer},
    )
    @action(detail=True, methods=["post"], url_name="look")
    def look(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(look_now(self.get_object(), actor=self.actor))
