"""The people and organisations of the demo."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from apps.accounts.models import (
    Cohort,
    Company,
    CompanyMember,
    Department,
    Enrolment,
    Programme,
    StaffProfile,
    StudentProfile,
    User,
)
from apps.accounts.services.people import give_role, grant, normal_name
from apps.accounts.states import CompanyState, IndustryType, MemberKind, NoticeFrequency, Role
from portal.kernel.access import SYSTEM
from portal.management.demo.content import FIELDS, FIRST_NAMES, LAST_NAMES, REGIONS, Field

STUDENTS, COMPANIES, ACADEMICS, HOST_SUPERVISORS = 300, 60, 12, 80
WEEKS = 8


@dataclass
class University:
    """Everybody and everything that the other parts of the demo refer to, in the order of creation."""

    rng: random.Random
    today: dt.date
    password: str
    departments: dict[str, Department] = field(default_factory=dict)
    programmes: dict[str, list[Programme]] = field(default_factory=dict)
    cohorts: list[Cohort] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    companies: list[Company] = field(default_factory=list)
    representatives: dict[int, User] = field(default_factory=dict)
    host_supervisors: dict[int, list[User]] = field(default_factory=dict)
    academics: dict[str, list[User]] = field(default_factory=dict)
    coordinators: dict[str, User] = field(default_factory=dict)

    def field_of(self, cohort: Cohort) -> Field:
        """Return the words of the cohort's department."""
        return next(words for words in FIELDS if words.code == cohort.department.code)

    @property
    def monday(self) -> dt.date:
        """The Monday of this week."""
        return self.today - dt.timedelta(days=self.today.weekday())


def names(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield invented names, each once, in a fixed order."""
    pairs = list(itertools.product(FIRST_NAMES, LAST_NAMES))
    rng.shuffle(pairs)
    yield from pairs


def make_people(university: University) -> Iterator[tuple[str, str]]:
    """Fill an empty database with departments, cohorts, students, companies and staff; returns names that are left."""
    people = names(university.rng)
    _departments(university)
    _students(university, people)
    _companies(university, people)
    _staff(university, people)
    return people


def _departments(u: University) -> None:
    for words in FIELDS:
        department = Department.objects.create(code=words.code, name=words.name, faculty="College of Engineering")
        u.departments[words.code] = department
        u.programmes[words.code] = [
            Programme.objects.create(department=department, code=code, name=name) for code, name in words.programmes
        ]
    start = u.monday - dt.timedelta(weeks=WEEKS - 1)
    plan = [
        ("mech", "Mechanical PT2", "PT2"),
        ("mech", "Mechanical PT1", "PT1"),
        ("civil", "Civil PT2", "PT2"),
        ("comp", "Computing PT3", "PT3"),
    ]
    for code, name, phase in plan:
        cohort = Cohort.objects.create(
            department=u.departments[code],
            name=f"{name} {u.today.year}",
            phase=phase,
            start=start,
            end=start + dt.timedelta(weeks=WEEKS, days=-2),
            required_hours=WEEKS * 6 * 8,
            latest_day_back=14,
        )
        u.cohorts.append(cohort)


def _bulk_people(role: Role, people: list[User]) -> list[User]:
    made = User.objects.bulk_create(people)
    group = Group.objects.get(name=role.value)
    User.groups.through.objects.bulk_create([User.groups.through(user=person, group=group) for person in made])
    return made


def _person(name: tuple[str, str], *, username: str, email: str) -> User:
    return User(
        username=username,
        email=email,
        first_name=name[0],
        last_name=name[1],
        password="!",  # noqa: S106 - unusable: nobody signs in with it
        notice_frequency=NoticeFrequency.DAILY,
    )


def _students(u: University, people: Iterator[tuple[str, str]]) -> None:
    made = new_students(people, range(1, STUDENTS + 1), u.today.year - 2)
    u.enrolments = enrol(u, [(student, u.cohorts[n % len(u.cohorts)]) for n, student in enumerate(made)])


def new_students(people: Iterator[tuple[str, str]], numbers: range, year: int) -> list[User]:
    """Enter students who registered in a year, with these numbers."""
    return _bulk_people(
        Role.STUDENT,
        [
            _person(
                name,
                username=f"{year}-04-{n:05d}",
                email=f"{name[0]}.{name[1]}{n}@student.practicum.example".lower(),
            )
            for n, name in zip(numbers, people, strict=False)
        ],
    )


def enrol(u: University, rows: list[tuple[User, Cohort]]) -> list[Enrolment]:
    """Give students their profile and enrol each in a cohort."""
    profiles, enrolments = [], []
    for n, (student, cohort) in enumerate(rows):
        profiles.append(
            StudentProfile(
                user=student,
                reg_no=student.username,
                programme=u.programmes[cohort.department.code][n // 4 % 2],
                year_of_study={"PT1": 1, "PT2": 2, "PT3": 3}[cohort.phase],
                gender=u.rng.choice(["F", "M"]),
                region_preference=u.rng.choice(REGIONS),
                welcomed_at=timezone.now(),
            )
        )
        enrolments.append(Enrolment(student=student, cohort=cohort))
    StudentProfile.objects.bulk_create(profiles)
    return Enrolment.objects.bulk_create(enrolments)


def _companies(u: University, people: Iterator[tuple[str, str]]) -> None:
    roots = ["Kilimo", "Nuru", "Pwani", "Ziwa", "Mlima", "Jua", "Tembo", "Faru", "Twiga", "Chui", "Simba", "Mbuni"]
    sectors = list(IndustryType)
    for n in range(COMPANIES):
        words = FIELDS[n % len(FIELDS)]
        name = f"{roots[n % len(roots)]} {words.trades[n // len(roots) % len(words.trades)]} Ltd"
        u.companies.append(
            Company(
                name=name,
                normal_name=normal_name(name),
                industry_type=sectors[n % len(sectors)],
                address=f"Plot {n + 10}, Industrial Area",
                region=REGIONS[n % len(REGIONS)],
                email=f"office@host{n}.example",
                phone=f"+25522200{n:04d}",
                contact_person=" ".join(next(people)),
                proposed_for=u.departments[words.code],
                state=CompanyState.PROPOSED if n >= COMPANIES - 4 else CompanyState.APPROVED,
            )
        )
    u.companies = Company.objects.bulk_create(u.companies)
    representatives = _bulk_people(
        Role.COMPANY_REPRESENTATIVE,
        [_person(next(people), username=f"hr{n}", email=f"hr@host{n}.example") for n in range(COMPANIES)],
    )
    supervisors = _bulk_people(
        Role.INDUSTRIAL_SUPERVISOR,
        [
            _person(next(people), username=f"supervisor{n}", email=f"workshop{n}@host{n % COMPANIES}.example")
            for n in range(HOST_SUPERVISORS)
        ],
    )
    members = []
    for company, person in zip(u.companies, representatives, strict=True):
        u.representatives[company.pk] = person
        members.append(_member(company, person, MemberKind.REPRESENTATIVE, "Human resources"))
    for n, person in enumerate(supervisors):
        company = u.companies[n % COMPANIES]
        u.host_supervisors.setdefault(company.pk, []).append(person)
        members.append(_member(company, person, MemberKind.SUPERVISOR, "Workshop manager"))
    CompanyMember.objects.bulk_create(members)


def _member(company: Company, person: User, kind: MemberKind, title: str) -> CompanyMember:
    return CompanyMember(company=company, user=person, kind=kind, title=title)


def _staff(u: University, people: Iterator[tuple[str, str]]) -> None:
    academics = _bulk_people(
        Role.UNIVERSITY_SUPERVISOR,
        [
            _person(next(people), username=f"lecturer{n}", email=f"lecturer{n}@practicum.example")
            for n in range(ACADEMICS)
        ],
    )
    codes = list(u.departments)
    profiles = []
    for n, person in enumerate(academics):
        code = codes[n % len(codes)]
        u.academics.setdefault(code, []).append(person)
        profiles.append(StaffProfile(user=person, staff_no=f"S{n + 100}", department=u.departments[code]))
    StaffProfile.objects.bulk_create(profiles)
    for code, department in u.departments.items():
        coordinator = _person(next(people), username=f"coordinator-{code}", email=f"{code}@practicum.example")
        coordinator.is_staff = True
        coordinator.save()
        grant(coordinator, department, actor=SYSTEM)
        u.coordinators[code] = coordinator


def make_dean() -> User:
    """Make somebody who sees the figures of all departments and nothing of a person."""
    dean = _person(("Rehema", "Kileo"), username="dean", email="dean@practicum.example")
    dean.save()
    give_role(dean, Role.DEAN, actor=SYSTEM)
    return dean


def open_doors(people: list[User], password: str) -> None:
    """Give these people a password that works; hashed once, because a good hash is slow on purpose."""
    hashed = make_password(password)
    for person in people:
        person.password = hashed
        person.notice_frequency = NoticeFrequency.AT_ONCE
    User.objects.bulk_update(people, ["password", "notice_frequency"])
