"""Registering alone: first a mail to the address, then the person; so nobody learns who is known here."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment, Programme, StudentProfile, User
from apps.accounts.permissions import can_complete_profile
from apps.accounts.selectors import look_alikes_of, site_settings
from apps.accounts.services.history import note_history
from apps.accounts.services.letters import Occasion, send_account_letter
from apps.accounts.services.organisations import propose_company
from apps.accounts.services.passwords import set_password
from apps.accounts.services.people import create_person
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM, forget_scope
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.imports import likeness

SALT: Final = "apps.accounts.registration"
VALID_S: Final = 24 * 3600


class Door(StrEnum):
    """As what somebody registers."""

    STUDENT = "student"
    COMPANY = "company"


@dataclass(frozen=True)
class Newcomer:
    """Who registers: the confirmed address and what was typed."""

    email: str
    first_name: str
    last_name: str
    password: str
    language: str = ""
    # Of a company; fields of ``organisations.FIELDS``.
    company: dict[str, Any] = field(default_factory=dict)


def is_open(door: Door) -> bool:
    """Say whether this installation lets people in through the door."""
    found = site_settings()
    return found.student_registration if door == Door.STUDENT else found.company_registration


def send_registration_letter(email: str, door: str, language: str = "") -> None:
    """Send the link with which an unknown address goes on; a known one is told that it has an account."""
    if look_alikes_of(email).exists():
        address = settings.SITE_URL + reverse("account_login")
        send_account_letter(Occasion.KNOWN_ALREADY, email, address, language=language)
        return
    token = signing.dumps([email, door], salt=SALT)
    address = settings.SITE_URL + reverse("register_go_on", args=[token])
    send_account_letter(Occasion.REGISTER, email, address, language=language)


def read_registration(token: str) -> tuple[str, Door] | None:
    """Return the address and the door of a link; None for one that is not ours, too old, used, or of a closed door."""
    try:
        email, door = signing.loads(token, salt=SALT, max_age=VALID_S)
    except signing.BadSignature:
        return None
    if not is_open(Door(door)) or look_alikes_of(email).exists():
        return None
    return email, Door(door)


def register(door: Door, newcomer: Newcomer) -> User:
    """Create the person, and the company that the person represents, as *proposed*.

    A student goes on with ``complete_studies``. Raises ``RuleViolation``: ``closed``, ``password_refused`` and what
    ``create_person`` and ``propose_company`` raise.
    """
    if not is_open(door):
        raise RuleViolation("closed", _("Nobody registers alone here."))
    with transaction.atomic():
        roles = [Role.STUDENT] if door == Door.STUDENT else []
        person = create_person(actor=SYSTEM, email=newcomer.email, roles=roles)
        person.first_name, person.last_name = newcomer.first_name, newcomer.last_name
        person.language = newcomer.language
        check_password(newcomer.password, person)
        set_password(person, newcomer.password)
        person.save(update_fields=["first_name", "last_name", "language"])
        EmailAddress.objects.create(user=person, email=newcomer.email, verified=True, primary=True)
        if door == Door.COMPANY:
            propose_company(actor=person, representative=person, **newcomer.company)
    return person


def check_password(password: str, person: User) -> None:
    """Raise ``RuleViolation`` ``password_refused`` with all that is wrong with a password."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise RuleViolation("password_refused", " ".join(error.messages), field="password") from error


# -- a student's studies --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Studies:
    """What a student says of the own studies."""

    reg_no: str
    programme: Programme
    year_of_study: int | None
    phase: str


def fitting_cohort(programme: Programme, phase: str) -> Cohort:
    """Return the open cohort that fits programme and phase: one that runs or comes before one that is over.

    Else the installation's default cohort. Raises ``RuleViolation`` ``no_cohort``.
    """
    fitting = Cohort.objects.filter(department=programme.department_id, phase__iexact=phase, is_open=True)
    not_over = fitting.filter(end__gte=timezone.localdate()).order_by("start", "pk").first()
    found = not_over or fitting.order_by("-end", "pk").first() or site_settings().default_cohort
    if found is None:
        raise RuleViolation(
            "no_cohort", _("No group is open for this programme and phase. Ask your coordinator."), field="phase"
        )
    return found


def complete_studies(student: User, studies: Studies, *, actor: User) -> Enrolment:
    """Enter what a student without a profile says, and enrol the student in the cohort that fits.

    Raises ``NotAllowed``, and ``RuleViolation`` ``reg_no_missing``, ``reg_no_taken`` or ``no_cohort``.
    """
    if not can_complete_profile(student, actor):
        raise NotAllowed
    reg_no = " ".join(studies.reg_no.split())
    _check_reg_no(reg_no, studies.programme)
    cohort = fitting_cohort(studies.programme, studies.phase)
    with transaction.atomic():
        StudentProfile.objects.create(
            user=student, reg_no=reg_no, programme=studies.programme, year_of_study=studies.year_of_study
        )
        # Whoever was provisioned may be enrolled before anything is known of the studies.
        enrolment, is_new = Enrolment.objects.get_or_create(student=student, cohort=cohort)
        if is_new:
            note_history(enrolment, "create", actor=actor, department_id=cohort.department_id)
    forget_scope(student)
    return enrolment


def _check_reg_no(reg_no: str, programme: Programme) -> None:
    if not reg_no:
        raise RuleViolation("reg_no_missing", _("Enter your registration number."), field="reg_no")
    of_department = StudentProfile.objects.filter(programme__department=programme.department_id)
    alike = {likeness(found) for found in of_department.values_list("reg_no", flat=True)}
    if likeness(reg_no) in alike or StudentProfile.objects.filter(reg_no__iexact=reg_no).exists():
        raise RuleViolation(
            "reg_no_taken",
            _("A student with this number is here already. Is it yours? Ask your coordinator for your account."),
            field="reg_no",
        )


def keep_place(student: User, *, actor: User, supervisor_name: str, company_name: str) -> None:
    """Keep where the student says the training is, as words: they make nobody a supervisor. Raises ``NotAllowed``."""
    if student.pk != actor.pk:
        raise NotAllowed
    StudentProfile.objects.filter(user=student).update(
        supervisor_name=" ".join(supervisor_name.split())[:120],
        company_name=" ".join(company_name.split())[:160],
        updated_at=timezone.now(),
    )


def finish_welcome(student: User, *, actor: User) -> None:
    """Remember that the student was welcomed. Raises ``NotAllowed``."""
    if student.pk != actor.pk:
        raise NotAllowed
    StudentProfile.objects.filter(user=student, welcomed_at=None).update(welcomed_at=timezone.now())
