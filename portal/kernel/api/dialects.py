"""What the dialects have in common: views that speak another system's language over our own services and rights.

A dialect's view reads and writes through the selectors and services that every other door uses. What is its own are
addresses, names of keys, status codes and the form of a refusal, which is made out of our problem details.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import URLPattern, re_path
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.kernel.api.answers import problem_response

KEPT_HEADERS: Final = ("Retry-After", "WWW-Authenticate")


class DialectView(APIView):
    """A view with the dialect's own form of refusals; it is described by the dialect's documents, not by our schema."""

    schema = None

    def get_exception_handler(self) -> Any:
        """Return what turns an exception into the dialect's answer; None of it stays what nobody expected."""
        return self._refused

    def _refused(self, error: Exception, context: Mapping[str, Any]) -> Response | None:
        answer = problem_response(error, context)
        if answer is None:
            return None
        headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        return Response(self.shape_refusal(answer.data, error), status=answer.status_code, headers=headers)

    @abstractmethod
    def shape_refusal(self, problem: Mapping[str, Any], error: Exception) -> Any:
        """Return the body of a refusal; ``problem`` are our problem details (``answers.problem_response``)."""


def both(pattern: str, view: type[APIView], name: str) -> URLPattern:
    """Return the address with and without the slash behind it: no redirect can save what was posted."""
    return re_path(rf"^{pattern}/?$", view.as_view(), name=name)


def found_or_404[M: Model](rows: QuerySet[M], key: str) -> M:
    """Return the row with this key. Raises ``Http404``: not yours and not there are the same."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def body_of(data: Any) -> Mapping[str, Any]:
    """Return what was sent as a mapping; a list or a bare value has no key that anybody reads."""
    return data if isinstance(data, Mapping) else {}


def text_in(body: Mapping[str, Any], *names: str) -> str:
    """Return the first of these keys that holds a text or number, as text; empty without any."""
    for name in names:
        value = body.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
    return ""
