"""May this user do this to this vacancy: pure predicates, object first."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.permissions import has_role, is_superuser, moderates_company, represents_company
from apps.accounts.states import CompanyState, Role
from apps.vacancies.states import VacancyState
from portal.kernel.access import scope_of
from portal.kernel.fsm import rule

if TYPE_CHECKING:
    from apps.accounts.models import Company, Enrolment
    from apps.vacancies.models import Bookmark, SavedSearch, Vacancy
    from portal.kernel.access import Viewer


# What a vacancy may ask for: the years of study that a student's profile can have.
YEARS_OF_STUDY = range(1, 9)


def coordinates_any(user: "Viewer") -> bool:
    """Say whether the user is a coordinator with at least one grant."""
    scope = scope_of(user)
    return Role.COORDINATOR in scope.roles and bool(scope.departments or scope.cohorts)


def coordinates_wished(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Say whether the user coordinates students to whom the vacancy is open: all, or those of its programmes.

    Whoever coordinates one cohort of a department counts for the department's programmes. Reads ``programmes``.
    """
    scope = scope_of(user)
    if not coordinates_any(user):
        return False
    wished = {programme.department_id for programme in vacancy.programmes.all()}
    return not wished or not wished.isdisjoint(scope.departments | scope.cohort_departments)


def is_own(row: "Bookmark | SavedSearch", user: "Viewer") -> bool:
    """Say whether a bookmark or a saved search is the user's own; nobody else reads what somebody looks for."""
    return row.user_id == user.pk and bool(user.is_active)


def can_add_vacancy(company: "Company", user: "Viewer") -> bool:
    """The company's representatives and its coordinators; also while it waits, as a draft."""
    return represents_company(company.pk, user) or moderates_company(company, user)


def can_change_vacancy(vacancy: "Vacancy", user: "Viewer") -> bool:
    """The company's representatives and its coordinators, until it is closed."""
    if vacancy.state == VacancyState.CLOSED:
        return False
    return manages_vacancy(vacancy, user)


def manages_vacancy(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Say whether the user represents the company or coordinates it."""
    return represents_company(vacancy.company_id, user) or coordinates_vacancy(vacancy, user)


def coordinates_vacancy(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Say whether the user moderates the company that offers it."""
    return moderates_company(vacancy.company, user)


def can_delete_vacancy(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Only drafts can vanish."""
    return vacancy.state == VacancyState.DRAFT and manages_vacancy(vacancy, user)


def is_eligible(vacancy: "Vacancy", enrolment: "Enrolment") -> bool:
    """Say whether programme, year and phase of the enrolment are among those that the vacancy asks for.

    An empty wish means that all are welcome. Reads the prefetched ``programmes`` and the student's profile; without
    a profile a student has neither programme nor year.
    """
    profile = getattr(enrolment.student, "student_profile", None)
    programmes = {programme.pk for programme in vacancy.programmes.all()}
    if programmes and (profile is None or profile.programme_id not in programmes):
        return False
    if vacancy.years and (profile is None or profile.year_of_study not in vacancy.years):
        return False
    return not vacancy.phase or vacancy.phase == enrolment.cohort.phase


def is_open_to(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Say whether the user is a student with an active enrolment that is eligible."""
    if not user.is_authenticated or not has_role(user, Role.STUDENT):
        return False
    enrolments = user.enrolments.filter(is_active=True).select_related("cohort", "student__student_profile")
    return any(is_eligible(vacancy, enrolment) for enrolment in enrolments)


def has_applied(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Say whether the user has applied as a student. Reads the relation of the upper app by its name only."""
    return has_role(user, Role.STUDENT) and vacancy.applications.filter(student=user.pk).exists()


def can_view_vacancy(vacancy: "Vacancy", user: "Viewer") -> bool:
    """Managers and the superuser always; university supervisors when it is active.

    A coordinator sees an active one to which some of the own students are welcome. A student sees an active one when
    eligible, and keeps the sight of one after applying, also when it is closed.
    """
    if is_superuser(user) or manages_vacancy(vacancy, user):
        return True
    if vacancy.state == VacancyState.DRAFT:
        return False
    if has_applied(vacancy, user):
        return True
    if vacancy.state != VacancyState.ACTIVE:
        return False
    staff = coordinates_wished(vacancy, user) or has_role(user, Role.UNIVERSITY_SUPERVISOR)
    return staff or is_open_to(vacancy, user)


@rule("company_not_approved", _("The company is not approved yet. You can publish as soon as it is."))
def company_is_approved(vacancy: "Vacancy") -> bool:
    """Say whether the company has been let in."""
    return bool(vacancy.company.state == CompanyState.APPROVED)


@rule("deadline_passed", _("The deadline has passed. Set a later one first."))
def deadline_is_ahead(vacancy: "Vacancy") -> bool:
    """Say whether one may still apply today."""
    return bool(vacancy.deadline >= timezone.localdate())


@rule("deadline_ahead", _("The deadline has not passed yet."))
def deadline_is_over(vacancy: "Vacancy") -> bool:
    """Say whether the deadline lies behind us."""
    return not deadline_is_ahead(vacancy)
