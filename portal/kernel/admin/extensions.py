"""What an upper app adds to the admin page of a lower app's model, without the lower app knowing of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from portal.kernel.errors import Text


@dataclass(frozen=True)
class Column:
    """A column of the list: ``value(row)`` is what its cell shows.

    ``prepare(queryset)`` annotates what ``value`` reads, so that the list asks no question a row; ``order_by`` is
    the lookup by which the column sorts, empty where it does not.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    order_by: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the object's page: ``context(row, request)`` fills ``template``; None leaves the panel out."""

    name: str
    title: Text
    template: str
    context: Callable[[Any, HttpRequest], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Action:
    """An entry of the list's actions: ``run(page, request, rows)`` answers, or None to show the list again."""

    name: str
    label: Text
    run: Callable[[Any, HttpRequest, QuerySet[Any]], Any]


@dataclass
class Additions:
    """All that the upper apps added to one model's pages."""

    columns: list[Column] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    filters: list[Any] = field(default_factory=list)
    inlines: list[Any] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


_additions: dict[type[Model], Additions] = {}


def extend_admin(
    model: type[Model],
    *,
    columns: Sequence[Column] = (),
    panels: Sequence[Panel] = (),
    filters: Sequence[Any] = (),
    inlines: Sequence[Any] = (),
    actions: Sequence[Action] = (),
) -> None:
    """Add to the list and to the object's page of a model; called by an upper app's ``admin`` module.

    ``filters`` are entries of ``list_filter``: names of fields or ``SimpleListFilter`` classes. ``inlines``
    are classes of ``PortalTabularInline``; they are shown with an object that is stored.
    """
    added = _additions.setdefault(model, Additions())
    added.columns += columns
    added.panels += panels
    added.filters += filters
    added.inlines += inlines
    added.actions += actions


def additions_to(model: type[Model]) -> Additions:
    """Return what was added to the pages of a model."""
    return _additions.get(model, Additions())


def list_extensions() -> list[tuple[str, str, str]]:
    """Return every addition as (model, column or panel or filter, name), sorted; for the list of hooks."""
    found: list[tuple[str, str, str]] = []
    for model, added in _additions.items():
        label = model._meta.label
        found += [(label, "column", column.name) for column in added.columns]
        found += [(label, "panel", panel.name) for panel in added.panels]
        found += [(label, "filter", getattr(entry, "parameter_name", str(entry))) for entry in added.filters]
        found += [(label, "inline", inline.__name__) for inline in added.inlines]
        found += [(label, "action", action.name) for action in added.actions]
    return sorted(found)
