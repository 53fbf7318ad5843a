import datetime as dt
from pathlib import Path

import pytest

from apps.accounts.models import Cohort, Department, HistoryEntry, Holiday, Programme
from apps.accounts.selectors import labels_of_scoped_links
from apps.accounts.services import cohorts as services
from apps.accounts.services.links import sent_again
from apps.accounts.services.people import grant
from apps.vacancies.fitting import explained
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import (
    CohortFactory,
    DepartmentFactory,
    EnrolmentFactory,
    HolidayFactory,
    ProgrammeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return DepartmentFactory.create()


@pytest.fixture
def coordinator(department):
    person = UserFactory.create()
    grant(person, department, actor=SYSTEM)
    return person


@pytest.fixture
def superuser():
    return UserFactory.create(is_superuser=True)


@pytest.fixture
def stranger():
    person = UserFactory.create()
    grant(person, DepartmentFactory.create(), actor=SYSTEM)
    return person


def notes() -> list[tuple[str, str, str]]:
    entries = HistoryEntry.objects.exclude(action="grant").order_by("id")
    return [(entry.target_label.split(".")[1], entry.action, entry.reason) for entry in entries]


# -- departments --------------------------------------------------------------------------------------------------


def test_departments_are_the_superusers(superuser):
    department = services.enter_department({"code": "mech", "name": "Mechanics"}, actor=superuser)
    services.change_department(department, {"name": "Machines"}, actor=superuser)
    assert Department.objects.get().name == "Machines"
    services.delete_department(department, actor=superuser)
    assert Department.objects.count() == 0
    assert notes() == [
        ("Department", "create", ""),
        ("Department", "change", "name"),
        ("Department", "delete", "Machines"),
    ]


def test_nobody_else_touches_departments(department, coordinator):
    for write in (
        lambda: services.enter_department({"code": "x", "name": "X"}, actor=coordinator),
        lambda: services.change_department(department, {"name": "X"}, actor=coordinator),
        lambda: services.delete_department(department, actor=coordinator),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_a_department_in_use_stays_and_so_does_the_history(superuser):
    department = ProgrammeFactory.create().department
    with pytest.raises(RuleViolation) as caught:
        services.delete_department(department, actor=superuser)
    assert (caught.value.code, notes()) == ("in_use", [])


# -- programmes ---------------------------------------------------------------------------------------------------


def test_programmes_are_the_coordinators_of_the_department(department, coordinator):
    programme = services.enter_programme({"department": department, "code": "me", "name": "Me"}, actor=coordinator)
    services.change_programme(programme, {"name": "Mechanics"}, actor=coordinator)
    assert Programme.objects.get().name == "Mechanics"
    services.delete_programme(programme, actor=coordinator)
    assert (Programme.objects.count(), len(notes())) == (0, 3)


def test_a_programme_does_not_leave_for_a_foreign_department(department, coordinator):
    programme = ProgrammeFactory.create(department=department)
    with pytest.raises(RuleViolation) as caught:
        services.change_programme(programme, {"department": DepartmentFactory.create()}, actor=coordinator)
    assert (caught.value.code, caught.value.field) == ("department_not_yours", "department")
    second = DepartmentFactory.create()
    grant(coordinator, second, actor=SYSTEM)
    assert services.change_programme(programme, {"department": second}, actor=coordinator).department == second


def test_nobody_else_touches_programmes(department, stranger):
    programme = ProgrammeFactory.create(department=department)
    with pytest.raises(RuleViolation):
        services.enter_programme({"department": department, "code": "x", "name": "X"}, actor=stranger)
    with pytest.raises(NotAllowed):
        services.change_programme(programme, {"name": "X"}, actor=stranger)
    with pytest.raises(NotAllowed):
        services.delete_programme(programme, actor=stranger)


# -- cohorts ------------------------------------------------------------------------------------------------------


def dates() -> dict[str, object]:
    return {"name": "PT2", "phase": "PT2", "start": dt.date(2026, 7, 6), "end": dt.date(2026, 8, 29)}


def test_cohorts_are_the_coordinators_of_the_department(department, coordinator):
    cohort = services.enter_cohort({"department": department, **dates()}, actor=coordinator)
    services.change_cohort(cohort, {"phase": "PT3", "is_open": False}, actor=coordinator)
    assert (Cohort.objects.get().phase, notes()[-1]) == ("PT3", ("Cohort", "change", "is_open, phase"))
    services.delete_cohort(cohort, actor=coordinator)
    assert Cohort.objects.count() == 0


def test_days_of_the_week_are_seven(department, coordinator):
    cohort = services.enter_cohort({"department": department, **dates(), "working_days": [0, 6]}, actor=coordinator)
    for days in ([0, 7], [-1]):
        with pytest.raises(RuleViolation) as caught:
            services.change_cohort(cohort, {"working_days": days}, actor=coordinator)
        assert (caught.value.code, caught.value.field) == ("no_day", "working_days")
    assert Cohort.objects.get().working_days == [0, 6]


def test_a_coordinator_of_one_cohort_changes_but_neither_enters_copies_nor_deletes(department):
    cohort = CohortFactory.create(department=department)
    person = UserFactory.create()
    grant(person, cohort, actor=SYSTEM)
    assert services.change_cohort(cohort, {"phase": "PT3"}, actor=person).phase == "PT3"
    with pytest.raises(RuleViolation):
        services.enter_cohort({"department": department, **dates()}, actor=person)
    with pytest.raises(RuleViolation):
        services.change_cohort(cohort, {"department": DepartmentFactory.create()}, actor=person)
    with pytest.raises(NotAllowed):
        services.copy_cohort(cohort, actor=person)
    with pytest.raises(NotAllowed):
        services.delete_cohort(cohort, actor=person)


def test_nobody_else_touches_cohorts(department, stranger):
    cohort = CohortFactory.create(department=department)
    with pytest.raises(NotAllowed):
        services.change_cohort(cohort, {"phase": "X"}, actor=stranger)
    with pytest.raises(NotAllowed):
        services.save_free_days(cohort, [], [], actor=stranger)


def test_a_cohort_with_students_stays(department, coordinator):
    cohort = EnrolmentFactory.create(cohort__department=department).cohort
    with pytest.raises(RuleViolation) as caught:
        services.delete_cohort(cohort, actor=coordinator)
    assert caught.value.code == "in_use"


def test_free_days_are_entered_changed_and_taken_away(department, coordinator):
    cohort = CohortFactory.create(department=department)
    kept, gone = (HolidayFactory.create(cohort=cohort, day=dt.date(2026, 7, day)) for day in (7, 8))
    kept.name = "Renamed"
    new = Holiday(day=dt.date(2026, 7, 9), name="New")
    services.save_free_days(cohort, [kept, new], [gone], actor=coordinator)
    assert list(cohort.holidays.values_list("name", flat=True)) == ["Renamed", "New"]
    assert notes() == [("Cohort", "change", "holidays")]


@pytest.mark.parametrize(("name", "next_name"), [("Mechanical PT2 2026", "Mechanical PT2 2027"), ("PT2", "PT2 2027")])
def test_a_cohort_is_copied_with_its_switches_and_without_its_students(department, coordinator, name, next_name):
    cohort = CohortFactory.create(
        department=department,
        name=name,
        start=dt.date(2026, 7, 6),
        end=dt.date(2026, 8, 29),
        ai_enabled=True,
        required_hours=400,
        working_days=[6, 0, 1],
        publication_date=dt.date(2026, 6, 1),
    )
    EnrolmentFactory.create(cohort=cohort)
    HolidayFactory.create(cohort=cohort)
    copy = services.copy_cohort(cohort, actor=coordinator)
    copy.refresh_from_db()
    assert (copy.name, copy.start, copy.end) == (next_name, dt.date(2027, 7, 5), dt.date(2027, 8, 28))
    assert (copy.ai_enabled, copy.required_hours, copy.working_days) == (True, 400, [6, 0, 1])
    assert (copy.publication_date, copy.enrolments.count(), copy.holidays.count()) == (None, 0, 0)
    with pytest.raises(RuleViolation) as caught:
        services.copy_cohort(cohort, actor=coordinator)
    assert caught.value.code == "name_taken"


def test_what_joins_in_from_upper_apps_can_be_listed():
    """As in the golden list of reactions, which another process writes."""
    golden = (Path(__file__).parents[1] / "golden" / "reactions.txt").read_text().splitlines()
    joined = {
        "copied with a cohort": sorted(f"{copy.__module__}.{copy.__qualname__}" for copy in services.copied_with()),
        "sends links again": sent_again(),
        "scopes links": labels_of_scoped_links(),
        "explains what fits": explained(),
    }
    for what, found in joined.items():
        assert found == [line.removeprefix(f"{what} | ") for line in golden if line.startswith(f"{what} | ")]
        assert found
