"""The description of the API, for programs: OpenAPI as YAML or JSON."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class DescriptionView(SpectacularAPIView):
    """The same for everybody and seconds to make: once in each process, whatever language the first one asks in."""

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer, media_type = self.perform_content_negotiation(request, force=True)
        return HttpResponse(
            _written(as_json=isinstance(renderer, OpenApiJsonRenderer)),
            content_type=media_type,
            headers={"Content-Disposition": f'inline; filename="Practicum.{renderer.format}"'},
        )


@cache
def _written(*, as_json: bool) -> bytes:
    renderer: Any = OpenApiJsonRenderer() if as_json else OpenApiYamlRenderer()
    content: bytes = renderer.render(_description(), renderer_context={})
    return content


@cache
def _description() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    with translation.override("en"):
        found: dict[str, Any] = generator().get_schema(request=None, public=True)
    return found
