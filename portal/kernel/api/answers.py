"""What is answered where something is refused: one format."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, JsonResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from portal.kernel.api.parsing import TooLarge
from portal.kernel.api.repeating import KeyReused, StillRunning
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, TooManyTries, WrongState

PROBLEM = "application/problem+json"


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001 - DRF's signature
    """Turn an exception into RFC 9457 problem details; None lets what nobody expected become a 500.

    Keys: ``type`` ("about:blank"), ``title``, ``status``, ``detail``, ``code``, and ``errors``
    (``{"field", "message"}``) where fields are wrong.
    """
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    found = _problem(error)
    if found is None:
        return None
    number = found[0]
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TooManyTries) else {}
    if isinstance(error, exceptions.APIException):
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined] # set by DRF on 401
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined] # set by DRF on 429
    return Response(_body(found), status=number, headers=headers, content_type=PROBLEM)


def nothing_at_this_address() -> JsonResponse:
    """Answer for an address of the API that no view has, in the same format."""
    found = 404, "not_found", _("There is nothing here."), list[dict[str, str]]()
    return JsonResponse(_body(found), status=404, content_type=PROBLEM)


def _body(found: "Problem") -> dict[str, Any]:
    number, code, detail, errors = found
    body: dict[str, Any] = {"type": "about:blank", "title": _title(number), "status": number, "code": code}
    body["detail"] = detail
    if errors:
        body["errors"] = errors
    return body


def _title(number: int) -> str:
    titles = {
        400: _("The request is not valid"),
        401: _("Sign in first"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("This cannot be done here"),
        406: _("Not in this form"),
        409: _("The state has changed"),
        412: _("The state has changed"),
        413: _("Too large"),
        415: _("Not in this form"),
        422: _("The request is not valid"),
        429: _("Too many requests"),
    }
    return titles.get(number, _("The request failed"))


type Problem = tuple[int, str, str, list[dict[str, str]]]


def _problem(error: Exception) -> Problem | None:
    if isinstance(error, RuleViolation):
        number = _number(error)
        errors = [{"field": error.field, "message": str(error.message)}] if error.field else []
        return number, error.code, str(error.message), errors
    if isinstance(error, Http404):
        return 404, "not_found", _("There is nothing here."), []
    if isinstance(error, (NotAllowed, PermissionDenied)):
        return 403, "not_allowed", str(error) or _("You may not do this here."), []
    if isinstance(error, exceptions.ValidationError):
        return 400, "invalid", _("Some fields are not right."), list(_field_errors(error.detail))
    if isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else error.default_code
        detail = error.detail.get("detail", "") if isinstance(error.detail, dict) else error.detail
        return error.status_code, code, force_str(detail), []
    return None


def _number(error: RuleViolation) -> int:
    if isinstance(error, TooManyTries):
        return 429
    if isinstance(error, KeyReused):
        return 422
    return 409 if isinstance(error, (WrongState, Stale, StillRunning)) else 400


def _field_errors(detail: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        pairs = [(f"{path}.{key}".lstrip("."), value) for key, value in detail.items()]
    elif isinstance(detail, list):
        pairs = [
            (f"{path}.{i}".lstrip(".") if isinstance(v, (Mapping, list)) else path, v) for i, v in enumerate(detail)
        ]
    else:
        return [{"field": path, "message": force_str(detail)}]
    return [found for where, value in pairs for found in _field_errors(value, where)]
