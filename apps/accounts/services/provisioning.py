"""People and groups as the university's directory keeps them: entered, changed, deactivated, never deleted.

The directory is an authority about identities, not about this portal: it sees students and staff only, never a
superuser, and gives roles only by groups that a superuser has mapped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import (
    CohortGrant,
    CompanyGrant,
    DepartmentGrant,
    ProvisionedGroup,
    ProvisionedPerson,
    ServiceToken,
    User,
)
from apps.accounts.permissions import is_superuser
from apps.accounts.selectors import people_of_the_directory
from apps.accounts.services.history import note_history
from apps.accounts.services.people import (
    canonical_email,
    canonical_phone,
    give_role,
    grant,
    set_active,
    withdraw_grant,
    withdraw_role,
)
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation

LONGEST_NAME: Final = 150
GRANT_TABLES: Final = (DepartmentGrant, CohortGrant, CompanyGrant)


@dataclass(frozen=True)
class PersonFacts:
    """What a directory says of a person. ``active`` None: it says nothing of it. ``said``: all of it, to be kept."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    external_id: str = ""
    active: bool | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


# -- people -------------------------------------------------------------------------------------------------------


def provision_person(facts: PersonFacts, *, token: ServiceToken) -> User:
    """Enter a person, or take back one whom the directory had deleted.

    Raises ``RuleViolation`` ``username_taken`` or ``email_taken`` (409 in the protocol), ``email_unreadable``.
    """
    with transaction.atomic():
        removed = User.objects.filter(username__iexact=facts.username, provisioned__removed_at__isnull=False)
        person = removed.exclude(is_superuser=True).select_for_update(of=("self",)).first()
        if person is None:
            _refuse_taken(facts, None)
            person = User(username=facts.username)
            person.set_unusable_password()
            person.save()
        else:
            ProvisionedPerson.objects.filter(user=person).update(removed_at=None)
        _write(person, facts, token, active=facts.active is not False)
        note_history(person, "create", actor=SYSTEM, department_id=None, via=_via(token))
    return person


def change_provisioned(person: User, facts: PersonFacts, *, token: ServiceToken) -> User:
    """Make a person as the directory says; ``active`` false keeps the person out and every trace in.

    Raises as ``provision_person``.
    """
    with transaction.atomic():
        person = people_of_the_directory().select_for_update(of=("self",)).get(pk=person.pk)
        _refuse_taken(facts, person.pk)
        changed = _write(person, facts, token, active=person.is_active if facts.active is None else facts.active)
        if changed:
            names = ", ".join(changed)
            note_history(person, "change", actor=SYSTEM, department_id=None, reason=names, via=_via(token))
    return person


def remove_provisioned(person: User, *, token: ServiceToken) -> None:
    """Take a person out of the directory's sight and keep the person out of the portal; what was written stays."""
    with transaction.atomic():
        said = ProvisionedPerson.objects.get_or_create(user=person)[0]
        said.removed_at = timezone.now()
        said.save(update_fields=["removed_at", "updated_at"])
        for group in person.provisioned_groups.all():
            set_group_members(group, group.members.exclude(pk=person.pk), token=token)
        _keep_in_or_out(person, token, active=False)


def _refuse_taken(facts: PersonFacts, pk: int | None) -> None:
    others = User.objects.exclude(pk__in=[pk] if pk else [])
    if others.filter(username__iexact=facts.username).exists():
        raise RuleViolation("username_taken", _("This user name is taken."), field="userName")
    email = canonical_email(facts.email)
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise RuleViolation("email_unreadable", _("This is no e-mail address."), field="emails") from error
    if others.filter(email__iexact=email).exists():
        raise RuleViolation("email_taken", _("Somebody has this e-mail address already."), field="emails")


def _write(person: User, facts: PersonFacts, token: ServiceToken, *, active: bool) -> list[str]:
    """Write what differs; returns the names of what was changed."""
    values = {
        "username": facts.username,
        "first_name": facts.first_name[:LONGEST_NAME],
        "last_name": facts.last_name[:LONGEST_NAME],
        "email": canonical_email(facts.email),
        "phone": _phone(facts.phone),
        "language": _language(facts.language),
    }
    changed = {name: value for name, value in values.items() if getattr(person, name) != value}
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        person.save(update_fields=sorted(changed))
    ProvisionedPerson.objects.update_or_create(
        user=person, defaults={"external_id": facts.external_id, "said": dict(facts.said)}
    )
    _keep_in_or_out(person, token, active=active)
    return sorted(changed)


def _keep_in_or_out(person: User, token: ServiceToken, *, active: bool) -> None:
    if person.is_active != active:
        set_active(person, active=active, actor=SYSTEM, via=_via(token))


def _phone(text: str) -> str:
    """Return a number in our form; one that has no country code is kept in what was said and not used."""
    try:
        return canonical_phone(text)
    except RuleViolation:
        return ""


def _language(text: str) -> str:
    try:
        return translation.get_supported_language_variant(text.replace("_", "-")) if text else ""
    except LookupError:
        return ""


def _via(token: ServiceToken) -> str:
    return f"scim:{token.pk}"


# -- groups -------------------------------------------------------------------------------------------------------


def provision_group(
    name: str, members: Iterable[int], *, token: ServiceToken, external_id: str = ""
) -> ProvisionedGroup:
    """Enter a group of the directory; it gives no role before a superuser has said which.

    Raises ``RuleViolation`` ``name_taken``, or ``member_unknown`` where a member is not in the directory's sight.
    """
    with transaction.atomic():
        _refuse_group_name(name, None)
        group = ProvisionedGroup.objects.create(name=name, external_id=external_id)
        set_group_members(group, _members(members), token=token)
    return group


def change_provisioned_group(
    group: ProvisionedGroup, name: str, members: Iterable[int], *, token: ServiceToken, external_id: str = ""
) -> ProvisionedGroup:
    """Make a group as the directory says; who is in it no more loses what it gave. Raises as ``provision_group``."""
    with transaction.atomic():
        group = ProvisionedGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
        _refuse_group_name(name, group.pk)
        group.name, group.external_id = name, external_id
        group.save()
        set_group_members(group, _members(members), token=token)
    return group


def remove_provisioned_group(group: ProvisionedGroup, *, token: ServiceToken) -> None:
    """Delete a group of the directory; its members lose what it gave."""
    with transaction.atomic():
        set_group_members(group, User.objects.none(), token=token)
        group.delete()


def _refuse_group_name(name: str, pk: int | None) -> None:
    if ProvisionedGroup.objects.filter(name__iexact=name).exclude(pk__in=[pk] if pk else []).exists():
        raise RuleViolation("name_taken", _("There is a group of this name already."), field="displayName")


def _members(keys: Iterable[int]) -> list[User]:
    wanted = set(keys)
    found = list(people_of_the_directory().filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise RuleViolation("member_unknown", _("There is no such member."), field="members")
    return found


def set_group_members(group: ProvisionedGroup, members: Iterable[User], *, token: ServiceToken) -> None:
    """Make these people the members; who comes gets the role of the group, who goes loses it."""
    wanted = {person.pk: person for person in members}
    before = {person.pk: person for person in group.members.all()}
    gone = [person for key, person in before.items() if key not in wanted]
    come = [person for key, person in wanted.items() if key not in before]
    group.members.remove(*gone)
    group.members.add(*come)
    for person in gone:
        _take(person, group)
    for person in come:
        _give(person, group)
    for person, action in [*((p, "join") for p in come), *((p, "leave") for p in gone)]:
        note_history(person, action, actor=SYSTEM, department_id=None, reason=group.name, via=_via(token))


def map_group(group: ProvisionedGroup, values: Mapping[str, Any], *, actor: User) -> ProvisionedGroup:
    """Say which role, and which department of coordinators, a group of the directory gives; it counts at once.

    Raises ``NotAllowed``, or ``RuleViolation`` ``department_missing`` for coordinators of nothing.
    """
    if not is_superuser(actor):
        raise NotAllowed
    with transaction.atomic():
        group = ProvisionedGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
        members = list(group.members.all())
        role = values.get("role", group.role)
        department = values.get("department", group.department)
        if role == Role.COORDINATOR and department is None:
            text = _("Choose the department that these coordinators coordinate.")
            raise RuleViolation("department_missing", text, field="department")
        old = ProvisionedGroup(pk=group.pk, role=group.role, department=group.department)
        group.role, group.department = role, department
        group.save()
        for person in members:
            _take(person, old)
            _give(person, group)
        note_history(group, "change", actor=actor, department_id=None, reason=f"{role} {department or ''}".strip())
    return group


def _give(person: User, group: ProvisionedGroup) -> None:
    if group.role == Role.COORDINATOR and group.department is not None:
        grant(person, group.department, actor=SYSTEM)
    elif group.role == Role.UNIVERSITY_SUPERVISOR:
        give_role(person, Role.UNIVERSITY_SUPERVISOR, actor=SYSTEM)


def _take(person: User, group: ProvisionedGroup) -> None:
    """Take what a group gave, unless another group of the person gives the same."""
    others = person.provisioned_groups.exclude(pk=group.pk).filter(role=group.role)
    if group.role == Role.COORDINATOR and group.department is not None:
        if not others.filter(department=group.department).exists():
            withdraw_grant(person, group.department, actor=SYSTEM)
        if not any(grants.objects.filter(user=person).exists() for grants in GRANT_TABLES):
            withdraw_role(person, Role.COORDINATOR, actor=SYSTEM)
    elif group.role == Role.UNIVERSITY_SUPERVISOR and not others.exists():
        withdraw_role(person, Role.UNIVERSITY_SUPERVISOR, actor=SYSTEM)
