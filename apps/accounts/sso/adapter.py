"""Who comes through an identity provider: allauth's questions, answered from our table and by ``joining``."""

import time
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from apps.accounts.models import IdentityProvider
from apps.accounts.services.joining import REFUSALS, admit, bind_identity
from apps.accounts.services.signon import note_attempt
from apps.accounts.sso.answers import address_of, away, refused
from apps.accounts.sso.refusals import wrong
from apps.accounts.sso.rows import OURS_TO_THEIRS, app_of, row_of
from apps.accounts.states import SignOnOutcome
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from portal.kernel.fetching import GuardedSession

# A password that was entered longer ago does not let an identity be connected to the account.
FRESH_LOGIN: Final = 300


class PortalSocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # the package is not typed
    """Providers from our table; who comes in is decided by ``services.joining`` and by nothing else."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers in use; asked for one by name, also one that is switched off."""
        del request
        rows = IdentityProvider.objects.all()
        if provider is None:
            rows = rows.filter(is_active=True)
        apps = [app_of(row) for row in rows]
        if provider is not None:
            apps = [app for app in apps if provider in (app.provider_id, OURS_TO_THEIRS.get(app.portal_row.kind))]
        return [app for app in apps if client_id is None or app.client_id == client_id]

    def get_requests_session(self) -> GuardedSession:
        """Fetch under our rules."""
        return GuardedSession()

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: Any) -> bool:
        """Open nothing: ``pre_social_login`` has let in whoever may come."""
        return False

    def can_authenticate_by_email(self, _login: Any, _email: str) -> bool:
        """Never: an address is not who somebody is."""
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Answer with our page. A person who has changed their mind there is simply back at the beginning."""
        del extra_context
        if getattr(error, "value", error) == "cancelled":
            messages.info(request, _("You did not finish signing in."))
            raise ImmediateHttpResponse(redirect("account_login"))
        if isinstance(exception, RequestException):
            raise ImmediateHttpResponse(away(request, row_of(provider), detail=str(exception)))
        refusal = wrong("state" if exception is None else "answer")
        raise ImmediateHttpResponse(refused(request, row_of(provider), refusal, detail=str(exception or error)))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Decide: connect, or let in as ``joining`` says; what it refuses is said on our page."""
        row = row_of(sociallogin.provider)
        try:
            if sociallogin.state.get("process") == AuthProcess.CONNECT:
                raise ImmediateHttpResponse(self._connect(request, sociallogin, row))
            found = admit(row, sociallogin.portal_facts, actor=SYSTEM)
        except RuleViolation as error:
            raise ImmediateHttpResponse(refused(request, row, error)) from error
        note_attempt(row, found.outcome, code=found.code, person=found.person, address=address_of(request))
        if not sociallogin.is_existing:
            sociallogin.lookup()
        sociallogin.state["signed"] = {"provider": row.slug, **sociallogin.portal_signed}

    def _connect(self, request: HttpRequest, sociallogin: Any, row: IdentityProvider) -> HttpResponse:
        """Bind the identity to the account that is signed in, after a password that was entered just now."""
        person: Any = request.user
        if not person.is_authenticated:
            return redirect("account_login")
        if person.is_superuser:
            raise RuleViolation("superuser", REFUSALS["superuser"])
        if not _signed_in_locally_just_now(request):
            messages.info(request, _("Enter your password first, then connect once more."))
            return redirect(f"{reverse('account_reauthenticate')}?next={reverse('socialaccount_connections')}")
        if sociallogin.is_existing and sociallogin.user != person:
            raise RuleViolation("elsewhere", _("This identity belongs to another account here."))
        if not sociallogin.is_existing:
            bind_identity(row, person, sociallogin.account.uid, actor=person)
            note_attempt(row, SignOnOutcome.BOUND, code="connected", person=person, address=address_of(request))
        messages.success(request, _("From now on you can sign in with %(provider)s.") % {"provider": row.name})
        return redirect("socialaccount_connections")


def _signed_in_locally_just_now(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(one.get("method") == "password" and one.get("at", 0) > time.time() - FRESH_LOGIN for one in records)
