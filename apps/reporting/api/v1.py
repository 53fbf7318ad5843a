"""General reports, documents and the coordinators' figures in /api/v1/."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import coordinates_something, is_superuser
from apps.accounts.selectors import cohorts_coordinated_by, enrolments_visible_to
from apps.ai.api.v1 import help_action
from apps.ai.services.calls import Wish
from apps.ai.states import Purpose
from apps.applications.models import Placement
from apps.reporting.api.papers import FILE, FORM, Completed, form_of, sent
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.permissions import can_change_report, can_take_report, is_report_author
from apps.reporting.selectors import figures_of, general_reports_visible_to, logbooks_visible_to
from apps.reporting.services.documents import make_logbook, make_report, make_week
from apps.reporting.services.help import ALL_HELP, PART_HELP, empty_parts_wish, part_wish
from apps.reporting.services.reports import MOST_PART, draft_report, save_report
from apps.reporting.states import GeneralReportState
from portal.kernel.api.lists import check_parameters
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.screens import home_cards


class GeneralReportSerializer(serializers.ModelSerializer[GeneralReport]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    completeness = serializers.IntegerField(read_only=True, help_text="In per cent.")

    class Meta:
        model = GeneralReport
        fields = (
            *("id", "enrolment", "student_name", "title"),
            *SECTIONS,
            *("completeness", "reason", "submitted_at", "approved_at", "state", "version"),
        )
        read_only_fields = fields


class ReportBodySerializer(StrictSerializer):
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        parts = {
            name: serializers.CharField(max_length=MOST_PART, required=False, allow_blank=True) for name in SECTIONS
        }
        return {**super().get_fields(), **parts}


class NewReportSerializer(ReportBodySerializer):
    enrolment = OwnKeyField(enrolments_visible_to)


class DraftSerializer(StrictSerializer):
    """From which weekly reports the empty parts are written."""

    enrolment = OwnKeyField(enrolments_visible_to)
    weeks = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=100)


def _parts(report: GeneralReport, field: str, purpose: Purpose, actor: Any) -> Wish:
    if not can_change_report(report, actor):
        if not is_report_author(report, actor):
            raise NotAllowed
        raise WrongState("not_with_you", _("This text cannot be changed now."))
    return empty_parts_wish(report) if purpose == Purpose.COMPLETE else part_wish(report, field, purpose)


@with_moves
class GeneralReportViewSet(Adds, Changes, ScopedViewSet[GeneralReport]):
    model = GeneralReport
    selector = staticmethod(general_reports_visible_to)
    for_programs = staticmethod(lambda: GeneralReport.objects.filter(state=GeneralReportState.APPROVED))
    related = ("enrolment__student", "enrolment__cohort")
    serializer_class = GeneralReportSerializer
    add_serializer = NewReportSerializer
    change_serializer = ReportBodySerializer
    filters = {"state": "state", "enrolment": "enrolment", "cohort": "enrolment__cohort"}

    help = help_action("report", [*PART_HELP, *ALL_HELP], _parts)

    def add(self, values: dict[str, Any]) -> GeneralReport:
        # Version 0: a report that is there already is changed by PATCH.
        return save_report(values.pop("enrolment"), values, actor=self.actor, expected_version=0)

    def change(self, obj: GeneralReport, values: dict[str, Any], version: int | None) -> GeneralReport:
        return save_report(obj.enrolment, values, actor=self.actor, expected_version=version)

    @extend_schema(
        operation_id="reports_draft",
        summary="Fill what is empty from weekly reports",
        request=DraftSerializer,
        responses={200: GeneralReportSerializer},
    )
    @action(detail=False, methods=["post"], url_name="draft")
    def draft(self, request: Request) -> Response:
        del request
        given = self.given(DraftSerializer)
        language = get_language() or "en"
        drafted = draft_report(given["enrolment"], given["weeks"], actor=self.actor, language=language)
        return self.answer(drafted.report, status.HTTP_200_OK)

    @extend_schema(operation_id="reports_document", summary="As a file", parameters=[FORM], responses=FILE)
    @action(detail=True, url_name="document", pagination_class=None)
    def document(self, request: Request, pk: str) -> HttpResponse:
        del pk
        form = form_of(request)
        report = self.get_object()
        if not can_take_report(report, self.actor):
            raise NotAllowed
        return sent(make_report(report, form, actor=self.actor, language=get_language() or "en", kept=False))


class LogbookSerializer(serializers.ModelSerializer[Placement]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)

    class Meta:
        model = Placement
        fields = ("id", "student_name", "company_name", "start", "end", "state")
        read_only_fields = fields


class LogbookViewSet(Completed, ScopedViewSet[Placement]):
    """Logbooks that the user may take along; the key is that of the placement."""

    model = Placement
    selector = staticmethod(logbooks_visible_to)
    related = ("enrolment__student__student_profile__programme", "enrolment__cohort__department", "company")
    serializer_class = LogbookSerializer
    filters = {"state": "state", "cohort": "enrolment__cohort", "company": "company"}

    @extend_schema(operation_id="logbooks_document", summary="As a file", parameters=[FORM], responses=FILE)
    @action(detail=True, url_name="document", pagination_class=None)
    def document(self, request: Request, pk: str) -> HttpResponse:
        del pk
        form = form_of(request)
        made = make_logbook(self.get_object(), form, actor=self.actor, language=get_language() or "en", kept=False)
        return sent(made)

    @extend_schema(operation_id="logbooks_week", summary="One week as a file", parameters=[FORM], responses=FILE)
    @action(detail=True, url_path=r"weeks/(?P<monday>\d{4}-\d\d-\d\d)/document", url_name="week", pagination_class=None)
    def week(self, request: Request, pk: str, monday: str) -> HttpResponse:
        del pk
        form = form_of(request)
        placement = self.get_object()
        try:
            first = dt.date.fromisoformat(monday)
            return sent(
                make_week(placement, first, form, actor=self.actor, language=get_language() or "en", kept=False)
            )
        except ValueError as error:
            raise Http404 from error
        except RuleViolation as error:
            if error.code == "no_such_week":
                raise Http404 from error
            raise


class CardSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    count = serializers.IntegerField()
    url = serializers.CharField(help_text="The page of the workspace.")


class DashboardSerializer(serializers.Serializer[Any]):
    enrolled = serializers.IntegerField()
    placed = serializers.IntegerField()
    arrived = serializers.IntegerField()
    logs = serializers.DictField(child=serializers.IntegerField(), help_text="Sent days by state.")
    waiting = CardSerializer(many=True, help_text="What waits for the coordinator.")


class DashboardView(PortalView):
    @extend_schema(
        operation_id="analytics_coordinator_dashboard",
        summary="Figures of what one coordinates",
        parameters=[OpenApiParameter("cohort", int)],
        responses=DashboardSerializer,
        examples=[
            OpenApiExample(
                "Figures",
                {
                    "enrolled": 312,
                    "placed": 297,
                    "arrived": 289,
                    "logs": {"submitted": 41},
                    "waiting": [{"title": "Without a place", "count": 15, "url": "/admin/"}],
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        if not (coordinates_something(request.user) or is_superuser(request.user)):
            raise NotAllowed
        check_parameters(request, {"cohort"})
        cohort = None
        if key := request.query_params.get("cohort"):
            field = OwnKeyField(cohorts_coordinated_by)
            field._context = {"request": request}  # type: ignore[attr-defined] # noqa: SLF001 - as a serializer sets it
            try:
                cohort = field.run_validation(key)
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"cohort": error.detail}) from error
        figures = figures_of(request.user, cohort)
        waiting = [{"title": c.title, "count": c.count, "url": c.url} for c in home_cards(request._request)]  # noqa: SLF001 - cards are made for pages
        return Response(DashboardSerializer({**vars(figures), "waiting": waiting}).data)
