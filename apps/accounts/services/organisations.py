"""Companies: proposed, moderated, changed."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company, Department, User
from apps.accounts.permissions import can_change_company
from apps.accounts.services.people import add_member, normal_name
from apps.accounts.states import MemberKind
from portal.kernel.access import SystemActor
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import announce_created

if TYPE_CHECKING:
    from portal.kernel.access import Actor

FIELDS = frozenset(
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


def propose_company(
    *,
    name: str,
    actor: "Actor",
    department: Department | None = None,
    representative: User | None = None,
    **details: Any,
) -> Company:
    """Enter a company as *proposed*; ``details`` are fields of ``FIELDS``.

    ``department`` is the one whose coordinators moderate it (None: any coordinator). Raises ``RuleViolation``
    ``name_missing``, or ``name_taken`` for a company of exactly this name.
    """
    name = " ".join(name.split())
    if not name:
        raise RuleViolation("name_missing", _("Enter the name of the company."), field="name")
    if Company.objects.filter(name__iexact=name).exists():
        raise RuleViolation(
            "name_taken", _("There is a company of this name already. Choose it from the list."), field="name"
        )
    unknown = set(details) - FIELDS
    if unknown:
        message = f"not fields of a company: {sorted(unknown)}"
        raise TypeError(message)
    with transaction.atomic():
        proposed_by = None if isinstance(actor, SystemActor) else actor
        company = Company(
            name=name, normal_name=normal_name(name), proposed_by=proposed_by, proposed_for=department, **details
        )
        company.save()
        announce_created(company, actor=actor)
        if representative is not None:
            add_member(company, representative, MemberKind.REPRESENTATIVE, actor=actor)
    return company


def change_company(company: Company, changes: dict[str, Any], *, actor: User) -> Company:
    """Change fields of ``FIELDS``; the look-alike key follows the name. Raises ``NotAllowed``."""
    if not can_change_company(company, actor):
        raise NotAllowed
    for name in FIELDS & set(changes):
        setattr(company, name, changes[name])
    company.normal_name = normal_name(company.name)
    company.version += 1
    company.save()
    return company
