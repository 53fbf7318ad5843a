"""One small university with everybody in it, for tests about rights."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import Cohort, Company, Department, Enrolment, User
from apps.accounts.services.people import grant
from apps.accounts.states import MemberKind, Role
from apps.applications.models import Application, Placement
from apps.applications.states import ApplicationState, SupervisorKind
from apps.vacancies.models import Vacancy
from portal.kernel.access import SYSTEM
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    CompanyMemberFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    UserFactory,
)
from tests.factories.applications import ApplicationFactory, PlacementFactory, PlacementSupervisorFactory
from tests.factories.vacancies import VacancyFactory


@dataclass(frozen=True)
class World:
    """Two departments with a cohort each; the student of the first is placed at the first company.

    Personas are named as in the rights matrix: the student it belongs to, another of the same programme, one of
    another faculty, the company's representative and a rival's, the placement's supervisors and others, the
    coordinator in whose scope it lies and a foreign one, the superuser, the deactivated. A dean sees sums only.
    """

    department: Department
    other_department: Department
    cohort: Cohort
    other_cohort: Cohort
    enrolment: Enrolment
    company: Company
    rival: Company
    vacancy: Vacancy
    application: Application
    placement: Placement
    student: User
    fellow_student: User
    foreign_student: User
    representative: User
    rival_representative: User
    industrial_supervisor: User
    other_industrial_supervisor: User
    university_supervisor: User
    other_university_supervisor: User
    coordinator: User
    foreign_coordinator: User
    superuser: User
    dean: User
    deactivated: User

    def personas(self) -> "dict[str, User | AnonymousUser]":
        """Return everybody by name, the anonymous included; each a fresh instance without a cached scope."""
        people = {name: value for name, value in vars(self).items() if isinstance(value, User)}
        fresh: dict[str, User | AnonymousUser] = {
            name: User.objects.get(pk=person.pk) for name, person in people.items()
        }
        return {**fresh, "anonymous": AnonymousUser()}


def build_world() -> World:
    """Build it with about 80 rows; nothing in it is random."""
    department = DepartmentFactory.create(code="mech", name="Mechanical Engineering")
    other_department = DepartmentFactory.create(code="civil", name="Civil Engineering")
    programme = ProgrammeFactory.create(department=department)
    cohort = CohortFactory.create(department=department, name="Mechanical PT2")
    other_cohort = CohortFactory.create(department=other_department, name="Civil PT2")
    enrolment = EnrolmentFactory.create(cohort=cohort, student__profile__programme=programme)
    fellow = EnrolmentFactory.create(cohort=cohort, student__profile__programme=programme)
    foreign = EnrolmentFactory.create(cohort=other_cohort)
    company, rival = CompanyFactory.create(), CompanyFactory.create()
    vacancy = VacancyFactory.create(company=company, places=2, places_taken=1)
    application = ApplicationFactory.create(vacancy=vacancy, enrolment=enrolment, state=ApplicationState.ACCEPTED)
    placement = PlacementFactory.create(enrolment=enrolment, company=company, application=application)
    supervisor = PlacementSupervisorFactory.create(placement=placement).user
    academic = PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY).user
    elsewhere = PlacementFactory.create(enrolment=fellow, company=company)
    other_supervisor = PlacementSupervisorFactory.create(placement=elsewhere).user
    other_academic = PlacementSupervisorFactory.create(placement=elsewhere, kind=SupervisorKind.UNIVERSITY).user
    for person in (supervisor, other_supervisor):
        CompanyMemberFactory.create(company=company, user=person, kind=MemberKind.SUPERVISOR)
    coordinator, foreign_coordinator = UserFactory.create(), UserFactory.create()
    grant(coordinator, department, actor=SYSTEM)
    grant(foreign_coordinator, other_department, actor=SYSTEM)
    deactivated = UserFactory.create(is_active=False, roles=list(Role))
    grant(deactivated, department, actor=SYSTEM)
    return World(
        department=department,
        other_department=other_department,
        cohort=cohort,
        other_cohort=other_cohort,
        enrolment=enrolment,
        company=company,
        rival=rival,
        vacancy=vacancy,
        application=application,
        placement=placement,
        student=enrolment.student,
        fellow_student=fellow.student,
        foreign_student=foreign.student,
        representative=CompanyMemberFactory.create(company=company).user,
        rival_representative=CompanyMemberFactory.create(company=rival).user,
        industrial_supervisor=supervisor,
        other_industrial_supervisor=other_supervisor,
        university_supervisor=academic,
        other_university_supervisor=other_academic,
        coordinator=coordinator,
        foreign_coordinator=foreign_coordinator,
        superuser=UserFactory.create(is_superuser=True, is_staff=True),
        dean=UserFactory.create(roles=[Role.DEAN]),
        deactivated=deactivated,
    )
