"""What follows in applications when something became so: one line per reaction."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import scope_links_with
from apps.accounts.services.mergers import Follower, follow_company
from apps.accounts.services.notes import Noted, take_notes_about
from apps.applications import notifications
from apps.applications.models import AllocationOffer, Application, Criterion, Placement
from apps.applications.selectors import applications_visible_to, placements_visible_to
from apps.applications.services.hosts import ask_host
from apps.applications.states import (
    AgreementState,
    AmendmentState,
    ApplicationState,
    LetterState,
    PlacementOrigin,
    PlacementState,
)
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import Event, reacts_to

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.applications.models import Agreement, IntroductionLetter

follow_company(Follower(Placement, _("placements")))
follow_company(Follower(AllocationOffer, _("places offered in rounds of allocation")))
follow_company(Follower(Criterion, _("criteria for applicants"), refers=False))

# Coordinators see and revoke the links that open a placement of theirs.
scope_links_with("applications.Placement", placements_visible_to)
take_notes_about(Noted(Application, applications_visible_to, "enrolment"))
take_notes_about(Noted(Placement, placements_visible_to, "enrolment"))


def _applications(event: Event) -> "QuerySet[Application]":
    return event.rows().select_related("student", "vacancy__company")


def _placements(event: Event) -> "QuerySet[Placement]":
    return event.rows().select_related("enrolment__student", "enrolment__cohort", "company")


@reacts_to("applications.Application", to=ApplicationState.PENDING, moves=("create",))
def tell_the_company(event: Event) -> None:
    """Somebody applies."""
    for application in _applications(event).exclude(state=ApplicationState.WITHDRAWN):
        notifications.tell_application_received(application)


@reacts_to("applications.Application", to=ApplicationState.WITHDRAWN)
def tell_the_company_of_a_withdrawal(event: Event) -> None:
    """Somebody does not want it any more, or was placed elsewhere."""
    for application in _applications(event):
        notifications.tell_application_withdrawn(application, was_offer=event.move == "decline")


@reacts_to("applications.Application", to=ApplicationState.REJECTED)
def tell_the_applicant(event: Event) -> None:
    """The company has said no."""
    for application in _applications(event):
        notifications.tell_application_decided(application)


@reacts_to("applications.Application", to=ApplicationState.UNDER_REVIEW)
def tell_the_applicant_of_reading(event: Event) -> None:
    """Somebody in the company reads it."""
    for application in _applications(event).filter(state=event.target):
        notifications.tell_progress(application)


@reacts_to("applications.Application", to=ApplicationState.SHORTLISTED)
def tell_the_applicant_of_the_short_list(event: Event) -> None:
    """It is among the best."""
    for application in _applications(event).filter(state=event.target):
        notifications.tell_progress(application)


@reacts_to("applications.Application", to=ApplicationState.INTERVIEW_SCHEDULED)
def invite_the_applicant(event: Event) -> None:
    """The company wants to meet the student."""
    for application in _applications(event):
        notifications.tell_interview(application)


@reacts_to("applications.Placement", to=PlacementState.PROPOSED, moves=("create",))
def ask_who_confirms(event: Event) -> None:
    """A self-found place waits for the host, then for a coordinator; every other one for the student.

    Whom an allocation has placed hears of it with the reasons.
    """
    for placement in _placements(event).filter(state=PlacementState.PROPOSED, allotment=None):
        if placement.origin == PlacementOrigin.SELF_FOUND:
            notifications.tell_placement_proposed(placement)
            if placement.supervisor_email and placement.host_answered_at is None:
                ask_host(placement, actor=SYSTEM)
        else:
            notifications.tell_placement_offered(placement)


@reacts_to("applications.Placement", to=PlacementState.CONFIRMED)
def tell_both_sides(event: Event) -> None:
    """A place is settled."""
    for placement in _placements(event):
        notifications.tell_placement_confirmed(placement, by=event.actor_id)


@reacts_to("applications.Placement", to=PlacementState.CANCELLED, moves=("cancel",))
def tell_of_a_cancelled_place(event: Event) -> None:
    """A coordinator has cancelled it; what the portal itself cancels follows from the student's own choice."""
    if event.actor_id is None:
        return
    for placement in _placements(event):
        notifications.tell_placement_ended(placement, by=event.actor_id)


@reacts_to("applications.Placement", to=PlacementState.ENDED_EARLY)
def tell_of_an_early_end(event: Event) -> None:
    """A coordinator has ended it."""
    for placement in _placements(event):
        notifications.tell_placement_ended(placement, by=event.actor_id)


@reacts_to("applications.PlacementAmendment", to=AmendmentState.IN_FORCE)
def tell_of_an_amendment(event: Event) -> None:
    """A settled place was changed."""
    related = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")
    for amendment in event.rows().select_related(*related):
        notifications.tell_placement_amended(amendment)


@reacts_to("applications.Placement", to=PlacementState.COMPLETED)
def ask_both_sides_after_the_end(event: Event) -> None:
    """It is over: how was it, and would you do it again."""
    for placement in _placements(event):
        notifications.ask_how_it_was(placement)


@reacts_to("applications.Placement", to=PlacementState.ENDED_EARLY)
def ask_both_sides_after_an_early_end(event: Event) -> None:
    """It stopped early: that is worth a word, too."""
    for placement in _placements(event):
        notifications.ask_how_it_was(placement)


def _agreements(event: Event) -> "QuerySet[Agreement]":
    related = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")
    return event.rows().select_related(*related).prefetch_related("signatures").filter(state=event.target)


@reacts_to("applications.Agreement", to=AgreementState.SENT)
def ask_for_signatures(event: Event) -> None:
    """A paper is ready to be signed."""
    for agreement in _agreements(event):
        notifications.tell_agreement_to_sign(agreement)


@reacts_to("applications.Agreement", to=AgreementState.COMPLETE)
def tell_that_all_have_signed(event: Event) -> None:
    """The last signature is there."""
    for agreement in _agreements(event):
        notifications.tell_agreement_complete(agreement)


def _letters(event: Event) -> "QuerySet[IntroductionLetter]":
    return event.rows().select_related("enrolment__student", "enrolment__cohort").filter(state=event.target)


@reacts_to("applications.IntroductionLetter", to=LetterState.REQUESTED, moves=("create",))
def ask_for_the_letter(event: Event) -> None:
    """A student waits for a letter; what is issued already needs nobody."""
    for letter in _letters(event):
        notifications.tell_letter_requested(letter)


@reacts_to("applications.IntroductionLetter", to=LetterState.REFUSED)
def tell_that_there_is_no_letter(event: Event) -> None:
    """A coordinator has said no."""
    for letter in _letters(event):
        notifications.tell_letter_refused(letter)
