"""Which logbooks, reports and templates a user may have."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.accounts.models import Cohort, Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.states import Role
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import PlacementState, SupervisorKind
from apps.reporting.models import DocumentTemplate, GeneralReport
from apps.reporting.states import GeneralReportState, TemplateKind, TemplateState
from portal.kernel.access import scope_of

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

PREFETCH = ("supervisors__user", "enrolment__cohort__holidays")


def logbooks_visible_to(user: "Viewer") -> QuerySet[Placement]:
    """Placements whose logbook the user may take along: the student's own, supervised for the university, coordinated.

    The host sees single days and weeks, never the book; that is why this is narrower than ``placements_visible_to``.
    """
    own = Q(enrolment__student=user.pk) if has_role(user, Role.STUDENT) else Q(pk__in=[])
    mine = own | _supervised(user, "pk") | in_scope(user, "enrolment__cohort")
    begun = ~Q(state__in=[PlacementState.PROPOSED, PlacementState.CANCELLED])
    return Placement.objects.filter(begun & mine)


def _supervised(user: "Viewer", placement: str) -> Q:
    if not has_role(user, Role.UNIVERSITY_SUPERVISOR):
        return Q(pk__in=[])
    rows = PlacementSupervisor.objects.filter(user=user.pk, kind=SupervisorKind.UNIVERSITY, is_active=True)
    return Q(**{f"{placement}__in": rows.values("placement")})


# -- general reports ----------------------------------------------------------------------------------------------


def general_reports_visible_to(user: "Viewer") -> QuerySet[GeneralReport]:
    """The student's own; sent ones of supervised students and coordinated cohorts."""
    looked_after = _supervised(user, "enrolment__placements") | in_scope(user, "enrolment__cohort")
    sent = ~Q(state=GeneralReportState.DRAFT)
    return GeneralReport.objects.filter(_own(user) | (sent & everything_for(user, looked_after))).distinct()


def report_of_student(enrolment: Enrolment) -> GeneralReport | None:
    """Return the report of an enrolment, None while there is none."""
    rows = GeneralReport.objects.select_related("enrolment__cohort", "enrolment__student")
    return rows.prefetch_related("compiled_from").filter(enrolment=enrolment).first()


def _own(user: "Viewer") -> Q:
    return Q(enrolment__student=user.pk) if has_role(user, Role.STUDENT) else Q(pk__in=[])


# -- templates ----------------------------------------------------------------------------------------------------


def templates_visible_to(user: "Viewer") -> QuerySet[DocumentTemplate]:
    """Templates of the departments and cohorts that the user coordinates; a superuser has all."""
    departments = scope_of(user).departments if has_role(user, Role.COORDINATOR) else frozenset()
    mine = Q(department__in=departments) | in_scope(user, "cohort")
    return DocumentTemplate.objects.filter(everything_for(user, mine))


def published_template(kind: TemplateKind, cohort: Cohort) -> DocumentTemplate | None:
    """Return the cohort's published template of this kind, else its department's, else the installation's, else None.

    None means that our own layout is used.
    """
    return templates_in_force([kind], [cohort]).get((kind, cohort.pk))


def templates_in_force(
    kinds: Iterable[TemplateKind], cohorts: Iterable[Cohort]
) -> dict[tuple[TemplateKind, int], DocumentTemplate]:
    """Return the published template of each kind and cohort that has one, with one query; the nearest wins."""
    wanted = list(cohorts)
    found = DocumentTemplate.objects.filter(
        Q(cohort__in=[cohort.pk for cohort in wanted])
        | Q(department__in={cohort.department_id for cohort in wanted})
        | Q(department__isnull=True, cohort__isnull=True),
        kind__in=list(kinds),
        state=TemplateState.PUBLISHED,
    )
    rows = sorted(found, key=_nearness)
    in_force: dict[tuple[TemplateKind, int], DocumentTemplate] = {}
    for cohort in wanted:
        for template in rows:
            own = template.cohort_id is None or template.cohort_id == cohort.pk
            if own and template.department_id in (None, cohort.department_id):
                in_force.setdefault((TemplateKind(template.kind), cohort.pk), template)
    return in_force


def _nearness(template: DocumentTemplate) -> int:
    if template.cohort_id is not None:
        return 0
    return 1 if template.department_id is not None else 2
