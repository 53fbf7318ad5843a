"""Companies, notices, jobs and exports in /api/v1/."""

from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.members import Members
from apps.accounts.api.register import Register
from apps.accounts.models import Company, Job, Notice
from apps.accounts.permissions import can_propose_company, can_view_company_contact, coordinates_something
from apps.accounts.selectors import (
    cohorts_coordinated_by,
    companies_visible_to,
    departments_visible_to,
    jobs_visible_to,
    notices_visible_to,
)
from apps.accounts.services.exports import FORMATS, export_table
from apps.accounts.services.import_kinds import import_kinds
from apps.accounts.services.jobs import cancel_job
from apps.accounts.services.notices import mark_read, sentence_of
from apps.accounts.services.organisations import change_company, delete_company, propose_company
from apps.accounts.services.proposing import propose_as
from apps.accounts.states import CompanyState, IndustryType, JobState
from portal.kernel.api.files import ANY_FILE
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.errors import NotAllowed
from portal.kernel.views import send_file

if TYPE_CHECKING:
    from apps.accounts.models import User


def named(rows: QuerySet[Company], text: str) -> QuerySet[Company]:
    """Narrow to companies with each of the words in their name."""
    for word in text.split()[:6]:
        rows = rows.filter(name__icontains=word)
    return rows


class CompanySerializer(serializers.ModelSerializer[Company]):
    # As text: what is empty is no address.
    website = serializers.CharField(read_only=True)

    class Meta:
        model = Company
        fields = (
            "id",
            "name",
            "industry_type",
            "description",
            "address",
            "region",
            "country",
            "website",
            "state",
            "version",
        )
        read_only_fields = fields


class ContactSerializer(serializers.ModelSerializer[Company]):
    email = serializers.CharField(read_only=True)
    hr_email = serializers.CharField(read_only=True)

    class Meta:
        model = Company
        fields = ("contact_person", "phone", "email", "hr_email")
        read_only_fields = fields


class CompanyBodySerializer(StrictSerializer):
    """``department`` counts only when a coordinator enters a company: who decides about it."""

    name = serializers.CharField(max_length=160)
    registration_no = serializers.CharField(max_length=60, required=False, allow_blank=True)
    industry_type = serializers.ChoiceField(IndustryType.choices, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    address = serializers.CharField(max_length=240, required=False, allow_blank=True)
    region = serializers.CharField(max_length=80, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False)
    contact_person = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    hr_email = serializers.EmailField(required=False, allow_blank=True)
    website = serializers.CharField(max_length=200, required=False, allow_blank=True)
    established_year = serializers.IntegerField(min_value=0, max_value=9999, required=False, allow_null=True)


class NewCompanySerializer(CompanyBodySerializer):
    department = OwnKeyField(departments_visible_to, required=False)


@with_moves
class CompanyViewSet(Members, Register, Adds, Changes, Removes, ScopedViewSet[Company]):
    model = Company
    withheld = ("merge",)
    selector = staticmethod(companies_visible_to)
    for_programs = staticmethod(lambda: Company.objects.filter(state=CompanyState.APPROVED))
    serializer_class = CompanySerializer
    add_serializer = NewCompanySerializer
    change_serializer = CompanyBodySerializer
    filters = {"state": "state", "industry_type": "industry_type", "region": "region", "search": named}
    orders = {"-id": ("-id",), "id": ("id",), "name": ("name", "id"), "-name": ("-name", "-id")}

    def add(self, values: dict[str, Any]) -> Company:
        if can_propose_company(self.actor):
            values.pop("department", None)
            return propose_as(actor=self.actor, **values)
        if not coordinates_something(self.actor):
            raise NotAllowed
        return propose_company(actor=self.actor, **values)

    def change(self, obj: Company, values: dict[str, Any], version: int | None) -> Company:
        return change_company(obj, values, actor=self.actor, expected_version=version)

    def remove(self, obj: Company) -> None:
        delete_company(obj, actor=self.actor)

    @extend_schema(operation_id="companies_contact", summary="How to reach it", responses=ContactSerializer)
    @action(detail=True, url_name="contact", pagination_class=None)
    def contact(self, request: Request, pk: str) -> Response:
        del pk
        company = self.get_object()
        if not can_view_company_contact(company, request.user):
            raise NotAllowed
        return Response(ContactSerializer(company).data)


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "kind", "sentence", "url", "created_at", "read_at")
        read_only_fields = fields

    def get_sentence(self, notice: Notice) -> str:
        return sentence_of(notice)


class ReadSerializer(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were unread.")


class NoticeViewSet(ScopedViewSet[Notice]):
    model = Notice
    selector = staticmethod(notices_visible_to)
    serializer_class = NoticeSerializer
    filters = {"unread": "read_at__isnull", "kind": "kind"}

    @extend_schema(operation_id="notices_read", summary="Mark as read", request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"], url_name="read")
    def read(self, request: Request, pk: str) -> Response:
        del request, pk
        notice = self.get_object()
        mark_read([notice], actor=self.actor)
        return self.answer(notice)

    @extend_schema(operation_id="notices_read_all", summary="Mark all as read", request=None, responses=ReadSerializer)
    @action(detail=False, methods=["post"], url_path="read-all", url_name="read-all")
    def read_all(self, request: Request) -> Response:
        del request
        count = mark_read(self.get_queryset().filter(read_at__isnull=True), actor=self.actor)
        return Response({"read": count})


class JobSerializer(serializers.ModelSerializer[Job]):
    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "state",
            "done_count",
            "total_count",
            "message",
            "error",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields


class JobViewSet(ScopedViewSet[Job]):
    model = Job
    selector = staticmethod(jobs_visible_to)
    serializer_class = JobSerializer
    filters = {"state": "state", "kind": "kind"}

    @extend_schema(operation_id="jobs_cancel", summary="Stop it", request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"], url_name="cancel")
    def cancel(self, request: Request, pk: str) -> Response:
        del request, pk
        job = self.get_object()
        if job.owner_id != self.actor.pk:
            raise NotAllowed
        return self.answer(cancel_job(job, actor=self.actor))

    @extend_schema(operation_id="jobs_result", summary="The file that was made", responses=ANY_FILE)
    @action(detail=True, url_name="result", pagination_class=None)
    def result(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        job = self.get_object()
        if job.owner_id != self.actor.pk or job.state != JobState.DONE or not job.result:
            raise Http404
        return send_file(job.result, job.result_name)


class ExportSerializer(StrictSerializer):
    kind = serializers.ChoiceField([])
    format = serializers.ChoiceField(FORMATS)
    cohort = OwnKeyField(cohorts_coordinated_by, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Upper apps declare kinds of their own after this module is read.
        kinds = serializers.ChoiceField([kind.kind for kind in import_kinds()])
        return {**super().get_fields(), "kind": kinds}


class ExportView(PortalView):
    """Starts a job that writes a table of the rows which the user coordinates."""

    @extend_schema(
        operation_id="exports_start",
        summary="Start an export",
        request=ExportSerializer,
        responses={202: JobSerializer},
        examples=[OpenApiExample("Students", {"kind": "accounts.students", "format": "csv"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        if not coordinates_something(request.user):
            raise NotAllowed
        body = ExportSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        given = body.validated_data
        job = export_table(given["kind"], given["format"], actor=cast("User", request.user), cohort=given.get("cohort"))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)
