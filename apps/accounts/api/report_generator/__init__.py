"""The report generator dialect: what its views in all apps have in common.

Clients read ``message``, then ``detail``, of a refusal, and for a field ``{field: [sentences]}``. They strip
``< > " ' &`` from every text that they send and cut it at 1,000 characters; ``kept_text`` keeps them from spoiling a
text that they only send back.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.access import PortalJWTAuthentication
from apps.accounts.services.token_pairs import Audience
from portal.kernel.api.dialects import DialectView
from portal.kernel.errors import RuleViolation

REPORT_GENERATOR: Final = Audience("practicum-report-generator", dt.timedelta(hours=1))
CUT: Final = 1000
STRIPPED: Final = str.maketrans("", "", "<>\"'&")
KEY: Final = "(?P<pk>[0-9]{1,18})"
WEEK: Final = "(?P<number>[0-9]{1,3})"


class ReportGeneratorAuthentication(PortalJWTAuthentication):
    """Bearer tokens of this dialect: an hour, and a refresh token that is a JWT, too."""

    audience = REPORT_GENERATOR


class ReportGeneratorView(DialectView):
    """Refusals as this dialect's clients read them; ``names`` are the dialect's words for our fields."""

    authentication_classes: Any = (ReportGeneratorAuthentication,)
    names: Mapping[str, str] = {}

    def shape_refusal(self, problem: Mapping[str, Any], error: Exception) -> Any:
        """Return ``{field: [sentence]}`` where a field is wrong, else ``{detail, code}``."""
        if isinstance(error, exceptions.ValidationError):
            return error.detail
        if isinstance(error, RuleViolation) and error.field:
            return {self.names.get(error.field, error.field): [str(error.message)]}
        return {"detail": str(problem["detail"]), "code": problem["code"]}


class Pages(PageNumberPagination):
    """``{count, next, previous, results}``: two pages of the client show nothing for a bare array.

    They read only the first page, so that it holds more days than a training has in most places.
    """

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 200


def page_of[M: Any](request: Request, rows: QuerySet[M], shown: Callable[[M], dict[str, Any]]) -> Response:
    """Return one page of the rows as the dialect shows them."""
    pages = Pages()
    found = pages.paginate_queryset(rows, request) or []
    return pages.get_paginated_response([shown(row) for row in found])


def as_sent(text: str) -> str:
    """Return a text as this dialect's clients send it."""
    return text.translate(STRIPPED)[:CUT]


def kept_text(sent: str, stored: str) -> str:
    """Return what was sent, but what is stored where it only comes back as the client sends everything."""
    return stored if sent.strip() == as_sent(stored).strip() else sent


def done(message: str, **more: Any) -> Response:
    """Return ``{success, message}``."""
    return Response({"success": True, "message": message, **more})
