"""Pairs of tokens by which a person's programs act: a short one for the API, a long one for the next pair.

A pair belongs to a family, which one sign-in begins. Both tokens end with the family (signing out, a refresh token
that is used again), with the person's session version (new password, shut out, signed out everywhere) and with a change
of roles: whoever lost or got one signs in again.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from apps.accounts.models import TokenFamily, User
from apps.accounts.selectors import rights_number, running_token_families_of
from portal.kernel.api.tokens import Kind, TokenRefused, new_id, read_token, sign_token


@dataclass(frozen=True)
class Audience:
    """For whom a pair is: one dialect of the API. A token of one opens nothing of another."""

    name: str
    access: dt.timedelta
    refresh: dt.timedelta = dt.timedelta(days=14)


OURS: Final = Audience("practicum-api", dt.timedelta(minutes=10))
# However often it is refreshed, a sign-in ends.
LONGEST: Final = dt.timedelta(days=90)
# Two requests at once with one refresh token are one client that does not wait for itself: the second gets nothing, but
# nothing ends. Later the token must have been copied.
AT_ONCE: Final = dt.timedelta(seconds=2)


@dataclass(frozen=True)
class TokenPair:
    """Both tokens, and for how many seconds the access token is good."""

    access: str
    refresh: str
    seconds: int
    person: User


@dataclass(frozen=True)
class Bearer:
    """Who came with an access token, by which sign-in, and all that stands in it."""

    person: User
    family: TokenFamily
    claims: Mapping[str, Any]


def issue_pair(
    person: User, *, audience: Audience = OURS, program: str = "", more: Mapping[str, Any] | None = None
) -> TokenPair:
    """Begin a family for somebody who has just proved who it is.

    ``more`` are further claims that a dialect's clients read off the access token: ids and numbers, never a name.
    """
    now = timezone.now()
    family = TokenFamily.objects.create(
        user=person,
        audience=audience.name,
        jti=new_id(),
        program=program[:80],
        started_at=now,
        rotated_at=now,
        expires_at=now + audience.refresh,
        session_version=person.session_version,
        rights=rights_number(person),
    )
    return _pair(family, audience, more)


def rotate_pair(raw: str, *, audience: Audience = OURS, more: Mapping[str, Any] | None = None) -> TokenPair:
    """Return the next pair of a family for its newest refresh token; of several requests at once one gets it.

    An older token ends the family, because then two have the same. Raises ``TokenRefused``.
    """
    asked = timezone.now()
    claims = read_token(raw, Kind.REFRESH, audience.name, audience.refresh)
    family = _family(claims, audience)
    jti, until = new_id(), min(asked + audience.refresh, family.started_at + LONGEST)
    unused = TokenFamily.objects.filter(pk=family.pk, jti=claims["jti"], ended_at=None, expires_at__gt=asked)
    if until <= asked or not unused.update(jti=jti, rotated_at=asked, expires_at=until):
        before = TokenFamily.objects.filter(pk=family.pk, ended_at=None, rotated_at__lt=asked - AT_ONCE)
        before.exclude(jti=claims["jti"]).update(ended_at=asked)
        raise TokenRefused
    family.jti, family.expires_at = jti, until
    return _pair(family, audience, more)


def read_access(raw: str | bytes, *, audience: Audience = OURS) -> Bearer:
    """Return who holds an access token that counts now. Raises ``TokenRefused``."""
    claims = read_token(raw, Kind.ACCESS, audience.name, audience.access)
    family = _family(claims, audience)
    return Bearer(family.user, family, claims)


def end_family(family: TokenFamily) -> None:
    """End one sign-in: none of its tokens opens anything any more."""
    TokenFamily.objects.filter(pk=family.pk, ended_at=None).update(ended_at=timezone.now())


def end_program(person: User, pk: int) -> bool:
    """End one sign-in of the person's programs; False where there is none such."""
    family = running_token_families_of(person).filter(pk=pk).first()
    if family is None:
        return False
    end_family(family)
    return True


def end_by_refresh(raw: str, *, audience: Audience = OURS) -> None:
    """End the sign-in of a refresh token, for clients that sign out with it. Raises ``TokenRefused``."""
    end_family(_family(read_token(raw, Kind.REFRESH, audience.name, audience.refresh), audience))


def end_families(person: User) -> int:
    """End every sign-in of a person's programs, and leave the sessions of browsers; returns how many."""
    return TokenFamily.objects.filter(user=person, ended_at=None).update(ended_at=timezone.now())


def _family(claims: Mapping[str, Any], audience: Audience) -> TokenFamily:
    rows = TokenFamily.objects.select_related("user")
    family = rows.filter(
        pk=claims["family"], user=claims["user_id"], audience=audience.name, ended_at=None, user__is_active=True
    ).first()
    if family is None or claims["session"] != family.user.session_version:
        raise TokenRefused
    if claims["rights"] != rights_number(family.user):
        raise TokenRefused
    return family


def _pair(family: TokenFamily, audience: Audience, more: Mapping[str, Any] | None) -> TokenPair:
    person = family.user
    claims = {
        "user_id": person.pk,
        "family": family.pk,
        "session": person.session_version,
        "rights": rights_number(person),
    }
    left = family.expires_at - timezone.now()
    return TokenPair(
        access=sign_token(Kind.ACCESS, audience.name, audience.access, {**(more or {}), **claims}),
        refresh=sign_token(Kind.REFRESH, audience.name, left, {**claims, "jti": family.jti}),
        seconds=int(audience.access.total_seconds()),
        person=person,
    )
