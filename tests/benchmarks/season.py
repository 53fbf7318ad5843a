"""A large university, made by INSERT … SELECT: what P2 and P7 read.

Every table is filled by copies of one row that a factory has made, so that a new column needs no line here. Keys are
``first`` + number; day 0 of a student is today.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from apps.accounts.models import Cohort, Department, Enrolment, StudentProfile, User
from apps.accounts.states import Role
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog
from apps.logbook.services.counts import recount_days
from tests.factories.accounts import CohortFactory, EnrolmentFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory

FIRST: Final = 1_000_000
DEPARTMENTS: Final = 12
COHORTS: Final = 24
STUDENTS_OF_ONE: Final = 100
TRAINEES_OF_ONE: Final = 5


@dataclass(frozen=True)
class Season:
    """How many students there are, how many days each has, and the keys of what was made."""

    students: int
    days: int
    first: int = FIRST

    @property
    def supervisors(self) -> int:
        """How many university supervisors there are, each with ``STUDENTS_OF_ONE`` students."""
        return max(1, self.students // STUDENTS_OF_ONE)

    @property
    def hosts(self) -> int:
        """How many industrial supervisors there are."""
        return max(1, self.students // TRAINEES_OF_ONE)


def fill(season: Season) -> None:
    """Make departments, cohorts, people, placements and days, and count them as the moves would have done."""
    row = _rows()
    _trust_keys(on=False)
    try:
        _people(season, row)
        _places(season, row)
        _days(season, row)
    finally:
        _trust_keys(on=True)
    recount_days(reported=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copies(row: Model, count: int, **columns: str) -> None:
    """Insert ``count`` copies of a row; ``columns`` are expressions of ``n``, from 0."""
    quote, table = connection.ops.quote_name, row._meta.db_table
    names = [str(field.column) for field in row._meta.concrete_fields]
    taken = [columns.get(name, f"one.{quote(name)}") for name in names]
    listed = ", ".join(quote(name) for name in names)
    with connection.cursor() as cursor:
        source = f"SELECT {', '.join(taken)} FROM {quote(table)} AS one, {_numbers(count)} WHERE one.id = %s"  # noqa: S608 - expressions of ours
        cursor.execute(f"INSERT INTO {quote(table)} ({listed}) {source}", [row.pk])


def _numbers(count: int) -> str:
    if connection.vendor == "postgresql":
        return f"generate_series(0, {count - 1}) AS numbers (n)"
    further = f"SELECT n + 1 FROM s WHERE n < {count - 1}"  # noqa: S608 - a number
    return f"(WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL {further}) SELECT n FROM s) AS numbers"  # noqa: S608 - as above


def days_ago(number: str) -> str:
    """Return the expression of the date so many days ago."""
    today = timezone.localdate().isoformat()
    if connection.vendor == "postgresql":
        return f"(DATE '{today}' - ({number})::integer)"
    return f"date('{today}', '-' || ({number}) || ' days')"


def _monday_of(day: str) -> str:
    return (
        f"date_trunc('week', {day})::date"
        if connection.vendor == "postgresql"
        else f"date({day}, 'weekday 0', '-6 days')"
    )


def _evening_of(day: str) -> str:
    return f"({day} + TIME '17:00')" if connection.vendor == "postgresql" else f"({day} || ' 17:00:00')"


def _trust_keys(*, on: bool) -> None:
    # Foreign keys of rows that are right by construction cost more than the rows.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET session_replication_role = {'origin' if on else 'replica'}")
    elif on:
        connection.enable_constraint_checking()
    else:
        connection.disable_constraint_checking()


@dataclass(frozen=True)
class _Rows:
    department: Department
    cohort: Cohort
    enrolment: Enrolment
    placement: Placement
    academic: PlacementSupervisor
    industrial: PlacementSupervisor
    log: DailyLog


def _rows() -> _Rows:
    today = timezone.localdate()
    span = {"start": today - dt.timedelta(days=200), "end": today + dt.timedelta(days=60)}
    cohort = CohortFactory.create(**span)
    enrolment = EnrolmentFactory.create(cohort=cohort)
    placement = PlacementFactory.create(enrolment=enrolment, state="active", **span)
    return _Rows(
        cohort.department,
        cohort,
        enrolment,
        placement,
        PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY),
        PlacementSupervisorFactory.create(placement=placement),
        DailyLogFactory.create(placement=placement, state="draft", day=today - dt.timedelta(days=199)),
    )


def _people(season: Season, row: _Rows) -> None:
    plain = {"id": f"{season.first} + n", "email": "''", "email_key": "''"}
    groups: list[tuple[User, int, int, str]] = [
        (row.enrolment.student, season.students, 0, Role.STUDENT),
        (row.academic.user, season.supervisors, season.students, Role.UNIVERSITY_SUPERVISOR),
        (row.industrial.user, season.hosts, season.students + season.supervisors, Role.INDUSTRIAL_SUPERVISOR),
    ]
    member: Any = User.groups.through
    for person, count, before, role in groups:
        key = f"{season.first + before} + n"
        copies(person, count, **plain | {"id": key, "username": f"'bench' || ({key})", "last_name": "'L' || n"})
        copies(member.objects.get(user=person, group__name=role), count, id=key, user_id=key)
    profile = StudentProfile.objects.get(user=row.enrolment.student)
    copies(
        profile,
        season.students,
        id=f"{season.first} + n",
        user_id=f"{season.first} + n",
        reg_no=f"'B' || ({season.first} + n)",
    )


def _places(season: Season, row: _Rows) -> None:
    key = f"{season.first} + n"
    copies(row.department, DEPARTMENTS, id=key, code=f"'D' || ({key})", name="'Department ' || n")
    copies(row.cohort, COHORTS, id=key, name="'Cohort ' || n", department_id=f"{season.first} + n %% {DEPARTMENTS}")
    copies(row.enrolment, season.students, id=key, student_id=key, cohort_id=f"{season.first} + n %% {COHORTS}")
    copies(row.placement, season.students, id=key, enrolment_id=key)
    academic = f"{season.first + season.students} + n %% {season.supervisors}"
    industrial = f"{season.first + season.students + season.supervisors} + n %% {season.hosts}"
    copies(row.academic, season.students, id=key, placement_id=key, user_id=academic)
    copies(
        row.industrial,
        season.students,
        id=f"{season.first + season.students} + n",
        placement_id=key,
        user_id=industrial,
    )


def _days(season: Season, row: _Rows) -> None:
    number, age = f"(n / {season.days})", f"(n %% {season.days})"
    day = days_ago(age)
    # One in 40 supervisors is slow, one student in 50 is silent since six days (drafts only), a few days are odd.
    state = f"""CASE
        WHEN {age} < 1 OR ({age} < 6 AND {number} %% 50 = 7) THEN 'draft'
        WHEN {age} < 6 OR ({age} < 30 AND {number} %% 40 = 3) THEN 'submitted'
        WHEN n %% 97 = 1 THEN 'flagged' WHEN n %% 89 = 1 THEN 'revision_requested'
        WHEN {age} < 16 THEN 'verified_industry' ELSE 'verified_academic' END"""
    columns = {
        "id": f"{season.first} + n",
        "enrolment_id": f"{season.first} + {number}",
        "placement_id": f"{season.first} + {number}",
        "day": day,
        "week_start": _monday_of(day),
        "state": state,
        "submitted_at": _evening_of(day),
    }
    copies(row.log, season.students * season.days, **columns)
