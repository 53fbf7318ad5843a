import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.accounts.models import Enrolment, User
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState, Role
from apps.vacancies import permissions
from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from portal.kernel.access import SYSTEM
from tests.factories.accounts import EnrolmentFactory, ProgrammeFactory, UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

COORDINATORS = {"coordinator", "foreign_coordinator"}
ACADEMICS = {"university_supervisor", "other_university_supervisor"}
STUDENTS = {"student", "fellow_student", "foreign_student"}
MANAGERS = {"representative", "coordinator"}


@pytest.fixture
def world() -> World:
    built = build_world()
    built.company.proposed_for = built.department
    built.company.save()
    return built


def holders(world, predicate, vacancy):
    return {name for name, person in world.personas().items() if predicate(vacancy, person)}


def set_state(vacancy, state):
    Vacancy.objects.filter(pk=vacancy.pk).update(state=state)
    return Vacancy.objects.get(pk=vacancy.pk)


@pytest.mark.parametrize(
    ("state", "viewers", "changers", "deleters"),
    [
        (VacancyState.DRAFT, {*MANAGERS, "superuser"}, MANAGERS, MANAGERS),
        (VacancyState.ACTIVE, {*MANAGERS, "superuser"} | COORDINATORS | ACADEMICS | STUDENTS, MANAGERS, set()),
        (VacancyState.CLOSED, {*MANAGERS, "superuser", "student"}, set(), set()),
    ],
)
def test_who_may_do_what_in_each_state(world, state, viewers, changers, deleters):
    vacancy = set_state(world.vacancy, state)
    assert holders(world, permissions.can_view_vacancy, vacancy) == viewers
    assert holders(world, permissions.can_change_vacancy, vacancy) == changers
    assert holders(world, permissions.can_delete_vacancy, vacancy) == deleters
    assert holders(world, permissions.manages_vacancy, vacancy) == MANAGERS
    assert holders(world, permissions.coordinates_vacancy, vacancy) == {"coordinator"}
    assert holders(world, permissions.has_applied, vacancy) == {"student"}


def test_representatives_and_moderators_add_vacancies(world):
    assert holders(world, permissions.can_add_vacancy, world.company) == MANAGERS
    assert holders(world, permissions.can_add_vacancy, world.rival) == {"rival_representative"} | COORDINATORS


def test_a_coordinator_without_a_grant_coordinates_nothing(world):
    bare = UserFactory.create(roles=[Role.COORDINATOR])
    by_cohort = UserFactory.create()
    grant(by_cohort, world.cohort, actor=SYSTEM)
    found = [permissions.coordinates_any(person) for person in (bare, by_cohort, world.coordinator, AnonymousUser())]
    assert found == [False, True, True, False]


def test_a_vacancy_for_one_phase_is_open_to_students_of_that_phase_only(world):
    world.other_cohort.phase = "PT3"
    world.other_cohort.save()
    vacancy = VacancyFactory.create(company=world.rival, phase="PT3")
    assert holders(world, permissions.is_open_to, vacancy) == {"foreign_student"}


def test_an_enrolment_that_ended_opens_nothing(world):
    Enrolment.objects.filter(student=world.foreign_student).update(is_active=False)
    vacancy = VacancyFactory.create(company=world.rival)
    assert holders(world, permissions.is_open_to, vacancy) == {"student", "fellow_student"}


@pytest.mark.parametrize(
    ("wishes", "fits"),
    [
        ({}, True),
        ({"years": [2]}, True),
        ({"years": [1, 3]}, False),
        ({"phase": "PT2"}, True),
        ({"phase": "PT3"}, False),
        ({"programme": "own"}, True),
        ({"programme": "other"}, False),
        ({"programme": "own", "years": [2, 3], "phase": "PT2"}, True),
        ({"programme": "own", "years": [1], "phase": "PT2"}, False),
    ],
)
def test_programme_year_and_phase_decide_who_is_eligible(wishes, fits):
    enrolment = EnrolmentFactory.create()
    programmes = {"own": enrolment.student.student_profile.programme, "other": ProgrammeFactory.create()}
    plain = {name: value for name, value in wishes.items() if name != "programme"}
    vacancy = VacancyFactory.create(**plain)
    if "programme" in wishes:
        vacancy.programmes.add(programmes[wishes["programme"]])
    assert permissions.is_eligible(vacancy, enrolment) is fits


@pytest.mark.parametrize(
    ("years", "with_programme", "fits"), [([], False, True), ([2], False, False), ([], True, False)]
)
def test_a_student_without_a_profile_fits_only_where_all_are_welcome(years, with_programme, fits):
    enrolment = EnrolmentFactory.create(student=UserFactory.create(roles=[Role.STUDENT]))
    vacancy = VacancyFactory.create(years=years)
    if with_programme:
        vacancy.programmes.add(ProgrammeFactory.create())
    assert permissions.is_eligible(vacancy, enrolment) is fits


def test_who_is_no_student_any_more_loses_the_sight_of_it():
    application = ApplicationFactory.create(vacancy__state=VacancyState.CLOSED)
    assert permissions.can_view_vacancy(application.vacancy, application.student) is True
    application.student.groups.clear()
    fresh = User.objects.get(pk=application.student_id)
    assert permissions.can_view_vacancy(application.vacancy, fresh) is False


@pytest.mark.parametrize(("days", "ahead"), [(-1, False), (0, True), (1, True)])
def test_the_deadline_is_the_last_day_to_apply(days, ahead):
    vacancy = VacancyFactory.build(company=None, deadline=timezone.localdate() + dt.timedelta(days=days))
    found = (permissions.deadline_is_ahead(vacancy), permissions.deadline_is_over(vacancy), vacancy.days_left)
    assert found == (ahead, not ahead, days)


@pytest.mark.parametrize("state", list(CompanyState))
def test_only_an_approved_company_publishes(state):
    vacancy = VacancyFactory.create(company__state=state)
    assert permissions.company_is_approved(vacancy) is (state == CompanyState.APPROVED)
