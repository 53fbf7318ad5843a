"""Registering under a user name, for programs that know no mail to confirm first.

Whoever registers so is let in at once, without an address: one that was typed is asked for its word by mail and is the
person's only when it is confirmed. So nobody learns by it whether an address is known here, and nobody gets into the
way of its owner.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment, User
from apps.accounts.permissions import has_role, is_oneself
from apps.accounts.selectors import look_alikes_of, site_settings
from apps.accounts.services.history import note_history
from apps.accounts.services.letters import Occasion, send_account_letter
from apps.accounts.services.limits import HOUR_S, Limit, take
from apps.accounts.services.organisations import propose_company
from apps.accounts.services.passwords import set_password
from apps.accounts.services.people import canonical_phone, create_person
from apps.accounts.services.registration import Door, check_password, is_open
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.addresses import read_email
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from portal.kernel.access import Actor

LONGEST_NAME: Final = 150
AGAIN: Final = Limit("confirm_again", 3, HOUR_S)


@dataclass(frozen=True)
class NamedNewcomer:
    """Who registers: what was typed. ``company`` are fields of ``organisations.FIELDS``."""

    username: str
    password: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    company: dict[str, Any] = field(default_factory=dict)


def register_by_name(door: Door, newcomer: NamedNewcomer, *, enrol: bool = False) -> User:
    """Create the person, and the company that the person represents, as *proposed*.

    With ``enrol`` a student is in the installation's default cohort at once, for programs that never ask what somebody
    studies: without a cohort no vacancy is open to a student. Raises ``RuleViolation``: ``closed``,
    ``username_unreadable``, ``username_taken``, ``password_refused`` and what ``propose_company`` and
    ``canonical_phone`` raise.
    """
    if not is_open(door):
        raise RuleViolation("closed", _("Nobody registers alone here."))
    email = read_email(newcomer.email)
    _check_username(newcomer.username)
    with transaction.atomic():
        roles = [Role.STUDENT] if door == Door.STUDENT else []
        person = create_person(actor=SYSTEM, username=newcomer.username, roles=roles)
        person.first_name, person.last_name = newcomer.first_name[:150], newcomer.last_name[:150]
        person.language, person.phone = newcomer.language, canonical_phone(newcomer.phone)
        check_password(newcomer.password, person)
        set_password(person, newcomer.password)
        person.save(update_fields=["first_name", "last_name", "language", "phone"])
        if door == Door.COMPANY:
            propose_company(actor=person, representative=person, **newcomer.company)
        elif enrol:
            enrol_by_default(person, actor=person)
        if email:
            ask_to_confirm(person, email, actor=person)
    return person


def _check_username(username: str) -> None:
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise RuleViolation("username_unreadable", error.messages[0], field="username") from error
    # Who types the name of somebody with other capitals would be taken for that person at sign-in.
    if len(username) > LONGEST_NAME or User.objects.filter(username__iexact=username).exists():
        raise RuleViolation("username_taken", _("This user name is taken."), field="username")


def ask_to_confirm(person: User, email: str, *, actor: User) -> None:
    """Send a link by which an address becomes the person's; the answer is the same for one that is known.

    Raises ``NotAllowed``.
    """
    if not is_oneself(person, actor):
        raise NotAllowed
    enqueue("accounts.confirm_address", {"user_id": person.pk, "email": email, "language": person.language})


def ask_to_confirm_again(email: str, *, language: str = "") -> None:
    """Send the link again to an address that waits; the work is the same for one that nobody knows.

    Raises ``TooManyTries``.
    """
    take(AGAIN, email)
    enqueue("accounts.confirm_again", {"email": email, "language": language})


def send_confirmation_again(email: str, language: str = "") -> None:
    """Send the link to an address that waits beside somebody; else nothing."""
    for waiting in EmailAddress.objects.filter(email=email, verified=False)[:2]:
        send_confirmation(waiting.user_id, email, language)


def send_confirmation(user_id: int, email: str, language: str = "") -> None:
    """Send the link to an address that nobody has; whoever has it is told that there is an account already."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    if person is None or person.email == email:
        return
    if look_alikes_of(email).exclude(pk=user_id).exists():
        address = settings.SITE_URL + reverse("account_login")
        send_account_letter(Occasion.KNOWN_ALREADY, email, address, language=language)
        return
    waiting = _waiting_address(person, email)
    key = EmailConfirmationHMAC.create(waiting).key
    address = settings.SITE_URL + reverse("account_confirm_email", args=[key])
    send_account_letter(Occasion.CONFIRM_EMAIL, email, address, language=language)


def _waiting_address(person: User, email: str) -> Any:
    """Keep the address beside the person until it is confirmed; one that waited before goes."""
    EmailAddress.objects.filter(user=person, verified=False).exclude(email=email).delete()
    return EmailAddress.objects.get_or_create(user=person, email=email, defaults={"verified": False})[0]


def enrol_by_default(student: User, *, actor: "Actor") -> Enrolment | None:
    """Enrol a student who is in no cohort into the installation's default one; None where there is none.

    Programs know no programme and no phase, and what their student does first has to belong to a cohort. Raises
    ``NotAllowed``.
    """
    if student.pk != actor.pk or not has_role(student, Role.STUDENT):
        raise NotAllowed
    cohort = site_settings().default_cohort
    if cohort is None or not cohort.is_open or not site_settings().student_registration:
        return None
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=student.pk)
        if Enrolment.objects.filter(student=student).exists():
            return None
        enrolment = Enrolment.objects.create(student=student, cohort=cohort)
        note_history(enrolment, "create", actor=actor, department_id=cohort.department_id)
    return enrolment
