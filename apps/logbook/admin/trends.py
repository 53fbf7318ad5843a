"""What was written in the last weeks and who lets it wait, for the coordinators' first page; read from the roll-ups."""

import datetime as dt
from typing import Final

from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import Department
from apps.logbook.models import PlacementCount, WeekCount
from apps.logbook.selectors import (
    by_company,
    by_verifier,
    let_wait,
    placement_counts_visible_to,
    week_counts_visible_to,
)
from apps.logbook.states import ChainState
from portal.kernel.admin.narrowing import narrowing_of, through
from portal.kernel.trends import Line, Part, Trend, home_trend

WEEKS: Final = 8
SLOWEST: Final = 8
A_WEEK: Final = dt.timedelta(days=7)
STATES: Final = tuple(state for state in ChainState if state != ChainState.DRAFT)


def _weeks(request: HttpRequest) -> QuerySet[WeekCount]:
    rows, chosen = week_counts_visible_to(request.user), narrowing_of(request)
    return rows if chosen is None else through("cohort").narrowed(rows, chosen)


def _late(request: HttpRequest) -> QuerySet[PlacementCount]:
    rows, chosen = placement_counts_visible_to(request.user), narrowing_of(request)
    return let_wait(rows if chosen is None else through("placement__enrolment__cohort").narrowed(rows, chosen))


def _logs(query: str) -> str:
    return f"{reverse('admin:logbook_dailylog_changelist')}?{query}"


@home_trend(20, "weeks")
def by_week(request: HttpRequest) -> Trend:
    """The days that were sent, by week and state; one question, of the last weeks only."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    first = monday - (WEEKS - 1) * A_WEEK
    rows = _weeks(request).filter(week_start__gte=first, week_start__lte=monday)
    keyed = rows.order_by().values_list("week_start", "state").annotate(Sum("number"))
    counted = {(week, state): count for week, state, count in keyed}

    def part(week: dt.date, state: str) -> Part:
        query = f"day__gte={week}&day__lt={week + A_WEEK}&state__exact={state}"
        return Part(counted.get((week, state), 0), _logs(query), state)

    weeks = [first + number * A_WEEK for number in range(WEEKS)]
    return Trend(
        slug="weeks",
        title=_("Days of the last weeks"),
        heading=_("Week of"),
        columns=[state.label for state in STATES],
        lines=[Line(date_format(week, "SHORT_DATE_FORMAT"), [part(week, state) for state in STATES]) for week in weeks],
    )


@home_trend(30, "departments")
def by_department(request: HttpRequest) -> Trend:
    """All days that were sent, departments side by side; nothing where there is only one. One question."""
    rows = _weeks(request).order_by().values_list("cohort__department", "cohort__department__name", "state")
    counted: dict[tuple[int, str], dict[str, int]] = {}
    for key, name, state, count in rows.annotate(Sum("number")).order_by("cohort__department__name"):
        counted.setdefault((key, name), {})[state] = count

    def part(key: int, state: str, count: int) -> Part:
        return Part(count, _logs(f"enrolment__cohort__department__id__exact={key}&state__exact={state}"), state)

    return Trend(
        slug="departments",
        title=_("Days of the departments"),
        heading=Department._meta.verbose_name or "",
        columns=[state.label for state in STATES],
        lines=[
            Line(name, [part(key, state, found.get(state, 0)) for state in STATES])
            for (key, name), found in counted.items()
            if len(counted) > 1
        ],
    )


@home_trend(40, "slowest")
def slowest(request: HttpRequest) -> Trend:
    """The companies with the most days that wait, where one waits for more than a week; one question."""
    return Trend(
        slug="slowest",
        title=_("Companies that let days wait"),
        heading=_("Company"),
        columns=[_("Days that wait, one for over a week")],
        lines=[
            Line(name, [Part(days, reverse("admin:accounts_company_change", args=[key]), "revision_requested")])
            for key, name, days in by_company(_late(request))[:SLOWEST]
        ],
    )


@home_trend(50, "verifiers")
def verifiers(request: HttpRequest) -> Trend:
    """The supervisors in companies with the most days that wait, where one waits for more than a week; one question."""
    return Trend(
        slug="verifiers",
        title=_("Supervisors who let days wait"),
        heading=_("Supervisor"),
        columns=[_("Days that wait, one for over a week")],
        lines=[
            Line(f"{first} {last}".strip(), [Part(days, _logs(f"waits_for={key}"), "revision_requested")])
            for key, first, last, days in by_verifier(_late(request))[:SLOWEST]
        ],
    )
