"""What the palette of commands and the page of the search offer to one person: pages, and people by their names."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.applications.models import Placement
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from portal import navigation
from portal.admin_site import sidebar
from portal.kernel.dates import monday_of
from portal.search import SHORTEST, SHOWN, Group, found_in_lists, words_of

# With nothing typed yet the first pages are offered, so that the palette is a menu, too.
FIRST: Final = 8
BY_NAME: Final = (
    "enrolment__student__first_name",
    "enrolment__student__last_name",
    "enrolment__student__student_profile__reg_no",
)


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Answer the palette with ``?format=json``; else show the page of the search, which works without a script."""
    words = words_of(request)
    if request.GET.get("format") == "json":
        groups = [{"title": group.title, "rows": group.rows} for group in groups_for(request, words)]
        return JsonResponse({"groups": groups})
    if admin.site.has_permission(request):
        return HttpResponseRedirect(f"{reverse('admin:find')}?{urlencode({'q': words})}")
    return render(request, "portal/find.html", {"words": words, "groups": list(groups_for(request, words))})


def groups_for(request: HttpRequest, words: str) -> Iterator[Group]:
    """Yield what one person finds: pages, and people by their names in the rows that are the person's."""
    pages = _matching(_pages(request), words)
    if pages:
        yield Group(_("Pages"), pages, "")
    if len(words) < SHORTEST:
        return
    if admin.site.has_permission(request):
        yield from found_in_lists(request, words)
    if students := _students(request, words):
        yield Group(_("Your students"), students, "")


def _pages(request: HttpRequest) -> Iterator[tuple[str, str]]:
    if admin.site.has_permission(request):
        for group in sidebar(request):
            yield from ((str(item["title"]), str(item["link"])) for item in group["items"])
        yield _("Choose what you work on"), reverse("admin:scope")
    yield from ((str(page.label), url) for page, url in navigation.pages_for(request))
    yield from (
        (str(page.label), url) for page in navigation.ACCOUNT_PAGES if (url := navigation.url_of(page.url_name))
    )


def _matching(pages: Iterable[tuple[str, str]], words: str) -> list[tuple[str, str]]:
    parts = words.casefold().split()
    labels: dict[str, str] = {}
    for label, url in pages:
        # What two navigations have is named as in the first.
        labels.setdefault(url, label)
    found = [(label, url) for url, label in labels.items() if all(part in label.casefold() for part in parts)]
    return found[:FIRST]


def _students(request: HttpRequest, words: str) -> list[tuple[str, str]]:
    rows: dict[int, tuple[str, str]] = {}
    for kind in SupervisorKind:
        mine = placements_supervised_by(request.user, kind).select_related("enrolment__student", "company")
        for part in words.split():
            named = Q()
            for field in BY_NAME:
                named |= Q(**{f"{field}__icontains": part})
            mine = mine.filter(named)
        rows |= {row.pk: (f"{row.enrolment.student} · {row.company}", _week_of(row)) for row in mine[:SHOWN]}
    return list(rows.values())[:SHOWN]


def _week_of(placement: Placement) -> str:
    day = max(placement.start, min(timezone.localdate(), placement.end))
    args: list[Any] = [placement.pk, monday_of(day)]
    return reverse("supervise_week", args=args)
