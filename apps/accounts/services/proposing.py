"""A company that the register lacks, entered by somebody of the university."""

from typing import Any

from apps.accounts.models import Company, User
from apps.accounts.permissions import can_enter_company, can_propose_company
from apps.accounts.services.organisations import propose_company
from portal.kernel.errors import NotAllowed


def propose_as(*, actor: User, **details: Any) -> Company:
    """Enter a company as *proposed*, for whoever looks after the student who does it.

    These are the coordinators of the department of the programme and of the newest cohort; what a coordinator enters is
    any coordinator's. Raises ``NotAllowed`` and what ``propose_company`` raises.
    """
    if not (can_propose_company(actor) or can_enter_company(actor)):
        raise NotAllowed
    profile = getattr(actor, "student_profile", None)
    enrolled = actor.enrolments.filter(is_active=True).select_related("cohort").order_by("-cohort__start", "-pk")
    enrolment = enrolled.first()
    return propose_company(
        actor=actor,
        department=profile.programme.department if profile is not None else None,
        cohort=enrolment.cohort if enrolment is not None else None,
        **details,
    )
