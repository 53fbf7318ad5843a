"""Filters of lists that show nobody else's rows, and the lookups that an address may hold."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import CharField, Model, QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite, ModelAdmin

_LOOKUPS: Final = ("exact", "id__exact", "isnull", "gte", "lt", "year", "month", "day", "isempty")


def choices_for(site: "AdminSite", model: type[Model], request: HttpRequest) -> QuerySet[Any]:
    """Return the rows of a related model that the user may choose: those of its own admin page, else none.

    A model without a page of ours has no selector that could be asked, so nothing of it is offered.
    """
    if not site.is_registered(model):
        return model._default_manager.none()
    return site.get_model_admin(model).get_queryset(request)


class ScopedRelatedFilter(RelatedFieldListFilter):
    """The filter by a related row; offers only the rows that the user has."""

    def has_output(self) -> bool:
        """Filter by what the address says even where there is nothing to choose: a foreign key then finds nothing."""
        return super().has_output() or bool(self.lookup_val)

    def field_choices(self, field: Any, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[Any]:
        """Return the choices as (key, text)."""
        rows = choices_for(model_admin.admin_site, field.remote_field.model, request)
        return [(str(row.pk), str(row)) for row in rows]


def scoped_filters(model: type[Model], declared: Iterable[Any]) -> list[Any]:
    """Return the declared filters, those by a related row with ``ScopedRelatedFilter``."""
    return [
        (entry, ScopedRelatedFilter) if isinstance(entry, str) and _is_related(model, entry) else entry
        for entry in declared
    ]


def _is_related(model: type[Model], path: str) -> bool:
    return bool(get_fields_from_path(model, path)[-1].is_relation)


def is_declared(model: type[Model], lookup: str, declared: Iterable[Any], date_hierarchy: str | None) -> bool:
    """Say whether an address may hold this lookup: only those that a declared filter itself writes.

    Django's own rule lets every field of the model and of what the filters name through; with it
    ``?user__password__startswith=`` reads a secret letter by letter.
    """
    paths = [date_hierarchy] if date_hierarchy else []
    for entry in declared:
        if isinstance(entry, type) and issubclass(entry, SimpleListFilter):
            if lookup == entry.parameter_name:
                return True
        else:
            paths.append(entry[0] if isinstance(entry, tuple | list) else entry)
            if lookup == entry and _offers_all_values(model, entry):
                return True
    return any(lookup == f"{path}__{suffix}" for path in paths for suffix in _LOOKUPS)


def _offers_all_values(model: type[Model], path: str) -> bool:
    """Say whether Django filters this column by the values that it holds; that filter writes the bare name."""
    field = get_fields_from_path(model, path)[-1]
    return not field.is_relation and isinstance(field, CharField) and not field.choices
