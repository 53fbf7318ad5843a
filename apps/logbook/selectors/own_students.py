"""The students of a university supervisor: how each comes along, and which of them need a hand."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.applications.models import Placement
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import PlacementCount, Visit
from apps.logbook.selectors.counts import let_wait
from apps.logbook.selectors.marks import going_on
from apps.logbook.selectors.waiting import silent

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


class Need(StrEnum):
    """Why a supervisor looks at a student; none is everybody."""

    NONE = ""
    SILENT = "silent"
    LATE = "late"
    UNVISITED = "unvisited"


def own_students(user: "Viewer", need: Need = Need.NONE) -> QuerySet[Placement]:
    """Return the placements that go on and that the user supervises for the university, narrowed to one need.

    ``late``: the company lets a day wait for more than a week. ``unvisited``: no visit was made and none is planned.
    """
    mine = going_on(placements_supervised_by(user, SupervisorKind.UNIVERSITY))
    if need == Need.SILENT:
        return silent(mine)
    if need == Need.LATE:
        return mine.filter(pk__in=let_wait(PlacementCount.objects.all()).values("placement"))
    if need == Need.UNVISITED:
        visits = Visit.objects.filter(Q(done_on__isnull=False) | Q(visitor=user.pk), placement=OuterRef("pk"))
        return mine.filter(~Exists(visits))
    return mine
