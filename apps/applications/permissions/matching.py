"""May this user see or change a round of allocation, wishes, reasons for priority, runs and what they give."""

from typing import TYPE_CHECKING

from apps.accounts.permissions import coordinates_cohort, has_role, is_superuser
from apps.accounts.states import Role
from apps.applications.states import AllocationState

if TYPE_CHECKING:
    from apps.accounts.models import Enrolment
    from apps.applications.models import (
        AllocationOffer,
        AllocationRound,
        AllocationRun,
        Allotment,
        PriorityCase,
        Ranking,
    )
    from portal.kernel.access import Viewer


def is_enrolled(enrolment: "Enrolment", user: "Viewer") -> bool:
    """Say whether the enrolment is the user's own."""
    return enrolment.student_id == user.pk and has_role(user, Role.STUDENT)


def coordinates_round(found: "AllocationRound", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort of the round."""
    return coordinates_cohort(found.cohort, user)


def takes_part(found: "AllocationRound", user: "Viewer") -> bool:
    """Say whether the user is a student of the round's cohort."""
    if not has_role(user, Role.STUDENT):
        return False
    return found.cohort.enrolments.filter(student=user.pk, is_active=True).exists()


def can_view_round(found: "AllocationRound", user: "Viewer") -> bool:
    """The coordinators of the cohort and the superuser; its students once it has begun."""
    if coordinates_round(found, user) or is_superuser(user):
        return True
    return found.has_begun and takes_part(found, user)


def can_view_offer(offer: "AllocationOffer", user: "Viewer") -> bool:
    """Whoever sees the round."""
    return can_view_round(offer.round, user)


def can_change_offer(offer: "AllocationOffer", user: "Viewer") -> bool:
    """The coordinators of the cohort."""
    return coordinates_round(offer.round, user)


def can_view_ranking(ranking: "Ranking", user: "Viewer") -> bool:
    """The student, the coordinators of the cohort, the superuser; never a company."""
    return is_enrolled(ranking.enrolment, user) or coordinates_round(ranking.round, user) or is_superuser(user)


def can_change_ranking(ranking: "Ranking", user: "Viewer") -> bool:
    """The student, as long as the round is open."""
    return ranking.enrolment.is_active and ranking.round.is_open and is_enrolled(ranking.enrolment, user)


def coordinates_priority(case: "PriorityCase", user: "Viewer") -> bool:
    """Say whether the user coordinates the cohort; the superuser is not told about illness and hardship."""
    return coordinates_round(case.round, user)


def can_view_priority(case: "PriorityCase", user: "Viewer") -> bool:
    """The student and the coordinators of the cohort, nobody else."""
    return is_enrolled(case.enrolment, user) or coordinates_priority(case, user)


def can_run_allocation(run: "AllocationRun", user: "Viewer") -> bool:
    """The coordinators of the cohort."""
    return coordinates_cohort(run.cohort, user)


def can_view_run(run: "AllocationRun", user: "Viewer") -> bool:
    """The coordinators of the cohort and the superuser."""
    return can_run_allocation(run, user) or is_superuser(user)


def can_repair_allotment(allotment: "Allotment", user: "Viewer") -> bool:
    """The coordinators of the cohort, until the run is published; the waiting list also afterwards."""
    run = allotment.run
    is_free = run.state == AllocationState.PUBLISHED and allotment.placement_id is None
    return (run.state == AllocationState.SOLVED or is_free) and can_run_allocation(run, user)


def can_view_allotment(allotment: "Allotment", user: "Viewer") -> bool:
    """The coordinators of the cohort and the superuser; the student once it is published."""
    if can_view_run(allotment.run, user):
        return True
    return allotment.run.state == AllocationState.PUBLISHED and is_enrolled(allotment.enrolment, user)
