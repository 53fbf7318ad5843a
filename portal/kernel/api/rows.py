"""Rows under rights: lists, objects, and how they are entered, changed and thrown away through services."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status, viewsets
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kernel.api.lists import NEWEST, DeclaredFilters, KeysetPagination, Narrow, check_parameters, keep_fields
from portal.kernel.api.programs import Program
from portal.kernel.api.views import PortalView, check_match, matched_version, tag_of
from portal.kernel.errors import Stale

if TYPE_CHECKING:
    from apps.accounts.models import User


class ScopedViewSet[M: Model](PortalView, viewsets.GenericViewSet[M]):
    """List and detail of what the user may have; "not yours" and "not there" are the same 404.

    ``selector`` is the app's ``<things>_visible_to``; ``related`` and ``prefetched`` are read with the rows.
    ``filters`` and ``orders`` say how a list is narrowed and sorted (``lists.py``). ``for_programs`` returns the rows
    that a service token may read. ``moves_by`` names services that make a move in the place of ``perform``, ``many_by``
    those in the place of ``perform_many``; moves in ``withheld`` need more than a reason and have addresses of their
    own.
    """

    model: ClassVar[type[Model]]
    selector: ClassVar[Any]  # a plain function as ``staticmethod``
    for_programs: ClassVar[Any] = None  # a function without arguments as ``staticmethod``, or nothing
    related: ClassVar[tuple[str, ...]] = ()
    prefetched: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[Mapping[str, Narrow]] = {}
    orders: ClassVar[Mapping[str, tuple[str, ...]]] = NEWEST
    withheld: ClassVar[tuple[str, ...]] = ()
    moves_by: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    many_by: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    filter_backends = (DeclaredFilters,)
    pagination_class = KeysetPagination
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[M]:
        """Return the selector's rows for the user of this request."""
        user: Any = self.request.user
        rows: QuerySet[M] = type(self).for_programs() if isinstance(user, Program) else type(self).selector(user)
        return rows.select_related(*self.related).prefetch_related(*self.prefetched)

    def get_object(self) -> M:
        """Return the row of the address; 412 where something else is to be done with it than with what was read."""
        found: M = super().get_object()
        if self.request.method not in SAFE_METHODS:
            check_match(self.request, found, lambda: JSONRenderer().render(self.get_serializer(found).data))
        return found

    @property
    def actor(self) -> "User":
        """Who asks; there is somebody, or the request was refused."""
        return cast("User", self.request.user)

    def list(self, request: Request) -> Response:
        """Return a page of the rows that the user may have."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        shown = keep_fields(self.get_serializer(page, many=True), request)
        return self.get_paginated_response(shown.data)

    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        """Return one row with its tag; 304 where the client has it already."""
        del pk
        check_parameters(request, {"fields"})
        obj = self.get_object()
        data = keep_fields(self.get_serializer(obj), request).data
        tag = tag_of(obj, JSONRenderer().render(data))
        if tag in [known.strip() for known in request.headers.get("If-None-Match", "").split(",")]:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    def given(self, body: type[serializers.Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """Return the validated body of the request. Raises a 400 that names the fields."""
        found = body(data=self.request.data, partial=partial, context=self.get_serializer_context())
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def check_version(self, obj: Any, version: int | None) -> None:
        """Refuse a version that was changed, for services that do not ask. Raises ``Stale``."""
        check_version(obj, version)

    def answer(self, obj: Any, code: int = status.HTTP_200_OK) -> Response:
        """Return an object as it is now, read anew with what is shown beside it."""
        fresh = self.get_queryset().filter(pk=obj.pk).first() or obj
        data = self.get_serializer(fresh).data
        headers = {"ETag": tag_of(fresh, JSONRenderer().render(data))}
        if code == status.HTTP_201_CREATED:
            headers["Location"] = reverse(f"{self.basename}-detail", args=[obj.pk]) + "/"
        return Response(data, status=code, headers=headers)


def check_version(obj: Any, version: int | None) -> None:
    """Refuse a version that was changed, for services that do not ask. Raises ``Stale``."""
    if version is not None and obj.version != version:
        raise Stale("stale", _("This was changed meanwhile. Read it again before you change it."))


class Adds:
    """Rows are entered by POST on the list, with the body ``add_serializer`` and the service in ``add``."""

    add_serializer: ClassVar[type[serializers.Serializer[Any]]]

    @abstractmethod
    def add(self, values: dict[str, Any]) -> Any:
        """Call the service and return the row."""

    def create(self: Any, request: Request) -> Response:
        """Enter a row: 201 with its address."""
        del request
        obj = self.add(self.given(self.add_serializer))
        return cast("Response", self.answer(obj, status.HTTP_201_CREATED))


class Changes:
    """Rows are changed by PATCH: what is not sent stays; ``If-Match`` names the version that was read."""

    change_serializer: ClassVar[type[serializers.Serializer[Any]]]

    @abstractmethod
    def change(self, obj: Any, values: dict[str, Any], version: int | None) -> Any:
        """Call the service and return the row."""

    def partial_update(self: Any, request: Request, pk: str) -> Response:
        """Change what was sent."""
        del pk
        version = matched_version(request)
        obj = self.get_object()
        changed = self.change(obj, self.given(self.change_serializer, partial=True), version)
        return cast("Response", self.answer(changed))


class Removes:
    """Rows are thrown away by DELETE."""

    @abstractmethod
    def remove(self, obj: Any) -> None:
        """Call the service."""

    def destroy(self: Any, request: Request, pk: str) -> Response:
        """Throw the row away: 204."""
        del request, pk
        self.remove(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnKeyField(serializers.PrimaryKeyRelatedField[Any]):
    """The key of a row that the user may have; any other is no key.

    ``selector`` is ``<things>_visible_to``, ``related`` what the service will read of the row.
    """

    def __init__(
        self, selector: Callable[[Any], QuerySet[Any]], *, related: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        self.selector, self.related = selector, related
        super().__init__(queryset=selector_model(selector), **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the user's rows."""
        rows = self.selector(self.context["request"].user)
        # Without names the method follows every key.
        return rows.select_related(*self.related) if self.related else rows

    def to_internal_value(self, data: Any) -> Any:
        """Return the row; what is too large for a key finds none."""
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


def selector_model(selector: Callable[[Any], QuerySet[Any]]) -> QuerySet[Any]:
    """Return an empty set of the selector's model, by which the schema knows the key's type."""
    from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 - asked when views are declared

    return selector(AnonymousUser()).none()
