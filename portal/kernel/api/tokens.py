"""Signed bearer tokens: written one way, and read only if they are written that way.

A token holds ids and numbers, no name and no right. One algorithm, one header, one key of its own; issuer, audience
and kind are checked, a claim that is no number where a number belongs is no claim. ``kid``, ``jku``, ``jwk``, ``x5u``
and ``crit`` never count: a token with any of them has another header than ours.
"""

import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from portal.kernel.api.parsing import strict_json

ISSUER: Final = "practicum"
ALGORITHM: Final = "HS256"
HEADER: Final = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
# Ours have fewer than 600 bytes; a dialect may add a few claims.
LONGEST: Final = 4096
SHAPE: Final = re.compile(rb"[\w-]+\.([\w-]+)\.[\w-]+", re.ASCII)
# What every token has; all but these three are numbers.
TEXTS: Final = {"token_type", "jti", "iss"}
NUMBERS: Final = {"exp", "iat", "user_id", "family", "session", "rights"}


class Kind(StrEnum):
    """What a token opens: the API, or a new pair of tokens."""

    ACCESS = "access"
    REFRESH = "refresh"


class TokenRefused(Exception):
    """The token opens nothing, for whatever reason: HTTP 401 without detail."""


def sign_token(kind: Kind, audience: str, lifetime: timedelta, claims: Mapping[str, Any]) -> str:
    """Return a token with these claims that counts for ``lifetime`` from now."""
    now = int(timezone.now().timestamp())
    times = {"iat": now, "exp": now + int(lifetime.total_seconds())}
    return _backend(audience).encode({"jti": new_id(), **claims, **times, "token_type": kind.value})


def read_token(raw: str | bytes, kind: Kind, audience: str, longest: timedelta) -> dict[str, Any]:
    """Return the claims of a token of this kind and audience that is good for ``longest`` at most.

    Raises ``TokenRefused``.
    """
    given = raw.encode(errors="replace") if isinstance(raw, str) else raw
    shape = SHAPE.fullmatch(given) if len(given) <= LONGEST else None
    if shape is None or not given.startswith(HEADER + b"."):
        raise TokenRefused
    try:
        _backend(audience).decode(given)  # type: ignore[arg-type] # the package says Token and takes the text of one
        claims = strict_json(urlsafe_b64decode(shape[1] + b"=="))
    except (TokenBackendError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise TokenRefused from error
    if not _is_ours(claims, kind, audience) or claims["exp"] - claims["iat"] > longest.total_seconds():
        raise TokenRefused
    return dict(claims)


def new_id() -> str:
    """Return an id for a token that no other one has."""
    return uuid.uuid4().hex


def _is_ours(claims: Any, kind: Kind, audience: str) -> bool:
    if not isinstance(claims, dict) or (TEXTS | NUMBERS | {"aud"}) - set(claims):
        return False
    texts = all(isinstance(claims[name], str) for name in TEXTS)
    # A bool is an int to Python, and 1.0 equals 1.
    numbers = all(type(claims[name]) is int and 0 <= claims[name] < 2**63 for name in NUMBERS)
    return texts and numbers and claims["token_type"] == kind.value and claims["aud"] == audience


@cache
def _backend(audience: str) -> TokenBackend:
    # A key of its own: what is signed elsewhere with the installation's secret is no token, nor the other way round.
    key = salted_hmac("portal.kernel.api.tokens", "", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
    return TokenBackend(ALGORITHM, signing_key=key, audience=audience, issuer=ISSUER)
