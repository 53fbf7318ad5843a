"""A list as a table: its columns chosen, written by a job."""

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from apps.accounts.forms import TableForm
from apps.accounts.selectors import saved_views_visible_to
from apps.accounts.services.list_views import choose_screen_columns
from apps.accounts.services.lists import chosen_columns, list_for, start_list
from portal.kernel.admin.tables import columns_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User
    from portal.kernel.admin import PortalModelAdmin


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_table(request: HttpRequest, app: str, model: str) -> HttpResponse:
    """Choose the columns of a list and start writing it; the filters come along in the address."""
    user, label = cast("User", request.user), f"{app}.{model}"
    page = list_for(label, user)
    if page is None:
        raise Http404
    columns = [(column.name, column.label) for column in columns_of(page, user)]
    if request.method == "POST" and "show" in request.POST:
        return _show(request, page, label)
    initial = {"columns": chosen_columns(label, page, user), "form": "xlsx"}
    form = TableForm(request.POST if request.method == "POST" else None, columns=columns, initial=initial)
    if form.is_valid():
        query, chosen = request.GET.urlencode(), form.cleaned_data
        try:
            job = start_list(label, chosen["columns"], chosen["form"], actor=user, query=query)
        except RuleViolation as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            return redirect("job_detail", pk=job.pk)
    context = {
        "form": form,
        "title": capfirst(str(page.opts.verbose_name_plural)),
        "is_narrowed": bool(request.GET),
    }
    return render(request, "accounts/list_table.html", context, status=400 if form.errors else 200)


def _show(request: HttpRequest, page: "PortalModelAdmin", label: str) -> HttpResponse:
    """Show the columns in the list itself; of an open view of one's own they are the view's."""
    if not page.admin_site.has_permission(request):
        raise Http404
    user, view = cast("User", request.user), None
    if key := request.POST.get("view", ""):
        view = row_or_404(saved_views_visible_to(user).filter(owner=user, label=label), pk=key)
    try:
        choose_screen_columns(label, request.POST.getlist("columns"), actor=user, view=view)
    except RuleViolation as error:
        say_refusal(request, error)
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    query = f"_open={view.pk}" if view is not None else request.POST.get("query", "")
    return redirect(f"{address}?{query}" if query else address)
