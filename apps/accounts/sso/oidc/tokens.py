"""ID tokens and logout tokens: nothing of one is believed before its signature, issuer, audience and time are."""

import hmac
import time
from collections.abc import Mapping
from typing import Any, Final

import jwt
from jwt import PyJWK
from jwt.types import Options

from apps.accounts.models import IdentityProvider
from apps.accounts.sso.oidc.discovery import keys_of
from apps.accounts.sso.refusals import wrong

TOLERANCE: Final = 60
OLDEST: Final = 600
MAX_LENGTH: Final = 64 * 1024
# What an algorithm needs as key. No HMAC: whoever knows the public key could sign with it. No "none".
FAMILIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "EdDSA": "OKP",
}
# Keys come from the provider's own list and from nowhere else, whatever a header offers.
FOREIGN_KEYS: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
SIGNATURE_ONLY: Final[Options] = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


def verify_id_token(token: object, provider: IdentityProvider, *, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token that was made for us, now, for this attempt. Raises ``RuleViolation``."""
    claims = _verified(token, provider, types={"", "jwt"})
    _check_audience(claims, provider)
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise wrong("nonce")
    _check_time(claims, needed=("exp", "iat"))
    if not isinstance(claims.get("sub"), str) or not claims["sub"].strip():
        raise wrong("subject_missing")
    return claims


def verify_logout_token(token: object, provider: IdentityProvider) -> dict[str, Any]:
    """Return the claims of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6). Raises ``RuleViolation``."""
    claims = _verified(token, provider, types={"", "jwt", "logout+jwt"})
    _check_audience(claims, provider)
    _check_time(claims, needed=("iat",))
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise wrong("no_logout")
    if "nonce" in claims:
        # An ID token must never do for a logout token, nor the other way round.
        raise wrong("nonce")
    if not all(isinstance(claims.get(name, ""), str) for name in ("sub", "sid")):
        raise wrong("subject_missing")
    if not claims.get("sub") and not claims.get("sid"):
        raise wrong("subject_missing")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise wrong("jti")
    return claims


def _verified(token: object, provider: IdentityProvider, *, types: set[str]) -> dict[str, Any]:
    if not isinstance(token, str) or not token or len(token) > MAX_LENGTH:
        raise wrong("token_missing")
    try:
        header = jwt.get_unverified_header(token)
        key = _key_for(header, provider, types)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[header["alg"]],
            # Everything but the signature is checked below: the package takes times as texts.
            options=SIGNATURE_ONLY,
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise wrong("signature") from error
    if claims.get("iss") != provider.issuer:
        raise wrong("issuer")
    return claims


def _key_for(header: Mapping[str, Any], provider: IdentityProvider, types: set[str]) -> PyJWK:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in FAMILIES:
        raise wrong("algorithm")
    if FOREIGN_KEYS & set(header):
        raise wrong("foreign_key")
    if str(header.get("typ", "")).lower() not in types:
        raise wrong("type")
    for again in (False, True):
        fitting = [
            key
            for key in keys_of(provider, again=again)
            if key.get("kty") == FAMILIES[algorithm]
            and key.get("use", "sig") == "sig"
            and key.get("alg", algorithm) == algorithm
            and header.get("kid") in (None, key.get("kid"))
        ]
        if len(fitting) == 1:
            return PyJWK(fitting[0], algorithm=algorithm)
    raise wrong("key_unknown")


def _check_audience(claims: Mapping[str, Any], provider: IdentityProvider) -> None:
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or provider.client_id not in audiences:
        raise wrong("audience")
    party = claims.get("azp")
    if (len(audiences) > 1 or party is not None) and party != provider.client_id:
        raise wrong("authorized_party")


def _check_time(claims: Mapping[str, Any], *, needed: tuple[str, ...]) -> None:
    now = time.time()
    for name in {"exp", "iat", "nbf"} & set(claims) | set(needed):
        value = claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e11:  # noqa: PLR2004 - the year 5138
            raise wrong("time")
    if "exp" in claims and claims["exp"] + TOLERANCE <= now:
        raise wrong("expired")
    if max(claims.get("iat", 0), claims.get("nbf", 0)) - TOLERANCE > now:
        raise wrong("too_early")
    if claims["iat"] + OLDEST < now:
        raise wrong("too_old")
