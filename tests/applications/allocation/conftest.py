import pytest

from apps.accounts.models import Enrolment
from apps.applications.models import AllocationOffer, AllocationRound
from apps.applications.states import PriorityState
from tests.applications.allocation.steps import days, wishing
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import AllocationOfferFactory, AllocationRoundFactory, PriorityCaseFactory


@pytest.fixture
def found(cohort) -> AllocationRound:
    """A round that is over."""
    return AllocationRoundFactory.create(cohort=cohort, opens_on=days(-9), closes_on=days(-1))


@pytest.fixture
def offers(found) -> list[AllocationOffer]:
    """Two places at two companies."""
    return AllocationOfferFactory.create_batch(2, round=found, company__region="Dodoma")


@pytest.fixture
def students(found, offers) -> tuple[Enrolment, Enrolment, Enrolment]:
    """Three for two places: two want the first one best, and the second of them comes first."""
    one = wishing(found, offers[0], offers[1])
    first = wishing(found, offers[0])
    silent = EnrolmentFactory.create(cohort=found.cohort)
    PriorityCaseFactory.create(round=found, enrolment=first, state=PriorityState.GRANTED)
    return one, first, silent
