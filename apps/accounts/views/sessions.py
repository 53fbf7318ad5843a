"""Where one is signed in, and how to end it."""

from typing import TYPE_CHECKING, cast

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.selectors import running_token_families_of
from apps.accounts.services.people import end_sessions
from apps.accounts.services.sessions import SignedIn, end_session, program_of, sessions_of
from apps.accounts.services.token_pairs import end_program

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Show every device on which the person is signed in."""
    me = cast("User", request.user)
    found = sessions_of(me, request.session.session_key)
    if not any(session.is_current for session in found):
        # Somebody who signed in before sessions were listed.
        agent = request.headers.get("User-Agent", "")
        address = get_adapter().get_client_ip(request)
        found.insert(0, SignedIn(0, me.last_login or me.date_joined, address, program_of(agent), is_current=True))
    programs = running_token_families_of(me)
    return render(request, "accounts/sessions.html", {"sessions": found, "programs": programs})


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
def program_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the sign-in of a program: none of its tokens opens anything any more."""
    if not end_program(cast("User", request.user), pk):
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
