"""Figures of the trainings that somebody coordinates."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from apps.accounts.models import Cohort, Enrolment
from apps.accounts.selectors import cohorts_coordinated_by
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


@dataclass(frozen=True)
class Figures:
    """How far students have come: students enrolled, with a settled place, arrived; days by state of the chain."""

    enrolled: int
    placed: int
    arrived: int
    logs: dict[str, int]


def figures_of(user: "Viewer", cohort: Cohort | None = None) -> Figures:
    """Return the figures of what the user coordinates, or of one cohort of it; three queries."""
    mine = cohorts_coordinated_by(user)
    cohorts = mine if cohort is None else mine.filter(pk=cohort.pk)
    keys = list(cohorts.values_list("pk", flat=True))
    settled = Q(state__in=PlacementState.settled())
    places = Placement.objects.filter(enrolment__cohort__in=keys, enrolment__is_active=True).aggregate(
        placed=Count("enrolment", filter=settled, distinct=True),
        arrived=Count("enrolment", filter=Q(arrived_on__isnull=False), distinct=True),
    )
    logs = DailyLog.objects.filter(enrolment__cohort__in=keys, is_current=True).exclude(state=ChainState.DRAFT)
    counted = dict(logs.order_by().values_list("state").annotate(Count("pk")))
    return Figures(
        enrolled=Enrolment.objects.filter(cohort__in=keys, is_active=True).count(),
        placed=places["placed"],
        arrived=places["arrived"],
        logs={state.value: counted.get(state.value, 0) for state in ChainState if state != ChainState.DRAFT},
    )
