"""Rounds of allocation: entered, changed, filled with what is offered."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, F, ProtectedError, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import CompanyCapacity, User
from apps.accounts.services.history import note_history
from apps.accounts.states import CompanyState
from apps.applications.models import AllocationOffer, AllocationRound, Placement
from apps.applications.permissions import can_change_offer, coordinates_round
from apps.applications.states import AllocationState, PlacementState
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import vacancies_visible_to
from apps.vacancies.states import VacancyState
from portal.kernel.errors import NotAllowed, RuleViolation


def enter_round(values: Mapping[str, Any], *, actor: User) -> AllocationRound:
    """Enter a round. Raises ``NotAllowed``, ``RuleViolation`` as ``change_round``."""
    found = AllocationRound(**values)
    if not coordinates_round(found, actor):
        raise NotAllowed
    return _stored(found, "create", actor)


def change_round(found: AllocationRound, changes: Mapping[str, Any], *, actor: User) -> AllocationRound:
    """Change days and rules; the cohort stays.

    Raises ``NotAllowed``, ``RuleViolation`` ``cohort_stays``, ``dates_wrong`` or ``wishes_wrong``.
    """
    if not coordinates_round(found, actor):
        raise NotAllowed
    if "cohort" in changes:
        raise RuleViolation("cohort_stays", _("The cohort stays. Enter another round instead."), field="cohort")
    for name, value in changes.items():
        setattr(found, name, value)
    return _stored(found, "change", actor, ", ".join(sorted(changes)))


def _stored(found: AllocationRound, action: str, actor: User, reason: str = "") -> AllocationRound:
    if found.closes_on < found.opens_on:
        raise RuleViolation("dates_wrong", _("It ends before it begins."), field="closes_on")
    if not 1 <= found.most_wishes <= 30:  # noqa: PLR2004 - the constraint of the table says it, too
        raise RuleViolation("wishes_wrong", _("Let students name 1 to 30 wishes."), field="most_wishes")
    with transaction.atomic():
        found.save()
        note_history(found, action, actor=actor, department_id=found.cohort.department_id, reason=reason)
    return found


def delete_round(found: AllocationRound, *, actor: User) -> None:
    """Delete a round with its wishes, unless a run of it is published. Raises ``NotAllowed``, ``RuleViolation``."""
    if not coordinates_round(found, actor):
        raise NotAllowed
    if found.runs.filter(state=AllocationState.PUBLISHED).exists():
        raise RuleViolation("published_already", _("Students have places by this round; it stays."))
    with transaction.atomic():
        note_history(found, "delete", actor=actor, department_id=found.cohort.department_id)
        found.runs.all().delete()
        found.delete()


# -- what is offered ----------------------------------------------------------------------------------------------


def enter_offer(values: Mapping[str, Any], *, actor: User) -> AllocationOffer:
    """Enter a place by hand. Raises ``NotAllowed``, ``RuleViolation`` ``other_company`` or ``offered_already``."""
    return _stored_offer(AllocationOffer(**values), actor)


def change_offer(offer: AllocationOffer, changes: Mapping[str, Any], *, actor: User) -> AllocationOffer:
    """Change an offer; raises as ``enter_offer``."""
    for name, value in changes.items():
        setattr(offer, name, value)
    return _stored_offer(offer, actor)


def _stored_offer(offer: AllocationOffer, actor: User) -> AllocationOffer:
    if not can_change_offer(offer, actor):
        raise NotAllowed
    if offer.vacancy is not None and offer.vacancy.company_id != offer.company_id:
        raise RuleViolation("other_company", _("The vacancy is another company's."), field="vacancy")
    others = AllocationOffer.objects.filter(round=offer.round).exclude(pk=offer.pk)
    if offer.vacancy is not None and others.filter(vacancy=offer.vacancy).exists():
        raise RuleViolation("offered_already", _("This vacancy is offered already."), field="vacancy")
    offer.save()
    return offer


def delete_offer(offer: AllocationOffer, *, actor: User) -> None:
    """Take an offer back; it vanishes from the lists of wishes. Raises ``NotAllowed``, ``RuleViolation`` ``in_use``."""
    if not can_change_offer(offer, actor):
        raise NotAllowed
    try:
        offer.delete()
    except ProtectedError as error:
        raise RuleViolation("in_use", _("A run has given this place to somebody; set its places to 0.")) from error


def take_capacities(found: AllocationRound, *, actor: User) -> int:
    """Offer what companies have told for the cohort, less who is placed there; returns how many offers came.

    A company that is offered already, without a vacancy, stays as it is. Raises ``NotAllowed``.
    """
    if not coordinates_round(found, actor):
        raise NotAllowed
    alive = Q(
        company__placements__enrolment__cohort=found.cohort_id, company__placements__state__in=PlacementState.alive()
    )
    rows = CompanyCapacity.objects.filter(cohort=found.cohort_id, company__state=CompanyState.APPROVED)
    rows = rows.exclude(company__in=found.offers.filter(vacancy=None).values("company"))
    left = rows.annotate(left=F("places") - Count("company__placements", filter=alive, distinct=True)).filter(
        left__gt=0
    )
    offers = [AllocationOffer(round=found, company_id=row.company_id, places=row.left) for row in left]
    return len(AllocationOffer.objects.bulk_create(offers, batch_size=1000))


def take_vacancies(found: AllocationRound, *, actor: User) -> int:
    """Offer the places that are left of active vacancies for the cohort's phase; returns how many offers came.

    Raises ``NotAllowed``.
    """
    if not coordinates_round(found, actor):
        raise NotAllowed
    rows = vacancies_visible_to(actor).filter(state=VacancyState.ACTIVE, phase__in=["", found.cohort.phase])
    rows = rows.filter(places__gt=F("places_taken"), company__state=CompanyState.APPROVED)
    fresh = rows.exclude(pk__in=found.offers.exclude(vacancy=None).values("vacancy"))
    offers = [_offer_of(found, vacancy) for vacancy in fresh]
    return len(AllocationOffer.objects.bulk_create(offers, batch_size=1000))


def _offer_of(found: AllocationRound, vacancy: Vacancy) -> AllocationOffer:
    return AllocationOffer(round=found, company_id=vacancy.company_id, vacancy=vacancy, places=vacancy.places_left)


def is_placed(found: AllocationRound) -> Q:
    """Return the condition that an enrolment has a place already and takes no part."""
    placed = Placement.objects.filter(enrolment__cohort=found.cohort_id, state__in=PlacementState.alive())
    return Q(pk__in=placed.values("enrolment"))
