"""May this user do this to this report or template: pure predicates, object first."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import (
    coordinates_cohort,
    coordinates_department,
    coordinates_something,
    has_role,
    is_superuser,
)
from apps.accounts.states import Role
from apps.applications.permissions import is_university_supervisor
from apps.reporting.states import GeneralReportState, TemplateState
from portal.kernel.fsm import rule

if TYPE_CHECKING:
    from apps.applications.models import Placement
    from apps.reporting.models import Credential, DocumentTemplate, GeneralReport, IssuedDocument, Portfolio
    from portal.kernel.access import Viewer


def can_view_university_figures(user: "Viewer") -> bool:
    """Sums over the whole university and nothing of a person: deans, and the superuser."""
    return has_role(user, Role.DEAN) or is_superuser(user)


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
    return report.state in GeneralReportState.with_student() and is_report_author(report, user)


@rule("parts_missing", _("Something is still empty that is needed. Write the parts that are marked, then send it."))
def is_complete(report: "GeneralReport") -> bool:
    """Say whether title and all parts but the thanks are written."""
    return not report.missing


def can_take_report(report: "GeneralReport", user: "Viewer") -> bool:
    """Say whether the user may have the report as a document; the superuser only looks on."""
    if is_report_author(report, user):
        return True
    sent = report.state != GeneralReportState.DRAFT
    return sent and (approves_report(report, user) or coordinates_cohort(report.enrolment.cohort, user))


# -- templates ----------------------------------------------------------------------------------------------------


def can_manage_template(template: "DocumentTemplate", user: "Viewer") -> bool:
    """The coordinators of its cohort or department; what is for all only the superuser."""
    if is_superuser(user):
        return True
    if template.cohort is not None:
        return coordinates_cohort(template.cohort, user)
    return coordinates_department(template.department_id, user)


def can_enter_template(user: "Viewer") -> bool:
    """Whoever coordinates something, and the superuser for all."""
    return coordinates_something(user) or is_superuser(user)


def can_delete_template(template: "DocumentTemplate", user: "Viewer") -> bool:
    """Its managers, as long as no document was made with it."""
    return template.state == TemplateState.DRAFT and can_manage_template(template, user)


@rule("not_tried", _("Try it with a student first: publish it when you have seen the document."))
def was_tried(template: "DocumentTemplate") -> bool:
    """Say whether a document was made with it for a student."""
    return template.tried_at is not None


# -- what left the portal -----------------------------------------------------------------------------------------


def can_view_issued(document: "IssuedDocument", user: "Viewer") -> bool:
    """The coordinators of the student's cohort, and the superuser."""
    return can_withdraw_issued(document, user) or is_superuser(user)


def can_withdraw_issued(document: "IssuedDocument", user: "Viewer") -> bool:
    """The coordinators of the student's cohort."""
    return coordinates_cohort(document.enrolment.cohort, user)


# -- credentials --------------------------------------------------------------------------------------------------


def can_take_credential(placement: "Placement", user: "Viewer") -> bool:
    """The student whose training it was, and the coordinators of the cohort."""
    own = placement.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)
    return own or coordinates_cohort(placement.enrolment.cohort, user)


def can_view_credential(credential: "Credential", user: "Viewer") -> bool:
    """The coordinators of the cohort, and the superuser."""
    return can_revoke_credential(credential, user) or is_superuser(user)


def can_revoke_credential(credential: "Credential", user: "Viewer") -> bool:
    """The coordinators of the student's cohort."""
    return coordinates_cohort(credential.placement.enrolment.cohort, user)


# -- many at once -------------------------------------------------------------------------------------------------


def takes_batches(user: "Viewer") -> bool:
    """Say whether the user may take documents of many students along: coordinators and university supervisors."""
    return coordinates_something(user) or has_role(user, Role.UNIVERSITY_SUPERVISOR)


# -- portfolios ---------------------------------------------------------------------------------------------------


def can_view_portfolio(portfolio: "Portfolio", user: "Viewer") -> bool:
    """The student alone; everybody else by a link."""
    return portfolio.enrolment.student_id == user.pk and has_role(user, Role.STUDENT)
