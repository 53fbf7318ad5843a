"""Tokens by which other programs act: issued once, stored as a hash, revoked at once."""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ServiceToken, User
from apps.accounts.permissions import is_superuser
from apps.accounts.services.history import note_history
from apps.accounts.services.links import hash_secret
from apps.accounts.states import TokenScope
from portal.kernel.errors import NotAllowed, RuleViolation

PREFIX: Final = "pt_"
HINT: Final = 8
LONGEST: Final = dt.timedelta(days=731)
# The time of the last use is a hint for people; written at most so often, because every request uses a token.
USED_TICK: Final = dt.timedelta(minutes=5)


def issue_token(
    *, name: str, scopes: Iterable[TokenScope], expires_at: dt.datetime, actor: User
) -> tuple[ServiceToken, str]:
    """Make a token and return it with its secret, the only time that it is known.

    Raises ``NotAllowed``, or ``RuleViolation``: ``name_taken``, ``scopes_missing``, ``expiry_wrong`` with the field.
    """
    if not is_superuser(actor):
        raise NotAllowed
    chosen = sorted({TokenScope(scope).value for scope in scopes})
    if not chosen:
        raise RuleViolation("scopes_missing", _("Choose what the token may do."), field="scopes")
    if not timezone.now() < expires_at <= timezone.now() + LONGEST:
        raise RuleViolation("expiry_wrong", _("Choose a day within the next two years."), field="expires_at")
    if ServiceToken.objects.filter(name=name).exists():
        raise RuleViolation("name_taken", _("There is a token of this name already."), field="name")
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ServiceToken.objects.create(
        name=name,
        scopes=chosen,
        secret_hash=hash_secret(secret),
        hint=secret[:HINT],
        created_by=actor,
        expires_at=expires_at,
    )
    note_history(row, "create", actor=actor, department_id=None, reason=", ".join(chosen))
    return row, secret


def revoke_token(token: ServiceToken, *, actor: User) -> None:
    """End a token at once. Raises ``NotAllowed``, or ``RuleViolation`` ``revoked_already``."""
    if not is_superuser(actor):
        raise NotAllowed
    if not ServiceToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        raise RuleViolation("revoked_already", _("This token is revoked already."))
    note_history(token, "revoke", actor=actor, department_id=None)


def token_of(secret: str) -> ServiceToken | None:
    """Return the usable token of a secret, None whatever is wrong with it."""
    now = timezone.now()
    usable = ServiceToken.objects.filter(secret_hash=hash_secret(secret), revoked_at__isnull=True, expires_at__gt=now)
    token = usable.first()
    if token is not None:
        due = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_TICK)
        ServiceToken.objects.filter(due, pk=token.pk).update(last_used_at=now)
    return token
