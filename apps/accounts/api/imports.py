"""Imports in /api/v1/: uploaded, looked at line by line, confirmed or thrown away; the work itself is a job."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.v1 import JobSerializer
from apps.accounts.models import ImportBatch, ImportRow
from apps.accounts.selectors import cohorts_visible_to, imports_visible_to
from apps.accounts.services.import_errors import errors_name, write_errors
from apps.accounts.services.import_kinds import kind_names
from apps.accounts.services.import_undo import start_import_undo
from apps.accounts.services.imports import (
    choose_columns,
    choose_encoding,
    confirm_import,
    discard_import,
    upload_table,
)
from portal.kernel.api.files import FORMS, UploadField
from portal.kernel.api.parsing import StrictJSONParser, StrictSerializer
from portal.kernel.api.rows import Adds, OwnKeyField, ScopedViewSet
from portal.kernel.imports import told_problem
from portal.kernel.sheets import SheetLimits
from portal.kernel.sheets.encodings import ENCODINGS

CSV: Any = {(200, "text/csv"): OpenApiTypes.STR}


class ImportSerializer(serializers.ModelSerializer[ImportBatch]):
    """``counts`` are lines by what they would do; ``message`` says why a table was refused."""

    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    headers = serializers.SerializerMethodField()
    message = serializers.CharField(source="said", read_only=True)

    class Meta:
        model = ImportBatch
        fields = (
            *("id", "kind", "cohort", "file_name", "sha256", "encoding", "headers", "counts", "message"),
            *("refusal_code", "job", "created_at", "applied_at", "state"),
        )
        read_only_fields = fields

    def get_headers(self, batch: ImportBatch) -> list[str]:
        return [str(header) for header in batch.details.get("headers", [])]


class NewImportSerializer(StrictSerializer):
    """``cohort`` is asked for where the kind belongs to one."""

    kind = serializers.ChoiceField([])
    cohort = OwnKeyField(cohorts_visible_to, required=False, allow_null=True, default=None)
    file = UploadField(most=SheetLimits().bytes)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Upper apps declare kinds of their own after this module is read.
        return {**super().get_fields(), "kind": serializers.ChoiceField(kind_names())}


class EncodingSerializer(StrictSerializer):
    encoding = serializers.ChoiceField(list(ENCODINGS))


class ColumnsSerializer(StrictSerializer):
    """From headers of the file to names of columns; an empty one leaves a header out."""

    columns = serializers.DictField(child=serializers.CharField(max_length=60, allow_blank=True))


class ImportViewSet(Adds, ScopedViewSet[ImportBatch]):
    model = ImportBatch
    selector = staticmethod(imports_visible_to)
    related = ("cohort", "job")
    serializer_class = ImportSerializer
    add_serializer = NewImportSerializer
    parser_classes = FORMS
    filters = {"state": "state", "kind": "kind", "cohort": "cohort"}

    def add(self, values: dict[str, Any]) -> ImportBatch:
        return upload_table(values["kind"], values["cohort"], values["file"], actor=self.actor)

    @extend_schema(
        operation_id="imports_confirm",
        summary="Import what was looked at",
        request=None,
        responses={202: JobSerializer},
    )
    @action(detail=True, methods=["post"], url_name="confirm")
    def confirm(self, request: Request, pk: str) -> Response:
        del request, pk
        job = confirm_import(self.get_object(), actor=self.actor)
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="imports_cancel", summary="Throw the upload away", request=None, responses={200: ImportSerializer}
    )
    @action(detail=True, methods=["post"], url_name="cancel")
    def cancel(self, request: Request, pk: str) -> Response:
        del request, pk
        return self.answer(discard_import(self.get_object(), actor=self.actor))

    @extend_schema(
        operation_id="imports_undo", summary="Take an import back", request=None, responses={202: JobSerializer}
    )
    @action(detail=True, methods=["post"], url_name="undo")
    def undo(self, request: Request, pk: str) -> Response:
        del request, pk
        job = start_import_undo(self.get_object(), actor=self.actor)
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="imports_choose_encoding",
        summary="Read the file in another encoding",
        request=EncodingSerializer,
        responses={202: ImportSerializer},
        examples=[OpenApiExample("Windows", {"encoding": "windows-1252"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="encoding", parser_classes=(StrictJSONParser,))
    def encoding(self, request: Request, pk: str) -> Response:
        del request, pk
        batch = self.get_object()
        return self.answer(
            choose_encoding(batch, self.given(EncodingSerializer)["encoding"], actor=self.actor),
            status.HTTP_202_ACCEPTED,
        )

    @extend_schema(
        operation_id="imports_choose_columns",
        summary="Say which column is which",
        request=ColumnsSerializer,
        responses={202: ImportSerializer},
        examples=[OpenApiExample("One", {"columns": {"Namba": "reg_no"}}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="columns", parser_classes=(StrictJSONParser,))
    def columns(self, request: Request, pk: str) -> Response:
        del request, pk
        batch = self.get_object()
        return self.answer(
            choose_columns(batch, self.given(ColumnsSerializer)["columns"], actor=self.actor),
            status.HTTP_202_ACCEPTED,
        )

    @extend_schema(operation_id="imports_errors", summary="The lines with errors as a table", responses=CSV)
    @action(detail=True, url_name="errors", pagination_class=None)
    def errors(self, request: Request, pk: str) -> HttpResponse:
        del request, pk
        batch = self.get_object()
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        disposition = content_disposition_header(as_attachment=True, filename=errors_name(batch))
        answer.headers["Content-Disposition"] = disposition or ""
        write_errors(batch, answer)
        return answer


def rows_of_imports(user: Any) -> QuerySet[ImportRow]:
    """Lines of the uploads that the user sees."""
    return ImportRow.objects.filter(batch__in=imports_visible_to(user).order_by())


class LineProblemSerializer(serializers.Serializer[Any]):
    column = serializers.CharField()
    message = serializers.CharField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {**super().to_representation(instance), "message": told_problem(instance)}


class ImportRowSerializer(serializers.ModelSerializer[ImportRow]):
    """``changes`` maps columns to what stood there and what would stand there."""

    values = serializers.DictField(child=serializers.CharField(allow_blank=True), read_only=True)
    changes = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), read_only=True)
    problems = LineProblemSerializer(many=True, read_only=True)

    class Meta:
        model = ImportRow
        fields = ("id", "batch", "line", "values", "status", "problems", "changes")
        read_only_fields = fields


class ImportRowViewSet(ScopedViewSet[ImportRow]):
    """What each line of an upload would do; ``?import=7&status=error`` looks at one table."""

    model = ImportRow
    selector = staticmethod(rows_of_imports)
    serializer_class = ImportRowSerializer
    filters = {"import": "batch", "status": "status"}
    orders = {"line": ("line", "id"), "-line": ("-line", "-id"), "id": ("id",)}
