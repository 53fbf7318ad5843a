"""Views of lists: named, shared, renamed, deleted; each a form of its own, so that nothing needs a script."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import SavedView
from apps.accounts.permissions import can_change_saved_view
from apps.accounts.selectors import departments_visible_to, saved_views_visible_to
from apps.accounts.services import list_views
from apps.accounts.services.lists import list_for
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User


def _me(request: HttpRequest) -> "User":
    return cast("User", request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """Show the views of a list; POST keeps the list as it is shown under a name."""
    user = _me(request)
    label = (request.POST if request.method == "POST" else request.GET).get("list", "")
    page = list_for(label, user)
    if page is None or not page.admin_site.has_permission(request):
        raise Http404
    if request.method == "POST":
        return _save(request, label)
    rows = saved_views_visible_to(user).filter(label=label).select_related("department", "owner")
    usual = (user.usual_views or {}).get(label)
    context = {
        "title": capfirst(str(page.opts.verbose_name_plural)),
        "label": label,
        "list_url": _list_url(label),
        "views": [(row, can_change_saved_view(row, user), row.pk == usual) for row in rows],
        "departments": departments_visible_to(user).order_by("name"),
    }
    return render(request, "accounts/saved_views.html", context)


@login_required
@require_POST
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Do with a view what the pressed button says."""
    row = row_or_404(saved_views_visible_to(request.user), pk=pk)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        act(row, request)
    except RuleViolation as error:
        say_refusal(request, error)
    return HttpResponseRedirect(_way_back(request, row.label))


def _save(request: HttpRequest, label: str) -> HttpResponse:
    user = _me(request)
    try:
        row = list_views.save_view(label, request.POST.get("name", ""), _shown(request), actor=user)
    except RuleViolation as error:
        say_refusal(request, error)
        return HttpResponseRedirect(_way_back(request, label))
    if request.POST.get("usual"):
        list_views.open_with(label, row, actor=user)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": row.name})
    return HttpResponseRedirect(_list_url(label) + "?" + urlencode({"_open": row.pk}))


def _shown(request: HttpRequest) -> dict[str, Any]:
    order, columns = (request.POST.get(name, "").split(",") for name in ("order", "columns"))
    return {"query": request.POST.get("query", ""), "order": order, "columns": columns}


def _list_url(label: str) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def _way_back(request: HttpRequest, label: str) -> str:
    wished, hosts = request.POST.get("next", ""), {request.get_host()}
    if url_has_allowed_host_and_scheme(wished, allowed_hosts=hosts, require_https=request.is_secure()):
        return wished
    return reverse("saved_views") + "?" + urlencode({"list": label})


# -- what the buttons do ------------------------------------------------------------------------------------------


def _update(row: SavedView, request: HttpRequest) -> None:
    list_views.update_view(row, _shown(request), actor=_me(request))


def _rename(row: SavedView, request: HttpRequest) -> None:
    list_views.rename_view(row, request.POST.get("name", ""), actor=_me(request))


def _share(row: SavedView, request: HttpRequest) -> None:
    key = request.POST.get("department", "")
    department = row_or_404(departments_visible_to(request.user), pk=key) if key else None
    list_views.share_view(row, department, actor=_me(request))


def _delete(row: SavedView, request: HttpRequest) -> None:
    list_views.delete_view(row, actor=_me(request))


def _open_with(row: SavedView, request: HttpRequest) -> None:
    list_views.open_with(row.label, row, actor=_me(request))


def _open_plain(row: SavedView, request: HttpRequest) -> None:
    list_views.open_with(row.label, None, actor=_me(request))


ACTS: Final[dict[str, Callable[[SavedView, HttpRequest], None]]] = {
    "update": _update,
    "rename": _rename,
    "share": _share,
    "delete": _delete,
    "usual": _open_with,
    "unusual": _open_plain,
}
