"""Rows under rights, and moves made from their declaration."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db.models import Model, QuerySet
from django.utils.encoding import force_str
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.fsm import MoveInfo, moves_of, perform
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    from apps.accounts.models import User


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


class ScopedViewSet[M: Model](mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[M]):
    """List and detail of what the user may have; "not yours" and "not there" are the same 404.

    ``selector`` is the app's ``<things>_visible_to``; ``related`` and ``prefetched`` are read with the rows.
    """

    model: ClassVar[type[StatefulModel]]
    selector: ClassVar[Any]  # a plain function as ``staticmethod``
    related: ClassVar[tuple[str, ...]] = ()
    prefetched: ClassVar[tuple[str, ...]] = ()
    withheld: ClassVar[tuple[str, ...]] = ()  # moves that need more than a reason and are part of a service
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[M]:
        """Return the selector's rows for the user of this request."""
        rows: QuerySet[M] = type(self).selector(self.request.user)
        return rows.select_related(*self.related).prefetch_related(*self.prefetched)


class MoveSerializer(StrictSerializer):
    """The body of a move: why, and the version that the client has seen."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")
    version = serializers.IntegerField(required=False, min_value=0)


def with_moves[V: type[ScopedViewSet[Any]]](viewset: V) -> V:
    """Add one POST sub-resource for each move of the viewset's model, from the move's own declaration.

    ``POST /logs/7/request-revision/`` with ``{"reason": …, "version": …}`` answers the object; 403, 404 and 409 as
    everywhere. Moves that only the portal itself makes are left out.
    """
    model = viewset.model
    infos: dict[str, MoveInfo] = {}
    for arrow in moves_of(model):
        if arrow.transition.permission is not None and arrow.name not in viewset.withheld:
            infos.setdefault(arrow.name, arrow.info)
    for name, info in infos.items():
        setattr(viewset, name, _move_action(viewset, model, name, info))
    return viewset


def _move_action(viewset: Any, model: type[StatefulModel], name: str, info: MoveInfo) -> Any:
    noun = model._meta.model_name

    def view(self: Any, request: Request, pk: str) -> Response:  # noqa: ARG001 - the router names it
        obj = self.get_object()
        body = MoveSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        perform(
            obj,
            name,
            actor=cast("User", request.user),
            reason=body.validated_data["reason"],
            expected_version=body.validated_data.get("version"),
            via="api",
        )
        return Response(self.get_serializer(obj).data, status=status.HTTP_200_OK)

    view.__name__ = name
    documented = extend_schema(
        operation_id=f"{noun}_{name}",
        summary=force_str(info.label),
        description=force_str(info.help),
        request=MoveSerializer,
        responses={200: viewset.serializer_class, 409: OpenApiResponse(description="The state has changed meanwhile.")},
    )(view)
    return action(detail=True, methods=["post"], url_path=name.replace("_", "-"), url_name=name)(documented)
