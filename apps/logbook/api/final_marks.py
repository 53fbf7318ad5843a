"""Final marks in /api/v1/: what the cohort's forms and rules give; students see what is released."""

from typing import Any, cast

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.v1 import JobSerializer
from apps.accounts.models import Enrolment
from apps.accounts.permissions import coordinates_cohort, is_superuser
from apps.accounts.selectors import cohorts_coordinated_by, enrolments_visible_to
from apps.logbook.selectors import marks_of
from apps.logbook.services.marks import FORMATS, export_marks, reasons_of
from apps.logbook.states import MarkStatus
from portal.kernel.api.lists import check_parameters, keep_fields
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import OwnKeyField, ScopedViewSet


class PartSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    weight = serializers.IntegerField()
    mark = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    is_required = serializers.BooleanField()


class WorkSerializer(serializers.Serializer[Any]):
    hours = serializers.DecimalField(max_digits=8, decimal_places=2)
    required_hours = serializers.IntegerField()
    visits = serializers.IntegerField()
    open_days = serializers.IntegerField()


class MarksSerializer(serializers.Serializer[Any]):
    """``id`` is the key of the enrolment."""

    id = serializers.IntegerField(source="enrolment.pk")
    student_name = serializers.CharField(source="enrolment.student.get_full_name")
    cohort = serializers.IntegerField(source="enrolment.cohort_id")
    parts = PartSerializer(many=True)
    work = WorkSerializer()
    status = serializers.ChoiceField(MarkStatus.choices, source="final.status")
    mark = serializers.DecimalField(max_digits=5, decimal_places=2, source="final.mark", allow_null=True)
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, marks: Any) -> list[str]:
        return reasons_of(marks.final)


class MarksExportSerializer(StrictSerializer):
    cohort = OwnKeyField(cohorts_coordinated_by)
    format = serializers.ChoiceField(FORMATS, default="xlsx")


class MarksViewSet(ScopedViewSet[Enrolment]):
    model = Enrolment
    selector = staticmethod(enrolments_visible_to)
    related = ("student", "cohort")
    serializer_class = MarksSerializer
    filters = {"cohort": "cohort", "student": "student", "is_active": "is_active"}

    def marks(self, rows: list[Enrolment]) -> list[Any]:
        """Return the marks of each; of whom the user does not look after, the released ones."""
        user = self.request.user
        own = [row for row in rows if not (is_superuser(user) or coordinates_cohort(row.cohort, user))]
        keys = {row.pk for row in own}
        others = [row for row in rows if row.pk not in keys]
        found = {m.enrolment.pk: m for m in [*marks_of(own, released_only=True), *marks_of(others)]}
        return [found[row.pk] for row in rows]

    def list(self, request: Request) -> Response:
        page = cast("list[Enrolment]", self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        shown = keep_fields(MarksSerializer(self.marks(page), many=True), request)
        return self.get_paginated_response(shown.data)

    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        del pk
        check_parameters(request, {"fields"})
        return Response(keep_fields(MarksSerializer(self.marks([self.get_object()])[0]), request).data)

    @extend_schema(
        operation_id="marks_export",
        summary="Start writing the marks of a cohort",
        request=MarksExportSerializer,
        responses={202: JobSerializer},
        examples=[OpenApiExample("Sheet", {"cohort": 3, "format": "xlsx"}, request_only=True)],
    )
    @action(detail=False, methods=["post"], url_name="export")
    def export(self, request: Request) -> Response:
        del request
        given = self.given(MarksExportSerializer)
        job = export_marks(given["cohort"], given["format"], actor=self.actor)
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)
