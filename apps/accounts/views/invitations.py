"""Joining by the link of an invitation."""

from typing import Final

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from apps.accounts.forms import JoinForm
from apps.accounts.models import AccessLink, User
from apps.accounts.services.invitations import accept_invitation, is_open, membership_of
from apps.accounts.states import LinkPurpose
from apps.accounts.views.links import COOKIE, COOKIE_PATH, behind_link, gone, leave, use
from portal.kernel.views import REFUSED

HOME: Final = "home"


@behind_link(LinkPurpose.JOIN, "link_join")
def link_join(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Show who invites to what; by POST join, with a password of one's own where there is none yet."""
    if not is_open(link):
        return gone(request)
    person, member = link.user, membership_of(link)
    needs_password = not person.has_usable_password()
    form = JoinForm(request.POST or None, person=person) if needs_password else None
    if request.method == "POST" and (form is None or form.is_valid()):
        values = form.values() if form is not None else {}

        def act() -> str:
            accept_invitation(link, **values)
            return _("Welcome to %(company)s.") % {"company": member.company} if member else _("Welcome.")

        if use(request, link, act):
            return _enter(request, link) if needs_password else leave()
    context = {"form": form, "person": person, "member": member}
    status = REFUSED if request.method == "POST" else None
    return render(request, "accounts/link_join.html", context, status=status)


def _enter(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Sign in who has just chosen a password, by the same way as everybody, second factor and all."""
    person = User.objects.get(pk=link.user_id)
    answer: HttpResponse = perform_login(request, person, email_verification="none") or redirect(HOME)
    answer.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
    answer.cookies[COOKIE]["httponly"] = True
    return answer
