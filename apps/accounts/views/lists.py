"""A list as a table: its columns chosen, written by a job."""

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from apps.accounts.forms import TableForm
from apps.accounts.services.lists import chosen_columns, list_for, start_list
from portal.kernel.admin.tables import columns_of
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def list_table(request: HttpRequest, app: str, model: str) -> HttpResponse:
    """Choose the columns of a list and start writing it; the filters come along in the address."""
    user, label = cast("User", request.user), f"{app}.{model}"
    page = list_for(label, user)
    if page is None:
        raise Http404
    columns = [(column.name, column.label) for column in columns_of(page, user)]
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
