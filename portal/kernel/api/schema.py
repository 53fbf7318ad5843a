"""How the schema is made from the views: bodies, refusals, headers."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from portal.kernel.api.answers import PROBLEM
from portal.kernel.api.lists import FIELDS


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the package is untyped here
    """How the schema names the token."""

    target_class = "apps.accounts.api.access.PortalJWTAuthentication"
    match_subclasses = True
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the package's signature
        """Return the security scheme object."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ServiceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the package is untyped here
    """How the schema names the token of a service."""

    target_class = "apps.accounts.api.access.ServiceTokenAuthentication"
    name = "service"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the package's signature
        """Return the security scheme object."""
        return {"type": "http", "scheme": "bearer", "description": "Lists and objects that are open to programs."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the package is untyped here
    """How the schema names the portal's own session."""

    target_class = "portal.kernel.api.access.PortalSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the package's signature
        """Return the security scheme object."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


TEXT: Final = {"type": "string"}
# RFC 9457: every refusal of the API has this form.
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "code": {**TEXT, "description": "Stable, for programs."},
        "detail": {**TEXT, "description": "For people, in the language of the request."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": TEXT, "message": TEXT},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}
REFUSED: Final[dict[str, Any]] = {
    "description": "Refused; `code` says why.",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
REPEAT = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Sent again with the same key, the request is done once and answered as before.",
)
MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read; 412 if it has changed since."
)


SPARSE = OpenApiParameter("fields", str, OpenApiParameter.QUERY, description=FIELDS)


DONE: Final = {
    "list": "List them",
    "retrieve": "Read one",
    "create": "Enter one",
    "partial_update": "Change what is sent",
    "destroy": "Throw it away",
}


class PortalSchema(AutoSchema):
    """Knows the bodies that views declare, and says of every operation how it refuses."""

    def get_request_serializer(self) -> Any:
        """Return the body that the view declares for entering or changing."""
        names = {"create": "add_serializer", "partial_update": "change_serializer"}
        declared = getattr(self.view, names.get(self._action(), ""), None)
        return super().get_request_serializer() if declared is None else declared

    def get_response_serializers(self) -> Any:
        """Return what is answered: 201 for what was entered, 204 for what is gone."""
        found: Any = super().get_response_serializers()
        if not isinstance(found, dict):
            code = {"POST": 201, "DELETE": 204}.get(self.method, 200) if self._action() else 200
            found = {code: None if self.method == "DELETE" else found}
        return found

    def get_override_parameters(self) -> Any:
        """Return the headers that count everywhere."""
        if self.method == "POST" and self.view.authentication_classes:
            return [REPEAT, MATCH] if self._is_move() else [REPEAT]
        more = {"partial_update": [MATCH], "destroy": [MATCH], "retrieve": [SPARSE]}
        return more.get(self._action(), [])

    def get_summary(self) -> Any:
        """Return what the view says in a few words, else what every view does under this method."""
        return super().get_summary() or DONE.get(self._action())

    def get_operation_id(self) -> str:
        """Return ``<things>_<verb>``, from the address: stable as long as that is."""
        return str(super().get_operation_id())

    def _action(self) -> str:
        return getattr(self.view, "action", "") or ""

    def _is_move(self) -> bool:
        return self._action() not in ("create", "") and bool(getattr(self.view, "detail", False))


def refuse_alike(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001, FBT001 - the package's signature
    """Say of every operation that it refuses in the one form, whatever else was said of its answers."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", REFUSED)
    return result
