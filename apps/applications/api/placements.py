"""Placements in /api/v1/: entered by coordinators, proposed by students, with their supervisors."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import companies_visible_to, enrolments_visible_to
from apps.applications.api.placing import Amending, LookingBack, Papers, SupervisorSerializer
from apps.applications.models import Placement
from apps.applications.permissions import can_change_placement, can_delete_placement
from apps.applications.selectors import placements_visible_to
from apps.applications.services.amendments import change_placement, delete_placement
from apps.applications.services.placements import FoundPlace, allocate_placement, propose_self_found_placement
from apps.applications.services.supervisors import name_supervisor
from apps.applications.services.terms import WHOLE, Terms
from apps.applications.states import PlacementState, SupervisorKind
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, OwnKeyField, Removes, ScopedViewSet

# What programs may read: places that are settled, going on or done.
OPEN: Final = (PlacementState.CONFIRMED, PlacementState.ACTIVE, PlacementState.COMPLETED)


class PlacementSerializer(serializers.ModelSerializer[Placement]):
    student_name = serializers.CharField(source="enrolment.student.get_full_name", read_only=True)
    company_name = serializers.CharField(source="company.name", read_only=True)

    class Meta:
        model = Placement
        fields = (
            "id",
            "enrolment",
            "student_name",
            "company",
            "company_name",
            "origin",
            "start",
            "end",
            "share",
            "site_address",
            "arrived_on",
            "state",
            "version",
        )
        read_only_fields = fields


class TermsSerializer(StrictSerializer):
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)
    share = serializers.IntegerField(min_value=1, max_value=WHOLE, required=False)
    site_address = serializers.CharField(max_length=240, required=False, allow_blank=True)
    task = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class NewPlacementSerializer(TermsSerializer):
    enrolment = OwnKeyField(enrolments_visible_to, related=("cohort",))
    company = OwnKeyField(companies_visible_to)


class ChangedPlacementSerializer(TermsSerializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, help_text="For a settled place.")


class FoundPlaceSerializer(StrictSerializer):
    enrolment = OwnKeyField(enrolments_visible_to)
    company_name = serializers.CharField(max_length=160)
    address = serializers.CharField(max_length=240)
    supervisor_name = serializers.CharField(max_length=120)
    supervisor_email = serializers.EmailField()
    supervisor_phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    start = serializers.DateField()
    end = serializers.DateField()
    task = serializers.CharField(max_length=2000)


class SupervisorBodySerializer(StrictSerializer):
    kind = serializers.ChoiceField(SupervisorKind.choices)
    email = serializers.EmailField()
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    is_deputy = serializers.BooleanField(default=False)


@with_moves
class PlacementViewSet(Papers, Amending, LookingBack, Adds, Changes, Removes, ScopedViewSet[Placement]):
    model = Placement
    selector = staticmethod(placements_visible_to)
    for_programs = staticmethod(
        lambda: Placement.objects.filter(state__in=[*PlacementState.settled(), PlacementState.COMPLETED])
    )
    related = ("enrolment__student", "enrolment__cohort", "company")
    serializer_class = PlacementSerializer
    add_serializer = NewPlacementSerializer
    change_serializer = ChangedPlacementSerializer
    filters = {
        "state": "state",
        "company": "company",
        "cohort": "enrolment__cohort",
        "student": "enrolment__student",
        "origin": "origin",
        "starts_by": "start__lte",
        "ends_from": "end__gte",
    }
    orders = {"-id": ("-id",), "id": ("id",), "-start": ("-start", "-id"), "start": ("start", "id")}

    def add(self, values: dict[str, Any]) -> Placement:
        enrolment, company = values.pop("enrolment"), values.pop("company")
        return allocate_placement(enrolment, company, actor=self.actor, terms=Terms(**values))

    def change(self, obj: Placement, values: dict[str, Any], version: int | None) -> Placement:
        self.check_still(obj, can_change_placement)
        reason = values.pop("reason", "")
        return change_placement(obj, values, actor=self.actor, reason=reason, expected_version=version)

    def remove(self, obj: Placement) -> None:
        self.check_still(obj, can_delete_placement)
        delete_placement(obj, actor=self.actor)

    @extend_schema(
        operation_id="placements_propose",
        summary="Propose a place that one has found",
        request=FoundPlaceSerializer,
        responses={201: PlacementSerializer},
    )
    @action(detail=False, methods=["post"], url_name="propose")
    def propose(self, request: Request) -> Response:
        del request
        given = self.given(FoundPlaceSerializer)
        enrolment = given.pop("enrolment")
        made = propose_self_found_placement(enrolment, FoundPlace(**given), actor=self.actor)
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="placements_supervisors", summary="Who looks after it", responses=SupervisorSerializer(many=True)
    )
    @action(detail=True, url_name="supervisors", pagination_class=None, filter_backends=())
    def supervisors(self, request: Request, pk: str) -> Response:
        del request, pk
        rows = self.get_object().supervisors.filter(is_active=True).select_related("user").order_by("pk")
        return Response(SupervisorSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="placements_name_supervisor",
        summary="Name who looks after it",
        request=SupervisorBodySerializer,
        responses={201: SupervisorSerializer},
        examples=[
            OpenApiExample(
                "In the company",
                {"kind": "industrial", "email": "j.mushi@njia.example", "name": "J. Mushi"},
                request_only=True,
            )
        ],
    )
    @supervisors.mapping.post
    def name_supervisor(self, request: Request, pk: str) -> Response:
        del request, pk
        placement, given = self.get_object(), self.given(SupervisorBodySerializer)
        kind = SupervisorKind(given.pop("kind"))
        row = name_supervisor(placement, kind=kind, actor=self.actor, **given)
        return Response(SupervisorSerializer(row).data, status=status.HTTP_201_CREATED)
