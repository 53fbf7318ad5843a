"""allauth's OpenID Connect provider and adapter with what it leaves open closed."""

import secrets
from typing import Any, cast

import requests
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import IdentityProvider
from apps.accounts.services.joining import Facts
from apps.accounts.sso.oidc.discovery import configuration_of
from apps.accounts.sso.oidc.tokens import verify_id_token
from apps.accounts.sso.refusals import wrong
from apps.accounts.sso.rows import checked_login, process_of, row_of
from portal.kernel.fetching import GuardedSession
from portal.kernel.sealing import unseal

NEVER_A_CLAIM = frozenset({"nonce", "at_hash", "c_hash", "aud", "azp", "exp", "iat", "nbf", "auth_time"})


class PortalOIDCAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # the package is not typed
    """The steps behind the two pages. ``state`` is what was stashed when the attempt began."""

    state: dict[str, Any]

    @property
    def row(self) -> IdentityProvider:
        """Return the provider's row."""
        return row_of(self.get_provider())

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the configuration from our own guarded and kept fetch."""
        return configuration_of(self.row)

    def get_client(self, request: HttpRequest, app: Any) -> Any:
        """Open the secret only here, where it is sent."""
        client = super().get_client(request, app)
        client.consumer_secret = unseal(self.row.client_secret)
        return client

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - the base's signature
        """Check the ID token by its signature, also though we fetched it ourselves, and add what userinfo tells."""
        id_token = kwargs["response"].get("id_token")
        claims = verify_id_token(id_token, self.row, nonce=self.state.get("nonce", ""))
        told = self._userinfo(token.token, claims["sub"]) if "userinfo_endpoint" in self.openid_config else {}
        return self.get_provider().sociallogin_from_response(request, {**told, **claims, "id_token": id_token})

    def _userinfo(self, access_token: str, subject: str) -> dict[str, Any]:
        with GuardedSession() as session:
            response = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
        if response.status_code != requests.codes.ok:
            raise wrong("userinfo")
        found = response.json()
        if not isinstance(found, dict) or found.get("sub") != subject:
            # Another person's details under this person's name (OpenID Connect Core 5.3.2).
            raise wrong("userinfo_subject")
        return found


class PortalOIDCProvider(OpenIDConnectProvider):  # type: ignore[misc] # the package is not typed
    """Always PKCE and a nonce; nothing of the request decides what is asked of the provider."""

    package = "apps.accounts.sso.oidc"
    oauth2_adapter_class = PortalOIDCAdapter
    supports_token_authentication = False

    def get_pkce_params(self) -> dict[str, str]:
        """Return challenge and verifier, S256."""
        return cast("dict[str, str]", generate_code_challenge())

    def get_scope(self) -> list[str]:
        """Return the configured scopes; ``openid`` is always among them."""
        return sorted({"openid", *row_of(self).scopes.split()})

    def get_scope_from_request(self, _request: HttpRequest) -> list[str]:
        """Ask for what is configured, whatever the address says."""
        return self.get_scope()

    def get_auth_params_from_request(self, _request: HttpRequest, _action: Any) -> dict[str, str]:
        """Add nothing that the address says."""
        return {}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Sign in, or connect for whoever is signed in; no third process."""
        kwargs: dict[str, Any] = super().get_redirect_from_request_kwargs(request)
        return kwargs | {"process": process_of(request)}

    def redirect(self, request: HttpRequest, process: str, **kwargs: Any) -> HttpResponse:
        """Send the browser there with a nonce that only this session knows."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {"nonce": nonce}
        return cast("HttpResponse", super().redirect(request, process, nonce=nonce, **kwargs))

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the subject."""
        return str(data["sub"])

    def extract_extra_data(self, _data: dict[str, Any]) -> dict[str, str]:
        """Keep the issuer beside the subject and nothing of what else was told."""
        return {"issuer": row_of(self).issuer}

    def extract_common_fields(self, _data: dict[str, Any]) -> dict[str, Any]:
        """Leave people to ``joining``."""
        return {}

    def extract_email_addresses(self, _data: dict[str, Any]) -> list[Any]:
        """Leave addresses to ``joining``."""
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> Any:
        """Add the facts by which ``joining`` decides, and what is needed to sign out again."""
        facts = Facts(
            subject=str(response["sub"]),
            claims={name: _texts(value) for name, value in response.items() if name not in NEVER_A_CLAIM},
            email_verified=response.get("email_verified") is True,
        )
        sid = response.get("sid")
        login = checked_login(super().sociallogin_from_response, request, response, facts)
        login.portal_signed = {"id_token": response["id_token"], "sid": sid if isinstance(sid, str) else ""}
        return login


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, str | int) and not isinstance(one, bool)]
