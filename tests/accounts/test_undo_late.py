"""Taking an import back where somebody came between the plan and the deed, and lines that are older than the undo."""

import pytest

from apps.accounts.models import Company, Enrolment, ImportBatch, StaffProfile, User
from apps.accounts.services import companies, import_undo, staff
from apps.accounts.services.people import give_role, grant
from apps.accounts.services.students import STUDENTS
from apps.accounts.services.students_undo import undo_students
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from tests.accounts.tables import COMPANIES, STAFF, SUPERVISORS, applied
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    ProgrammeFactory,
    StaffProfileFactory,
    UserFactory,
)
from tests.factories.applications import PlacementFactory
from tests.factories.vacancies import VacancyFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

STAFF_HEAD = "staff_no,first_name,last_name,email,department,supervises"
OTHER_RIGHTS = "This person has other rights by now."


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    return CohortFactory.create(department__code="mech", country="TZ")


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


def obstacles(batch: ImportBatch, actor: User) -> dict[int, str]:
    found = import_undo.plan_import_undo(batch, actor=actor).obstacles
    return {line: str(reason) for line, reason in found.items()}


# -- staff ------------------------------------------------------------------------------------------------------------


def test_a_line_whose_work_was_not_kept_cannot_be_undone(coordinator):
    batch = applied(STAFF, coordinator, STAFF_HEAD, "8,Neema,Mushi,,mech,no", "9,Said,Ali,,mech,no")
    batch.rows.filter(line=2).update(target=None)
    assert obstacles(batch, coordinator) == {2: "What this line did was not kept yet when it was imported."}


def test_new_people_are_undone_but_for_who_was_given_a_role(coordinator):
    batch = applied(STAFF, coordinator, STAFF_HEAD, "8,Neema,Mushi,,mech,no", "9,Said,Ali,,mech,no")
    assert obstacles(batch, coordinator) == {}
    give_role(User.objects.get(username="9"), Role.DEAN, actor=SYSTEM)
    assert obstacles(batch, coordinator) == {3: OTHER_RIGHTS}


@pytest.fixture
def changed(cohort, coordinator) -> ImportBatch:
    """An import that gave somebody another address."""
    StaffProfileFactory.create(
        department=cohort.department, staff_no="7", user__email="juma@uni.example", user__first_name="Juma"
    )
    return applied(STAFF, coordinator, "staff_no,email", "7,new@uni.example")


def test_a_former_value_that_somebody_else_has_by_now_stops_the_undo(changed, coordinator):
    UserFactory.create(email="juma@uni.example")
    assert obstacles(changed, coordinator) == {
        2: "The former value cannot come back. Somebody else has this e-mail address."
    }
    assert refusal(staff.UNDO.carry_out, changed, actor=coordinator) == "not_restored"
    assert StaffProfile.objects.get(staff_no="7").user.email == "new@uni.example"


def test_a_former_value_goes_to_nobody_else_who_has_the_number_now(changed, cohort, coordinator):
    StaffProfile.objects.filter(staff_no="7").update(staff_no="77")
    StaffProfileFactory.create(department=cohort.department, staff_no="7", user__email="other@uni.example")
    assert obstacles(changed, coordinator) == {
        2: "The former value cannot come back. It is not found by what the line says any more."
    }


# -- companies and their people ---------------------------------------------------------------------------------------


def test_a_company_that_is_used_at_this_moment_stays(coordinator):
    batch = applied(COMPANIES, coordinator, "name,sector", "New Works,manufacturing")
    # After the plan, which would say so.
    VacancyFactory.create(company=Company.objects.get(name="New Works"))
    assert refusal(companies.UNDO.carry_out, batch, actor=coordinator) == "used_meanwhile"
    assert Company.objects.filter(name="New Works").exists()


def test_a_person_of_a_company_who_was_given_a_role_stays(cohort, coordinator):
    CompanyFactory.create(name="Kilimo Works", proposed_for=cohort.department)
    lines = "company,email,first name,last name,kind", "Kilimo Works,new@kilimo.example,Neema,Mushi,supervisor"
    batch = applied(SUPERVISORS, coordinator, *lines)
    assert obstacles(batch, coordinator) == {}
    give_role(User.objects.get(email="new@kilimo.example"), Role.UNIVERSITY_SUPERVISOR, actor=SYSTEM)
    assert obstacles(batch, coordinator) == {2: OTHER_RIGHTS}


# -- students ---------------------------------------------------------------------------------------------------------


def test_a_student_who_is_placed_at_this_moment_stays(cohort, coordinator):
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    line = "reg_no,first_name,last_name,programme_code", "X-1,Asha,Moshi,BSC-ME"
    batch = applied(STUDENTS, coordinator, *line, cohort=cohort)
    # After the plan, which would say so.
    PlacementFactory.create(enrolment=Enrolment.objects.get(cohort=cohort))
    assert refusal(undo_students, batch, actor=coordinator) == "used_meanwhile"
    assert User.objects.filter(username="x-1").exists()
