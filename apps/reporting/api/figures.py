"""The figures of analytics in /api/v1/: the same definitions, and nothing of fewer than five students."""

from typing import TYPE_CHECKING, Any, Final

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import coordinates_something, is_superuser
from apps.accounts.states import IndustryType
from apps.reporting.analytics.asking import Breakdown, Comparison
from apps.reporting.analytics.files import FORMS
from apps.reporting.analytics.forms import FiguresForm
from apps.reporting.analytics.measures import MEASURES
from apps.reporting.analytics.report import Cell, Line, Section, sections_for
from apps.reporting.analytics.sight import own_sight
from apps.reporting.analytics.views import BY_SLUG, question_of, said_in
from apps.reporting.api.papers import sent
from portal.kernel.api.lists import check_parameters
from portal.kernel.api.views import PortalView
from portal.kernel.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BEHIND: Final = 1000
ASKED: Final = [
    OpenApiParameter("start", OpenApiTypes.DATE, description="The first of January unless said otherwise."),
    OpenApiParameter("end", OpenApiTypes.DATE, description="The end of the year unless said otherwise."),
    OpenApiParameter("cohort", int),
    OpenApiParameter("department", int),
    OpenApiParameter("sector", str, enum=IndustryType.values),
    OpenApiParameter("region", str, description="- is for companies that name none"),
    OpenApiParameter("by", str, enum=Breakdown.values, description="cohort unless said otherwise"),
    OpenApiParameter("compare", str, enum=[word for word in Comparison.values if word]),
]
FILES: Final[dict[Any, Any]] = {
    (200, "text/csv"): OpenApiTypes.STR,
    (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiTypes.BINARY,
    (200, "application/pdf"): OpenApiTypes.BINARY,
}


class FigureSerializer(serializers.Serializer[Any]):
    """``value`` is null where there is nothing, and where fewer than five students would show: then ``hidden``."""

    name = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    hidden = serializers.BooleanField()


class FigureLineSerializer(serializers.Serializer[Any]):
    """All, the other period, the rest of the university (``count`` null), or a group (``is_group``)."""

    label = serializers.CharField()  # type: ignore[assignment] # a field of this name
    is_group = serializers.BooleanField()
    count = serializers.IntegerField(allow_null=True)
    figures = FigureSerializer(many=True)


class MeasureSerializer(serializers.Serializer[Any]):
    measure = serializers.CharField()
    title = serializers.CharField()
    definition = serializers.CharField()
    lines = FigureLineSerializer(many=True)
    skills = FigureLineSerializer(many=True)


class FiguresSerializer(serializers.Serializer[Any]):
    said = serializers.ListField(child=serializers.CharField(), help_text="What was asked, in words.")
    measures = MeasureSerializer(many=True)


class BehindSerializer(serializers.Serializer[Any]):
    """Keys of placements, the newest first; ``count`` is of all, of which a thousand are named."""

    count = serializers.IntegerField()
    placements = serializers.ListField(child=serializers.IntegerField())


def asked_of(request: Request) -> FiguresForm:
    """Return the valid question of the address. Raises ``NotAllowed``, and a 400 that names the parameter."""
    if not (coordinates_something(request.user) or is_superuser(request.user)):
        raise NotAllowed
    form = FiguresForm(request.query_params.dict(), user=request.user)
    check_parameters(request, set(form.fields))
    if not form.is_valid():
        raise serializers.ValidationError({name: [str(text) for text in found] for name, found in form.errors.items()})
    return form


def _cell(name: str, cell: Cell) -> dict[str, Any]:
    return {"name": name, "unit": cell.unit.value, "value": cell.rounded, "hidden": cell.hidden}


def _lines(section: Section, lines: "Sequence[Line]") -> list[dict[str, Any]]:
    names = [str(column.title) for column in section.measure.columns]
    return [
        {
            "label": line.label,
            "is_group": line.is_group,
            "count": line.count,
            "figures": [_cell(name, cell) for name, cell in zip(names, line.cells, strict=False)],
        }
        for line in lines
    ]


class FiguresView(PortalView):
    @extend_schema(
        operation_id="analytics_figures",
        summary="Every measure, by group",
        parameters=ASKED,
        responses=FiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        form = asked_of(request)
        measures = [
            {
                "measure": section.measure.slug,
                "title": section.measure.title,
                "definition": section.measure.definition,
                "lines": _lines(section, section.lines),
                "skills": _lines(section, section.skills),
            }
            for section in sections_for(question_of(form, request.user))
        ]
        return Response(FiguresSerializer({"said": said_in(form), "measures": measures}).data)


class FiguresFileView(PortalView):
    @extend_schema(
        operation_id="analytics_figures_file", summary="The same as a file", parameters=ASKED, responses=FILES
    )
    def get(self, request: Request, ending: str) -> HttpResponse:
        asked = asked_of(request)
        return sent(FORMS[ending](sections_for(question_of(asked, request.user)), said_in(asked)))


class BehindView(PortalView):
    @extend_schema(
        operation_id="analytics_behind",
        summary="The placements that a measure counts",
        parameters=[
            OpenApiParameter("measure", str, OpenApiParameter.PATH, enum=[measure.slug for measure in MEASURES]),
            *ASKED,
        ],
        responses=BehindSerializer,
    )
    def get(self, request: Request, measure: str) -> Response:
        asked = asked_of(request)
        if measure not in BY_SLUG:
            raise Http404
        rows = BY_SLUG[measure].placements(own_sight(request.user), asked.asked)
        keys = rows.order_by("-start", "-pk").values_list("pk", flat=True)[:MOST_BEHIND]
        return Response(BehindSerializer({"count": rows.count(), "placements": list(keys)}).data)
