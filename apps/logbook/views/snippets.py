"""One's feedback sentences: kept, changed, shared, thrown away."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.logbook.forms import SnippetForm, refuse
from apps.logbook.models import Snippet
from apps.logbook.permissions import keeps_snippets
from apps.logbook.selectors import circle_key, circles_of, snippets_visible_to
from apps.logbook.services import snippets
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED, form_of, row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User


def _user_of(request: HttpRequest) -> "User":
    if not keeps_snippets(request.user):
        raise PermissionDenied
    return cast("User", request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def snippet_list(request: HttpRequest) -> HttpResponse:
    """Show own sentences, each in its form, and those that others share; a POST keeps a new one."""
    user = _user_of(request)
    if request.method != "POST":
        return _page(request, user)
    form = SnippetForm(circles_of(user), request.POST)
    if form.is_valid():
        try:
            snippets.keep_snippet(form.sentence(), actor=user)
        except RuleViolation as error:
            refuse(form, error)
        else:
            messages.success(request, _("The sentence is kept."))
            return redirect("snippet_list")
    return _page(request, user, new=form)


@login_required
@form_of("snippet_list")
def snippet_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an own sentence or with whom it is shared."""
    user = _user_of(request)
    row = _own_or_404(user, pk)
    form = SnippetForm(circles_of(user), request.POST, prefix=str(pk))
    if form.is_valid():
        try:
            snippets.change_snippet(row, form.sentence(), actor=user)
        except RuleViolation as error:
            refuse(form, error)
        else:
            messages.success(request, _("The sentence is changed."))
            return redirect("snippet_list")
    return _page(request, user, refused={pk: form})


@login_required
@require_POST
def snippet_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw an own sentence away."""
    user = _user_of(request)
    snippets.drop_snippet(_own_or_404(user, pk), actor=user)
    messages.success(request, _("The sentence is thrown away."))
    return redirect("snippet_list")


def _own_or_404(user: "User", pk: int) -> Snippet:
    return row_or_404(snippets_visible_to(user), pk=pk, owner=user)


def _page(
    request: HttpRequest,
    user: "User",
    *,
    new: SnippetForm | None = None,
    refused: dict[int, SnippetForm] | None = None,
) -> HttpResponse:
    circles, refused = circles_of(user), refused or {}
    rows = list(snippets_visible_to(user))
    own = [(row, refused.get(row.pk) or _form(row, circles)) for row in rows if row.owner_id == user.pk]
    context = {
        "own": own,
        "shared": [row for row in rows if row.owner_id != user.pk],
        "form": new or SnippetForm(circles),
    }
    status = REFUSED if new is not None or refused else None
    return render(request, "logbook/snippets.html", context, status=status)


def _form(row: Snippet, circles: Any) -> SnippetForm:
    return SnippetForm(circles, prefix=str(row.pk), initial={"text": row.text, "circle": circle_key(row)})
