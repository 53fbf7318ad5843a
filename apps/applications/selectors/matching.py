"""Which rounds of allocation, wishes, reasons for priority and runs a user may have: one query each."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.states import Role
from apps.applications.models import AllocationOffer, AllocationRound, AllocationRun, Allotment, PriorityCase, Ranking
from apps.applications.states import AllocationState
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import eligible

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def _own(user: "Viewer", student: str = "enrolment__student") -> Q:
    return Q(**{student: user.pk}) if has_role(user, Role.STUDENT) else Q(pk__in=[])


def rounds_visible_to(user: "Viewer") -> QuerySet[AllocationRound]:
    """The set for which ``can_view_round`` holds: of the scope; a student's own cohorts' that have begun."""
    mine = Enrolment.objects.filter(_own(user, "student"), cohort=OuterRef("cohort"), is_active=True)
    begun = Q(Exists(mine), opens_on__lte=timezone.localdate())
    return AllocationRound.objects.filter(everything_for(user, in_scope(user) | begun))


def rounds_coordinated_by(user: "Viewer") -> QuerySet[AllocationRound]:
    """Those of the cohorts that the user coordinates."""
    return AllocationRound.objects.filter(in_scope(user))


def round_for(user: "Viewer") -> AllocationRound | None:
    """Return the round in which the student takes part now, else the one before; None if there is none."""
    mine = Enrolment.objects.filter(_own(user, "student"), cohort=OuterRef("cohort"), is_active=True)
    rows = AllocationRound.objects.filter(Exists(mine), opens_on__lte=timezone.localdate())
    return rows.select_related("cohort").order_by("-closes_on", "-pk").first()


def offers_visible_to(user: "Viewer") -> QuerySet[AllocationOffer]:
    """The set for which ``can_view_offer`` holds: those of the rounds that the user sees."""
    return AllocationOffer.objects.filter(round__in=rounds_visible_to(user).order_by())


def offers_open_to(user: "Viewer", found: AllocationRound) -> QuerySet[AllocationOffer]:
    """What a student can wish for in a round: the companies' places, and vacancies for programme, year and phase."""
    fitting = Vacancy.objects.filter(eligible(user)).order_by()
    offers = AllocationOffer.objects.filter(round=found, places__gt=0)
    return offers.filter(Q(vacancy=None) | Q(vacancy__in=fitting)).select_related("company", "vacancy")


def rankings_visible_to(user: "Viewer") -> QuerySet[Ranking]:
    """The set for which ``can_view_ranking`` holds: the student's own, those of the scope."""
    return Ranking.objects.filter(everything_for(user, _own(user) | in_scope(user, "round__cohort")))


def priority_cases_visible_to(user: "Viewer") -> QuerySet[PriorityCase]:
    """The set for which ``can_view_priority`` holds: the student's own, those of the scope; none for a superuser."""
    return PriorityCase.objects.filter(_own(user) | in_scope(user, "round__cohort"))


def runs_visible_to(user: "Viewer") -> QuerySet[AllocationRun]:
    """The set for which ``can_view_run`` holds: those of the scope."""
    return AllocationRun.objects.filter(everything_for(user, in_scope(user)))


def allotments_visible_to(user: "Viewer") -> QuerySet[Allotment]:
    """The set for which ``can_view_allotment`` holds: of the scope; the student's own that are published."""
    published = _own(user) & Q(run__state=AllocationState.PUBLISHED)
    return Allotment.objects.filter(everything_for(user, published | in_scope(user, "run__cohort")))


def allotments_of(user: "Viewer") -> QuerySet[Allotment]:
    """The student's own that are published."""
    return Allotment.objects.filter(_own(user), run__state=AllocationState.PUBLISHED)
