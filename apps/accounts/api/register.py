"""The register of companies in /api/v1/: which are perhaps the same, mergers, places for a cohort."""

from typing import Any, Final, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import CompanyCapacity, CompanyMerger
from apps.accounts.permissions import can_moderate_company, oversees_company
from apps.accounts.selectors import (
    capacities_visible_to,
    cohorts_visible_to,
    companies_moderated_by,
    companies_visible_to,
    mergers_visible_to,
)
from apps.accounts.services.mergers import MERGEABLE, merge_companies, preview_merger
from apps.accounts.services.organisations import look_alikes, save_capacities
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import OwnKeyField, ScopedViewSet
from portal.kernel.errors import NotAllowed
from portal.kernel.views import row_or_404

OFFERED: Final = 10
SMALL: Final = 32_767


class AlikeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.CharField()


class GoingSerializer(serializers.Serializer[Any]):
    """``staying`` are rows that the other company has already."""

    title = serializers.CharField()
    moving = serializers.IntegerField()
    staying = serializers.IntegerField()


class IntoSerializer(StrictSerializer):
    into = OwnKeyField(companies_moderated_by)


class MergerSerializer(serializers.ModelSerializer[CompanyMerger]):
    kept_name = serializers.CharField(source="kept.name", read_only=True)
    merged_name = serializers.CharField(source="merged.name", read_only=True)

    class Meta:
        model = CompanyMerger
        fields = ("id", "kept", "kept_name", "merged", "merged_name", "source", "created_at", "undone_at")
        read_only_fields = fields


class PlacesSerializer(StrictSerializer):
    cohort = OwnKeyField(cohorts_visible_to)
    places = serializers.IntegerField(min_value=0, max_value=SMALL)


class CapacitiesSerializer(StrictSerializer):
    """Cohorts that the user does not have stay as they are."""

    cohorts = PlacesSerializer(many=True)

    def validate_cohorts(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["cohort"].pk for row in rows}) < len(rows):
            raise serializers.ValidationError(_("Name each cohort once."))
        return rows


class Register:
    """What the workspace offers about a company beside its moves."""

    @extend_schema(
        operation_id="companies_look_alikes", summary="Perhaps the same", responses=AlikeSerializer(many=True)
    )
    @action(detail=True, url_path="look-alikes", url_name="look-alikes", pagination_class=None, filter_backends=())
    def look_alikes(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        company = self.get_object()
        alike = look_alikes(vars(company), except_pk=company.pk).values("pk")
        found = companies_visible_to(self.actor).filter(pk__in=alike).order_by("name", "pk")[:OFFERED]
        return Response(AlikeSerializer(found, many=True).data)

    @extend_schema(
        operation_id="companies_merge",
        summary="Let another company stand for it too",
        request=IntoSerializer,
        responses={200: MergerSerializer},
        examples=[OpenApiExample("Into another", {"into": 7}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="merge")
    def merge(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        company = self.moderated()
        merger = merge_companies(self.given(IntoSerializer)["into"], company, actor=self.actor)
        return Response(MergerSerializer(merger).data)

    @extend_schema(
        operation_id="companies_preview_merger",
        summary="What would go over to another company",
        responses=GoingSerializer(many=True),
    )
    @action(
        detail=True,
        url_path=r"merge/(?P<row>[0-9]{1,18})",
        url_name="merge-preview",
        pagination_class=None,
        filter_backends=(),
    )
    def preview_merger(self: Any, request: Request, pk: str, row: str) -> Response:
        del request, pk
        company = self.moderated()
        into = row_or_404(companies_moderated_by(self.actor).filter(state__in=MERGEABLE).exclude(pk=company.pk), pk=row)
        return Response(GoingSerializer(preview_merger(into, company), many=True).data)

    def moderated(self: Any) -> Any:
        company = self.get_object()
        if not can_moderate_company(company, self.actor):
            raise NotAllowed
        return company

    @extend_schema(operation_id="companies_places", summary="Places for cohorts", responses=CapacitiesSerializer)
    @action(detail=True, url_name="places", pagination_class=None, filter_backends=())
    def places(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        company = self.get_object()
        if not oversees_company(company, self.actor):
            raise NotAllowed
        return cast("Response", self._shown_places(company))

    @extend_schema(
        operation_id="companies_save_places",
        summary="Say how many trainees of which cohort it takes",
        request=CapacitiesSerializer,
        responses=CapacitiesSerializer,
        examples=[OpenApiExample("One", {"cohorts": [{"cohort": 3, "places": 5}]}, request_only=True)],
    )
    @places.mapping.put
    def save_places(self: Any, request: Request, pk: str) -> Response:
        del request, pk
        company = self.moderated()
        wanted = {row["cohort"].pk: row["places"] for row in self.given(CapacitiesSerializer)["cohorts"]}
        mine = cohorts_visible_to(self.actor).order_by().values("pk")
        held = {row.cohort_id: row for row in company.capacities.filter(cohort__in=mine)}
        kept = [held.get(key) or CompanyCapacity(company=company, cohort_id=key) for key in wanted]
        for row in kept:
            row.places = wanted[row.cohort_id]
        gone = [row for key, row in held.items() if key not in wanted]
        save_capacities(company, kept, gone, actor=self.actor)
        return cast("Response", self._shown_places(company))

    def _shown_places(self: Any, company: Any) -> Response:
        rows = capacities_visible_to(self.actor).filter(company=company).order_by("cohort").select_related("cohort")
        return Response(CapacitiesSerializer({"cohorts": list(rows)}).data)


class MergerViewSet(ScopedViewSet[CompanyMerger]):
    """Companies that stand for others; undone by a move of the company that was merged."""

    model = CompanyMerger
    selector = staticmethod(mergers_visible_to)
    related = ("kept", "merged")
    serializer_class = MergerSerializer
    filters = {"kept": "kept", "merged": "merged", "undone": "undone_at__isnull"}
