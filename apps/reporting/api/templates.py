"""The university's own Word templates in /api/v1/: uploaded, tried, published, retired; the dictionary of fields."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import coordinates_something, is_superuser
from apps.accounts.selectors import cohorts_visible_to, departments_visible_to
from apps.reporting.api.papers import FILE, FORM, form_of, sent
from apps.reporting.dictionary import entries_of
from apps.reporting.models import DocumentTemplate
from apps.reporting.permissions import can_manage_template
from apps.reporting.selectors import PREFETCH, templates_visible_to
from apps.reporting.services.documents import CONTENT_TYPES
from apps.reporting.services.templates import add_template, discard_template, publish_template, shipped_layouts
from apps.reporting.services.trials import placements_to_try, try_template
from apps.reporting.states import TemplateKind
from portal.kernel.api.files import FORMS, UploadField
from portal.kernel.api.lists import LARGEST, check_parameters, wrong
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictJSONParser, StrictSerializer
from portal.kernel.api.rows import Adds, OwnKeyField, Removes, ScopedViewSet
from portal.kernel.api.views import PortalView
from portal.kernel.documents import MAX_TEMPLATE
from portal.kernel.errors import NotAllowed
from portal.kernel.views import row_or_404, send_file

KIND = OpenApiParameter("kind", str, required=True, enum=TemplateKind.values)
RELATED = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "company",
)


class TemplateSerializer(serializers.ModelSerializer[DocumentTemplate]):
    """``places`` are the fields and loops for which the file asks."""

    places = serializers.ListField(child=serializers.CharField(), source="fields", read_only=True)

    class Meta:
        model = DocumentTemplate
        fields = (
            *("id", "department", "cohort", "kind", "name", "number", "places", "tried_at", "published_at", "state"),
            "version",
        )
        read_only_fields = fields


class NewTemplateSerializer(StrictSerializer):
    """``file`` is a Word file, or ``layout`` one of ours; ``department`` or ``cohort`` say whose it is."""

    kind = serializers.ChoiceField(TemplateKind.choices)
    name = serializers.CharField(max_length=120)
    department = OwnKeyField(departments_visible_to, required=False, allow_null=True, default=None)
    cohort = OwnKeyField(cohorts_visible_to, required=False, allow_null=True, default=None)
    file = UploadField(most=MAX_TEMPLATE, required=False)
    layout = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class TriedSerializer(StrictSerializer):
    placement = serializers.IntegerField(min_value=1, max_value=LARGEST)


def _publish(template: DocumentTemplate, *, reason: str, actor: Any, expected_version: int | None) -> DocumentTemplate:
    """Publish it; the version that was published before is retired."""
    del reason
    return publish_template(template, actor=actor, expected_version=expected_version)


@with_moves
class TemplateViewSet(Adds, Removes, ScopedViewSet[DocumentTemplate]):
    model = DocumentTemplate
    selector = staticmethod(templates_visible_to)
    serializer_class = TemplateSerializer
    add_serializer = NewTemplateSerializer
    parser_classes = (*FORMS, StrictJSONParser)
    moves_by = {"publish": _publish}
    filters = {"kind": "kind", "state": "state", "department": "department", "cohort": "cohort"}

    def add(self, values: dict[str, Any]) -> DocumentTemplate:
        return add_template(values, actor=self.actor)

    def remove(self, obj: DocumentTemplate) -> None:
        discard_template(obj, actor=self.actor)

    @extend_schema(
        operation_id="templates_file",
        summary="The file",
        responses={(200, CONTENT_TYPES["docx"]): OpenApiTypes.BINARY},
    )
    @action(detail=True, url_name="file", pagination_class=None)
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        del request, pk
        template = self.get_object()
        return send_file(template.file, f"{template.name}.docx")

    @extend_schema(
        operation_id="templates_try",
        summary="Make its document for a student",
        parameters=[FORM],
        request=TriedSerializer,
        responses=FILE,
    )
    @action(detail=True, methods=["post"], url_path="try", url_name="try")
    def try_it(self, request: Request, pk: str) -> HttpResponse:
        del pk
        form, template = form_of(request), self.get_object()
        if not can_manage_template(template, self.actor):
            raise NotAllowed
        rows = placements_to_try(template, self.actor).select_related(*RELATED).prefetch_related(*PREFETCH)
        placement = row_or_404(rows, pk=self.given(TriedSerializer)["placement"])
        return sent(try_template(template, placement, form, actor=self.actor, language=get_language() or "en"))


class PlaceSerializer(serializers.Serializer[Any]):
    """A field or loop: ``write`` is what stands in the template, ``example`` what comes of it (empty for loops)."""

    path = serializers.CharField()
    write = serializers.CharField()
    meaning = serializers.CharField(allow_blank=True)
    example = serializers.CharField(allow_blank=True)
    is_loop = serializers.BooleanField()


class LayoutSerializer(serializers.Serializer[Any]):
    layout = serializers.CharField()
    name = serializers.CharField()


class DictionarySerializer(serializers.Serializer[Any]):
    places = PlaceSerializer(many=True)
    layouts = LayoutSerializer(many=True)


class DictionaryView(PortalView):
    """What may stand in a template of a kind, and our own layouts to begin with."""

    @extend_schema(
        operation_id="templates_dictionary",
        summary="The fields of a kind of template, and our layouts",
        parameters=[KIND],
        responses=DictionarySerializer,
    )
    def get(self, request: Request) -> Response:
        if not (coordinates_something(request.user) or is_superuser(request.user)):
            raise NotAllowed
        check_parameters(request, {"kind"})
        kind = request.query_params.get("kind", "")
        if kind not in TemplateKind.values:
            raise wrong(kind=", ".join(TemplateKind.values))
        layouts = [{"layout": name, "name": str(label)} for name, label in shipped_layouts(TemplateKind(kind)).items()]
        found = {"places": entries_of(TemplateKind(kind)), "layouts": layouts}
        return Response(DictionarySerializer(found).data)
