"""What a person has made of a list: the columns on the screen, and named views (filters, search, order, columns).

The app that has people keeps it and hands its memory in at start. A view is only ever an address: its rows are those
of the list for whoever opens it, so that a shared view shows nobody a row that is not theirs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.text import capfirst

from portal.kernel.admin.rows import ScopedModelAdmin

if TYPE_CHECKING:
    # As in rows.py: typed as what it extends.
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.views import ChangeList

VIEW: Final = "_view"
COLUMNS: Final = "_columns"
# Leads to the address of a view, for who does not know how many columns are shown.
OPEN: Final = "_open"
ORDER: Final = "o"
# Where in the list one is, and what went wrong, are no part of a view.
_PASSING: Final = (ORDER, VIEW, COLUMNS, OPEN, "p", "e", "all", "_popup", "_to_field", "_facets")
_CHOSEN: Final = "_portal_columns"
_NEVER: Final = (models.FileField, models.JSONField, models.ForeignKey, models.BinaryField)


@dataclass(frozen=True)
class ListView:
    """A named view: ``query`` holds filters and search, ``order`` names columns ("-start"), ``mine`` may be changed."""

    key: int
    name: str
    query: str
    order: Sequence[str] = ()
    columns: Sequence[str] = ()
    mine: bool = True


class ListMemory(Protocol):
    """What the pages ask: all of a list is named by its label, such as "applications.placement"."""

    def columns(self, user: Any, label: str) -> Sequence[str]:
        """Return the columns that the user chose for the screen; none for those of the page."""

    def views(self, user: Any, label: str) -> Sequence[ListView]:
        """Return the user's views and those that are shared with the user; one query."""

    def usual(self, user: Any, label: str) -> int | None:
        """Return the key of the view with which the list opens for this user."""


class _Forgetful:
    def columns(self, _user: Any, _label: str) -> Sequence[str]:
        return ()

    def views(self, _user: Any, _label: str) -> Sequence[ListView]:
        return ()

    def usual(self, _user: Any, _label: str) -> int | None:
        return None


@dataclass
class _Holder:
    memory: ListMemory = field(default_factory=_Forgetful)


_holder = _Holder()


def remember_lists_with(memory: ListMemory) -> None:
    """Tell the lists who remembers for them; accounts calls this once at start."""
    _holder.memory = memory


def facts_of(page: Any) -> list[str]:
    """Return the plain columns of a row that its page shows and its list does not."""
    editable = [f.name for f in page.model._meta.concrete_fields if f.editable and not f.primary_key]
    declared: Any = flatten_fieldsets(page.fieldsets) if page.fieldsets else (page.fields or editable)
    return [name for name in declared if isinstance(name, str) and _is_plain(page.model, name)]


def _is_plain(model: type[models.Model], name: str) -> bool:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    # A related row would be read one by one.
    return isinstance(found, models.Field) and not found.many_to_many and not isinstance(found, _NEVER)


def name_of(entry: Any) -> str:
    """Return the name of an entry of ``list_display``."""
    return entry if isinstance(entry, str) else entry.__name__


def show_columns(request: HttpRequest, names: Iterable[str]) -> None:
    """Let the list of this request show these columns."""
    setattr(request, _CHOSEN, list(names))


def columns_in(request: HttpRequest, query: str) -> str:
    """Return the query with the columns of the screen in place of the view: the order counts them."""
    address = QueryDict(query, mutable=True)
    address.pop(VIEW, None)
    if address.get(ORDER) and (chosen := getattr(request, _CHOSEN, ())):
        address[COLUMNS] = ".".join(chosen)
    return address.urlencode()


class _RememberingList(ChangeList):
    """A list whose address may name a view: no filter, and kept in every link and in the search."""

    def get_filters_params(self, params: Any = None) -> Any:
        found = super().get_filters_params(params)
        for name in (VIEW, OPEN):
            found.pop(name, None)
        return found


class RememberedLists(ScopedModelAdmin):
    """Lists with the columns and views of the person."""

    @property
    def label(self) -> str:
        """The list's name in addresses and in what is remembered."""
        return str(self.model._meta.label_lower)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the list that knows of views."""
        del request, kwargs
        return _RememberingList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the columns that were chosen for this request, in the order of the page; else those of the page."""
        declared = super().get_list_display(request)
        chosen = set(getattr(request, _CHOSEN, ()))
        known = {name_of(entry): entry for entry in declared}
        if chosen:
            known |= {name: name for name in facts_of(self) if name not in known}
        return [entry for name, entry in known.items() if name in chosen] or declared

    def take_views(self, request: HttpRequest) -> dict[str, Any] | HttpResponseRedirect:
        """Show the columns and the view of the request; returns what the page shows of it.

        A list that is opened without any condition goes to the view that the person has made the usual one.
        """
        if not self.has_view_permission(request):
            raise Http404
        memory, user = _holder.memory, self.actor_of(request)
        views = memory.views(user, self.label)
        screen = memory.columns(user, self.label)
        asked = request.GET.get(OPEN, "") if request.GET else str(memory.usual(user, self.label))
        for view in views:
            if request.method == "GET" and str(view.key) == asked:
                return HttpResponseRedirect(self._view_address(request, view, screen))
        wanted = request.GET.get(VIEW, "")
        opened = next((view for view in views if str(view.key) == wanted), None)
        show_columns(request, (opened.columns if opened else ()) or screen)
        return self._views_context(request, views, opened, screen)

    def _views_context(
        self, request: HttpRequest, views: Sequence[ListView], opened: ListView | None, screen: Sequence[str]
    ) -> dict[str, Any]:
        names = self._column_names(request)
        shown = getattr(request, _CHOSEN)
        tabs = [
            {"label": view.name, "url": self._view_address(request, view, screen), "current": view is opened}
            for view in views
        ]
        show_columns(request, shown)
        query, order = kept_query(request.GET), _order_names(request.GET.get(ORDER, ""), names)
        differs = opened is not None and (query, order) != (opened.query, list(opened.order))
        return {
            "view_tabs": tabs,
            "view_opened": opened,
            "view_differs": differs and opened is not None and opened.mine,
            "view_label": self.label,
            "view_usual": _holder.memory.usual(self.actor_of(request), self.label),
            "view_columns": self._columns_offered(request, names),
            "view_now": {"query": query, "order": order, "columns": shown},
        }

    def _columns_offered(self, request: HttpRequest, shown: Sequence[str]) -> list[dict[str, Any]]:
        declared = {name_of(entry): entry for entry in super().get_list_display(request)}
        offered: dict[str, dict[str, Any]] = {}
        for entry in [*declared.values(), *(name for name in facts_of(self) if name not in declared)]:
            name, label = name_of(entry), capfirst(str(label_for_field(entry, self.model, self)))
            # A fact that the list shows under the same label in another form is left out, as in its table.
            offered.setdefault(label, {"name": name, "label": label, "shown": name in shown})
        return list(offered.values())

    def _column_names(self, request: HttpRequest) -> list[str]:
        shown = [name_of(entry) for entry in self.get_list_display(request)]
        return ["action_checkbox", *shown] if self.get_actions(request) else shown

    def _view_address(self, request: HttpRequest, view: ListView, screen: Sequence[str]) -> str:
        show_columns(request, view.columns or screen)
        names = self._column_names(request)
        address = QueryDict(view.query, mutable=True)
        if order := _order_numbers(view.order, names):
            address[ORDER] = order
        address[VIEW] = str(view.key)
        return f"{request.path}?{address.urlencode()}"


def kept_query(asked: QueryDict) -> str:
    """Return the filters and the search of an address, without order, page and view."""
    kept = asked.copy()
    for name in _PASSING:
        kept.pop(name, None)
    return kept.urlencode()


def _order_names(numbers: str, names: Sequence[str]) -> list[str]:
    """Name the columns that ``o=2.-1`` counts: their numbers change with the columns that are shown."""
    found = []
    for part in numbers.split("."):
        sign, digits = ("-", part[1:]) if part.startswith("-") else ("", part)
        if digits.isascii() and digits.isdecimal() and 0 < int(digits[:4]) < len(names):
            found.append(sign + names[int(digits[:4])])
    return found


def _order_numbers(order: Sequence[str], names: Sequence[str]) -> str:
    places: Mapping[str, int] = {name: number for number, name in enumerate(names)}
    wanted = [(name.startswith("-"), name.removeprefix("-")) for name in order]
    return ".".join(f"{'-' if down else ''}{places[name]}" for down, name in wanted if name in places)
