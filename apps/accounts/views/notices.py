"""What a person was told, and how much of it comes by mail; the latter also out of a mail, without signing in."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.forms import ChoicesForm
from apps.accounts.models import User
from apps.accounts.selectors import notices_visible_to, unread_notice_count
from apps.accounts.services.choices import choose, read_token, unsubscribe
from apps.accounts.services.notice_kinds import kinds_for, subject_of
from apps.accounts.services.notices import mark_read, sentence_of
from portal.kernel.access import scope_of
from portal.kernel.views import page_of, row_or_404

if TYPE_CHECKING:
    from portal.kernel.errors import Text


def _me(request: HttpRequest) -> User:
    """Return who is signed in; every page that asks is behind ``login_required``."""
    return cast("User", request.user)


# -- the list -----------------------------------------------------------------------------------------------------


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Show what the person was told, newest first; ``?show=unread`` and ``?about=<app>`` narrow it.

    Looking marks nothing as read.
    """
    me = _me(request)
    rows, about = notices_visible_to(me).order_by("-id"), request.GET.get("about", "")
    subjects = _subjects(me)
    if about in subjects:
        rows = rows.filter(kind__startswith=f"{about}.")
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    page = page_of(request, rows)
    unread = unread_notice_count(me)
    context = {
        "page": page,
        "entries": [(notice, sentence_of(notice)) for notice in page.object_list],
        "unread_count": unread,
        "tabs": _tabs(subjects, about, unread, only_unread=only_unread),
        "narrowed": only_unread or about in subjects,
    }
    return render(request, "accounts/notices.html", context)


def _subjects(person: User) -> "dict[str, Text]":
    """Return what the person may be told about; one subject alone is nothing to choose from."""
    found = dict(subject_of(kind.kind) for kind in kinds_for(scope_of(person).roles))
    return found if len(found) > 1 else {}


def _tabs(subjects: "dict[str, Text]", about: str, unread: int, *, only_unread: bool) -> list[dict[str, Any]]:
    here = reverse("notices")
    chosen = about if about in subjects else ""
    tabs: list[dict[str, Any]] = [
        {"label": _("All"), "url": here, "current": not chosen and not only_unread},
        {"label": _("Unread"), "url": f"{here}?show=unread", "current": only_unread, "count": unread or None},
    ]
    for app, title in subjects.items():
        tabs.append({"label": title, "url": f"{here}?about={app}", "current": app == chosen and not only_unread})
    return tabs


@login_required
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads; with ``stay`` go back to the list."""
    notice = row_or_404(notices_visible_to(request.user), pk=pk)
    mark_read([notice], actor=_me(request))
    target = notice.url
    if "stay" in request.POST or not target or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = reverse("notices")
    return HttpResponseRedirect(target)


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    mark_read(notices_visible_to(request.user).filter(read_at__isnull=True), actor=_me(request))
    return redirect("notices")


# -- by mail ------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choices(request: HttpRequest) -> HttpResponse:
    """Show and change how often what comes by mail."""
    return _choices(request, _me(request), back=reverse("mail_choices"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choices_by_token(request: HttpRequest, token: str) -> HttpResponse:
    """Show the same page to the reader of a mail, who may have no account; it names nobody."""
    found = read_token(token)
    if found is None:
        raise Http404
    return _choices(request, found[0], back=request.path)


def _choices(request: HttpRequest, person: User, *, back: str) -> HttpResponse:
    form = ChoicesForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        choose(person, form.cleaned_data["usual"], form.wishes(), actor=person)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(back)
    return render(request, "accounts/mail_choices.html", {"form": form})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_view(request: HttpRequest, token: str) -> HttpResponse:
    """Send the reader of a mail no more of its kind.

    GET only shows a button, because mail scanners open every address. The POST needs no session and no token of ours:
    mail programs send it by themselves (RFC 8058), and all that a stranger could do with the address is fewer mails.
    """
    found = read_token(token)
    if found is None:
        raise Http404
    person, kind = found
    done = request.method == "POST"
    if done:
        unsubscribe(person, kind)
    return render(request, "accounts/unsubscribe.html", {"done": done, "kind": kind, "token": token})
