"""May this user do this to this report or template: pure predicates, object first."""

from typing import TYPE_CHECKING

from apps.accounts.permissions import coordinates_cohort, coordinates_department, has_role, is_superuser
from apps.accounts.states import Role
from apps.applications.permissions import is_university_supervisor
from apps.reporting.states import GeneralReportState

if TYPE_CHECKING:
    from apps.reporting.models import DocumentTemplate, GeneralReport
    from portal.kernel.access import Viewer


def is_report_author(report: "GeneralReport", user: "Viewer") -> bool:
    """Say whether the user is the student whose report it is."""
    return report.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)


def approves_report(report: "GeneralReport", user: "Viewer") -> bool:
    """Say whether the user is the university supervisor of one of the student's placements."""
    return any(is_university_supervisor(placement, user) for placement in report.enrolment.placements.all())


def can_view_report(report: "GeneralReport", user: "Viewer") -> bool:
    """The student always; submitted also the university supervisor, the coordinators and the superuser."""
    if is_report_author(report, user):
        return True
    if report.state == GeneralReportState.DRAFT:
        return False
    return approves_report(report, user) or coordinates_cohort(report.enrolment.cohort, user) or is_superuser(user)


def can_change_report(report: "GeneralReport", user: "Viewer") -> bool:
    """The student, as a draft or after it was sent back."""
    writable = report.state in (GeneralReportState.DRAFT, GeneralReportState.REVISION_REQUESTED)
    return writable and is_report_author(report, user)


def can_manage_template(template: "DocumentTemplate", user: "Viewer") -> bool:
    """The coordinators of its department; without a department only the superuser."""
    return coordinates_department(template.department_id, user) or is_superuser(user)
