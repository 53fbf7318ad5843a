"""Where one is signed in, and how to end it."""

from typing import TYPE_CHECKING, cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.services.people import end_sessions
from apps.accounts.services.sessions import end_session, sessions_of

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Show every device on which the person is signed in."""
    found = sessions_of(cast("User", request.user), request.session.session_key)
    return render(request, "accounts/sessions.html", {"sessions": found})


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of them."""
    if not end_session(cast("User", request.user), pk):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")


@login_required
@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one, and every token of the API."""
    person = cast("User", request.user)
    end_sessions(person, actor=person)
    update_session_auth_hash(request, person)
    UserSession.objects.create_from_request(request)
    messages.success(request, _("Signed out everywhere else."))
    return redirect("usersessions_list")
