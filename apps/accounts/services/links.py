"""Access links: issued into a mail, opened by GET, used once by POST."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import AccessLink, User
from apps.accounts.states import LinkPurpose
from portal.kernel.errors import RuleViolation
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from portal.kernel.access import Actor

LIFETIME = dt.timedelta(days=14)


@dataclass(frozen=True)
class Target:
    """What a link opens: the label and key of an object, narrowed by ``scope``."""

    label: str
    pk: int
    scope: dict[str, Any]


def issue_link(user: User, purpose: LinkPurpose, target: Target, *, actor: "Actor") -> str:
    """Make a link and return its full address, the only time that the secret is known.

    Earlier links of the same person for the same thing are revoked: the newest mail is the one that works. A person
    as ``actor`` makes it for a chat and stays named beside it.
    """
    same = _links_for(user, purpose, target)
    same.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=timezone.now())
    secret = new_link(user, purpose, target, lifetime=LIFETIME, actor=actor)
    return settings.SITE_URL + reverse("link_open", args=[secret])


def new_link(user: User, purpose: LinkPurpose, target: Target, *, lifetime: dt.timedelta, actor: "Actor") -> str:
    """Make a link beside others and return its secret, the only time that it is known."""
    secret = secrets.token_urlsafe(32)
    AccessLink.objects.create(
        user=user,
        purpose=purpose,
        target_label=target.label,
        target_id=target.pk,
        scope=target.scope,
        secret_hash=hash_secret(secret),
        expires_at=timezone.now() + lifetime,
        issued_by_id=actor.pk,
    )
    return secret


def _links_for(user: User, purpose: LinkPurpose, target: Target) -> QuerySet[AccessLink]:
    return AccessLink.objects.filter(
        user=user, purpose=purpose, target_label=target.label, target_id=target.pk, scope=target.scope
    )


def hash_secret(secret: str) -> str:
    """Return the SHA-256 under which a secret is stored; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _good() -> Q:
    usable = Q(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now())
    return usable & Q(user__is_active=True)


def find_link(secret: str) -> AccessLink | None:
    """Return the usable link of this secret, or None whatever is wrong with it. Changes nothing."""
    return AccessLink.objects.filter(_good(), secret_hash=hash_secret(secret)).select_related("user").first()


def link_by_id(link_id: int) -> AccessLink | None:
    """Return the usable link with this key, for a browser that has exchanged the secret for a cookie."""
    return AccessLink.objects.filter(_good(), pk=link_id).select_related("user").first()


def note_opened(link: AccessLink) -> None:
    """Remember when the link was first opened, so that the coordinator sees whether the mail was read.

    A mail scanner may be the one who opened it: this is a hint and decides nothing.
    """
    AccessLink.objects.filter(pk=link.pk, opened_at__isnull=True).update(opened_at=timezone.now())


def use_link(link: AccessLink, *, address: str) -> None:
    """Use the link up, inside the transaction of the act: of several at once exactly one wins.

    Raises ``RuleViolation`` (``link_used``) for all others.
    """
    won = AccessLink.objects.filter(_good(), pk=link.pk).update(used_at=timezone.now(), used_from=address or None)
    if not won:
        raise RuleViolation("link_used", _("This link has been used or has expired."))


_again: list[str] = []


def sends_again(kind: str) -> None:
    """Name a task ``kind(person_id)`` that sends a person fresh links for what waits; each app names its own."""
    _again.append(kind)


def sent_again() -> list[str]:
    """Return the tasks that send fresh links, sorted."""
    return sorted(_again)


def send_again(email: str) -> None:
    """Have every app send what waits for this address once more; nothing happens for an address that is not known."""
    person = User.objects.filter(email__iexact=email, is_active=True).order_by("pk").first()
    for kind in _again:
        # For an unknown address the same rows are written, about nobody: the time that it takes tells nothing.
        enqueue(kind, {"person_id": 0 if person is None else person.pk})


def used_links(user: User, purpose: LinkPurpose, target: Target) -> int:
    """Count the links by which this person has acted on this target already."""
    return _links_for(user, purpose, target).filter(used_at__isnull=False).count()


def revoke_links(target: Target, *, actor: User) -> int:  # noqa: ARG001 - every write names its actor
    """Revoke all usable links that open this object; returns how many."""
    same = AccessLink.objects.filter(_good(), target_label=target.label, target_id=target.pk)
    return same.update(revoked_at=timezone.now())


def revoke_link(link: AccessLink, *, actor: User) -> None:  # noqa: ARG001 - every write names its actor
    """Revoke one link. Raises ``RuleViolation`` ``link_used`` where it is of no use any more anyhow."""
    if not AccessLink.objects.filter(_good(), pk=link.pk).update(revoked_at=timezone.now()):
        raise RuleViolation("link_used", _("This link has been used or has expired."))
