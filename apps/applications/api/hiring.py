"""How a company looks at applicants in /api/v1/: interviews, reviews, criteria; and who has opened a resume."""

from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import represents_company
from apps.applications.models import Criterion, Disclosure, Placement, Review, ReviewScore
from apps.applications.permissions import can_review_application, can_view_company_notes, represents_host
from apps.applications.scoring import HIGHEST, LOWEST
from apps.applications.selectors import criteria_for, criteria_visible_to, disclosures_visible_to, reviews_visible_to
from apps.applications.services.applications import match_student
from apps.applications.services.interviews import meeting_facts, meeting_from
from apps.applications.services.reviews import (
    HEAVIEST,
    LONGEST_COMMENT,
    LONGEST_NAME,
    MOST_CRITERIA,
    review_application,
    set_criteria,
)
from apps.applications.states import ApplicationState
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.calendars import calendar_of
from portal.kernel.errors import NotAllowed, WrongState
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User

CALENDAR: Any = {(200, "text/calendar"): OpenApiTypes.STR}


class ScoreSerializer(serializers.ModelSerializer[ReviewScore]):
    name = serializers.CharField(source="criterion.name", read_only=True)

    class Meta:
        model = ReviewScore
        fields = ("criterion", "name", "value")
        read_only_fields = fields


class ReviewSerializer(serializers.ModelSerializer[Review]):
    reviewer_name = serializers.CharField(source="reviewer.get_full_name", read_only=True)
    scores = ScoreSerializer(many=True, read_only=True)

    class Meta:
        model = Review
        fields = ("id", "application", "reviewer_name", "scores", "comment", "updated_at")
        read_only_fields = fields


class ReviewBodySerializer(StrictSerializer):
    """``scores`` maps the keys of all criteria in force to points from 1 to 5."""

    scores = serializers.DictField(child=serializers.IntegerField(min_value=LOWEST, max_value=HIGHEST))
    comment = serializers.CharField(max_length=LONGEST_COMMENT, required=False, allow_blank=True, default="")

    def validate_scores(self, scores: dict[str, int]) -> dict[int, int]:
        """Return the scores by the keys of their criteria."""
        if not all(key.isascii() and key.isdecimal() for key in scores):
            raise serializers.ValidationError(_("The keys are those of criteria."))
        return {int(key): value for key, value in scores.items()}


class MatchedSerializer(serializers.ModelSerializer[Placement]):
    class Meta:
        model = Placement
        fields = ("id", "enrolment", "company", "start", "end", "state")
        read_only_fields = fields


class Interviewing:
    """Interviews, and what the company's people think."""

    @extend_schema(operation_id="applications_interview", summary="The interview for a calendar", responses=CALENDAR)
    @action(detail=True, url_path="interview", url_name="interview", pagination_class=None)
    def interview(self: Any, request: Request, pk: str) -> HttpResponse:
        del request, pk
        application = self.get_object()
        if application.interview_at is None or application.state not in ApplicationState.undecided():
            raise Http404
        content = calendar_of(meeting_from(meeting_facts(application)))
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
        answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="interview.ics")
        return answer

    @extend_schema(
        operation_id="application_review",
        summary="Keep one's own review",
        request=ReviewBodySerializer,
        responses={200: ReviewSerializer},
        examples=[
            OpenApiExample("Two criteria", {"scores": {"3": 4, "4": 5}, "comment": "Asks well."}, request_only=True)
        ],
    )
    @action(detail=True, methods=["put"], url_path="review", url_name="review")
    def review(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        application = self.get_object()
        if represents_host(application, self.actor) and not can_review_application(application, self.actor):
            raise WrongState("wrong_state", _("This is not possible any more: the state has changed meanwhile."))
        given = self.given(ReviewBodySerializer)
        kept = review_application(application, given["scores"], comment=given["comment"], actor=self.actor)
        return Response(ReviewSerializer(kept).data)

    @extend_schema(
        operation_id="applications_reviews",
        summary="What the company's people say; to whom has not reviewed yet, nothing",
        responses=ReviewSerializer(many=True),
    )
    @action(detail=True, url_path="reviews", url_name="reviews", pagination_class=None, filter_backends=())
    def reviews(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        application = self.get_object()
        if not can_view_company_notes(application, self.actor):
            raise NotAllowed
        rows = reviews_visible_to(self.actor).filter(application=application).order_by("pk")
        rows = rows.select_related("reviewer").prefetch_related("scores__criterion")
        # Nobody leans on the first: the others are shown to who has given the own ones, to all once it is decided.
        mine = any(row.reviewer_id == self.actor.pk for row in rows)
        shown = rows if mine or not can_review_application(application, self.actor) else rows.none()
        return Response(ReviewSerializer(shown, many=True).data)

    @extend_schema(
        operation_id="application_match",
        summary="Give an interviewed student the place",
        request=None,
        responses={201: MatchedSerializer},
    )
    @action(detail=True, methods=["post"], url_path="match", url_name="match")
    def match(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        placement = match_student(self.get_object(), actor=self.actor)
        return Response(MatchedSerializer(placement).data, status=status.HTTP_201_CREATED)


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    class Meta:
        model = Criterion
        fields = ("id", "company", "vacancy", "name", "weight", "position", "is_active")
        read_only_fields = fields


class CriterionViewSet(ScopedViewSet[Criterion]):
    model = Criterion
    selector = staticmethod(criteria_visible_to)
    serializer_class = CriterionSerializer
    filters = {"company": "company", "vacancy": "vacancy", "is_active": "is_active"}


class LineSerializer(StrictSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME)
    weight = serializers.IntegerField(min_value=1, max_value=HEAVIEST, default=1)


class CriteriaSerializer(StrictSerializer):
    """``for_all`` sets those of all vacancies of the company that have none of their own."""

    criteria = serializers.ListField(child=LineSerializer(), max_length=MOST_CRITERIA)
    for_all = serializers.BooleanField(default=False)


class VacancyCriteriaView(PortalView):
    """What the company looks at in those who apply for a vacancy."""

    @extend_schema(
        operation_id="vacancy_criteria",
        summary="The criteria in force",
        responses=CriterionSerializer(many=True),
    )
    def get(self, request: Request, pk: str) -> Response:
        vacancy = row_or_404(vacancies_visible_to(request.user).select_related("company"), pk=pk)
        if not represents_company(vacancy.company_id, request.user):
            raise NotAllowed
        return Response(CriterionSerializer(criteria_for(vacancy), many=True).data)

    @extend_schema(
        operation_id="vacancy_set_criteria",
        summary="Set the criteria",
        request=CriteriaSerializer,
        responses=CriterionSerializer(many=True),
        examples=[
            OpenApiExample(
                "Two", {"criteria": [{"name": "Comes on time", "weight": 2}, {"name": "Draws"}]}, request_only=True
            )
        ],
    )
    def put(self, request: Request, pk: str) -> Response:
        vacancy = row_or_404(vacancies_visible_to(request.user).select_related("company"), pk=pk)
        body = CriteriaSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given, actor = body.validated_data, cast("User", request.user)
        lines = [(line["name"], line["weight"]) for line in given["criteria"]]
        kept = set_criteria(vacancy.company, lines, vacancy=None if given["for_all"] else vacancy, actor=actor)
        if given["for_all"]:
            # The vacancy's own would stay in force.
            set_criteria(vacancy.company, [], vacancy=vacancy, actor=actor)
        return Response(CriterionSerializer(kept, many=True).data)


class DisclosureSerializer(serializers.ModelSerializer[Disclosure]):
    viewer_name = serializers.SerializerMethodField()
    company_name = serializers.CharField(source="application.vacancy.company.name", read_only=True)

    class Meta:
        model = Disclosure
        fields = ("id", "application", "resume", "viewer_name", "company_name", "way", "at")
        read_only_fields = fields

    def get_viewer_name(self, row: Disclosure) -> str:
        return "" if row.viewer is None else row.viewer.get_full_name()


class DisclosureViewSet(ScopedViewSet[Disclosure]):
    """Who has opened a resume, and when."""

    model = Disclosure
    selector = staticmethod(disclosures_visible_to)
    related = ("viewer", "application__vacancy__company")
    serializer_class = DisclosureSerializer
    filters = {"resume": "resume", "application": "application", "way": "way", "since": "at__gte"}
