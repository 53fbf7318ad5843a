"""Rows by right: each set is exactly the one for which the predicate of the same noun holds."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.accounts.permissions import has_role, is_superuser
from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.states import Role
from apps.applications.models import PlacementSupervisor
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import (
    Absence,
    ArrivalNote,
    Assessment,
    DailyLog,
    DayReceipt,
    LogAttachment,
    MarkRule,
    Operation,
    PlaceConsent,
    Rubric,
    Visit,
    WeeklyReport,
)
from apps.logbook.states import ArrivalState, AssessmentKind, AssessmentState, ChainState

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

NOTHING = Q(pk__in=[])
ROLES = {
    SupervisorKind.INDUSTRIAL: Role.INDUSTRIAL_SUPERVISOR,
    SupervisorKind.UNIVERSITY: Role.UNIVERSITY_SUPERVISOR,
}


def _own(user: "Viewer", student: str) -> Q:
    return Q(**{student: user.pk}) if has_role(user, Role.STUDENT) else NOTHING


def supervised(user: "Viewer", kind: SupervisorKind, placement: str = "placement") -> Q:
    """Return the condition "the user supervises the placement at this path on this side", deputies included."""
    if not has_role(user, ROLES[kind]):
        return NOTHING
    # A subquery instead of a join: a row whose placement has deputies would come once for each of them.
    rows = PlacementSupervisor.objects.filter(user=user.pk, kind=kind, is_active=True)
    return Q(**{f"{placement}__in": rows.values("placement")})


def _either_side(user: "Viewer") -> Q:
    return supervised(user, SupervisorKind.INDUSTRIAL) | supervised(user, SupervisorKind.UNIVERSITY)


# -- the chain ----------------------------------------------------------------------------------------------------


def _entries(user: "Viewer") -> Q:
    others = everything_for(user, _either_side(user) | in_scope(user, "enrolment__cohort"))
    return _own(user, "enrolment__student") | (~Q(state=ChainState.DRAFT) & others)


def logs_visible_to(user: "Viewer") -> QuerySet[DailyLog]:
    """The student's own; those of supervised placements and coordinated cohorts once they were sent."""
    return DailyLog.objects.filter(_entries(user))


def weeks_visible_to(user: "Viewer") -> QuerySet[WeeklyReport]:
    """The student's own; those of supervised placements and coordinated cohorts once they were sent."""
    return WeeklyReport.objects.filter(_entries(user))


def operations_visible_to(user: "Viewer") -> QuerySet[Operation]:
    """The steps of the weekly reports that the user has."""
    return Operation.objects.filter(report__in=weeks_visible_to(user).values("pk"))


def attachments_visible_to(user: "Viewer") -> QuerySet[LogAttachment]:
    """The files of the logs that the user has."""
    return LogAttachment.objects.filter(log__in=logs_visible_to(user).values("pk"))


def awaiting(user: "Viewer") -> Q:
    """Return the condition "this log or week waits for this supervisor", as industrial or as university one."""
    verify = Q(state=ChainState.SUBMITTED) & supervised(user, SupervisorKind.INDUSTRIAL)
    validate = Q(state=ChainState.VERIFIED_INDUSTRY) & supervised(user, SupervisorKind.UNIVERSITY)
    return Q(is_current=True) & (verify | validate)


def logs_awaiting(user: "Viewer") -> QuerySet[DailyLog]:
    """Days that the user has to verify or to validate."""
    return DailyLog.objects.filter(awaiting(user))


def reports_awaiting(user: "Viewer") -> QuerySet[WeeklyReport]:
    """Weekly reports that the user has to verify or to validate."""
    return WeeklyReport.objects.filter(awaiting(user))


# -- arrivals, absences, visits -----------------------------------------------------------------------------------


def _around_a_placement(user: "Viewer") -> Q:
    own = _own(user, "placement__enrolment__student")
    return everything_for(user, own | _either_side(user) | in_scope(user, "placement__enrolment__cohort"))


def arrivals_visible_to(user: "Viewer") -> QuerySet[ArrivalNote]:
    """The student's own, those of supervised placements and of coordinated cohorts."""
    return ArrivalNote.objects.filter(_around_a_placement(user))


def arrivals_awaiting(user: "Viewer") -> QuerySet[ArrivalNote]:
    """Arrivals that the industrial supervisor has to confirm."""
    return ArrivalNote.objects.filter(supervised(user, SupervisorKind.INDUSTRIAL), state=ArrivalState.SUBMITTED)


def addresses_waiting(rows: QuerySet[ArrivalNote]) -> QuerySet[ArrivalNote]:
    """Those of the arrivals whose supervisor a coordinator has to look at."""
    return rows.filter(state=ArrivalState.SUBMITTED, address_waits=True)


def absences_visible_to(user: "Viewer") -> QuerySet[Absence]:
    """The student's own, those of supervised placements and of coordinated cohorts."""
    return Absence.objects.filter(_around_a_placement(user))


def day_receipts_visible_to(user: "Viewer") -> QuerySet[DayReceipt]:
    """The set for which ``can_view_receipt`` holds: of students of coordinated cohorts."""
    return DayReceipt.objects.filter(everything_for(user, in_scope(user, "log__enrolment__cohort")))


def place_consents_visible_to(user: "Viewer") -> QuerySet[PlaceConsent]:
    """The set for which ``can_view_place_consent`` holds: the student's own, those of coordinated cohorts."""
    seen = _own(user, "enrolment__student") | in_scope(user, "enrolment__cohort")
    return PlaceConsent.objects.filter(everything_for(user, seen))


def visits_visible_to(user: "Viewer") -> QuerySet[Visit]:
    """One's own visits, those to students whom the user supervises for the university or coordinates."""
    own = Q(visitor=user.pk) if has_role(user, Role.UNIVERSITY_SUPERVISOR) else NOTHING
    mine = own | supervised(user, SupervisorKind.UNIVERSITY) | in_scope(user, "placement__enrolment__cohort")
    return Visit.objects.filter(everything_for(user, mine))


# -- assessments --------------------------------------------------------------------------------------------------


def assessments_visible_to(user: "Viewer") -> QuerySet[Assessment]:
    """One's own to fill in; submitted ones for university and coordinators; released ones for all concerned."""
    submitted = ~Q(state=AssessmentState.OPEN)
    if is_superuser(user):
        return Assessment.objects.filter(submitted)
    industry, university = supervised(user, SupervisorKind.INDUSTRIAL), supervised(user, SupervisorKind.UNIVERSITY)
    mine = _assessed_by(user)
    staff = submitted & (university | in_scope(user, "placement__enrolment__cohort"))
    released = Q(state=AssessmentState.RELEASED) & (_own(user, "placement__enrolment__student") | industry)
    return Assessment.objects.filter(mine | staff | released)


def _assessed_by(user: "Viewer") -> Q:
    by_host = Q(rubric__kind=AssessmentKind.INDUSTRY)
    industry, university = supervised(user, SupervisorKind.INDUSTRIAL), supervised(user, SupervisorKind.UNIVERSITY)
    return (by_host & industry) | (~by_host & university)


def assessments_coordinated_by(user: "Viewer") -> QuerySet[Assessment]:
    """Those of the cohorts that the user coordinates, also while they are still being filled in."""
    return Assessment.objects.filter(in_scope(user, "placement__enrolment__cohort"))


def rubrics_visible_to(user: "Viewer") -> QuerySet[Rubric]:
    """Those of the cohorts that the user coordinates; a superuser has all."""
    return Rubric.objects.filter(everything_for(user, in_scope(user)))


def mark_rules_visible_to(user: "Viewer") -> QuerySet[MarkRule]:
    """Those of the cohorts that the user coordinates; a superuser has all."""
    return MarkRule.objects.filter(everything_for(user, in_scope(user)))


def assessments_awaiting(user: "Viewer") -> QuerySet[Assessment]:
    """Open forms that the user has to fill in, for either side, the ones that end first on top."""
    rows = Assessment.objects.filter(_assessed_by(user), state=AssessmentState.OPEN)
    return rows.order_by("placement__end", "placement", "rubric")


def assessments_due(today: dt.date, of_host: "Viewer | None" = None) -> QuerySet[Assessment]:
    """Open forms of active placements that end within the days that the rubric names, or have ended.

    With ``of_host`` only those that this person fills in for the company.
    """
    # Dates are counted here and not in SQL, whose intervals every database spells its own way.
    waits = Rubric.objects.order_by().values_list("days_before_end", flat=True).distinct()
    ends = [Q(rubric__days_before_end=days, placement__end__lte=today + dt.timedelta(days=days)) for days in waits]
    rows = Assessment.objects.filter(state=AssessmentState.OPEN, placement__state=PlacementState.ACTIVE)
    related = ("rubric", "placement__company", "placement__enrolment__student")
    due = rows.filter(reduce(or_, ends, NOTHING)).order_by("pk")
    if of_host is not None:
        by_host = Q(rubric__kind=AssessmentKind.INDUSTRY)
        due = due.filter(by_host & supervised(of_host, SupervisorKind.INDUSTRIAL))
    return due.select_related(*related).prefetch_related("placement__supervisors__user")
