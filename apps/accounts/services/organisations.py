"""Companies: proposed, moderated, changed, deleted where nothing refers to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, CompanyCapacity, Department, User
from apps.accounts.permissions import can_change_company, can_delete_company
from apps.accounts.selectors import look_alike_companies
from apps.accounts.services.mergers import name_has_changed, referring_rows
from apps.accounts.services.people import add_member, canonical_email, canonical_phone, normal_name
from apps.accounts.states import CompanyState, MemberKind
from portal.kernel.access import SystemActor
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import announce_created

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.kernel.access import Actor

FIELDS: Final = frozenset(
    {
        "name",
        "registration_no",
        "industry_type",
        "description",
        "address",
        "region",
        "country",
        "latitude",
        "longitude",
        "radius_m",
        "contact_person",
        "phone",
        "email",
        "hr_email",
        "website",
        "established_year",
    }
)
# Thousands of companies have their mail there; the domain says nothing about who they are.
FREE_MAIL: Final = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "hotmail.com", "outlook.com"),
        *("live.com", "msn.com", "icloud.com", "me.com", "aol.com", "gmx.com", "gmx.net", "mail.com", "proton.me"),
        *("protonmail.com", "zoho.com", "yandex.com", "qq.com", "163.com"),
    }
)
OLDEST: Final = 1500
RADIUS_M: Final = (10, 100_000)


@dataclass(frozen=True)
class Marks:
    """By what a company is known again: normal name, normal registration number, domains of web and mail."""

    normal_name: str
    normal_registration_no: str
    web_domain: str
    mail_domain: str


def marks_of(details: Mapping[str, Any]) -> Marks:
    """Return the marks of a company's details, whether they are valid or not yet."""
    mails = [_mail_domain(str(details.get(name) or "")) for name in ("email", "hr_email")]
    return Marks(
        normal_name=normal_name(str(details.get("name") or "")),
        normal_registration_no=re.sub(r"[\W_]", "", str(details.get("registration_no") or "")).upper()[:60],
        web_domain=_web_domain(str(details.get("website") or "")),
        mail_domain=next((domain for domain in mails if domain), ""),
    )


def look_alikes(details: Mapping[str, Any], *, except_pk: int | None = None) -> "QuerySet[Company]":
    """Return the companies that are perhaps the one with these details."""
    marks = marks_of(details)
    return look_alike_companies(
        marks.normal_name,
        registration_no=marks.normal_registration_no,
        domains=(marks.web_domain, marks.mail_domain),
        except_pk=except_pk,
    )


def _mail_domain(address: str) -> str:
    _name, at, domain = address.strip().lower().rpartition("@")
    return domain[:120] if at and "." in domain and domain not in FREE_MAIL else ""


def _web_domain(website: str) -> str:
    try:
        host = urlsplit(_with_scheme(website)).hostname or ""
    except ValueError:
        return ""
    # The last part of a name has letters; without any it is an address of numbers, which many may share.
    is_name = "." in host and host.rpartition(".")[2].isalpha()
    return host.removeprefix("www.")[:120] if is_name else ""


def _with_scheme(website: str) -> str:
    website = website.strip()
    return f"https://{website}" if website and "://" not in website else website


# -- writing ------------------------------------------------------------------------------------------------------


def propose_company(
    *,
    name: str,
    actor: "Actor",
    department: Department | None = None,
    cohort: Cohort | None = None,
    representative: User | None = None,
    **details: Any,
) -> Company:
    """Enter a company as *proposed*; ``details`` are fields of ``FIELDS``.

    ``department`` is the one whose coordinators moderate it (None: any coordinator), and ``cohort`` that of the student
    who proposes it: its coordinators do so, too. Raises ``RuleViolation``
    ``name_missing``, ``name_taken`` for a company of exactly this name, or ``invalid`` with the field.
    """
    unknown = set(details) - FIELDS
    if unknown:
        message = f"not fields of a company: {sorted(unknown)}"
        raise TypeError(message)
    with transaction.atomic():
        proposed_by = None if isinstance(actor, SystemActor) else actor
        company = Company(proposed_by=proposed_by, proposed_for=department, proposed_in=cohort)
        _fill(company, {**details, "name": name})
        _check_name(company)
        company.save()
        announce_created(company, actor=actor)
        if representative is not None:
            add_member(company, representative, MemberKind.REPRESENTATIVE, actor=actor)
    return company


def change_company(
    company: Company, changes: Mapping[str, Any], *, actor: User, expected_version: int | None = None
) -> Company:
    """Change fields of ``FIELDS``; the look-alike marks follow.

    Raises ``NotAllowed``, ``Stale``, and ``RuleViolation`` ``name_missing``, ``name_taken`` or ``invalid`` with the
    field.
    """
    with transaction.atomic():
        row = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
        if not can_change_company(row, actor):
            raise NotAllowed
        if expected_version is not None and row.version != expected_version:
            raise Stale("stale", _("Somebody changed this company meanwhile. Look at it again before you save."))
        old_name = row.name
        _fill(row, {name: changes[name] for name in FIELDS & set(changes)})
        if row.name != old_name:
            _check_name(row)
        row.version += 1
        row.save()
        if row.name != old_name:
            name_has_changed(row)
    company.refresh_from_db()
    return company


def complete_company(company: Company, details: Mapping[str, str], *, actor: "Actor") -> Company:  # noqa: ARG001 - every write names its actor
    """Take facts of a company that only waits from somebody who is asked by link; an approved one stays as it is.

    Empty ones change nothing. The caller has checked that this person was asked. Raises ``RuleViolation`` ``invalid``
    or ``phone_unreadable`` with the field.
    """
    with transaction.atomic():
        row = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
        if row.state != CompanyState.PROPOSED:
            return company
        _fill(row, {name: details[name] for name in FIELDS & set(details) if details[name].strip()})
        row.version += 1
        row.save()
    return row


def _check_name(company: Company) -> None:
    others = Company.objects.filter(name__iexact=company.name, merged_into__isnull=True).exclude(pk=company.pk)
    if others.exists():
        raise RuleViolation(
            "name_taken", _("There is a company of this name already. Choose it from the list."), field="name"
        )


def _fill(company: Company, details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        if isinstance(value, str) and "\x00" in value:
            raise RuleViolation("invalid", _("This holds a sign that cannot be stored."), field=name)
        setattr(company, name, value.strip() if isinstance(value, str) else value)
    company.name = " ".join(company.name.split())
    if not company.name:
        raise RuleViolation("name_missing", _("Enter the name of the company."), field="name")
    company.country = company.country.upper()
    company.website = _with_scheme(company.website)
    company.email, company.hr_email = canonical_email(company.email), canonical_email(company.hr_email)
    company.phone = canonical_phone(company.phone, country=company.country)
    for name, value in vars(marks_of(vars(company))).items():
        setattr(company, name, value)
    try:
        company.clean_fields(exclude=[field.name for field in Company._meta.fields if field.name not in FIELDS])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("invalid", messages[0], field=field) from error
    _check_values(company)


def _check_values(company: Company) -> None:
    if company.country not in phonenumbers.SUPPORTED_REGIONS:
        raise RuleViolation("invalid", _("Write the two letters of a country, such as TZ or SA."), field="country")
    if (company.latitude is None) != (company.longitude is None):
        missing = "latitude" if company.latitude is None else "longitude"
        raise RuleViolation("invalid", _("A place needs latitude and longitude, or neither."), field=missing)
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = getattr(company, name)
        if value is not None and abs(value) > most:
            raise RuleViolation("invalid", _("This is no place on earth."), field=name)
    if not RADIUS_M[0] <= company.radius_m <= RADIUS_M[1]:
        raise RuleViolation("invalid", _("The radius is between 10 m and 100 km."), field="radius_m")
    year = company.established_year
    if year is not None and not OLDEST <= year <= timezone.localdate().year:
        raise RuleViolation("invalid", _("Enter the year in which it was founded."), field="established_year")


def delete_company(company: Company, *, actor: User) -> None:
    """Delete a company to which nothing refers, with its members.

    Raises ``NotAllowed``, or ``RuleViolation`` ``referenced``: such a company is archived or merged instead.
    """
    if not can_delete_company(company, actor):
        raise NotAllowed
    with transaction.atomic():
        row = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
        if referring_rows(row):
            raise RuleViolation("referenced", _("Something refers to this company. Archive it, or merge it."))
        row.delete()


def save_capacities(
    company: Company, kept: list[CompanyCapacity], deleted: list[CompanyCapacity], *, actor: User
) -> None:
    """Write how many trainees of which cohort the company takes. Raises ``NotAllowed``."""
    if not can_change_company(company, actor):
        raise NotAllowed
    with transaction.atomic():
        for row in deleted:
            row.delete()
        for row in kept:
            row.save()
