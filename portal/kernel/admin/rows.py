"""Own rows and rights of the object: what every page of the workspace stands on."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Field, QuerySet, URLField
from django.http import Http404, HttpRequest

from portal.kernel.admin.extensions import Column, additions_to
from portal.kernel.admin.filters import choices_for, is_declared, scoped_filters
from portal.kernel.admin.narrowing import NarrowedLists, within
from portal.kernel.errors import Text

if TYPE_CHECKING:
    # Unfold is not typed; seen as Django's own class, which it extends, every override below is checked.
    from django.contrib.admin import ModelAdmin

    from apps.accounts.models import User
else:
    from unfold.admin import ModelAdmin

type Selector = Callable[[Any], QuerySet[Any]]
type Predicate = Callable[[Any, Any], bool]


class ScopedModelAdmin(NarrowedLists, ModelAdmin[Any]):
    """Rows from a selector, rights from predicates; model-wide permissions play no part.

    A subclass names plain functions of its app:

    ``selector(user)``: the rows of the list, of autocompletes and of every choice of this model.
    ``can_view``, ``can_change``, ``can_delete`` ``(row, user)`` and ``can_add(user)``: the rights; what is not named
    nobody may. ``opens_for(user)`` says who has the pages at all; everybody of the workspace if it is not named.
    ``stays``: fields that are entered once and only shown afterwards.
    ``empty_lists``: what is shown of a list without a value, by field, where that says something.
    ``choices``: for a field that points at a model without a page of its own, the selector of its choices.
    """

    # Plain functions as ``staticmethod``; mypy would take a typed callable on the class for a method.
    selector: ClassVar[Any]
    can_view: ClassVar[Any]
    can_change: ClassVar[Any] = None
    can_delete: ClassVar[Any] = None
    can_add: ClassVar[Any] = None
    opens_for: ClassVar[Any] = None
    stays: ClassVar[Sequence[str]] = ()
    choices: ClassVar[Mapping[str, Selector]] = {}
    empty_lists: ClassVar[Mapping[str, Text]] = {}

    @staticmethod
    def actor_of(request: HttpRequest) -> "User":
        """Return the person who acts; the site lets in nobody who is not signed in."""
        return cast("User", request.user)

    # -- rows ---------------------------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list; where the address holds a NUL, which PostgreSQL takes nowhere, Django drops the filters."""
        if any("\x00" in value for _name, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the user has, with what the added columns read."""
        rows: QuerySet[Any] = type(self).selector(request.user)
        if self.narrows(request):
            rows = within(request, rows, self.admin_site)
        for column in additions_to(self.model).columns:
            if column.prepare is not None:
                rows = column.prepare(rows)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def object_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row of an address; "not yours" and "not there" are the same 404."""
        if not self.has_view_permission(request):
            raise Http404
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Offer only rows that the user has as choices of a related field; a forged key is then no valid choice."""
        del db
        if db_field.name in self.choices:
            return self.choices[db_field.name](request.user)
        return choices_for(self.admin_site, db_field.remote_field.model, request)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Take an address without a scheme for https, and leave out the windows that edit what a field points at."""
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        formfield: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield is not None and isinstance(formfield.widget, RelatedFieldWidgetWrapper):
            formfield.widget = formfield.widget.widget
        return formfield

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is only shown: what the class declares and, of a stored row, what stays as it was entered."""
        declared = super().get_readonly_fields(request, obj)
        return (*declared, *self.stays) if obj is not None else declared

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Return the declared and the added filters; related rows are offered within the user's scope."""
        declared = [*super().get_list_filter(request), *additions_to(self.model).filters]
        return scoped_filters(self.model, declared)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Let an address filter only by what a declared filter writes."""
        del value
        if request is None:
            return False
        return is_declared(self.model, lookup, self.get_list_filter(request), self.date_hierarchy)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the declared and the added columns."""
        return [*super().get_list_display(request), *(_as_display(c) for c in additions_to(self.model).columns)]

    # -- rights -------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the model stands in the navigation."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user has these pages at all or, with ``obj``, may see it."""
        opens = type(self).opens_for
        if opens is not None and not opens(request.user):
            return False
        return obj is None or bool(type(self).can_view(obj, request.user))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the predicate; without ``obj`` say whether anybody may change such rows here."""
        return self._allows(type(self).can_change, request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the predicate; without ``obj`` say whether anybody may delete such rows here."""
        return self._allows(type(self).can_delete, request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask ``can_add``."""
        may_add = type(self).can_add
        return may_add is not None and self.has_view_permission(request) and bool(may_add(request.user))

    def _allows(self, predicate: Predicate | None, request: HttpRequest, obj: Any) -> bool:
        if predicate is None or not self.has_view_permission(request):
            return False
        return obj is None or predicate(obj, request.user)


def _as_display(column: Column) -> Callable[[Any], Any]:
    def show(row: Any) -> Any:
        return column.value(row)

    show.__name__ = column.name
    return admin.display(description=cast("Any", column.label), ordering=column.order_by or None)(show)
