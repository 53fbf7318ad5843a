"""How far students have come on the way to a place, for the coordinators' first page."""

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.applications.selectors import enrolments_without_place, placements_visible_to
from apps.applications.states import PlacementState
from portal.kernel.admin import within
from portal.kernel.trends import Line, Part, Trend, home_trend


@home_trend(10, "placements")
def on_the_way(request: HttpRequest) -> Trend:
    """From no place to a completed training; two questions."""
    rows = within(request, placements_visible_to(request.user)).filter(state__in=PlacementState.alive())
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    without = within(request, enrolments_without_place(request.user)).count()
    students = reverse("admin:accounts_enrolment_changelist") + "?place=none"
    placements = reverse("admin:applications_placement_changelist")
    return Trend(
        slug="placements",
        title=_("On the way to a place"),
        heading=_("State"),
        columns=[_("Students")],
        lines=[
            Line(_("Without a place"), [Part(without, students, "revision_requested")]),
            *(
                Line(
                    PlacementState(state).label,
                    [Part(counted.get(state, 0), f"{placements}?state__exact={state}", state)],
                )
                for state in PlacementState.alive()
            ),
        ],
    )
