"""Which rows are counted: the user's own, and those of the rest of the university, of which no row is ever shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from apps.accounts.permissions import is_superuser
from apps.accounts.selectors import cohorts_coordinated_by
from apps.applications.models import HostFeedback, HostRating, Placement
from apps.applications.selectors import host_feedback_visible_to, host_ratings_visible_to, placements_visible_to
from apps.logbook.models import DailyLog
from apps.logbook.selectors import logs_visible_to
from portal.kernel.access import scope_of

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


@dataclass(frozen=True)
class Sight:
    """Placements, and what hangs on them: every measure reads the latter only for placements that it has."""

    placements: QuerySet[Placement]
    logs: QuerySet[DailyLog]
    ratings: QuerySet[HostRating]
    answers: QuerySet[HostFeedback]


def own_sight(user: "Viewer") -> Sight:
    """Return what the user coordinates.

    Without the placements that the same person sees in another role, as a student or for a company.
    """
    return Sight(
        placements_visible_to(user).filter(enrolment__cohort__in=_own_cohorts(user)),
        logs_visible_to(user),
        host_ratings_visible_to(user),
        host_feedback_visible_to(user),
    )


def sight_elsewhere(user: "Viewer") -> Sight:
    """Return everything that the user does not coordinate: for sums over five students or more, and nothing else.

    Not the whole university: from its sums and the own ones a small rest could be worked out.
    """
    return Sight(
        Placement.objects.exclude(enrolment__cohort__in=_own_cohorts(user)),
        DailyLog.objects.all(),
        HostRating.objects.all(),
        HostFeedback.objects.all(),
    )


def has_rest(user: "Viewer") -> bool:
    """Say whether there is a rest to compare with: not for who has everything, nor for who has nothing."""
    scope = scope_of(user)
    return not is_superuser(user) and bool(scope.departments or scope.cohorts)


def _own_cohorts(user: "Viewer") -> QuerySet[Any, Any]:
    return cohorts_coordinated_by(user).order_by().values("pk")
