"""What tests of an allocation do again and again: a student wishes, a run is solved, somebody reads its answer."""

import datetime as dt

from django.utils import timezone

from apps.accounts.models import Enrolment, User
from apps.accounts.services.jobs import run_job
from apps.applications.models import AllocationOffer, AllocationRound, AllocationRun
from apps.applications.services.allocation_runs import start_run
from apps.applications.states import AllocationWay
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import RankingFactory


def days(number: int) -> dt.date:
    """Return the day so many days from now."""
    return timezone.localdate() + dt.timedelta(days=number)


def wishing(found: AllocationRound, *wishes: AllocationOffer, **values: object) -> Enrolment:
    """Enrol somebody who has confirmed these wishes, best first."""
    enrolment = EnrolmentFactory.create(cohort=found.cohort)
    RankingFactory.create(round=found, enrolment=enrolment, wishes=[offer.pk for offer in wishes], **values)
    return enrolment


def solved(
    found: AllocationRound, coordinator: User, way: AllocationWay = AllocationWay.STABLE, seed: int = 1
) -> AllocationRun:
    """Start a run and let its job end."""
    run = start_run(found, way, seed, actor=coordinator)
    run_job(run.job_id)
    run.refresh_from_db()
    run.job.refresh_from_db()
    return run


def given(run: AllocationRun) -> dict[int, int | None]:
    """Return the offer that each enrolment got."""
    return dict(run.allotments.values_list("enrolment", "offer"))
