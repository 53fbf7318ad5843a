"""Lists of the API: narrowed by declared filters, in a declared order, leafed by key, with the wanted fields."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Field, Model, Q, QuerySet
from django.db.models import fields as columns
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from portal.kernel.keyset import KeysetPage, is_key, keyset_page

PAGE: Final = 50
LONGEST_PAGE: Final = 200
LARGEST: Final = 2**63 - 1
# What every list takes beside its own filters.
COMMON: Final = frozenset({"ordering", "fields", "page_size", "after", "before"})
NEWEST: Final[Mapping[str, tuple[str, ...]]] = {"-id": ("-id",), "id": ("id",)}
type Narrow = str | Callable[[QuerySet[Any], str], QuerySet[Any]]


def wrong(**messages: str) -> exceptions.ValidationError:
    """Return the 400 that names what is wrong with the address."""
    return exceptions.ValidationError({name: [message] for name, message in messages.items()})


class DeclaredFilters(BaseFilterBackend):
    """Reads ``filters``, ``orders`` of the view: nothing else can be asked, so no secret can be asked for.

    A filter is a lookup (``"day__gte"``), or a function of rows and text. Of a field with choices several values may
    be named, with commas between. Whatever is not declared is a 400 that says so.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Return the narrowed rows; only of lists."""
        if view.action != "list":
            return queryset
        check_parameters(request, {*view.filters, *COMMON})
        for name, narrow in view.filters.items():
            text = request.query_params.get(name)
            if text is None:
                continue
            if "\x00" in text:
                raise wrong(**{name: _("The value holds a sign that cannot be.")})
            queryset = narrow(queryset, text) if callable(narrow) else queryset.filter(_condition(view, name, text))
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return what the schema says of the parameters."""
        found = [_parameter(name, _schema(view.model, narrow)) for name, narrow in view.filters.items()]
        order = {"type": "string", "enum": list(view.orders)}
        return [*found, _parameter("ordering", order), _parameter("fields", {"type": "string"}, FIELDS)]


FIELDS: Final = "Names of fields with commas between them; only these are answered."


def check_parameters(request: Request, known: set[str]) -> None:
    """Refuse names that mean nothing here: a filter that is not applied would be taken for one that is."""
    unknown = {str(name)[:80] for name in request.query_params} - known
    if unknown:
        message = _("There is no such parameter here. There are: %(known)s.") % {"known": ", ".join(sorted(known))}
        raise exceptions.ValidationError({name: [message] for name in sorted(unknown)})


def _parameter(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": schema}
    return {**found, "description": description} if description else found


def _column(model: type[Model], lookup: str) -> Field[Any, Any]:
    """Return the field at the end of a lookup path, without its comparison."""
    found: Any = None
    here: Any = model
    for part in lookup.split("__"):
        names = {field.name for field in here._meta.get_fields()} if here is not None else set()
        if part not in names:
            break
        found = here._meta.get_field(part)
        here = found.related_model
    return found  # type: ignore[no-any-return] # a field of some model


def _condition(view: Any, name: str, text: str) -> Q:
    lookup: str = view.filters[name]
    field = _column(view.model, lookup)
    if lookup.endswith("__isnull"):
        return Q(**{lookup: _value(columns.BooleanField(), name, text)})
    if field.choices and not lookup.endswith("__in"):
        return Q(**{f"{lookup}__in": [_value(field, name, part) for part in text.split(",")]})
    return Q(**{lookup: _value(field, name, text)})


def _value(field: Field[Any, Any], name: str, text: str) -> Any:
    """Return the value that a text means. Raises a 400 that names the parameter."""
    try:
        return _reader(field).run_validation(text)
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({name: error.detail}) from error


def _reader(field: Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    if field.choices:
        return serializers.ChoiceField(choices=field.flatchoices)
    if isinstance(field, columns.DateTimeField):
        return serializers.DateTimeField()
    if isinstance(field, columns.DateField):
        return serializers.DateField()
    if isinstance(field, columns.BooleanField):
        return serializers.BooleanField()
    if field.is_relation or isinstance(field, columns.IntegerField):
        return serializers.IntegerField(min_value=0, max_value=LARGEST)
    return serializers.CharField(max_length=200)


def _schema(model: type[Model], narrow: Narrow) -> dict[str, Any]:
    field = None if callable(narrow) else _column(model, narrow)
    if not callable(narrow) and narrow.endswith("__isnull"):
        field = columns.BooleanField()
    if field is None:
        return {"type": "string"}
    if field.choices:
        words = ", ".join(str(value) for value, _label in field.flatchoices)
        return {"type": "string", "description": f"{words}; several with commas between them"}
    kinds: list[tuple[Any, dict[str, Any]]] = [
        (columns.DateTimeField, {"type": "string", "format": "date-time"}),
        (columns.DateField, {"type": "string", "format": "date"}),
        (columns.BooleanField, {"type": "boolean"}),
        (columns.IntegerField, {"type": "integer"}),
    ]
    found = next((schema for kind, schema in kinds if isinstance(field, kind)), {"type": "string"})
    return {"type": "integer"} if field.is_relation else found


class KeysetPagination(BasePagination):
    """Pages by the key of their last row: as fast however deep the client goes, nothing twice and nothing left out.

    ``{"next", "previous", "results"}``; both addresses are null at the ends. There is no count: it would cost more
    than the page.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page that the address asks for."""
        order = order_of(view, request)
        for name in ("after", "before"):
            key = request.query_params.get(name)
            if key and not is_key(queryset.model, order, key):
                raise wrong(**{name: _("This key was not given by this list in this order. Begin at its first page.")})
        self.request = request
        self.page: KeysetPage[Any] = keyset_page(request._request, queryset, order, _size(request))  # noqa: SLF001 - Django's request, as pages have it
        return list(self.page.object_list)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with the addresses of its neighbours."""
        neighbours = {"next": self._address("after"), "previous": self._address("before")}
        return Response({**neighbours, "results": data})

    def _address(self, side: str) -> str | None:
        key = getattr(self.page, side)
        if not key:
            return None
        query = self.request._request.GET.copy()  # noqa: SLF001 - as above
        for name in ("after", "before"):
            query.pop(name, None)
        query[side] = key
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what the schema says of a page."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters of leafing."""
        del view
        size = {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": PAGE}
        key = {"type": "string"}
        return [_parameter("page_size", size), _parameter("after", key), _parameter("before", key)]


def order_of(view: Any, request: Request) -> tuple[str, ...]:
    """Return the fields by which the list is sorted. Raises a 400 for an order that is not declared."""
    orders: Mapping[str, tuple[str, ...]] = view.orders
    name = request.query_params.get("ordering")
    if name is None:
        return next(iter(orders.values()))
    if name not in orders:
        raise wrong(ordering=_("Order by one of these: %(known)s.") % {"known": ", ".join(orders)})
    return orders[name]


def _size(request: Request) -> int:
    text = request.query_params.get("page_size")
    if text is None:
        return PAGE
    if not (text.isascii() and text.isdecimal() and int(text[:9]) >= 1 and len(text) <= 9):  # noqa: PLR2004 - digits of a number that fits
        raise wrong(page_size=_("Write a whole number from 1 to 200."))
    return min(int(text), LONGEST_PAGE)


def keep_fields(serializer: Any, request: Request) -> Any:
    """Leave out of a serializer what ``?fields=`` does not name. Raises a 400 for a name that is no field."""
    text = request.query_params.get("fields")
    if text is None:
        return serializer
    fields = (serializer.child if hasattr(serializer, "child") else serializer).fields
    wanted = {name.strip() for name in text.split(",")}
    if wanted - set(fields):
        raise wrong(fields=_("Name fields of these: %(known)s.") % {"known": ", ".join(fields)})
    for name in set(fields) - wanted:
        fields.pop(name)
    return serializer
