"""People: created once, given roles and grants, found again by what identifies them."""

import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import phonenumbers
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm, remove_perm

from apps.accounts.models import Cohort, Company, CompanyMember, Department, User
from apps.accounts.permissions import can_change_person, can_invite_members, can_shut_out, is_oneself, is_superuser
from apps.accounts.selectors import look_alikes_of
from apps.accounts.services.history import note_history
from apps.accounts.states import MemberKind, Role
from portal.kernel.access import SystemActor, forget_scope
from portal.kernel.addresses import read_email
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.pictures import clean_picture

if TYPE_CHECKING:
    from portal.kernel.access import Actor

DETAILS = frozenset({"first_name", "last_name", "email", "phone", "language", "notice_frequency"})
GRANTS = {Department: "coordinate_department", Cohort: "coordinate_cohort", Company: "coordinate_company"}


def ensure_roles() -> None:
    """Make the group of every role exist; after each migration, so that no installation lacks one."""
    for role in Role:
        Group.objects.get_or_create(name=role.value)


def canonical_email(email: str) -> str:
    """Return the form under which an address is looked up; what is none finds nobody."""
    try:
        return read_email(email)
    except RuleViolation:
        return email.strip().lower()


def free_email(email: str, *, of: User | None = None) -> str:
    """Return the address in its stored form if nobody but ``of`` has it or one that looks the same; empty for none.

    Raises ``RuleViolation`` ``email_unreadable``, ``email_taken`` or ``email_looks_like``.
    """
    email = read_email(email)
    if not email:
        return ""
    others = look_alikes_of(email) if of is None else look_alikes_of(email).exclude(pk=of.pk)
    held = list(others.values_list("email", flat=True))
    if email in held:
        raise RuleViolation("email_taken", _("Somebody has this e-mail address already."), field="email")
    if held:
        raise RuleViolation(
            "email_looks_like", _("Somebody has an e-mail address that looks the same. Use another one."), field="email"
        )
    return email


def canonical_phone(text: str, *, country: str = "") -> str:
    """Return a telephone number as ``+255712345678`` (E.164), empty for empty text.

    ``country`` (two letters) is where a number without a country code belongs. Raises ``RuleViolation``
    ``phone_unreadable``.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise RuleViolation(
            "phone_unreadable",
            _("This is no telephone number. Write it with its country code, such as +255 712 345 678."),
            field="phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def create_person(
    *,
    actor: "Actor",
    username: str = "",
    email: str = "",
    full_name: str = "",
    phone: str = "",
    roles: Iterable[Role] = (),
) -> User:
    """Create a person without a usable password; an invitation, SSO or a link opens the door.

    Raises ``RuleViolation`` ``username_taken`` and what ``free_email`` raises (with the field).
    """
    email = free_email(email)
    username = username or f"p-{uuid.uuid4().hex[:12]}"
    if User.objects.filter(username=username).exists():
        raise RuleViolation("username_taken", _("This user name is taken."), field="username")
    first, _space, last = full_name.strip().partition(" ")
    with transaction.atomic():
        person = User(username=username, email=email, first_name=first[:150], last_name=last.strip()[:150], phone=phone)
        person.set_unusable_password()
        person.save()
        for role in roles:
            give_role(person, role, actor=actor)
    return person


def give_role(person: User, role: Role, *, actor: "Actor") -> None:  # noqa: ARG001 - every write names its actor
    """Put the person into the group of the role; counts on the person's next request."""
    person.groups.add(Group.objects.get(name=role.value))
    forget_scope(person)


def withdraw_role(person: User, role: Role, *, actor: "Actor") -> None:  # noqa: ARG001 - every write names its actor
    """Take the person out of the group of the role; counts on the next request. Grants stay, without effect."""
    person.groups.remove(Group.objects.get(name=role.value))
    forget_scope(person)


def set_active(person: User, *, active: bool, actor: "Actor", via: str = "") -> User:
    """Let a person in or keep the person out; whoever is kept out loses every session and token at once.

    Raises ``NotAllowed``, ``RuleViolation`` ``yourself``: who shuts out the last superuser shuts out everybody.
    """
    if person.pk == actor.pk and not active:
        raise RuleViolation("yourself", _("You cannot shut yourself out."), field="is_active")
    if not (isinstance(actor, SystemActor) or can_shut_out(person, actor)):
        raise NotAllowed
    with transaction.atomic():
        person.is_active = active
        person.save(update_fields=["is_active"])
        _raise_version(person)
        note_history(person, "reactivate" if active else "deactivate", actor=actor, department_id=None, via=via)
    return person


def end_sessions(person: User, *, actor: User) -> User:
    """End all sessions and tokens of a person on their next request. Raises ``NotAllowed``."""
    if not (is_oneself(person, actor) or can_shut_out(person, actor)):
        raise NotAllowed
    with transaction.atomic():
        _raise_version(person)
        note_history(person, "end_sessions", actor=actor, department_id=None)
    return person


def _raise_version(person: User) -> None:
    User.objects.filter(pk=person.pk).update(session_version=F("session_version") + 1)
    person.refresh_from_db(fields=["session_version"])


def change_details(person: User, changes: Mapping[str, Any], *, actor: User) -> User:
    """Change names, address, telephone, language or how often mail comes; one's own, or anybody's for the superuser.

    Raises ``NotAllowed``, or ``RuleViolation`` ``phone_unreadable`` and what ``free_email`` raises, with the field.
    """
    if not can_change_person(person, actor):
        raise NotAllowed
    values = {name: changes[name] for name in DETAILS & set(changes)}
    if "phone" in values:
        values["phone"] = canonical_phone(values["phone"])
    if "email" in values:
        values["email"] = free_email(values["email"], of=person)
    for name, value in values.items():
        setattr(person, name, value)
    person.save(update_fields=sorted(values))
    return person


def fill_person(person: User, values: Mapping[str, Any], names: Collection[str]) -> None:
    """Store those of the values that are columns of a person, called by ``names``, as a line of a table says them."""
    found = {name: values[name] for name in names if name in values}
    for name, value in found.items():
        setattr(person, name, value)
    if found:
        person.save(update_fields=sorted(found))


def keep_known_address(person: User) -> None:
    """Tell the sign-in package that the stored address is the person's: it takes only confirmed ones for that.

    Every stored address is: the university entered it, or it was confirmed when it was entered.
    """
    if person.email:
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": True}
        )


def set_picture(person: User, data: bytes, *, actor: User) -> User:
    """Draw the picture anew, without anything that is no pixel, and store it instead of the one before.

    ``data`` empty takes the picture away. Raises ``NotAllowed`` and what ``clean_picture`` raises.
    """
    if not can_change_person(person, actor):
        raise NotAllowed
    old, storage = person.picture.name, person.picture.storage
    person.picture = ContentFile(clean_picture(data, portrait=True), "picture.jpg") if data else ""
    with transaction.atomic():
        person.save(update_fields=["picture"])
        if old:
            transaction.on_commit(lambda: storage.delete(old))
    return person


def keep_language(person: User, code: str) -> None:
    """Remember the language that the person has chosen."""
    User.objects.filter(pk=person.pk).update(language=code)


def grant(person: User, anchor: Department | Cohort | Company, *, actor: "Actor") -> None:
    """Make the person a coordinator of the anchor: the role and a guardian grant on the object.

    Raises ``NotAllowed``: scopes are the superuser's to give.
    """
    _check_superuser(actor)
    give_role(person, Role.COORDINATOR, actor=actor)
    assign_perm(GRANTS[type(anchor)], person, anchor)
    forget_scope(person)
    _note_grant(person, anchor, "grant", actor)


def withdraw_grant(person: User, anchor: Department | Cohort | Company, *, actor: "Actor") -> None:
    """Take the grant away; counts on the person's next request. Raises ``NotAllowed``."""
    _check_superuser(actor)
    remove_perm(GRANTS[type(anchor)], person, anchor)
    forget_scope(person)
    _note_grant(person, anchor, "withdraw_grant", actor)


def _check_superuser(actor: "Actor") -> None:
    if not (isinstance(actor, SystemActor) or is_superuser(actor)):
        raise NotAllowed


def _note_grant(person: User, anchor: Department | Cohort | Company, action: str, actor: "Actor") -> None:
    department = anchor.pk if isinstance(anchor, Department) else None
    department = anchor.department_id if isinstance(anchor, Cohort) else department
    note_history(anchor, action, actor=actor, department_id=department, reason=str(person))


def add_member(company: Company, person: User, kind: MemberKind, *, actor: "Actor", title: str = "") -> CompanyMember:
    """Make the person a member of the company and give the role that goes with it; again is no error."""
    role = Role.COMPANY_REPRESENTATIVE if kind == MemberKind.REPRESENTATIVE else Role.INDUSTRIAL_SUPERVISOR
    with transaction.atomic():
        member, _created = CompanyMember.objects.update_or_create(
            company=company, user=person, kind=kind, defaults={"is_active": True, "title": title}
        )
        give_role(person, role, actor=actor)
    return member


def remove_member(member: CompanyMember, *, actor: User) -> None:
    """Take a person out of a company; what the person did stays.

    Raises ``NotAllowed``, and ``RuleViolation`` ``last_representative``: somebody must act for the company.
    """
    if not can_invite_members(member.company, actor):
        raise NotAllowed
    with transaction.atomic():
        # One after the other, so that two who take each other out do not leave the company alone.
        Company.objects.select_for_update(of=("self",)).get(pk=member.company_id)
        others = CompanyMember.objects.filter(
            company=member.company_id, kind=MemberKind.REPRESENTATIVE, is_active=True
        ).exclude(pk=member.pk)
        if member.kind == MemberKind.REPRESENTATIVE and not others.exists():
            raise RuleViolation("last_representative", _("Nobody else represents the company. Invite somebody first."))
        CompanyMember.objects.filter(pk=member.pk).update(is_active=False)
        note_history(
            member.company, "leave", actor=actor, department_id=member.company.proposed_for_id, reason=str(member.user)
        )
    forget_scope(member.user)


def ensure_supervisor(company: Company, *, name: str, email: str, actor: "Actor", phone: str = "") -> User:
    """Find or create the industrial supervisor with this address and make the person a member of the company.

    Raises ``RuleViolation`` ``supervisor_is_student``: a student's own address can never verify a student's logs.
    """
    email = canonical_email(email)
    person = User.objects.filter(email__iexact=email).first() if email else None
    if person is not None and person.groups.filter(name=Role.STUDENT).exists():
        raise RuleViolation(
            "supervisor_is_student",
            _("This is a student's address. Enter the address of your supervisor."),
            field="supervisor_email",
        )
    with transaction.atomic():
        if person is None:
            person = create_person(actor=actor, email=email, full_name=name, phone=phone)
        add_member(company, person, MemberKind.SUPERVISOR, actor=actor)
    return person


def normal_name(name: str) -> str:
    """Return a company's name without legal form, punctuation, case and blanks, to find look-alikes."""
    words = re.sub(r"[^\w\s]", " ", name.casefold()).split()
    legal = {"ltd", "limited", "plc", "inc", "co", "company", "llc", "gmbh", "sa", "the"}
    return " ".join(word for word in words if word not in legal)[:160]
