"""What was written in the last weeks and who lets it wait, for the coordinators' first page."""

import datetime as dt
from typing import Final

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.logbook.selectors import logs_visible_to, overdue
from apps.logbook.states import ChainState
from portal.kernel.admin import within
from portal.kernel.trends import Line, Part, Trend, home_trend

WEEKS: Final = 8
SLOWEST: Final = 8
A_WEEK: Final = dt.timedelta(days=7)
STATES: Final = tuple(state for state in ChainState if state != ChainState.DRAFT)


@home_trend(20, "weeks")
def by_week(request: HttpRequest) -> Trend:
    """The days that were sent, by week and state; one question, of the last weeks only."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    first = monday - (WEEKS - 1) * A_WEEK
    rows = within(request, logs_visible_to(request.user)).filter(
        week_start__gte=first, week_start__lte=monday, is_current=True, state__in=STATES
    )
    keyed = rows.order_by().values_list("week_start", "state").annotate(Count("pk"))
    counted = {(week, state): count for week, state, count in keyed}
    address = reverse("admin:logbook_dailylog_changelist")

    def part(week: dt.date, state: str) -> Part:
        query = f"day__gte={week}&day__lt={week + A_WEEK}&state__exact={state}"
        return Part(counted.get((week, state), 0), f"{address}?{query}", state)

    weeks = [first + number * A_WEEK for number in range(WEEKS)]
    return Trend(
        slug="weeks",
        title=_("Days of the last weeks"),
        heading=_("Week of"),
        columns=[state.label for state in STATES],
        lines=[Line(date_format(week, "SHORT_DATE_FORMAT"), [part(week, state) for state in STATES]) for week in weeks],
    )


@home_trend(30, "slowest")
def slowest(request: HttpRequest) -> Trend:
    """The companies with the most days that were sent a week ago and that nobody has verified; one question."""
    late = overdue(within(request, logs_visible_to(request.user))).filter(placement__isnull=False)
    counted = (
        late.order_by()
        .values_list("placement__company", "placement__company__name")
        .annotate(days=Count("pk"))
        .order_by("-days", "placement__company__name")[:SLOWEST]
    )
    return Trend(
        slug="slowest",
        title=_("Companies that let days wait"),
        heading=_("Company"),
        columns=[_("Unverified for a week")],
        lines=[
            Line(name, [Part(days, reverse("admin:accounts_company_change", args=[key]), "revision_requested")])
            for key, name, days in counted
        ],
    )
