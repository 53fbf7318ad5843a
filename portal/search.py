"""One search over the people, companies, vacancies and placements that a coordinator has."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

SEARCHED: Final = (
    "accounts.Enrolment",
    "accounts.StaffProfile",
    "accounts.Company",
    "vacancies.Vacancy",
    "applications.Placement",
)
SHOWN: Final = 8
SHORTEST: Final = 2
LONGEST: Final = 100


@dataclass(frozen=True)
class Group:
    """What was found of one kind: the first few as (text, address), and the list that has all, where there are more."""

    title: str
    rows: list[tuple[str, str]]
    all_url: str


def words_of(request: HttpRequest) -> str:
    """Return what was typed, at a length that somebody types."""
    return request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]


@require_safe
def search_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """Show what the lists of the workspace would find: by their fields, in the rows that are the user's."""
    words = words_of(request)
    long_enough = len(words) >= SHORTEST
    context = {
        **frame,
        "title": _("Search"),
        "words": words,
        "too_short": bool(words) and not long_enough,
        "groups": list(found_in_lists(request, words)) if long_enough else [],
    }
    return TemplateResponse(request, "admin/portal/search.html", context)


def found_in_lists(request: HttpRequest, words: str) -> Iterator[Group]:
    """Yield what the lists of the workspace find, kind by kind; for who is let into it."""
    for label in SEARCHED:
        page: Any = admin.site.get_model_admin(apps.get_model(label))
        if not page.has_view_permission(request):
            continue
        name = f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"
        rows, _doubles = page.get_search_results(request, page.get_queryset(request), words)
        first = list(rows.select_related(*page.list_select_related)[: SHOWN + 1])
        if first:
            yield Group(
                title=capfirst(str(page.opts.verbose_name_plural)),
                rows=[(str(row), page.url_of(row)) for row in first[:SHOWN]],
                all_url=f"{reverse(name)}?{urlencode({'q': words})}" if len(first) > SHOWN else "",
            )
