"""Signing in and out through an OpenID Connect provider."""

import datetime as dt
import logging
from typing import Any, Final
from urllib.parse import urlencode

import requests
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import IdentityProvider
from apps.accounts.services import signon
from apps.accounts.sso.answers import active_row_or_404, address_of, away, refused
from apps.accounts.sso.oidc.discovery import configuration_of
from apps.accounts.sso.oidc.provider import PortalOIDCAdapter
from apps.accounts.sso.oidc.tokens import verify_logout_token
from apps.accounts.sso.refusals import wrong
from apps.accounts.sso.saml.views import leaving_address
from apps.accounts.states import ProviderKind, SignOnOutcome
from portal.kernel.errors import RuleViolation

log = logging.getLogger(__name__)

# How long a used logout token is remembered; older ones are refused by their age.
TOKEN_KEPT: Final = dt.timedelta(hours=1)
# What libraries raise at an answer that is none: each is the provider's doing, none is ours to show as an error.
NO_ANSWER: Final = (OAuth2Error, ValueError, TypeError, AttributeError, LookupError)


class _Callback(OAuth2CallbackView):  # type: ignore[misc] # the package is not typed
    """Hands the stashed state to the adapter, which compares the nonce, and looks at who sent the browser back."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        if state is not None:
            _check_sender(request, self.adapter.row)
        return state, response


def _check_sender(request: HttpRequest, row: IdentityProvider) -> None:
    """Refuse an answer that names another issuer, or none where it always does (RFC 9207: mix-up)."""
    promised = configuration_of(row).get("authorization_response_iss_parameter_supported") is True
    sender = request.GET.get("iss")
    if (promised or sender is not None) and sender != row.issuer:
        raise wrong("issuer")


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider; GET asks first."""
    row = active_row_or_404(ProviderKind.OIDC, provider_id)
    return _guarded(request, row, OAuth2LoginView.adapter_view(PortalOIDCAdapter(request, provider_id)))


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the provider's answer."""
    row = active_row_or_404(ProviderKind.OIDC, provider_id)
    return _guarded(request, row, _Callback.adapter_view(PortalOIDCAdapter(request, provider_id)))


def _guarded(request: HttpRequest, row: IdentityProvider, view: Any) -> HttpResponse:
    try:
        response: HttpResponse = view(request)
    except RuleViolation as error:
        return refused(request, row, error)
    except requests.RequestException as error:
        return away(request, row, detail=str(error))
    except NO_ANSWER as error:
        return refused(request, row, wrong("answer"), detail=repr(error))
    return response


@csrf_exempt
@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_POST
def backchannel_logout(request: HttpRequest, provider_id: str) -> HttpResponse:
    """End the sessions that the provider's signed logout token means (OpenID Connect Back-Channel Logout 1.0)."""
    row = active_row_or_404(ProviderKind.OIDC, provider_id)
    try:
        claims = verify_logout_token(request.POST.get("logout_token"), row)
        signon.spend_message(row, f"logout:{claims['jti']}", until=timezone.now() + TOKEN_KEPT)
    except (RuleViolation, requests.RequestException) as error:
        code = error.code if isinstance(error, RuleViolation) else "unreachable"
        signon.note_attempt(row, SignOnOutcome.REFUSED, code=code, detail="logout", address=address_of(request))
        return _no_store(JsonResponse({"error": "invalid_request"}, status=400))
    ended = signon.end_sessions(row, subject=claims.get("sub", ""), sid=claims.get("sid", ""))
    signon.note_attempt(row, SignOnOutcome.SIGNED_OUT, code="backchannel", detail=str(ended))
    return _no_store(HttpResponse(status=200))


def _no_store(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required  # type: ignore[untyped-decorator] # the package is not typed
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the session here has ended, and go on to end that at the provider, which sends the browser back.

    A page between, because the button that signs out stands on every page, and no page's policy lets a form lead
    to another site.
    """
    signed: dict[str, str] = request.session.pop("portal_signed_out", {})
    row = IdentityProvider.objects.filter(slug=signed.get("provider", "")).first()
    address_at = leaving_address if row is not None and row.kind == ProviderKind.SAML else _end_session_address
    address = address_at(request, row, signed) if row is not None else ""
    if not address:
        return redirect("account_login")
    return render(request, "socialaccount/signed_out.html", {"provider": row, "address": address})


def _end_session_address(request: HttpRequest, row: IdentityProvider, signed: dict[str, str]) -> str:
    try:
        end = configuration_of(row).get("end_session_endpoint", "")
    except requests.RequestException as error:
        log.info("%s cannot be told that somebody signs out: %s", row.slug, error)
        return ""
    if not end:
        return ""
    query = {
        "client_id": row.client_id,
        "id_token_hint": signed.get("id_token", ""),
        "post_logout_redirect_uri": request.build_absolute_uri(reverse("account_login")),
    }
    return f"{end}{'&' if '?' in end else '?'}{urlencode(query)}"
