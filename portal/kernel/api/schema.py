"""How the schema is made from the views: bodies, refusals, headers."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from portal.kernel.api.answers import PROBLEM


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the package is untyped here
    """How the schema names the token."""

    target_class = "apps.accounts.api.access.PortalJWTAuthentication"
    match_subclasses = True
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the package's signature
        """Return the security scheme object."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the package is untyped here
    """How the schema names the portal's own session."""

    target_class = "portal.kernel.api.access.PortalSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - the package's signature
        """Return the security scheme object."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class FieldProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457: every refusal of the API has this form."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="For people, in the language of the request.")
    errors = FieldProblemSerializer(many=True, required=False)  # type: ignore[assignment] # a field of this name


REFUSED = OpenApiResponse(ProblemSerializer, description="Refused; `code` says why.")
REPEAT = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Sent again with the same key, the request is done once and answered as before.",
)
MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read; 412 if it has changed since."
)


class PortalSchema(AutoSchema):
    """Knows the bodies that views declare, and says of every operation how it refuses."""

    def get_request_serializer(self) -> Any:
        """Return the body that the view declares for entering or changing."""
        names = {"create": "add_serializer", "partial_update": "change_serializer"}
        declared = getattr(self.view, names.get(self._action(), ""), None)
        return super().get_request_serializer() if declared is None else declared

    def get_response_serializers(self) -> Any:
        """Return what is answered, and the one form of refusals."""
        found: Any = super().get_response_serializers()
        if not isinstance(found, dict):
            code = {"POST": 201, "DELETE": 204}.get(self.method, 200) if self._action() else 200
            found = {code: None if self.method == "DELETE" else found}
        return {**found, ("default", PROBLEM): REFUSED}

    def get_override_parameters(self) -> Any:
        """Return the headers that count everywhere."""
        if self.method == "POST" and self.view.authentication_classes:
            return [REPEAT, MATCH] if self._is_move() else [REPEAT]
        return [MATCH] if self._action() == "partial_update" else []

    def get_operation_id(self) -> str:
        """Return ``<things>_<verb>``, from the address: stable as long as that is."""
        return str(super().get_operation_id())

    def _action(self) -> str:
        return getattr(self.view, "action", "") or ""

    def _is_move(self) -> bool:
        return self._action() not in ("create", "") and bool(getattr(self.view, "detail", False))
