"""Arrival notes, assessments and visits in /api/v1/."""

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.applications.selectors import placements_visible_to
from apps.logbook.api.forms import QuestionSerializer
from apps.logbook.models import ArrivalNote, Assessment, Visit
from apps.logbook.selectors import arrivals_visible_to, assessments_visible_to, visits_visible_to
from apps.logbook.selectors.marks import supervisors_for_visits
from apps.logbook.services.arrivals import Arrival, report_arrival
from apps.logbook.services.assessments import save_answers, send_assessment
from apps.logbook.services.entries import MOST_TEXT
from apps.logbook.services.visits import cancel_visit, move_visit, plan_visit, report_visit
from apps.logbook.states import AssessmentState
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.api.views import PortalView, matched_version
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User


class ArrivalNoteSerializer(serializers.ModelSerializer[ArrivalNote]):
    student_name = serializers.CharField(source="placement.enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = ArrivalNote
        fields = ("id", "student_name", "placement", "arrived_on", "supervisor_name", "reason", "state", "version")
        read_only_fields = fields


class NewArrivalSerializer(StrictSerializer):
    arrived_on = serializers.DateField()
    supervisor_name = serializers.CharField(max_length=120)
    supervisor_email = serializers.CharField(max_length=254, required=False, allow_blank=True, default="")
    supervisor_phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


@with_moves
class ArrivalNoteViewSet(ScopedViewSet[ArrivalNote]):
    model = ArrivalNote
    selector = staticmethod(arrivals_visible_to)
    related = ("placement__enrolment__student",)
    serializer_class = ArrivalNoteSerializer
    filters = {"state": "state", "placement": "placement", "company": "placement__company"}


class ArrivalReportView(PortalView):
    """The student is there; reporting again mends a note that was disputed."""

    @extend_schema(
        operation_id="placement_report_arrival",
        summary="Report the arrival",
        request=NewArrivalSerializer,
        responses={201: ArrivalNoteSerializer},
        examples=[
            OpenApiExample(
                "Here",
                {"arrived_on": "2026-07-13", "supervisor_name": "J. Mushi", "supervisor_email": "j@njia.example"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, pk: str) -> Response:
        placement = row_or_404(placements_visible_to(request.user).select_related("company"), pk=pk)
        body = NewArrivalSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        note = report_arrival(placement, Arrival(**body.validated_data), actor=cast("User", request.user))
        return Response(ArrivalNoteSerializer(note).data, status=status.HTTP_201_CREATED)


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    student_name = serializers.CharField(source="placement.enrolment.student.get_full_name", read_only=True)
    title = serializers.CharField(source="rubric.title", read_only=True)
    kind = serializers.CharField(source="rubric.kind", read_only=True)
    answers = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Assessment
        fields = (
            *("id", "placement", "student_name", "rubric", "title", "kind", "answers", "comment", "mark"),
            *("submitted_at", "state", "version"),
        )
        read_only_fields = fields


class AnswersSerializer(StrictSerializer):
    """``answers`` maps the keys of questions to points, the number of a step, or words."""

    answers = serializers.DictField(child=serializers.CharField(max_length=4000, allow_blank=True), required=False)
    comment = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)


@with_moves
class AssessmentViewSet(Changes, ScopedViewSet[Assessment]):
    model = Assessment
    selector = staticmethod(assessments_visible_to)
    for_programs = staticmethod(lambda: Assessment.objects.filter(state=AssessmentState.RELEASED))
    related = ("placement__enrolment__student", "rubric")
    withheld = ("submit", "enter_mark", "take_back_mark")
    serializer_class = AssessmentSerializer
    change_serializer = AnswersSerializer
    filters = {"state": "state", "placement": "placement", "kind": "rubric__kind", "rubric": "rubric"}

    def change(self, obj: Assessment, values: dict[str, Any], version: int | None) -> Assessment:
        answers, comment = values.get("answers", obj.answers), values.get("comment", obj.comment)
        return save_answers(obj, answers, comment, actor=self.actor, expected_version=version)

    @extend_schema(
        operation_id="assessments_questions", summary="What is asked", responses=QuestionSerializer(many=True)
    )
    @action(detail=True, url_path="questions", url_name="questions", pagination_class=None, filter_backends=())
    def questions(self, request: Request, pk: str) -> Response:
        del request, pk
        return Response(QuestionSerializer(self.get_object().rubric.criteria.order_by("number"), many=True).data)

    @extend_schema(
        operation_id="assessment_submit",
        summary="Send",
        request=AnswersSerializer,
        responses={200: AssessmentSerializer},
        examples=[OpenApiExample("Filled in", {"answers": {"12": "4"}, "comment": "Works well."}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="submit")
    def submit(self, request: Request, pk: str) -> Response:
        del pk
        version = matched_version(request)
        obj = self.get_object()
        given = {"answers": obj.answers, "comment": obj.comment, **self.given(AnswersSerializer)}
        sent = send_assessment(obj, **given, actor=self.actor, expected_version=version, via="api")
        return self.answer(sent)


class VisitSerializer(serializers.ModelSerializer[Visit]):
    student_name = serializers.CharField(source="placement.enrolment.student.get_full_name", read_only=True)

    class Meta:
        model = Visit
        fields = ("id", "placement", "student_name", "visitor", "planned_on", "done_on", "report")
        read_only_fields = fields


class MadeVisitSerializer(StrictSerializer):
    done_on = serializers.DateField()
    report = serializers.CharField(max_length=MOST_TEXT)


class MovedVisitSerializer(StrictSerializer):
    planned_on = serializers.DateField()
    visitor = OwnKeyField(supervisors_for_visits)


class NewVisitSerializer(StrictSerializer):
    """Without a ``visitor`` it is oneself."""

    placement = OwnKeyField(placements_visible_to)
    planned_on = serializers.DateField()
    visitor = OwnKeyField(supervisors_for_visits, required=False)


class VisitViewSet(Adds, Changes, Removes, ScopedViewSet[Visit]):
    model = Visit
    selector = staticmethod(visits_visible_to)
    related = ("placement__enrolment__student", "placement__enrolment__cohort")
    serializer_class = VisitSerializer
    filters = {"placement": "placement", "visitor": "visitor", "from": "planned_on__gte", "until": "planned_on__lte"}
    add_serializer = NewVisitSerializer
    change_serializer = MovedVisitSerializer
    orders = {"-id": ("-id",), "id": ("id",), "planned_on": ("planned_on", "id")}

    def add(self, values: dict[str, Any]) -> Visit:
        return plan_visit({"visitor": self.actor, **values}, actor=self.actor)

    def change(self, obj: Visit, values: dict[str, Any], version: int | None) -> Visit:
        del version
        return move_visit(obj, values, actor=self.actor)

    def remove(self, obj: Visit) -> None:
        cancel_visit(obj, actor=self.actor)

    @extend_schema(
        operation_id="visits_report",
        summary="Write down that it was made",
        request=MadeVisitSerializer,
        responses={200: VisitSerializer},
        examples=[OpenApiExample("Made", {"done_on": "2026-07-14", "report": "Works well."}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="report")
    def report(self, request: Request, pk: str) -> Response:
        del request, pk
        visit = self.get_object()
        given = self.given(MadeVisitSerializer)
        return self.answer(report_visit(visit, given["done_on"], given["report"], actor=self.actor))
