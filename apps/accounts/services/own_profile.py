"""What a student says of the own studies and place in one go, as programs send it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Programme, StudentProfile, User
from apps.accounts.permissions import has_role, is_oneself
from apps.accounts.services.people import change_details
from apps.accounts.services.registering_by_name import NamedNewcomer, register_by_name
from apps.accounts.services.registration import Door, Studies, complete_studies
from apps.accounts.states import Role
from portal.kernel.errors import NotAllowed, RuleViolation

# How long the words may be that a student keeps about the place; they make nobody a supervisor.
WORDS: Final = {"supervisor_name": 120, "supervisor_email": 254, "company_name": 160, "company_region": 80}
YEARS: Final = range(1, 9)
DEGREE: Final = re.compile(
    r"^\s*(bachelor|b\.?\s?(sc|eng|tech|a)|m\.?\s?sc|diploma)\b\.?(\s+(of|in)\b)*", re.IGNORECASE
)
KEPT: Final = _("Your university keeps this. Ask your coordinator if it is wrong.")


@dataclass(frozen=True)
class ProfileWish:
    """What is to be written; a field that is not among ``given`` stays as it is."""

    given: frozenset[str]
    reg_no: str = ""
    programme: str = ""
    year_of_study: int | None = None
    phase: str = ""
    phone: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def programme_named(text: str) -> Programme | None:
    """Return the programme of this code or name, with or without its degree; or the only one that begins so."""
    wanted = " ".join(text.split())
    exact = (
        Programme.objects.filter(code__iexact=wanted).first() or Programme.objects.filter(name__iexact=wanted).first()
    )
    if exact is not None or not wanted:
        return exact
    short = plain_name(wanted)
    rows = [row for row in Programme.objects.all() if plain_name(row.name).startswith(short)] if short else []
    same = [row for row in rows if plain_name(row.name) == short] or rows
    return same[0] if len(same) == 1 else None


def plain_name(name: str) -> str:
    """Return a programme's name in small letters without the degree: "BSc. Metals" is "metals"."""
    return " ".join(re.sub(r"[^\w\s]", " ", DEGREE.sub(" ", name)).casefold().split())


def phase_named(text: str) -> str:
    """Return "PT2" for its long names ("Practical Training 2", "pt 2"), any other name as it is."""
    found = re.fullmatch(r"\s*(?:pt|practical training|phase)?\s*(?:phase)?\s*([1-3])\s*", text, re.IGNORECASE)
    return f"PT{found[1]}" if found else text.strip()


def save_own_profile(student: User, wish: ProfileWish, *, actor: User) -> User:
    """Enter the studies of a student of whom nothing is known, and write what is the student's own to say; all or none.

    Registration number, programme and phase are the university's once they are known. Raises ``NotAllowed``, and
    ``RuleViolation`` ``kept_by_university``, ``programme_unknown``, ``year_wrong``, ``reg_no_missing`` and what
    ``complete_studies`` and ``change_details`` raise, with the field.
    """
    if not (is_oneself(student, actor) and has_role(student, Role.STUDENT)):
        raise NotAllowed
    if wish.year_of_study is not None and wish.year_of_study not in YEARS:
        raise RuleViolation("year_wrong", _("A year of study is a number from 1 to 8."), field="year_of_study")
    with transaction.atomic():
        profile = StudentProfile.objects.select_related("programme").filter(user=student).first()
        if profile is None:
            complete_studies(student, _studies(wish), actor=actor)
        else:
            _check_kept(student, profile, wish)
        values: dict[str, Any] = {name: " ".join(text.split())[: WORDS[name]] for name, text in wish.words.items()}
        if "year_of_study" in wish.given:
            values["year_of_study"] = wish.year_of_study
        StudentProfile.objects.filter(user=student).update(**values, updated_at=timezone.now())
        if "phone" in wish.given:
            change_details(student, {"phone": wish.phone}, actor=actor)
    return student


def _studies(wish: ProfileWish) -> Studies:
    if not wish.reg_no:
        raise RuleViolation("reg_no_missing", _("Enter your registration number."), field="reg_no")
    programme = programme_named(wish.programme)
    if programme is None:
        raise RuleViolation("programme_unknown", _("The university has no programme of this name."), field="programme")
    return Studies(wish.reg_no, programme, wish.year_of_study, phase_named(wish.phase))


def _check_kept(student: User, profile: StudentProfile, wish: ProfileWish) -> None:
    if wish.reg_no and wish.reg_no.strip() != profile.reg_no:
        raise RuleViolation("kept_by_university", KEPT, field="reg_no")
    if wish.programme and programme_named(wish.programme) != profile.programme:
        raise RuleViolation("kept_by_university", KEPT, field="programme")
    phases = {phase.casefold() for phase in student.enrolments.values_list("cohort__phase", flat=True)}
    if wish.phase and phase_named(wish.phase).casefold() not in phases:
        raise RuleViolation("kept_by_university", KEPT, field="phase")


def register_with_profile(newcomer: NamedNewcomer, wish: ProfileWish) -> User:
    """Register a student by name; studies that do not fit are asked for again later. Raises as ``register_by_name``."""
    with transaction.atomic():
        person = register_by_name(Door.STUDENT, newcomer)
        try:
            with transaction.atomic():
                save_own_profile(person, wish, actor=person)
        except RuleViolation:
            person.refresh_from_db()
    return person
