"""The questions that coordinators ask most of a list."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.selectors import HOST_HAS_ANSWERED, enrolments_without_place, placements_unsigned
from apps.applications.states import PlacementOrigin, PlacementState, SupervisorKind
from portal.kernel.dates import monday_of
from portal.kernel.errors import Text

type Question = Callable[[QuerySet[Any]], QuerySet[Any]]


def _self_found(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND)


def _waits_for_student(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(state=PlacementState.PROPOSED).exclude(origin=PlacementOrigin.SELF_FOUND)


def _starts_this_week(rows: QuerySet[Any]) -> QuerySet[Any]:
    monday = monday_of(timezone.localdate())
    return rows.filter(start__range=(monday, monday + dt.timedelta(days=6)))


def _should_have_arrived(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(state=PlacementState.CONFIRMED, start__lt=timezone.localdate())


def _unsupervised(rows: QuerySet[Any]) -> QuerySet[Any]:
    named = PlacementSupervisor.objects.filter(kind=SupervisorKind.INDUSTRIAL, is_active=True)
    going_on = rows.filter(state__in=[PlacementState.CONFIRMED, PlacementState.ACTIVE])
    return going_on.exclude(pk__in=named.values("placement"))


QUESTIONS: Final[dict[str, tuple[Text, Question]]] = {
    "confirm": (_("waits for you"), lambda rows: _self_found(rows).filter(HOST_HAS_ANSWERED)),
    "host": (_("waits for the host"), lambda rows: _self_found(rows).exclude(HOST_HAS_ANSWERED)),
    "student": (_("waits for the student"), _waits_for_student),
    "starts": (_("starts this week"), _starts_this_week),
    "arrive": (_("should have arrived"), _should_have_arrived),
    "unsigned": (_("documents are not signed"), lambda rows: rows.filter(pk__in=placements_unsigned())),
    "unsupervised": (_("nobody supervises in the company"), _unsupervised),
}


class WaitingFilter(admin.SimpleListFilter):
    """What is to be done about a placement, and by whom."""

    title = _("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _ask) in QUESTIONS.items()]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        found = QUESTIONS.get(self.value() or "")
        return rows if found is None else found[1](rows)


class PlaceFilter(admin.SimpleListFilter):
    """Who is without a place are the rows that Today counts, whose links lead here: not of cohorts that are over."""

    title = _("place")
    parameter_name = "place"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("none", _("without a place")), ("some", _("with a place"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return rows.filter(pk__in=enrolments_without_place(request.user).values("pk"))
        placed = Placement.objects.filter(state__in=PlacementState.alive()).values("enrolment")
        return rows.filter(pk__in=placed) if self.value() == "some" else rows
