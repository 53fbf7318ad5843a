"""Runs of an allocation and what they give in /api/v1/."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.applications.matching.words import sentences_of
from apps.applications.models import AllocationRun, Allotment
from apps.applications.permissions import can_repair_allotment, can_run_allocation
from apps.applications.selectors import allotments_visible_to, offers_visible_to, runs_visible_to
from apps.applications.services.allocation_runs import change_allotment
from apps.applications.services.publication import place_from_waiting, publish_run
from apps.applications.states import AllocationState
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Changes, OwnKeyField, ScopedViewSet
from portal.kernel.errors import WrongState


class RunSerializer(serializers.ModelSerializer[AllocationRun]):
    """``result`` holds the figures; who got what are its allotments, how far it is tells its job."""

    rules = serializers.DictField(read_only=True)
    result = serializers.DictField(read_only=True)

    class Meta:
        model = AllocationRun
        fields = (
            *("id", "round", "cohort", "title", "way", "seed", "rules", "digest", "result", "job", "publish_on"),
            *("solved_at", "published_at", "state", "version"),
        )
        read_only_fields = fields


class PublicationSerializer(StrictSerializer):
    """Without a day, or with today's, it is published at once; on a later day by itself."""

    day = serializers.DateField(required=False, allow_null=True, default=None)


@with_moves
class RunViewSet(ScopedViewSet[AllocationRun]):
    model = AllocationRun
    selector = staticmethod(runs_visible_to)
    related = ("cohort", "round")
    withheld = ("publish",)
    serializer_class = RunSerializer
    filters = {"state": "state", "round": "round", "cohort": "cohort", "way": "way"}

    @extend_schema(
        operation_id="allocationrun_publish",
        summary="Publish",
        request=PublicationSerializer,
        responses={200: RunSerializer},
        examples=[OpenApiExample("On a day", {"day": "2026-09-01"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="publish")
    def publish(self, request: Request, pk: str) -> Response:
        del request, pk
        run = self.get_object()
        return self.answer(publish_run(run, self.given(PublicationSerializer)["day"], actor=self.actor))


class AllotmentSerializer(serializers.ModelSerializer[Allotment]):
    """``rank`` is that of the wish; ``waiting`` the turn of who has no place."""

    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    company_name = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()

    class Meta:
        model = Allotment
        fields = (
            *("id", "run", "enrolment", "student_name", "offer", "company_name", "rank", "waiting", "sentences"),
            *("by_hand", "placement", "problem"),
        )
        read_only_fields = fields

    def get_company_name(self, row: Allotment) -> str:
        return row.offer.company.name if row.offer else ""

    def get_sentences(self, row: Allotment) -> list[str]:
        return sentences_of(row.reasons)


class ChangedAllotmentSerializer(StrictSerializer):
    """Another offer of the same round, or none: then the student waits. The reason is for the history."""

    offer = OwnKeyField(offers_visible_to, allow_null=True)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class AllotmentViewSet(Changes, ScopedViewSet[Allotment]):
    model = Allotment
    selector = staticmethod(allotments_visible_to)
    related = ("enrolment__student", "offer__company", "run__cohort")
    serializer_class = AllotmentSerializer
    change_serializer = ChangedAllotmentSerializer
    filters = {"run": "run", "offer": "offer", "is_waiting": "offer__isnull", "by_hand": "by_hand"}

    def change(self, obj: Allotment, values: dict[str, Any], version: int | None) -> Allotment:
        del version
        if can_run_allocation(obj.run, self.actor) and not can_repair_allotment(obj, self.actor):
            raise WrongState("wrong_state", _("This is not possible any more: the state has changed meanwhile."))
        if "offer" not in values:
            return obj
        changed = change_allotment(obj, values["offer"], actor=self.actor, reason=values.get("reason", ""))
        if changed.run.state == AllocationState.PUBLISHED and changed.offer is not None:
            return place_from_waiting(changed, actor=self.actor)
        return changed
