"""The search of the palette in /api/v1/: people, companies, vacancies, placements and pages by their names."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kernel.api.lists import check_parameters
from portal.kernel.api.views import PortalView
from portal.palette import groups_for
from portal.search import LONGEST, words_of


class FoundSerializer(serializers.Serializer[Any]):
    """One row."""

    text = serializers.CharField()
    url = serializers.CharField(help_text="The page of the portal.")


class FoundGroupSerializer(serializers.Serializer[Any]):
    """The first eight of a kind; ``all_url`` is the list that has all, where there are more."""

    title = serializers.CharField()
    all_url = serializers.CharField(allow_blank=True)
    rows = FoundSerializer(many=True)


class FoundGroupsSerializer(serializers.Serializer[Any]):
    """All that was found."""

    groups = FoundGroupSerializer(many=True)


class FindView(PortalView):
    """What the palette finds."""

    @extend_schema(
        operation_id="find",
        summary="Find by a name",
        parameters=[OpenApiParameter("q", str, required=True, description=f"At most {LONGEST} characters are read.")],
        responses=FoundGroupsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Find."""
        check_parameters(request, {"q"})
        asked = request._request  # noqa: SLF001 - the search is that of the pages
        found = [
            {
                "title": group.title,
                "all_url": group.all_url,
                "rows": [{"text": text, "url": url} for text, url in group.rows],
            }
            for group in groups_for(asked, words_of(asked))
        ]
        return Response(FoundGroupsSerializer({"groups": found}).data)
