"""Identity providers, and the book-keeping of signing in through them."""

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from allauth.socialaccount.models import SocialAccount
from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import IdentityProvider, SignOnEvent, SignOnRule, SignOnSession, SpentMessage, User
from apps.accounts.permissions import is_superuser
from apps.accounts.services.history import note_history
from apps.accounts.states import MatchField, ProviderKind, SignOnOutcome, SignOnRole
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fetching import why_not
from portal.kernel.sealing import seal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.kernel.access import Actor

log = logging.getLogger(__name__)

# What says who somebody is; once people are bound to it, another value would make them others.
IDENTITY: Final = ("issuer", "kind", "slug", "subject_attribute")
ADDRESSES: Final = ("sso_url", "slo_url", "metadata_url")
EVENTS_KEPT: Final = dt.timedelta(days=90)
WRONG_ADDRESS: Final[dict[str, Text]] = {
    "unreadable": _("This is no address. It begins with https:// and names a host."),
    "credentials": _("No user name or password may stand in the address."),
    "not_https": _("The address must begin with https://."),
    "private": _("This host is inside a private network. Name it in IDENTITY_PRIVATE_HOSTS if that is meant."),
}


# -- providers ------------------------------------------------------------------------------------------------------


def enter_provider(values: Mapping[str, Any], *, actor: "Actor") -> IdentityProvider:
    """Enter an identity provider. Raises ``RuleViolation`` with the field that is wrong."""
    return _store(IdentityProvider(), values, "create", actor=actor)


def change_provider(provider: IdentityProvider, changes: Mapping[str, Any], *, actor: "Actor") -> IdentityProvider:
    """Change an identity provider; an empty secret keeps the one that is stored.

    Raises ``RuleViolation`` ``identities_exist`` for what says who somebody is, once people are bound to it.
    """
    fixed = [name for name in IDENTITY if name in changes and changes[name] != getattr(provider, name)]
    if fixed and identities_of(provider).exists():
        raise RuleViolation(
            "identities_exist",
            _("People are bound to this already: another value would make them other people."),
            field=fixed[0],
        )
    return _store(provider, changes, "change", actor=actor)


def _store(provider: IdentityProvider, values: Mapping[str, Any], action: str, *, actor: "Actor") -> IdentityProvider:
    if not isinstance(actor, User) or not is_superuser(actor):
        raise NotAllowed
    for name, value in values.items():
        if name == "client_secret":
            provider.client_secret = seal(value) if value else provider.client_secret
        else:
            setattr(provider, name, value.strip() if isinstance(value, str) else value)
    _check(provider)
    with transaction.atomic():
        provider.save()
        note_history(provider, action, actor=actor, department_id=None)
    return provider


def _check(provider: IdentityProvider) -> None:
    if bool(provider.match_claim) != bool(provider.match_field):
        missing = "match_field" if provider.match_claim else "match_claim"
        raise RuleViolation("match_half", _("A claim and what it is of ours go together."), field=missing)
    if provider.kind == ProviderKind.OIDC:
        _check_address(provider.issuer, "issuer")
        if not provider.client_id:
            raise RuleViolation("client_missing", _("The provider gives you a client ID."), field="client_id")
        return
    for name in ADDRESSES:
        if getattr(provider, name):
            _check_address(getattr(provider, name), name)
    if not provider.sso_url:
        raise RuleViolation("address_missing", _("Enter the address, or read the metadata."), field="sso_url")
    certificates_in(provider.certificates)


def _check_address(url: str, field: str) -> None:
    wrong = why_not(url)
    if wrong:
        raise RuleViolation(wrong, WRONG_ADDRESS[wrong], field=field)


def certificates_in(text: str) -> list[Any]:
    """Return the certificates of a PEM text. Raises ``RuleViolation`` ``certificate_unreadable``."""
    try:
        return load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise RuleViolation(
            "certificate_unreadable",
            _("This is no certificate in PEM form (-----BEGIN CERTIFICATE-----)."),
            field="certificates",
        ) from error


def keep_own_keys(provider: IdentityProvider, *, certificate: str, private_key: str, actor: "Actor") -> None:
    """Store the pair by which a SAML provider can encrypt for us; the key is sealed."""
    provider.own_certificate, provider.private_key = certificate, seal(private_key)
    provider.save(update_fields=["own_certificate", "private_key", "updated_at"])
    note_history(provider, "make_keys", actor=actor, department_id=None)


def delete_provider(provider: IdentityProvider, *, actor: "Actor") -> None:
    """Delete a provider that nobody uses. Raises ``RuleViolation`` ``identities_exist``: switch it off instead."""
    if identities_of(provider).exists():
        raise RuleViolation("identities_exist", _("People are bound to it. Switch it off instead."))
    note_history(provider, "delete", actor=actor, department_id=None)
    provider.delete()


def write_rule(provider: IdentityProvider, rule: SignOnRule, *, actor: "Actor") -> SignOnRule:
    """Store a rule for new people. Raises ``RuleViolation`` with the field that is wrong."""
    if not isinstance(actor, User) or not is_superuser(actor):
        raise NotAllowed
    rule.provider = provider
    if rule.programme is not None and rule.role != SignOnRole.STUDENT:
        raise RuleViolation("no_student", _("Only students belong to a programme."), field="programme")
    if rule.programme is not None and rule.programme.department_id != rule.department_id:
        raise RuleViolation("other_department", _("The programme is of another department."), field="programme")
    rule.save()
    note_history(provider, "change_rules", actor=actor, department_id=None)
    return rule


def delete_rule(rule: SignOnRule, *, actor: "Actor") -> None:
    """Take a rule away; who came by it keeps what it gave."""
    note_history(rule.provider, "change_rules", actor=actor, department_id=None)
    rule.delete()


def identities_of(provider: IdentityProvider) -> Any:
    """Return the rows (provider, subject) that are bound to people."""
    return SocialAccount.objects.filter(provider=provider.slug)


def matches_what(provider: IdentityProvider) -> MatchField | None:
    """Return by what of ours the provider's claim names a person, if it does."""
    return MatchField(provider.match_field) if provider.match_field else None


# -- attempts -------------------------------------------------------------------------------------------------------


def note_attempt(
    provider: IdentityProvider,
    outcome: SignOnOutcome,
    *,
    code: str = "",
    detail: str = "",
    person: User | None = None,
    address: str = "",
) -> None:
    """Write down what became of an attempt; ``detail`` is for the superuser and holds no secret."""
    log.log(
        logging.WARNING if outcome == SignOnOutcome.REFUSED else logging.INFO,
        "sign-on %s at %s: %s %s",
        outcome.value,
        provider.slug,
        code,
        detail,
    )
    SignOnEvent.objects.create(
        provider=provider,
        outcome=outcome,
        code=code,
        detail=detail.replace("\0", "")[:300],
        person=person,
        address=address or None,
        at=timezone.now(),
    )


def spend_message(provider: IdentityProvider, key: str, *, until: dt.datetime) -> None:
    """Use a message up. Raises ``RuleViolation`` ``replayed`` for the second of its ID, also of two at once."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentMessage.objects.create(provider=provider, digest=digest, expires_at=until)
    except IntegrityError as error:
        raise RuleViolation("replayed", _("This answer was used already. Begin once more.")) from error


def keep_session(
    provider: IdentityProvider, user: User, *, subject: str, signed: Mapping[str, str], session_key: str
) -> None:
    """Remember which session began at the provider, so that it can end it: ``signed`` holds how it calls it."""
    names = {"sid": signed.get("sid", "")[:255], "name_id": signed.get("name_id", "")[:500]}
    SignOnSession.objects.update_or_create(
        session_key=session_key, defaults={"provider": provider, "user": user, "subject": subject, **names}
    )


def end_sessions(provider: IdentityProvider, *, subject: str, sid: str) -> int:
    """End the sessions that the provider means: that of ``sid`` if it names one, else all of ``subject``."""
    found = SignOnSession.objects.filter(provider=provider)
    if subject:
        found = found.filter(subject=subject)
    if sid:
        found = found.filter(sid=sid)
    return _end(found)


def end_named_sessions(provider: IdentityProvider, name_id: str, indexes: Sequence[str]) -> int:
    """End the sessions of a SAML name: those of these indexes, or all if there is none."""
    found = SignOnSession.objects.filter(provider=provider, name_id=name_id)
    return _end(found.filter(sid__in=indexes) if indexes else found)


def _end(found: "QuerySet[SignOnSession]") -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = list(found)
    for row in ended:
        store(row.session_key).delete()
    SignOnSession.objects.filter(pk__in=[row.pk for row in ended]).delete()
    return len(ended)


def forget_old_signons() -> None:
    """Remove what nobody needs any more: old attempts, messages that have expired, sessions that have ended."""
    now = timezone.now()
    SignOnEvent.objects.filter(at__lt=now - EVENTS_KEPT).delete()
    SpentMessage.objects.filter(expires_at__lt=now).delete()
    oldest = now - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    SignOnSession.objects.filter(created_at__lt=oldest).delete()
