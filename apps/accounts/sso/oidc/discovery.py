"""What an OpenID provider says about itself and its keys: fetched rarely, kept for when it is away."""

import hashlib
import time
from collections.abc import Callable
from typing import Any, Final

import requests
from django.core.cache import cache

from apps.accounts.models import IdentityProvider
from portal.kernel.fetching import FetchRefused, GuardedSession, why_not

FRESH: Final = 600
KEPT: Final = 86_400
# A key that nobody knows makes us look again, but not once a forged token.
LOOK_AGAIN: Final = 60
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL: Final = ("userinfo_endpoint", "end_session_endpoint")


def configuration_of(provider: IdentityProvider) -> dict[str, Any]:
    """Return the provider's configuration. Raises ``RequestException`` where none can be had that fits the issuer."""

    def fetch() -> dict[str, Any]:
        config = _fetch(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if config.get("issuer") != provider.issuer:
            message = "it calls itself by another issuer"
            raise FetchRefused(message)
        for name in (*NEEDED, *(name for name in OPTIONAL if name in config)):
            wrong = why_not(str(config.get(name, "")))
            if wrong:
                message = f"{name}: {wrong}"
                raise FetchRefused(message)
        return config

    return _kept(_name("configuration", provider.issuer), FRESH, fetch)


def keys_of(provider: IdentityProvider, *, again: bool = False) -> list[dict[str, Any]]:
    """Return the provider's public keys; ``again`` when a token names one that is not among them."""
    address = configuration_of(provider)["jwks_uri"]

    def fetch() -> dict[str, Any]:
        found = _fetch(address)
        if not isinstance(found.get("keys"), list):
            message = "it sends no keys"
            raise FetchRefused(message)
        return found

    kept = _kept(_name("keys", address), LOOK_AGAIN if again else FRESH, fetch)
    return [key for key in kept["keys"] if isinstance(key, dict)]


def _name(what: str, address: str) -> str:
    return f"sso:{what}:{hashlib.sha256(address.encode()).hexdigest()}"


def _fetch(url: str) -> dict[str, Any]:
    with GuardedSession() as session:
        response = session.get(url)
        response.raise_for_status()
        if response.status_code != requests.codes.ok:
            message = f"it answers {response.status_code}"
            raise FetchRefused(message)
        try:
            found = response.json()
        except ValueError as error:
            message = "it sends no JSON"
            raise FetchRefused(message) from error
    if not isinstance(found, dict):
        message = "it sends no JSON object"
        raise FetchRefused(message)
    return found


def _kept(name: str, fresh: float, fetch: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what is kept while it is fresh; what cannot be fetched anew is used for a day."""
    kept: tuple[float, dict[str, Any]] | None = cache.get(name)
    if kept is not None and time.time() - kept[0] < fresh:
        return kept[1]
    try:
        found = fetch()
    except requests.RequestException:
        if kept is None:
            raise
        return kept[1]
    cache.set(name, (time.time(), found), KEPT)
    return found
