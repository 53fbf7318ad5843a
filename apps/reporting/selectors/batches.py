"""Whose documents a person may take along at once."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.models import Cohort, Department, Job
from apps.applications.models import Placement
from apps.reporting.permissions import takes_batches
from apps.reporting.selectors.rows import logbooks_visible_to

if TYPE_CHECKING:
    from collections.abc import Collection

    from apps.accounts.models import User
    from portal.kernel.access import Viewer

BATCH = "reporting.write_batch"


def batch_placements(
    user: "Viewer", *, cohort: int | None = None, department: int | None = None, only: "Collection[int]" = ()
) -> QuerySet[Placement]:
    """The placements whose logbooks the user may take along as staff: of a cohort, a department, some, or all."""
    rows = logbooks_visible_to(user)
    if not takes_batches(user):
        return rows.none()
    if cohort is not None:
        rows = rows.filter(enrolment__cohort=cohort)
    if department is not None:
        rows = rows.filter(enrolment__cohort__department=department)
    if only:
        rows = rows.filter(pk__in=only)
    return rows


def batch_cohorts(user: "Viewer") -> QuerySet[Cohort]:
    """Cohorts of which the user may take documents along."""
    rows = Cohort.objects.filter(pk__in=batch_placements(user).values("enrolment__cohort"))
    return rows.select_related("department").order_by("-start", "name")


def batch_departments(user: "Viewer") -> QuerySet[Department]:
    """Departments of which the user may take documents along."""
    rows = Department.objects.filter(pk__in=batch_placements(user).values("enrolment__cohort__department"))
    return rows.order_by("name")


def batches_of(user: "User") -> QuerySet[Job]:
    """The person's own zips, newest first."""
    return Job.objects.filter(owner=user, kind=BATCH).order_by("-pk")
