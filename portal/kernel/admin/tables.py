"""A list of the workspace as a table: the columns that it shows, the plain facts of its rows, and the rows themselves.

What the list and the object's page show of a row is what its table may hold; rows, filters and search are the list's
own. Cells are values where there is one (numbers, days, times), words of a choice in the active language else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from portal.kernel.access import scope_of
from portal.kernel.admin.narrowing import take_from_address
from portal.kernel.admin.pages import PortalModelAdmin
from portal.kernel.admin.remembering import COLUMNS, facts_of, name_of, show_columns

# The role for which lists of the workspace are cut to its own students; it has no workspace.
SHARED_WITH: Final = "university_supervisor"


@dataclass(frozen=True)
class TableColumn:
    """One column that can be chosen: ``usual`` ones stand in the list itself."""

    name: str
    label: str
    value: Callable[[Any], object]
    usual: bool


def page_of_list(label: str) -> PortalModelAdmin | None:
    """Return the workspace's page of a model ("applications.placement"); None where there is none of ours."""
    for model, page in admin.site._registry.items():  # noqa: SLF001 - Django has no public way to ask by name
        if model._meta.label_lower == label and isinstance(page, PortalModelAdmin):
            return page
    return None


def columns_of(page: PortalModelAdmin, user: Any) -> list[TableColumn]:
    """Return the columns that the user may choose: all for who has the workspace, else those that the page shares.

    A fact that the list shows under the same label in another form is left out: no two columns have one name.
    """
    request = request_of(user)
    shown = [_shown(page, entry) for entry in page.get_list_display(request) if entry != "action_checkbox"]
    names = {column.name for column in shown}
    labels = {column.label for column in shown}
    facts = [_fact(page, name) for name in facts_of(page) if name not in names]
    found = [*shown, *(column for column in facts if column.label not in labels)]
    if admin.site.has_permission(request):
        return found
    return [column for column in found if column.name in page.shared_columns]


def may_open(page: PortalModelAdmin, user: Any) -> bool:
    """Say whether the user has this list: in the workspace, or because its columns are shared with the role."""
    request = request_of(user)
    if admin.site.has_permission(request):
        return page.has_view_permission(request)
    return bool(page.shared_columns) and SHARED_WITH in scope_of(user).roles


def rows_of(page: PortalModelAdmin, user: Any, query: str) -> models.QuerySet[Any]:
    """Return the rows that the list shows this user with the filters, search and order of an address.

    An address that holds what no list writes counts as one without filters.
    """
    request = request_of(user, query)
    try:
        shown = page.get_changelist_instance(request)
    except (IncorrectLookupParameters, SuspiciousOperation):
        request = request_of(user)
        shown = page.get_changelist_instance(request)
    rows: models.QuerySet[Any] = shown.get_queryset(request)
    return rows


def lines_of(rows: models.QuerySet[Any], columns: Iterable[TableColumn], *, chunk: int) -> Iterable[list[object]]:
    """Yield the cells of each row; at most ``chunk`` rows are in memory."""
    chosen = list(columns)
    for row in rows.iterator(chunk_size=chunk):
        yield [column.value(row) for column in chosen]


def request_of(user: Any, query: str = "") -> HttpRequest:
    """Return a request of this user as a list reads one; outside of the web too, where a job writes the table."""
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    take_from_address(request)
    address = request.GET.copy()
    # The order counts the columns of the screen, which are not always those of the page.
    show_columns(request, "".join(address.pop(COLUMNS, [])[:1]).split("."))
    request.GET = QueryDict(address.urlencode())
    return request


def _fact(page: PortalModelAdmin, name: str) -> TableColumn:
    label = capfirst(str(page.model._meta.get_field(name).verbose_name))
    return TableColumn(name, label, lambda row: _field_value(row, name), usual=False)


def _shown(page: PortalModelAdmin, entry: Any) -> TableColumn:
    name = name_of(entry)
    label = capfirst(str(label_for_field(entry, page.model, page)))

    def value(row: Any) -> object:
        if entry == "badge":
            return row.get_state_display()
        field, _attribute, found = lookup_field(entry, row, page)
        return _field_value(row, name) if field is not None and not field.is_relation else _as_cell(found)

    return TableColumn(name, label, value, usual=True)


def _field_value(row: Any, name: str) -> object:
    display = getattr(row, f"get_{name}_display", None)
    return display() if display is not None else getattr(row, name)


def _as_cell(found: Any) -> object:
    if isinstance(found, SafeString):
        return " ".join(strip_tags(found).split())
    if isinstance(found, list | tuple):
        return ", ".join(str(one) for one in found)
    return found
