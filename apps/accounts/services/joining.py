"""Who comes through an identity provider: somebody known, somebody imported, somebody new, or nobody.

``outlook`` decides and writes nothing, ``admit`` carries the decision out. The superuser's page "what would this
person get" asks the same ``outlook``, so that it cannot say anything else than what would happen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import IdentityProvider, SignOnRule, StaffProfile, StudentProfile, User
from apps.accounts.services.history import note_history
from apps.accounts.services.people import canonical_email, create_person, give_role, grant
from apps.accounts.services.signon import matches_what
from apps.accounts.states import MatchField, Role, SignOnOutcome
from portal.kernel.errors import RuleViolation, Text

if TYPE_CHECKING:
    from portal.kernel.access import Actor

MAX_SUBJECT: Final = 191
STAFF: Final = frozenset({Role.UNIVERSITY_SUPERVISOR.value, Role.COORDINATOR.value, Role.DEAN.value})

# What the person reads; the code stands beside it, for whoever is asked for help.
REFUSALS: Final[Mapping[str, Text]] = {
    "subject_missing": _("It did not say who you are. Ask those who run it."),
    "subject_long": _("It names you in a way that we cannot keep. Ask those who run it."),
    "closed": _("Your account is closed. Ask the coordinator of your department to open it again."),
    "superuser": _("Administrators sign in with a password and a second factor."),
    "claim_missing": _("It did not send the number by which the university knows you. Ask those who run it."),
    "scope": _("You come from another organisation than the one that is admitted."),
    "unknown": _("You are not on our list yet. Ask the coordinator of your department to add you."),
    "bound": _("Somebody signs in with this number already. Ask the coordinator of your department."),
    "used": _("There is an account with this number that has its own password. Sign in with it, then connect it."),
    "no_rule": _("No rule says what you do here. Ask the coordinator of your department."),
    "number_taken": _("Somebody has this number already. Ask the coordinator of your department."),
}


@dataclass(frozen=True)
class Facts:
    """What a provider has said of a person, after every signature was checked. Claims are lists of texts."""

    subject: str
    claims: Mapping[str, Sequence[str]] = field(default_factory=dict)
    email_verified: bool = False

    def first(self, name: str) -> str:
        """Return the first value of a claim, trimmed, or the empty text."""
        values = self.claims.get(name, ()) if name else ()
        return values[0].strip() if values else ""


@dataclass(frozen=True)
class Outlook:
    """What would happen: ``outcome`` and ``code`` for programs, ``reason`` for people."""

    outcome: SignOnOutcome
    code: str
    reason: Text
    person: User | None = None
    rule: SignOnRule | None = None
    number: str = ""


def outlook(provider: IdentityProvider, facts: Facts) -> Outlook:
    """Say what this person would get at this provider; writes nothing."""
    if not facts.subject:
        return _refused("subject_missing")
    if len(facts.subject) > MAX_SUBJECT:
        return _refused("subject_long")
    bound = SocialAccount.objects.filter(provider=provider.slug, uid=facts.subject).select_related("user").first()
    if bound is not None:
        text = _("Is bound to this account.")
        return _closed_to(bound.user) or Outlook(SignOnOutcome.SIGNED_IN, "known", text, person=bound.user)
    number, refused = _number_of(provider, facts)
    return refused or _first_time(provider, facts, number)


def _first_time(provider: IdentityProvider, facts: Facts, number: str) -> Outlook:
    person = _imported(provider, number)
    if person is not None:
        return _binding(provider, person, number)
    return _newcomer(provider, facts, number) if provider.takes_new_people else _refused("unknown")


def _refused(code: str) -> Outlook:
    return Outlook(SignOnOutcome.REFUSED, code, REFUSALS[code])


def _closed_to(person: User) -> Outlook | None:
    if person.is_superuser:
        return _refused("superuser")
    return None if person.is_active else _refused("closed")


def _number_of(provider: IdentityProvider, facts: Facts) -> tuple[str, Outlook | None]:
    """Return the number by which we know the person, with its scope checked and taken off."""
    number = facts.first(provider.match_claim)
    if not number:
        missing = bool(provider.match_claim) and not provider.takes_new_people
        return "", _refused("claim_missing") if missing else None
    if not provider.match_scope:
        return number, None
    number, at, scope = number.rpartition("@")
    if not at or scope.lower() != provider.match_scope.lower():
        return "", _refused("scope")
    return number, None


def _imported(provider: IdentityProvider, number: str) -> User | None:
    if not number:
        return None
    by = {
        MatchField.REG_NO: {"student_profile__reg_no": number},
        MatchField.STAFF_NO: {"staff_profile__staff_no": number},
        MatchField.USERNAME: {"username": number},
    }
    what = matches_what(provider)
    return User.objects.filter(**by[what]).first() if what else None


def _binding(provider: IdentityProvider, person: User, number: str) -> Outlook:
    """Bind an imported person once: never one who is bound here already, nor one who has come in by another way.

    Who could register with somebody else's number before that person came would else become that person.
    """
    closed = _closed_to(person)
    if closed is not None:
        return closed
    if SocialAccount.objects.filter(provider=provider.slug, user=person).exists():
        return _refused("bound")
    if person.has_usable_password() or person.last_login is not None:
        return _refused("used")
    text = _("Is on the list; from now on this identity is that person.")
    return Outlook(SignOnOutcome.BOUND, "matched", text, person=person, number=number)


def _newcomer(provider: IdentityProvider, facts: Facts, number: str) -> Outlook:
    rule = next((rule for rule in provider.rules.select_related("department", "programme") if _fits(rule, facts)), None)
    if rule is None:
        return _refused("no_rule")
    if number and _number_is_taken(rule, number):
        return _refused("number_taken")
    text = _("Is new; the rule that fits first decides.")
    return Outlook(SignOnOutcome.CREATED, "rule", text, rule=rule, number=number)


def _fits(rule: SignOnRule, facts: Facts) -> bool:
    values = [value.strip() for value in facts.claims.get(rule.attribute, ())]
    return rule.value in values or (rule.value == "*" and any(values))


def _number_is_taken(rule: SignOnRule, number: str) -> bool:
    if rule.role == Role.STUDENT:
        return StudentProfile.objects.filter(reg_no=number).exists()
    return StaffProfile.objects.filter(staff_no=number).exists()


# -- carrying it out ------------------------------------------------------------------------------------------------


def admit(provider: IdentityProvider, facts: Facts, *, actor: "Actor") -> Outlook:
    """Let the person in as ``outlook`` says, bound to (issuer, subject); the answer always names the person.

    Raises ``RuleViolation`` with the code of the refusal. Of two first sign-ins at once the second one finds the
    account of the first.
    """
    found = outlook(provider, facts)
    if found.outcome == SignOnOutcome.REFUSED:
        raise RuleViolation(found.code, found.reason)
    if found.outcome == SignOnOutcome.SIGNED_IN:
        return found
    try:
        with transaction.atomic():
            person = found.person or _create(provider, facts, found, actor=actor)
            # The lock holds two identities apart that name the same person in the same moment.
            User.objects.select_for_update().get(pk=person.pk)
            bind_identity(provider, person, facts.subject, actor=actor)
    except IntegrityError:
        found = outlook(provider, facts)
        if found.person is None or found.outcome != SignOnOutcome.SIGNED_IN:
            raise RuleViolation("number_taken", REFUSALS["number_taken"]) from None
        return found
    return Outlook(found.outcome, found.code, found.reason, person=person, rule=found.rule, number=found.number)


def bind_identity(provider: IdentityProvider, person: User, subject: str, *, actor: "Actor") -> SocialAccount:
    """Make (issuer, subject) this person. Raises ``RuleViolation`` ``bound`` where the person has another one here."""
    if SocialAccount.objects.filter(provider=provider.slug, user=person).exclude(uid=subject).exists():
        raise RuleViolation("bound", REFUSALS["bound"])
    account = SocialAccount.objects.create(
        provider=provider.slug, uid=subject, user=person, extra_data={"issuer": provider.issuer}
    )
    note_history(person, "bind_identity", actor=actor, department_id=None, reason=provider.name)
    return account


def _create(provider: IdentityProvider, facts: Facts, found: Outlook, *, actor: "Actor") -> User:
    rule = found.rule
    assert rule is not None  # noqa: S101 - only rules make people
    person = create_person(actor=actor, email=_free_email(provider, facts))
    person.first_name = facts.first(provider.first_name_claim)[:150]
    person.last_name = facts.first(provider.last_name_claim)[:150]
    person.save(update_fields=["first_name", "last_name"])
    if rule.role == Role.COORDINATOR:
        grant(person, rule.department, actor=actor)
    else:
        give_role(person, Role(rule.role), actor=actor)
    if rule.role == Role.STUDENT:
        if found.number and rule.programme is not None:
            StudentProfile.objects.create(user=person, reg_no=found.number, programme=rule.programme)
    elif found.number:
        StaffProfile.objects.create(user=person, staff_no=found.number, department=rule.department)
    note_history(person, "create", actor=actor, department_id=rule.department_id, reason=provider.name)
    return person


def _free_email(provider: IdentityProvider, facts: Facts) -> str:
    """Return the address to write to, if it is verified and nobody else's; it never says who somebody is."""
    email = canonical_email(facts.first(provider.email_claim))
    verified = facts.email_verified or provider.trusts_email
    if not email or not verified or len(email) > 254 or User.objects.filter(email__iexact=email).exists():  # noqa: PLR2004 - the column's
        return ""
    return email


def must_use_provider(user: User) -> IdentityProvider | None:
    """Return the provider that this member of staff must use instead of a password; superusers never must."""
    if user.is_superuser or not user.groups.filter(name__in=STAFF).exists():
        return None
    return IdentityProvider.objects.filter(is_active=True, required_for_staff=True).first()
