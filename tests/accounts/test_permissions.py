"""Every predicate of accounts for every persona, and the selectors that must say the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.accounts import permissions, selectors
from apps.accounts.models import (
    AccessLink,
    Cohort,
    Company,
    Department,
    Enrolment,
    ImportBatch,
    Job,
    Notice,
    OutboxTask,
    Programme,
    StudentProfile,
    User,
)
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState, LinkPurpose, NoticeState, Role
from portal.kernel.access import SYSTEM
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    CompanyMemberFactory,
    JobFactory,
    UserFactory,
)
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def personas(world) -> "dict[str, User | AnonymousUser]":
    """Everybody of the world, and a coordinator of nothing but the one cohort."""
    person = UserFactory.create()
    grant(person, world.cohort, actor=SYSTEM)
    return {**world.personas(), "cohort_coordinator": User.objects.get(pk=person.pk)}


def allowed(personas: dict[str, Any], predicate: Callable[[Any], bool]) -> set[str]:
    return {name for name, person in personas.items() if predicate(person)}


OBJECTS: dict[str, Callable[[World], Any]] = {
    "department": lambda world: world.department,
    "programme": lambda world: Programme.objects.get(department=world.department),
    "cohort": lambda world: world.cohort,
    "enrolment": lambda world: world.enrolment,
    "proposed": lambda world: CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.department),
    "by_itself": lambda world: CompanyFactory.create(state=CompanyState.PROPOSED, proposed_by=world.student),
    "approved": lambda world: world.company,
    "job": lambda world: JobFactory.create(owner=world.coordinator),
    "import": lambda world: ImportBatch.objects.create(
        owner=world.coordinator, cohort=world.cohort, kind="accounts.students", file_name="x.csv"
    ),
    "notice": lambda world: Notice.objects.create(recipient=world.student, kind="x"),
    "person": lambda world: world.student,
}
EVERYBODY = {
    *("student", "fellow_student", "foreign_student", "representative", "rival_representative"),
    *("industrial_supervisor", "other_industrial_supervisor", "university_supervisor"),
    *("other_university_supervisor", "coordinator", "foreign_coordinator", "cohort_coordinator", "dean", "superuser"),
}


@pytest.mark.parametrize(
    ("predicate", "thing", "who"),
    [
        ("can_view_department", "department", {"coordinator", "cohort_coordinator", "superuser"}),
        ("can_see_access", "department", {"coordinator", "superuser"}),
        ("can_see_access", "cohort", {"coordinator", "cohort_coordinator", "superuser"}),
        ("can_see_access", "approved", {"superuser"}),
        ("can_view_programme", "programme", {"coordinator", "cohort_coordinator", "superuser"}),
        ("can_change_programme", "programme", {"coordinator", "superuser"}),
        (
            "can_view_cohort",
            "cohort",
            {"coordinator", "cohort_coordinator", "superuser", "student", "fellow_student"},
        ),
        ("can_change_cohort", "cohort", {"coordinator", "cohort_coordinator", "superuser"}),
        ("can_delete_cohort", "cohort", {"coordinator", "superuser"}),
        ("can_import_students", "cohort", {"coordinator", "cohort_coordinator", "superuser"}),
        ("can_view_enrolment", "enrolment", {"coordinator", "cohort_coordinator", "superuser", "student"}),
        ("can_change_enrolment", "enrolment", {"coordinator", "cohort_coordinator"}),
        ("can_view_company", "approved", EVERYBODY),
        (
            # It came by itself: any coordinator looks after it.
            "can_change_company",
            "approved",
            {"representative", "coordinator", "foreign_coordinator", "cohort_coordinator", "superuser"},
        ),
        ("can_view_company", "proposed", {"coordinator", "superuser"}),
        ("can_moderate_company", "proposed", {"coordinator", "superuser"}),
        (
            "can_view_company",
            "by_itself",
            {"student", "coordinator", "foreign_coordinator", "cohort_coordinator", "superuser"},
        ),
        (
            "can_change_company",
            "by_itself",
            {"student", "coordinator", "foreign_coordinator", "cohort_coordinator", "superuser"},
        ),
        ("can_view_job", "job", {"coordinator", "superuser"}),
        ("can_cancel_job", "job", {"coordinator"}),
        ("can_view_import", "import", {"coordinator", "superuser"}),
        ("can_confirm_import", "import", {"coordinator"}),
        ("can_view_notice", "notice", {"student"}),
        ("can_view_person", "person", {"coordinator", "cohort_coordinator", "student", "superuser"}),
        ("can_change_person", "person", {"student", "superuser"}),
        ("can_shut_out", "person", {"coordinator", "cohort_coordinator", "superuser"}),
        ("can_complete_profile", "person", set()),
        ("only_superuser", "person", {"superuser"}),
    ],
)
def test_who_may_do_it_to_this_object(world, personas, predicate, thing, who):
    row = OBJECTS[thing](world)
    rule = getattr(permissions, predicate)
    assert allowed(personas, lambda person: rule(row, person)) == who


@pytest.mark.parametrize(
    ("predicate", "who"),
    [
        ("coordinates_something", {"coordinator", "foreign_coordinator", "cohort_coordinator"}),
        ("coordinates_whole_department", {"coordinator", "foreign_coordinator", "superuser"}),
        ("can_enter_company", {"coordinator", "foreign_coordinator", "cohort_coordinator"}),
        ("is_superuser", {"superuser"}),
    ],
)
def test_who_may_do_it_at_all(personas, predicate, who):
    assert allowed(personas, getattr(permissions, predicate)) == who


def test_a_grant_on_a_company_lets_moderate_it(world):
    company = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.department)
    person = UserFactory.create()
    grant(person, company, actor=SYSTEM)
    fresh = User.objects.get(pk=person.pk)
    assert permissions.can_moderate_company(company, fresh) is True
    assert list(selectors.companies_moderated_by(fresh)) == [company]


def test_a_coordinator_without_a_scope_moderates_nothing(world):
    company = CompanyFactory.create(state=CompanyState.PROPOSED)
    person = UserFactory.create(roles=[Role.COORDINATOR])
    assert permissions.can_moderate_company(company, person) is False
    assert list(selectors.companies_moderated_by(person)) == []


@pytest.mark.parametrize(
    ("model", "selector", "predicate"),
    [
        (Company, selectors.companies_visible_to, permissions.can_view_company),
        (Department, selectors.departments_visible_to, permissions.can_view_department),
        (Programme, selectors.programmes_visible_to, permissions.can_view_programme),
        (Cohort, selectors.cohorts_visible_to, permissions.can_view_cohort),
        (Cohort, selectors.cohorts_coordinated_by, permissions.can_change_cohort),
        (
            Department,
            selectors.departments_coordinated_by,
            lambda row, user: permissions.is_superuser(user) or (permissions.coordinates_department(row.pk, user)),
        ),
        (Enrolment, selectors.enrolments_visible_to, permissions.can_view_enrolment),
        (ImportBatch, selectors.imports_visible_to, permissions.can_view_import),
        (Job, selectors.jobs_visible_to, permissions.can_view_job),
        (User, selectors.people_visible_to, permissions.can_view_person),
    ],
)
def test_the_selector_says_the_same_as_the_predicate(world, personas, model, selector, predicate):
    for make in ("job", "import", "proposed", "by_itself"):
        OBJECTS[make](world)
    CohortFactory.create(department=world.department)
    rows = list(model._default_manager.all())
    assert len(rows) > 0
    for name, person in personas.items():
        listed = sorted(row.pk for row in selector(person))
        assert listed == sorted(row.pk for row in rows if predicate(row, person)), name


def test_students_are_managed_by_those_who_coordinate_them(world, personas):
    mine = StudentProfile.objects.get(user=world.student)
    managing = {name: mine in selectors.students_managed_by(person) for name, person in personas.items()}
    assert {name for name, has in managing.items() if has} == {"coordinator", "cohort_coordinator", "superuser"}


def test_a_student_who_moved_is_managed_where_enrolled_and_where_taught(world, personas):
    profile = StudentProfile.objects.get(user=world.student)
    profile.programme = Programme.objects.get(department=world.other_department)
    profile.save()
    managing = {name for name, person in personas.items() if profile in selectors.students_managed_by(person)}
    assert managing == {"coordinator", "cohort_coordinator", "foreign_coordinator", "superuser"}


def test_background_work_and_refused_notices_are_the_superusers(world, personas):
    OutboxTask.objects.create(kind="x")
    Notice.objects.create(recipient=world.student, kind="x", state=NoticeState.FAILED)
    for selector in (selectors.outbox_tasks_visible_to, selectors.undelivered_notices_visible_to):
        assert {name for name, person in personas.items() if selector(person).exists()} == {"superuser"}


def test_links_are_seen_by_the_coordinators_of_what_they_open(world, personas, monkeypatch):
    monkeypatch.setattr("apps.accounts.selectors.own._link_targets", {})
    AccessLink.objects.create(
        user=world.industrial_supervisor,
        purpose=LinkPurpose.VERIFY_WEEK,
        target_label="accounts.Cohort",
        target_id=world.cohort.pk,
        secret_hash="x",
        expires_at=timezone.now(),
    )

    def seeing() -> set[str]:
        return {name for name, person in personas.items() if selectors.links_visible_to(person).exists()}

    assert seeing() == {"superuser"}
    selectors.scope_links_with("accounts.Cohort", selectors.cohorts_coordinated_by)
    assert seeing() == {"superuser", "coordinator", "cohort_coordinator"}


def test_a_member_of_a_company_is_told_from_others(world):
    assert permissions.belongs_to_company(world.company.pk, world.representative) is True
    assert permissions.represents_company(world.company.pk, world.industrial_supervisor) is False
    assert permissions.belongs_to_company(world.rival.pk, world.representative) is False


def test_representatives_have_their_companies(world, personas):
    having = {name: list(selectors.companies_represented_by(person)) for name, person in personas.items()}
    assert {name: rows for name, rows in having.items() if rows} == {
        "representative": [world.company],
        "rival_representative": [world.rival],
    }


def test_who_is_told_about_a_company_and_a_cohort(world, personas):
    CompanyMemberFactory.create(company=world.company, is_active=False)
    CompanyMemberFactory.create(company=world.company, user__is_active=False)
    assert list(selectors.representatives_of(world.company.pk)) == [world.representative]
    told = set(selectors.coordinators_of(world.cohort))
    assert told == {world.coordinator, personas["cohort_coordinator"]}
