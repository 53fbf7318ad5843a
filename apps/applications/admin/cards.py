"""What waits for a coordinator on the first page: students without a place, places to confirm."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.applications.selectors import (
    enrolments_without_place,
    letters_to_issue,
    placements_to_confirm,
    placements_waiting_for_host,
)
from apps.vacancies.permissions import coordinates_any
from portal.kernel.admin import within
from portal.kernel.screens import HomeCard, home_card

OLDEST = 5


@home_card(10)
def without_a_place(request: HttpRequest) -> HomeCard:
    """Students whose training begins first come first."""
    rows = within(request, enrolments_without_place(request.user))
    first = rows.select_related("student", "cohort").order_by("cohort__start", "pk")[:OLDEST]
    places = coordinates_any(request.user)
    students = reverse("admin:accounts_enrolment_changelist") + "?place=none"
    return HomeCard(
        title=_("Without a place"),
        count=rows.count(),
        url=reverse("admin:applications_placement_place") if places else students,
        action=_("Place them") if places else _("Look at them"),
        rows=[(str(row), reverse("admin:accounts_enrolment_change", args=[row.pk])) for row in first],
    )


@home_card(20)
def to_confirm(request: HttpRequest) -> HomeCard:
    """Places that students have found, the oldest proposal first."""
    rows = within(request, placements_to_confirm(request.user))
    oldest = rows.select_related("enrolment__student", "company")[:OLDEST]
    return HomeCard(
        title=_("Self-found places to confirm"),
        count=rows.count(),
        url=reverse("admin:applications_placement_changelist") + "?todo=confirm",
        action=_("Look and confirm"),
        rows=[(str(row), reverse("admin:applications_placement_change", args=[row.pk])) for row in oldest],
    )


@home_card(25)
def waiting_for_host(request: HttpRequest) -> HomeCard:
    """Places that students have found and whose host has not answered, the oldest first."""
    rows = within(request, placements_waiting_for_host(request.user))
    oldest = rows.select_related("enrolment__student", "company")[:OLDEST]
    return HomeCard(
        title=_("Hosts that have not answered"),
        count=rows.count(),
        url=reverse("admin:applications_placement_changelist") + "?todo=host",
        action=_("Open the list"),
        rows=[(str(row), reverse("admin:applications_placement_change", args=[row.pk])) for row in oldest],
    )


@home_card(27)
def letters_asked_for(request: HttpRequest) -> HomeCard:
    """Introduction letters for which students wait, the oldest first."""
    rows = within(request, letters_to_issue(request.user))
    oldest = rows.select_related("enrolment__student")[:OLDEST]
    return HomeCard(
        title=_("Introduction letters to issue"),
        count=rows.count(),
        url=reverse("admin:applications_introductionletter_changelist") + "?state__exact=requested",
        action=_("Look and issue"),
        rows=[(str(row), reverse("admin:applications_introductionletter_change", args=[row.pk])) for row in oldest],
    )
