"""The protocol around every SCIM request: the token, the methods, the errors, the media type."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from scim2_models import (
    ConflictException,
    Context,
    Error,
    ForbiddenException,
    InvalidSyntaxException,
    InvalidValueException,
    ListResponse,
    NotFoundException,
    PayloadTooLargeException,
    Resource,
    ResponseParameters,
    SCIMException,
    SearchRequest,
    UnauthorizedException,
    UniquenessException,
)

from apps.accounts.api.scim.resources import MOST, PROVIDER
from apps.accounts.models import ServiceToken
from apps.accounts.services.tokens import token_of
from apps.accounts.states import TokenScope
from portal.kernel.api.parsing import strict_json
from portal.kernel.errors import RuleViolation

MEDIA_TYPE: Final = "application/scim+json"
USUAL: Final = 100
READING: Final = frozenset({"GET", "HEAD"})
TAKEN: Final = frozenset({"username_taken", "email_taken", "name_taken"})


@dataclass(frozen=True)
class Call:
    """One request with the token that makes it."""

    request: HttpRequest
    token: ServiceToken

    @property
    def method(self) -> str:
        """The method; a HEAD is a GET whose body is thrown away."""
        return "GET" if self.request.method == "HEAD" else str(self.request.method)

    def body(self) -> Any:
        """Return the parsed body. Raises ``InvalidSyntaxException`` or ``PayloadTooLargeException``."""
        try:
            return strict_json(self.request.body)
        except RequestDataTooBig as error:
            raise PayloadTooLargeException(detail="The body is too large.") from error
        except (ValueError, RecursionError) as error:
            raise InvalidSyntaxException(detail=f"The body is not valid JSON: {error}.") from error


type View[**P] = Callable[Concatenate[Call, P], HttpResponse]


def scim[**P](*methods: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Make ``view(call, …)`` a SCIM endpoint for these methods; what it raises becomes SCIM's error.

    Reading needs the token's scope to read or to write, everything else the scope to write. A call that fails has
    changed nothing.
    """

    def register(view: View[P]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def endpoint(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                call = Call(request, _token(request))
                if call.method not in methods:
                    return _not_allowed(methods)
                _check_scope(call, reading=call.method in READING or request.path.endswith("/.search"))
                with PROVIDER, transaction.atomic():
                    return view(call, *args, **kwargs)
            except SCIMException as error:
                return refusal(error)
            except ValidationError as error:
                return answer(Error.from_validation_errors(error)[0].model_dump(), status=400)
            except RuleViolation as error:
                kind = UniquenessException if error.code in TAKEN else InvalidValueException
                return refusal(kind(detail=str(error.message)))
            except IntegrityError:
                return refusal(ConflictException(detail="Somebody changed this at the same moment. Try again."))

        return endpoint

    return register


def _token(request: HttpRequest) -> ServiceToken:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    token = token_of(secret.strip()) if scheme.casefold() == "bearer" else None
    if token is None:
        raise UnauthorizedException(detail="Send a service token as a bearer.")
    return token


def _check_scope(call: Call, *, reading: bool) -> None:
    needed = {TokenScope.SCIM_READ, TokenScope.SCIM_WRITE} if reading else {TokenScope.SCIM_WRITE}
    if not any(call.token.allows(scope) for scope in needed):
        raise ForbiddenException(detail="This token may not do this.")


# -- answers ------------------------------------------------------------------------------------------------------


def answer(body: Any, *, status: int = 200, location: str = "") -> HttpResponse:
    """Answer with JSON."""
    response = HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE)
    if location:
        response.headers["Location"] = location
    return response


def refusal(error: SCIMException) -> HttpResponse:
    """Answer with SCIM's own form of an error."""
    response = answer(error.to_error().model_dump(), status=error.status)
    if isinstance(error, UnauthorizedException):
        response.headers["WWW-Authenticate"] = 'Bearer realm="scim"'
    return response


def _not_allowed(methods: Iterable[str]) -> HttpResponse:
    error = Error(status=405, detail="This resource does not know the method.")
    response = answer(error.model_dump(), status=405)
    response.headers["Allow"] = ", ".join(methods)
    return response


def shown(resource: Resource[Any], context: Context, wanted: ResponseParameters[Any] | None = None) -> Any:
    """Return a resource as JSON for the kind of answer, with the attributes that the client wants."""
    return resource.model_dump(scim_ctx=context, response_parameters=wanted)


def wanted_by(call: Call, model: type[Resource[Any]]) -> ResponseParameters[Any]:
    """Return which attributes the client wants of one resource."""
    asked = {name: call.request.GET[name] for name in ("attributes", "excludedAttributes") if name in call.request.GET}
    return ResponseParameters[model].model_validate(asked)  # type: ignore[valid-type] # a model is a parameter here


def search_of(call: Call, model: type[Resource[Any]]) -> SearchRequest[Any]:
    """Return what is searched: from the address, or from the body of a POST."""
    asked: Any = dict(call.request.GET.items())
    if call.method == "POST":
        asked = call.body()
    return SearchRequest[model].model_validate(asked)  # type: ignore[valid-type] # as above


def page(
    rows: Any, search: SearchRequest[Any], model: type[Resource[Any]], show: Callable[[Any], Resource[Any]]
) -> HttpResponse:
    """Answer with one page of the rows, at most 200 of them."""
    start = max(search.start_index or 1, 1)
    count = min(USUAL if search.count is None else max(search.count, 0), MOST)
    found = list(rows[start - 1 : start - 1 + count])
    listed = ListResponse[model](  # type: ignore[valid-type] # as above
        total_results=rows.count(),
        start_index=start,
        items_per_page=len(found),
        resources=[show(row) for row in found],
    )
    return answer(listed.model_dump(scim_ctx=Context.SEARCH_RESPONSE, response_parameters=search))


def key_or_404(text: str) -> int:
    """Return the key of a resource; what cannot be one is not there."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(2**53))):
        raise NotFoundException(detail="There is no such resource.")
    return int(text)
