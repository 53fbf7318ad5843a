"""What follows in accounts when something became so.

History is no reaction: it is written inside the transaction of the move, so it listens to the signal itself.
"""

from collections.abc import Iterator
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authenticator_used
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts.models import Company, IdentityProvider, User
from apps.accounts.notifications import COMPANY_APPROVED, COMPANY_REJECTED
from apps.accounts.selectors import representatives_of
from apps.accounts.services.history import write_history
from apps.accounts.services.notices import tell
from apps.accounts.services.people import ensure_roles
from apps.accounts.services.second_factor import forget_second_steps
from apps.accounts.services.signon import keep_session
from apps.accounts.services.site import ensure_site_settings
from apps.accounts.states import CompanyState
from portal.kernel.fsm import Change, Event, reacts_to, state_changed


@receiver(state_changed, dispatch_uid="accounts.history")
def keep_history(change: Change, **_signal: Any) -> None:
    """Write the move down."""
    write_history(change)


@receiver(post_migrate, dispatch_uid="accounts.roles")
def make_what_is_needed(sender: Any, **_signal: Any) -> None:
    """Make the groups of the roles and the row of switches exist in a new database."""
    if sender.name == "apps.accounts":
        ensure_roles()
        ensure_site_settings()


@receiver(authenticator_used, dispatch_uid="accounts.second_steps")
def count_second_steps_anew(user: User, **_signal: Any) -> None:
    """Forget the wrong codes before a right one."""
    forget_second_steps(user)


@reacts_to("accounts.Company", to=CompanyState.APPROVED, moves=("approve",))
def tell_company_approved(event: Event) -> None:
    """Tell whoever entered the company, and its representatives, that it is in."""
    for company in event.rows().select_related("proposed_by"):
        for person in _concerned(company):
            tell(
                person,
                COMPANY_APPROVED,
                facts={"company": company.name},
                dedupe_key=f"approved:{event.batch}:{company.pk}:{person.pk}",
            )


@reacts_to("accounts.Company", to=CompanyState.REJECTED)
def tell_company_rejected(event: Event) -> None:
    """Tell whoever entered the company, and its representatives, why it is not in."""
    for company in event.rows().select_related("proposed_by"):
        for person in _concerned(company):
            tell(
                person,
                COMPANY_REJECTED,
                facts={"company": company.name, "reason": event.reason},
                dedupe_key=f"rejected:{event.batch}:{company.pk}:{person.pk}",
            )


def _concerned(company: Company) -> Iterator[User]:
    people = {person.pk: person for person in representatives_of(company.pk)}
    if company.proposed_by is not None and company.proposed_by.is_active:
        people[company.proposed_by.pk] = company.proposed_by
    yield from people.values()


@receiver(user_logged_in, dispatch_uid="accounts.signed_on")
def remember_signed_on(request: HttpRequest, user: User, **signal: Any) -> None:
    """Remember at which provider a session began: it may end it, and wants to be told when it ends here."""
    sociallogin = signal.get("sociallogin")
    signed = sociallogin.state.get("signed", {}) if sociallogin is not None else {}
    provider = IdentityProvider.objects.filter(slug=signed.get("provider", "")).first()
    if sociallogin is None or provider is None:
        return
    request.session["portal_signed_on"] = signed
    request.session.save()
    keep_session(
        provider,
        user,
        subject=sociallogin.account.uid,
        signed=signed,
        session_key=request.session.session_key or "",
    )
