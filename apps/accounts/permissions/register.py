"""The register of companies: who may propose, decide about and merge them, and see what belongs to them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions.people import (
    belongs_to_company,
    can_moderate_company,
    has_role,
    represents_company,
)
from apps.accounts.states import CompanyState, Role
from portal.kernel.fsm import rule

if TYPE_CHECKING:
    from apps.accounts.models import Agreement, Company, CompanyCapacity, CompanyMerger
    from portal.kernel.access import Viewer


def can_propose_company(user: "Viewer") -> bool:
    """Enter a company in the portal: students; coordinators enter theirs in the workspace."""
    return has_role(user, Role.STUDENT)


def can_delete_company(company: "Company", user: "Viewer") -> bool:
    """Its moderators and the superuser; a rule keeps every company to which something refers."""
    return can_moderate_company(company, user)


def can_merge_companies(kept: "Company", merged: "Company", user: "Viewer") -> bool:
    """Whoever may decide about both."""
    return can_moderate_company(kept, user) and can_moderate_company(merged, user)


def can_undo_merger(company: "Company", user: "Viewer") -> bool:
    """Whoever might have merged the two."""
    kept = company.merged_into
    return kept is not None and can_merge_companies(kept, company, user)


@rule("merged", _("It was merged into another company. Undo the merger instead."))
def is_not_merged(company: "Company") -> bool:
    """Say whether the company still stands for itself."""
    return company.merged_into_id is None


@rule("no_other_company", _("Choose the company that is to stand for it."))
def is_to_be_merged(company: "Company") -> bool:
    """Say whether another company has been named."""
    return company.merged_into_id is not None


@rule("was_not_approved", _("It was not approved when it was merged."))
def was_merged_when_approved(company: "Company") -> bool:
    """Say whether the company was approved when it was merged."""
    return company.state_before_merger == CompanyState.APPROVED


@rule("was_not_proposed", _("It was not waiting when it was merged."))
def was_merged_when_proposed(company: "Company") -> bool:
    """Say whether the company was waiting when it was merged."""
    return company.state_before_merger == CompanyState.PROPOSED


@rule("merged_on", _("The other company was merged too. Undo that merger first."))
def is_last_merger(company: "Company") -> bool:
    """Say whether the company that stands for this one stands for itself."""
    kept = company.merged_into
    return kept is not None and kept.merged_into_id is None


def can_view_company_contact(company: "Company", user: "Viewer") -> bool:
    """Contacts: who represents or supervises there, who is or was placed there, their supervisors, its moderators.

    Reads the relation of an upper app by its name only.
    """
    if can_moderate_company(company, user) or belongs_to_company(company.pk, user):
        return True
    if company.proposed_by_id is not None and company.proposed_by_id == user.pk:
        return bool(user.is_active)
    trainee = has_role(user, Role.STUDENT) and company.placements.filter(enrolment__student=user.pk).exists()
    return trainee or company.placements.filter(supervisors__user=user.pk, supervisors__is_active=True).exists()


def oversees_company(company: "Company", user: "Viewer") -> bool:
    """Say whether the user sees what the university and the company agreed on: its representatives and moderators."""
    return represents_company(company.pk, user) or can_moderate_company(company, user)


def can_view_agreement(agreement: "Agreement", user: "Viewer") -> bool:
    """The company's representatives, its moderators, the superuser."""
    return oversees_company(agreement.company, user)


def can_change_agreement(agreement: "Agreement", user: "Viewer") -> bool:
    """The moderators of the company, and the superuser."""
    return can_moderate_company(agreement.company, user)


def can_view_capacity(capacity: "CompanyCapacity", user: "Viewer") -> bool:
    """The company's representatives, its moderators, the superuser."""
    return oversees_company(capacity.company, user)


def can_view_merger(merger: "CompanyMerger", user: "Viewer") -> bool:
    """The moderators of the company that stands for both, and the superuser."""
    return can_moderate_company(merger.kept, user)
