"""Moves as addresses, made from the declaration of which buttons are made, too."""

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import ScopedViewSet
from portal.kernel.api.views import matched_version, tag_of
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import BulkResult, MoveInfo, Refusal, moves_for, moves_of, perform, perform_many
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_AT_ONCE: Final = 500
LARGEST: Final = 2**63 - 1


class MoveSerializer(StrictSerializer):
    """The body of a move: why, and the version that the client has seen (or ``If-Match``)."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class ManySerializer(StrictSerializer):
    """The body of a move of many rows."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), min_length=1, max_length=MOST_AT_ONCE
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class RefusedSerializer(serializers.Serializer[Any]):
    """A row that did not move, and why."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class ManyMovedSerializer(serializers.Serializer[Any]):
    """Which rows moved, and why the others did not."""

    moved = serializers.ListField(child=serializers.IntegerField())
    refused = RefusedSerializer(many=True)


class PossibleMoveSerializer(serializers.Serializer[Any]):
    """A move that the user may make with the object now."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of this name
    help = serializers.CharField()
    danger = serializers.CharField()
    needs_reason = serializers.BooleanField()
    target = serializers.CharField()


def with_moves[V: type[ScopedViewSet[Any]]](viewset: V) -> V:
    """Add the addresses of the moves of the viewset's model, from the moves' own declaration.

    ``POST /logs/7/request-revision/`` with ``{"reason": …, "version": …}`` answers the object; 403, 404 and 409 as
    everywhere. ``POST /logs/bulk/verify/`` with ``{"ids": […]}`` moves many and says of each other one why not.
    ``GET /logs/7/moves/`` tells what the user may do now. Moves that only the portal itself makes are left out.
    """
    model: Any = viewset.model
    infos: dict[str, MoveInfo] = {}
    for arrow in moves_of(model):
        if arrow.transition.permission is not None and arrow.name not in viewset.withheld:
            infos.setdefault(arrow.name, arrow.info)
    for name, info in infos.items():
        setattr(viewset, name, _move_action(viewset, model, name, info))
        setattr(viewset, f"bulk_{name}", _bulk_action(model, name, info))
    viewset.moves = _list_action(model, frozenset(infos))  # type: ignore[attr-defined] # an action of the router's
    return viewset


def _path(name: str) -> str:
    return name.replace("_", "-")


def _move_action(viewset: Any, model: type[StatefulModel], name: str, info: MoveInfo) -> Any:
    noun = model._meta.model_name

    def view(self: Any, request: Request, pk: str) -> Response:  # noqa: ARG001 - the router names it
        matched = matched_version(request)
        obj = self.get_object()
        body = self.given(MoveSerializer)
        version = body.get("version") if matched is None else matched
        how = {"actor": self.actor, "expected_version": version}
        if name in self.moves_by:
            obj = self.moves_by[name](obj, reason=body["reason"], **how)
        else:
            perform(obj, name, reason=body["reason"], via="api", **how)
        data = self.get_serializer(obj).data
        return Response(data, headers={"ETag": tag_of(obj, JSONRenderer().render(data))})

    view.__name__ = name
    routed = action(detail=True, methods=["post"], url_path=_path(name), url_name=name)(view)
    # Outermost: the router's decorator would take its place.
    return extend_schema(
        operation_id=f"{noun}_{name}",
        summary=force_str(info.label),
        description=force_str(info.help),
        request=MoveSerializer,
        responses={200: viewset.serializer_class},
        examples=[OpenApiExample("Move", {"reason": "Why it is so.", "version": 3}, request_only=True)],
    )(routed)


def _bulk_action(model: type[StatefulModel], name: str, info: MoveInfo) -> Any:
    noun = model._meta.model_name

    def view(self: Any, request: Request) -> Response:  # noqa: ARG001 - the framework's signature
        body = self.given(ManySerializer)
        wanted = list(dict.fromkeys(body["ids"]))
        rows = type(self).selector(self.request.user).filter(pk__in=wanted)
        seen = set(rows.values_list("pk", flat=True))
        mine = model._default_manager.filter(pk__in=seen).order_by("pk")
        if name in self.many_by:
            result = self.many_by[name](mine, actor=self.actor, reason=body["reason"])
        elif name in self.moves_by:
            result = _each(mine, self.moves_by[name], actor=self.actor, reason=body["reason"])
        else:
            result = perform_many(mine, name, actor=self.actor, reason=body["reason"], via="api")
        missing = [{"id": pk, "code": "not_found", "message": _("There is nothing here.")} for pk in wanted]
        refused = [{"id": row.pk, "code": row.code, "message": row.message} for row in result.refused]
        refused += [row for row in missing if row["id"] not in seen]
        return Response(ManyMovedSerializer({"moved": result.moved, "refused": refused}).data)

    view.__name__ = f"bulk_{name}"
    routed = action(detail=False, methods=["post"], url_path=f"bulk/{_path(name)}", url_name=f"bulk-{name}")(view)
    # Outermost: the router's decorator would take its place.
    return extend_schema(
        operation_id=f"{noun}_bulk_{name}",
        summary=f"{force_str(info.label)} (many)",
        description=force_str(info.help),
        request=ManySerializer,
        responses={200: ManyMovedSerializer},
        examples=[OpenApiExample("Three", {"ids": [3, 4, 5]}, request_only=True)],
    )(routed)


def _each(rows: "QuerySet[Any]", service: Any, *, actor: Any, reason: str) -> BulkResult:
    """Make a move of each row by its service: what the service does beside the move is done here, too."""
    moved: list[Any] = []
    refused: list[Refusal] = []
    for row in rows:
        try:
            with transaction.atomic():
                service(row, reason=reason, actor=actor, expected_version=None)
        except RuleViolation as error:
            refused.append(Refusal(row.pk, error.code, error.message))
        except NotAllowed:
            refused.append(Refusal(row.pk, "not_allowed", _("You may not do this here.")))
        else:
            moved.append(row.pk)
    return BulkResult(moved, refused)


def _list_action(model: type[StatefulModel], known: frozenset[str]) -> Any:
    def view(self: Any, request: Request, pk: str) -> Response:  # noqa: ARG001 - the router names it
        obj = self.get_object()
        found = [
            {
                "name": _path(found.name),
                "label": found.info.label,
                "help": found.info.help,
                "danger": found.info.danger,
                "needs_reason": found.info.needs_reason,
                "target": found.target,
            }
            for found in moves_for(obj, self.actor)
            if found.name in known
        ]
        return Response(PossibleMoveSerializer(found, many=True).data, status=status.HTTP_200_OK)

    view.__name__ = "moves"
    routed = action(detail=True, methods=["get"], url_path="moves", url_name="moves", pagination_class=None)(view)
    # Outermost: the router's decorator would take its place.
    return extend_schema(
        operation_id=f"{model._meta.model_name}_moves",
        summary="What can be done now",
        responses={200: PossibleMoveSerializer(many=True)},
        filters=False,
    )(routed)
