"""The page on which a coordinator chooses the department or cohort that lists and Today show."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.selectors import cohorts_coordinated_by, departments_visible_to
from portal.kernel.admin.narrowing import Anchor, Narrowing, narrow_to, narrowing_of
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import Cohort, Department


@require_http_methods(["GET", "POST"])
def scope_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """Show what there is to choose; POST keeps ``scope`` ("cohort-7", or nothing to leave it) and goes back."""
    target = _way_back(request)
    if request.method == "POST":
        narrow_to(request, _chosen(request, request.POST.get("scope", "")))
        return HttpResponseRedirect(target)
    departments: dict[int, tuple[Department, list[Cohort]]] = {
        row.pk: (row, []) for row in departments_visible_to(request.user).order_by("name")
    }
    for cohort in cohorts_coordinated_by(request.user).order_by("-start", "name"):
        departments[cohort.department_id][1].append(cohort)
    context = {**frame, "title": _("Choose what you work on"), "choices": departments.values(), "next": target}
    return TemplateResponse(request, "admin/portal/scope.html", context)


def scope_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the header shows; asks the database nothing."""
    return {"narrowing": narrowing_of(request), "scope_next": request.get_full_path()}


def _way_back(request: HttpRequest) -> str:
    wished = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wished, allowed_hosts=hosts, require_https=request.is_secure())
    return wished if safe else reverse("admin:index")


def _chosen(request: HttpRequest, text: str) -> Narrowing | None:
    if not text:
        return None
    anchor, _dash, key = text.partition("-")
    if anchor not in list(Anchor):
        raise Http404
    rows: Any = cohorts_coordinated_by if anchor == Anchor.COHORT else departments_visible_to
    row = row_or_404(rows(request.user), pk=key)
    return Narrowing(Anchor(anchor), row.pk, str(row))
