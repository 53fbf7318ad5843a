"""What waits for a coordinator on the first page: no arrival, unverified for a week, flagged."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import is_superuser
from apps.applications.models import Placement
from apps.applications.selectors import placements_visible_to
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog
from apps.logbook.selectors import (
    addresses_waiting,
    arrivals_visible_to,
    left_unassessed,
    logs_visible_to,
    mended_lately,
    overdue,
    silent,
)
from apps.logbook.states import ChainState
from portal.kernel.admin import within
from portal.kernel.screens import HomeCard, home_card

OLDEST = 5


def _placement_rows(rows: QuerySet[Placement]) -> list[tuple[str, str]]:
    oldest = rows.select_related("enrolment__student", "company").order_by("start", "pk")[:OLDEST]
    return [(str(row), reverse("admin:applications_placement_change", args=[row.pk])) for row in oldest]


def _log_rows(rows: QuerySet[DailyLog]) -> list[tuple[str, str]]:
    oldest = rows.select_related("enrolment__student").order_by("day", "pk")[:OLDEST]
    return [(str(row), reverse("admin:logbook_dailylog_change", args=[row.pk])) for row in oldest]


@home_card(30)
def no_arrival(request: HttpRequest) -> HomeCard:
    mine = within(request, placements_visible_to(request.user))
    due = mine.filter(state=PlacementState.CONFIRMED, start__lt=timezone.localdate())
    return HomeCard(
        title=_("No arrival"),
        count=due.count(),
        url=reverse("admin:applications_placement_changelist") + "?todo=arrive",
        action=_("Open the list"),
        rows=_placement_rows(due),
    )


@home_card(35)
def supervisors_to_look_at(request: HttpRequest) -> HomeCard:
    waiting = addresses_waiting(within(request, arrivals_visible_to(request.user)))
    oldest = waiting.select_related("placement__enrolment__student", "placement__company").order_by("pk")[:OLDEST]
    return HomeCard(
        title=_("Supervisors to look at"),
        count=waiting.count(),
        url=reverse("admin:logbook_arrivalnote_changelist") + "?todo=address",
        action=_("Decide"),
        rows=[(str(row), reverse("admin:logbook_arrivalnote_change", args=[row.pk])) for row in oldest],
    )


@home_card(40)
def silent_students(request: HttpRequest) -> HomeCard:
    quiet = silent(within(request, placements_visible_to(request.user)))
    return HomeCard(
        title=_("Silent for days"),
        count=quiet.count(),
        url=reverse("admin:applications_placement_changelist") + "?logs=silent",
        action=_("Open the placements"),
        rows=_placement_rows(quiet),
    )


@home_card(50)
def unverified(request: HttpRequest) -> HomeCard:
    rows = overdue(within(request, logs_visible_to(request.user)))
    return HomeCard(
        title=_("Unverified for a week"),
        count=rows.count(),
        url=reverse("admin:logbook_dailylog_changelist") + "?todo=verify",
        action=_("Open the logs"),
        rows=_log_rows(rows),
    )


@home_card(60)
def flagged(request: HttpRequest) -> HomeCard:
    rows = within(request, logs_visible_to(request.user)).filter(state=ChainState.FLAGGED, is_current=True)
    return HomeCard(
        title=_("Flagged"),
        count=rows.count(),
        url=reverse("admin:logbook_dailylog_changelist") + f"?state__exact={ChainState.FLAGGED}",
        action=_("Decide"),
        rows=_log_rows(rows),
    )


@home_card(65)
def not_assessed(request: HttpRequest) -> HomeCard:
    rows = left_unassessed(within(request, placements_visible_to(request.user)))
    return HomeCard(
        title=_("Over, and not assessed"),
        count=rows.count(),
        url=reverse("admin:applications_placement_changelist") + "?forms=open",
        action=_("Open the list"),
        rows=_placement_rows(rows),
    )


@home_card(95)
def mended_counts(request: HttpRequest) -> HomeCard | None:
    """What the nightly check of the roll-ups had to mend in the last week; the superuser should hear of it."""
    if not is_superuser(request.user):
        return None
    weeks, placements = mended_lately()
    found = [*weeks.select_related("cohort").order_by("-mended_at", "pk")[:OLDEST]]
    if not (count := weeks.count() + placements.count()):
        return None
    return HomeCard(
        title=_("Sums that were wrong and are mended"),
        count=count,
        url=reverse("admin:logbook_dailylog_changelist"),
        action=_("Open the logs"),
        rows=[
            (str(row), f"{reverse('admin:logbook_dailylog_changelist')}?enrolment__cohort__id__exact={row.cohort_id}")
            for row in found
        ],
    )
