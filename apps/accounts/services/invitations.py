"""Invitations: people get a link by which they choose a password and join, never a password.

An invitation is an access link of purpose ``JOIN`` to a person, or to a membership that waits as *invited*. The mail
goes out through the outbox; the link comes into being when the mail is written, so nobody but its reader has it.
"""

import uuid
from collections.abc import Iterable
from typing import Final

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import AccessLink, Company, CompanyMember, Enrolment, StaffProfile, User
from apps.accounts.permissions import can_invite_members, can_invite_staff, can_invite_student
from apps.accounts.services.history import note_history
from apps.accounts.services.links import Target, revoke_links
from apps.accounts.services.people import add_member, canonical_email, create_person
from apps.accounts.states import MemberKind, Role
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.imports import chunks
from portal.kernel.tasks import enqueue

TELL: Final = "accounts.tell_invited"
PART: Final = 100
# Whoever represents a company could otherwise have us write to any number of strangers.
MOST_WAITING: Final = 50
PERSON: Final = "accounts.User"
MEMBER: Final = "accounts.CompanyMember"


def target_of(person: User, member: CompanyMember | None = None) -> Target:
    """Return what the link of an invitation opens."""
    return Target(PERSON, person.pk, {}) if member is None else Target(MEMBER, member.pk, {})


# -- inviting -----------------------------------------------------------------------------------------------------


def invite_member(
    company: Company, *, kind: MemberKind, email: str, actor: User, full_name: str = "", title: str = ""
) -> CompanyMember:
    """Ask the person with this address to join a company; a mail with a link is on its way after commit.

    The answer is the same whether or not the address is known here. Who is invited already is asked again. Raises
    ``NotAllowed``, or ``RuleViolation`` (field ``email``): ``email_unreadable``, ``member_already``,
    ``supervisor_is_student``, ``too_many_invitations``.
    """
    if not can_invite_members(company, actor):
        raise NotAllowed
    email = canonical_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise RuleViolation("email_unreadable", _("This is no e-mail address."), field="email") from error
    with transaction.atomic():
        # One invitation after the other for each company, so that the limit holds and nobody is entered twice.
        Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
        member = _invited_member(company, kind, email)
        if member is None:
            person = User.objects.filter(email__iexact=email).first()
            person = person or create_person(actor=actor, email=email, full_name=full_name)
            member = CompanyMember.objects.create(
                company=company, user=person, kind=kind, title=title, is_active=False, invited_at=timezone.now()
            )
            note_history(company, "invite", actor=actor, department_id=company.proposed_for_id, reason=str(kind.label))
        _tell([member.user_id], actor=actor, member=member)
    return member


def _invited_member(company: Company, kind: MemberKind, email: str) -> CompanyMember | None:
    """Return the membership that is to be asked again, None if there is none yet; refuses what cannot be."""
    members = company.members.filter(kind=kind)
    if kind == MemberKind.SUPERVISOR and User.objects.filter(email__iexact=email, groups__name=Role.STUDENT).exists():
        text = _("This is a student's address. Enter the address of the supervisor.")
        raise RuleViolation("supervisor_is_student", text, field="email")
    member = members.filter(user__email__iexact=email).first()
    if member is None:
        if company.members.filter(invited_at__isnull=False).count() >= MOST_WAITING:
            text = _("Too many people have not answered yet. Withdraw an invitation, or wait.")
            raise RuleViolation("too_many_invitations", text, field="email")
        return None
    if member.is_active:
        raise RuleViolation("member_already", _("This person is in the company already."), field="email")
    CompanyMember.objects.filter(pk=member.pk).update(invited_at=timezone.now())
    member.refresh_from_db()
    return member


def withdraw_invitation(member: CompanyMember, *, actor: User) -> None:
    """Take back an invitation that nobody has answered; its links stop working. Raises ``NotAllowed``.

    Raises ``RuleViolation`` ``joined_already`` where the person was faster.
    """
    if not can_invite_members(member.company, actor):
        raise NotAllowed
    with transaction.atomic():
        row = CompanyMember.objects.select_for_update(of=("self",)).filter(pk=member.pk).first()
        if row is None or row.invited_at is None:
            raise RuleViolation("joined_already", _("This person has joined meanwhile."))
        revoke_links(target_of(row.user, row), actor=actor)
        row.delete()


def invite_students(enrolments: Iterable[Enrolment], *, actor: User) -> int:
    """Ask students to choose a password; returns how many are asked.

    Left out without a word: who is not the actor's to invite, who has a password, who has no address.
    """
    rows = [row for row in enrolments if can_invite_student(row, actor)]
    return _invite([row.student for row in rows], actor=actor)


def invite_staff(profiles: Iterable[StaffProfile], *, actor: User) -> int:
    """Ask members of staff to choose a password; as ``invite_students``."""
    return _invite([row.user for row in profiles if can_invite_staff(row, actor)], actor=actor)


def _invite(people: Iterable[User], *, actor: User) -> int:
    keys = {person.pk: None for person in people if is_waited_for(person)}
    with transaction.atomic():
        for part in chunks(keys, PART):
            _tell(part, actor=actor)
    return len(keys)


def is_waited_for(person: User) -> bool:
    """Say whether an invitation makes sense: an address to write to and no password yet."""
    return bool(person.email and person.is_active and not person.has_usable_password())


def _tell(people: list[int], *, actor: User, member: CompanyMember | None = None) -> None:
    batch = uuid.uuid4().hex
    payload = {
        "people": people,
        "member_id": member.pk if member else None,
        "inviter_id": actor.pk,
        "batch": batch,
    }
    enqueue(TELL, payload, dedupe_key=f"invite:{batch}")


def invite_again(person_id: int) -> None:
    """Send what a person has been invited to once more, because the first link is lost or too old."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return
    waiting = list(person.memberships.filter(invited_at__isnull=False))
    for member in waiting:
        _tell([person.pk], actor=person, member=member)
    asked = AccessLink.objects.filter(user=person, target_label=PERSON, target_id=person.pk).exists()
    if not waiting and asked and is_waited_for(person):
        _tell([person.pk], actor=person)


# -- joining ------------------------------------------------------------------------------------------------------


def membership_of(link: AccessLink) -> CompanyMember | None:
    """Return the membership to which a link invites; None if it invites to the portal alone, or is withdrawn."""
    if link.target_label != MEMBER:
        return None
    rows = CompanyMember.objects.select_related("company", "user")
    return rows.filter(pk=link.target_id, user=link.user_id, invited_at__isnull=False).first()


def is_open(link: AccessLink) -> bool:
    """Say whether there is still something to join by this link."""
    if link.target_label == MEMBER:
        return membership_of(link) is not None
    return not link.user.has_usable_password()


def accept_invitation(link: AccessLink, *, password: str = "", first_name: str = "", last_name: str = "") -> User:
    """Let the person of a link in, inside the caller's transaction that uses the link up.

    ``password`` (checked before) and names count only for who has no password yet: a link never changes the password
    of somebody who has one. Raises ``RuleViolation`` ``link_used``, or ``password_missing`` with the field.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=link.user_id)
    link.user = person
    if not is_open(link):
        raise RuleViolation("link_used", _("This link has been used or has expired."))
    if not person.has_usable_password():
        _open_account(person, password, first_name, last_name)
    member = membership_of(link)
    if member is not None:
        CompanyMember.objects.filter(pk=member.pk).update(invited_at=None)
        add_member(member.company, person, MemberKind(member.kind), actor=person, title=member.title)
        department = member.company.proposed_for_id
        note_history(member.company, "join", actor=person, department_id=department, via=f"link:{link.pk}")
    return person


def _open_account(person: User, password: str, first_name: str, last_name: str) -> None:
    if not password:
        raise RuleViolation("password_missing", _("Choose a password."), field="password")
    person.set_password(password)
    if first_name or last_name:
        person.first_name, person.last_name = first_name, last_name
    person.save(update_fields=["password", "first_name", "last_name"])
    # Who opened the link has read a mail to this address.
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
