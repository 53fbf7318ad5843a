"""What is done about a placement in /api/v1/: papers, amendments, handover, and what both sides say when it is over."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import companies_visible_to
from apps.applications.api.papers import AgreementSerializer
from apps.applications.models import HostFeedback, HostRating, Placement, PlacementAmendment, PlacementSupervisor
from apps.applications.permissions import (
    can_change_placement,
    can_prepare_agreement,
    coordinates_placement,
)
from apps.applications.selectors import (
    amendments_visible_to,
    host_feedback_visible_to,
    host_ratings_visible_to,
)
from apps.applications.services.agreements import prepare_agreement
from apps.applications.services.amendments import Person, change_host, hand_over
from apps.applications.services.hosts import ask_host
from apps.applications.services.ratings import LONGEST, MOST_PLACES, answer_as_host, rate_host
from apps.applications.services.supervisors import release_supervisor
from apps.applications.states import AgreementKind
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import OwnKeyField, ScopedViewSet
from portal.kernel.errors import NotAllowed, WrongState


class SupervisorSerializer(serializers.ModelSerializer[PlacementSupervisor]):
    name = serializers.CharField(source="user.get_full_name", read_only=True)

    class Meta:
        model = PlacementSupervisor
        fields = ("id", "name", "kind", "is_deputy", "is_active")
        read_only_fields = fields


class PaperBodySerializer(StrictSerializer):
    kind = serializers.ChoiceField(AgreementKind.choices)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    send = serializers.BooleanField(default=True, help_text="To who signs, as soon as the file is made.")


class HostBodySerializer(StrictSerializer):
    company = OwnKeyField(companies_visible_to)
    first_day = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class HandOverSerializer(StrictSerializer):
    email = serializers.EmailField()
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=2000)


class RatingBodySerializer(StrictSerializer):
    stars = serializers.IntegerField(min_value=1, max_value=5)
    would_recommend = serializers.BooleanField()
    comment = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class FeedbackBodySerializer(StrictSerializer):
    again = serializers.BooleanField()
    places = serializers.IntegerField(min_value=0, max_value=MOST_PLACES, required=False, allow_null=True)
    comment = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


class HostRatingSerializer(serializers.ModelSerializer[HostRating]):
    company = serializers.PrimaryKeyRelatedField[Any](source="placement.company", read_only=True)

    class Meta:
        model = HostRating
        fields = ("id", "placement", "company", "stars", "would_recommend", "comment", "updated_at")
        read_only_fields = fields


class HostFeedbackSerializer(serializers.ModelSerializer[HostFeedback]):
    company = serializers.PrimaryKeyRelatedField[Any](source="placement.company", read_only=True)

    class Meta:
        model = HostFeedback
        fields = ("id", "placement", "company", "again", "places", "comment", "updated_at")
        read_only_fields = fields


class HostRatingViewSet(ScopedViewSet[HostRating]):
    model = HostRating
    selector = staticmethod(host_ratings_visible_to)
    related = ("placement",)
    serializer_class = HostRatingSerializer
    filters = {"placement": "placement", "company": "placement__company", "cohort": "placement__enrolment__cohort"}


class HostFeedbackViewSet(ScopedViewSet[HostFeedback]):
    model = HostFeedback
    selector = staticmethod(host_feedback_visible_to)
    related = ("placement",)
    serializer_class = HostFeedbackSerializer
    filters = {
        "placement": "placement",
        "company": "placement__company",
        "cohort": "placement__enrolment__cohort",
        "again": "again",
    }


class AmendmentSerializer(serializers.ModelSerializer[PlacementAmendment]):
    """``before`` and ``after`` map names of fields to plain values."""

    before = serializers.DictField(read_only=True)
    after = serializers.DictField(read_only=True)

    class Meta:
        model = PlacementAmendment
        fields = ("id", "placement", "number", "kind", "before", "after", "successor", "reason", "created_at", "state")
        read_only_fields = fields


class AmendmentViewSet(ScopedViewSet[PlacementAmendment]):
    model = PlacementAmendment
    selector = staticmethod(amendments_visible_to)
    serializer_class = AmendmentSerializer
    filters = {"placement": "placement", "kind": "kind", "state": "state", "company": "placement__company"}


class Papers:
    """Papers about a placement, and asking its host."""

    @extend_schema(
        operation_id="placements_prepare_paper",
        summary="Prepare a letter or an agreement",
        request=PaperBodySerializer,
        responses={201: AgreementSerializer},
        examples=[OpenApiExample("Agreement", {"kind": "tripartite", "language": "en"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="papers")
    def papers(self: Any, request: Request, pk: str) -> Response:
        del pk
        placement = self.get_object()
        self.check_still(placement, can_prepare_agreement)
        given = self.given(PaperBodySerializer)
        made = prepare_agreement(placement, AgreementKind(given.pop("kind")), actor=self.actor, **given)
        shown = AgreementSerializer(made, context={"request": request}).data
        return Response(shown, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="placements_ask_host",
        summary="Ask the host that a student has named once more",
        request=None,
        responses={204: None},
    )
    @action(detail=True, methods=["post"], url_path="ask-host", url_name="ask-host")
    def ask_host(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        ask_host(self.get_object(), actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Amending:
    """Another host, another supervisor: each with its reason."""

    @extend_schema(
        operation_id="placements_change_host",
        summary="Send the student to another company",
        request=HostBodySerializer,
        examples=[
            OpenApiExample(
                "From August on", {"company": 4, "first_day": "2026-08-03", "reason": "Closed."}, request_only=True
            )
        ],
    )
    @action(detail=True, methods=["post"], url_path="change-host", url_name="change-host")
    def change_host(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        placement = self.get_object()
        self.check_still(placement, can_change_placement)
        moved = change_host(placement, actor=self.actor, **self.given(HostBodySerializer))
        return cast("Response", self.answer(moved, status.HTTP_201_CREATED))

    @extend_schema(
        operation_id="placements_hand_over",
        summary="Let somebody else supervise",
        request=HandOverSerializer,
        responses={201: SupervisorSerializer},
        examples=[
            OpenApiExample(
                "To a colleague", {"email": "n.mollel@njia.example", "reason": "On leave."}, request_only=True
            )
        ],
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"supervisors/(?P<row>[0-9]{1,18})/hand-over",
        url_name="hand-over",
    )
    def hand_over(self: Any, request: Request, pk: str, row: str) -> Response:
        del request, pk
        placement = self.get_object()
        supervision = _supervision(placement, row)
        if not coordinates_placement(placement, self.actor):
            raise NotAllowed
        self.check_still(placement, can_change_placement)
        given = self.given(HandOverSerializer)
        person = Person(given["email"], given["name"])
        new = hand_over(supervision, person, actor=self.actor, reason=given["reason"])
        return Response(SupervisorSerializer(new).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="placements_release_supervisor", summary="Take a supervisor away", responses={204: None}
    )
    @action(detail=True, methods=["delete"], url_path=r"supervisors/(?P<row>[0-9]{1,18})", url_name="supervisor")
    def release_supervisor(self: Any, request: Request, pk: str, row: str) -> Response:
        del request, pk
        placement = self.get_object()
        supervision = _supervision(placement, row)
        self.check_still(placement, can_change_placement)
        release_supervisor(supervision, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def check_still(self: Any, obj: Placement, can: Callable[[Placement, Any], bool]) -> None:
        """Say to who looks after the student that it is too late; to others the service says that it is not theirs."""
        if coordinates_placement(obj, self.actor) and not can(obj, self.actor):
            raise WrongState("wrong_state", _("This is not possible any more: the state has changed meanwhile."))


def _supervision(placement: Placement, row: str) -> PlacementSupervisor:
    found = placement.supervisors.filter(pk=row, is_active=True).select_related("user").first()
    if found is None:
        raise Http404
    found.placement = placement
    return found


class LookingBack:
    """What both sides say when it is over."""

    @extend_schema(
        operation_id="placements_rate",
        summary="Say how the host was; the host does not read it",
        request=RatingBodySerializer,
        responses={200: HostRatingSerializer},
        examples=[OpenApiExample("Good", {"stars": 4, "would_recommend": True}, request_only=True)],
    )
    @action(detail=True, methods=["put"], url_path="rating", url_name="rating")
    def rating(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        placement = self.get_object()
        kept = rate_host(placement, actor=self.actor, **self.given(RatingBodySerializer))
        return Response(HostRatingSerializer(kept).data)

    @extend_schema(
        operation_id="placements_answer_as_host",
        summary="Say whether the company would host again",
        request=FeedbackBodySerializer,
        responses={200: HostFeedbackSerializer},
        examples=[OpenApiExample("Two", {"again": True, "places": 2}, request_only=True)],
    )
    @action(detail=True, methods=["put"], url_path="host-feedback", url_name="host-feedback")
    def host_feedback(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        placement = self.get_object()
        kept = answer_as_host(placement, actor=self.actor, via="api", **self.given(FeedbackBodySerializer))
        return Response(HostFeedbackSerializer(kept).data)
