"""The one page that says why a sign-in through a provider did not work."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import IdentityProvider
from apps.accounts.services.signon import note_attempt
from apps.accounts.states import SignOnOutcome
from portal.kernel.errors import RuleViolation, Text

AWAY: Text = _("It does not answer at the moment. Wait a little, or sign in with a password if you have one.")


def active_row_or_404(kind: str, slug: str) -> IdentityProvider:
    """Return the provider of an address; one that is switched off is not there."""
    return get_object_or_404(IdentityProvider, kind=kind, slug=slug, is_active=True)


def address_of(request: HttpRequest) -> str:
    """Return the address of the browser, behind the proxies that we trust; empty where it cannot be told."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return ""


def refused(request: HttpRequest, row: IdentityProvider, error: RuleViolation, *, detail: str = "") -> HttpResponse:
    """Write the refusal down and say it: what to do, and the code for whoever is asked for help."""
    note_attempt(row, SignOnOutcome.REFUSED, code=error.code, detail=detail, address=address_of(request))
    return _page(request, row, error.message, error.code, HTTPStatus.FORBIDDEN)


def away(request: HttpRequest, row: IdentityProvider, *, detail: str) -> HttpResponse:
    """Say that the provider cannot be reached; who is signed in goes on working."""
    note_attempt(row, SignOnOutcome.REFUSED, code="unreachable", detail=detail, address=address_of(request))
    return _page(request, row, AWAY, "unreachable", HTTPStatus.SERVICE_UNAVAILABLE)


def _page(request: HttpRequest, row: IdentityProvider, message: Text, code: str, status: HTTPStatus) -> HttpResponse:
    context = {"provider": row, "message": message, "code": code}
    return render(request, "socialaccount/authentication_error.html", context, status=status)
