"""What must be true at the very moment when a placement is confirmed or cancelled."""

from typing import TYPE_CHECKING, Final, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.accounts.states import CompanyState
from apps.applications.models import Application, Placement
from apps.applications.services.agreements import withdraw_open_agreements
from apps.applications.services.supervisors import name_supervisor
from apps.applications.services.terms import check_time_left
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import Change, may, perform, perform_many, with_move

if TYPE_CHECKING:
    from portal.kernel.access import Actor

# Kept in English with the row; screens translate what the portal itself has written.
PLACED_ELSEWHERE: Final = gettext_noop("Placed elsewhere")


@with_move("applications.Placement", "confirm")
def settle_place(change: Change) -> None:
    """Let in the company and the supervisor of a self-found place, and close what the student does not need now."""
    for placement in cast("list[Placement]", change.objects):
        check_time_left(placement)
        if placement.origin == PlacementOrigin.SELF_FOUND:
            _approve_host(placement, actor=change.actor)
        if placement.supervisor_email:
            _name_supervisor(placement, actor=change.actor)
        if placement.enrolment.cohort.one_place_closes_others:
            _close_others(placement)


def _name_supervisor(placement: Placement, *, actor: "Actor") -> None:
    """Make of the words about a supervisor a person who supervises."""
    name_supervisor(
        placement,
        name=placement.supervisor_name,
        email=placement.supervisor_email,
        kind=SupervisorKind.INDUSTRIAL,
        # A student who confirms an allocated place names nobody: the words are those of a coordinator.
        actor=SYSTEM if placement.origin != PlacementOrigin.SELF_FOUND else actor,
    )


def _approve_host(placement: Placement, *, actor: "Actor") -> None:
    company = placement.company
    if company.state == CompanyState.APPROVED:
        return
    if not may(company, "approve", actor):
        raise RuleViolation(
            "company_not_approved", _("The company is not approved, and you do not look after it. Ask who does.")
        )
    perform(company, "approve", actor=actor, reason=f"placement {placement.pk}")


def _close_others(placement: Placement) -> None:
    """Withdraw the student's open applications, decline the other offers, cancel the own proposals.

    What a coordinator allocated beside it stays: several hosts are the coordinator's decision.
    """
    applications = Application.objects.filter(enrolment=placement.enrolment)
    undecided = applications.filter(state__in=ApplicationState.undecided())
    perform_many(undecided, "withdraw", actor=SYSTEM, reason=PLACED_ELSEWHERE)
    others = Placement.objects.filter(enrolment=placement.enrolment, state=PlacementState.PROPOSED).exclude(
        pk=placement.pk
    )
    # In the order of the vacancies, whose rows are locked: two students who confirm at once cannot block each other.
    offers = applications.filter(state=ApplicationState.ACCEPTED, placement__in=others).order_by("vacancy")
    for offer in offers:
        perform(offer, "decline", actor=SYSTEM, reason=PLACED_ELSEWHERE)
    for proposal in others.filter(origin=PlacementOrigin.SELF_FOUND):
        perform(proposal, "cancel", actor=SYSTEM, reason=PLACED_ELSEWHERE)


@with_move("applications.Placement", "cancel")
def give_offer_back(change: Change) -> None:
    """A cancelled placement gives the seat of its vacancy back, and nobody has to sign for it any more."""
    for placement in cast("list[Placement]", change.objects):
        withdraw_open_agreements(placement)
        application = Application.objects.filter(placement=placement.pk, state=ApplicationState.ACCEPTED).first()
        if application is not None:
            perform(application, "decline", actor=SYSTEM, reason=change.reason)
