"""Companies and their people as tables: whose lines are whose, and what comes out goes in again."""

import pytest

from apps.accounts.models import (
    Company,
    CompanyMember,
    HistoryEntry,
    ImportBatch,
    Notice,
    User,
)
from apps.accounts.services import imports
from apps.accounts.services.organisations import propose_company
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState, ImportState, MemberKind
from portal.kernel.access import SYSTEM
from tests.accounts.tables import COMPANIES, SUPERVISORS, applied, exported, judged, staged
from tests.factories.accounts import (
    CompanyFactory,
    CompanyMemberFactory,
    DepartmentFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def department():
    return DepartmentFactory.create(code="mech", name="Mechanical Engineering")


@pytest.fixture
def coordinator(department) -> User:
    person = UserFactory.create()
    grant(person, department, actor=SYSTEM)
    return person


# -- companies ----------------------------------------------------------------------------------------------------

COMPANY_HEAD = "Company,Registration number of the company,Sector,Country,Website,Phone,Established,Department"


def test_companies_come_in_approved_and_nobody_is_told(coordinator, department):
    applied(
        COMPANIES,
        coordinator,
        COMPANY_HEAD,
        "Kilimanjaro Tools Ltd,BR-1,Manufacturing,tz,tools.example,0712345678,1987,mech",
        "Meru Steel,,,,,,,",
    )
    tools, steel = Company.objects.order_by("name")
    assert (tools.state, tools.website, tools.phone, tools.country, tools.established_year, tools.proposed_for) == (
        CompanyState.APPROVED,
        "https://tools.example",
        "+255712345678",
        "TZ",
        1987,
        department,
    )
    assert (tools.industry_type, steel.industry_type, steel.state) == ("MANUFACTURING", "OTHER", CompanyState.APPROVED)
    assert Notice.objects.count() == 0
    assert set(HistoryEntry.objects.filter(target_id=tools.pk).values_list("action", flat=True)) >= {"approve"}


def test_a_company_is_found_by_number_or_by_likeness_of_its_name(coordinator, department):
    CompanyFactory.create(name="Kilimanjaro Tools Ltd", registration_no="BR-1", proposed_for=department)
    CompanyFactory.create(name="Meru Steel Limited", proposed_for=department)
    batch = staged(
        COMPANIES,
        coordinator,
        COMPANY_HEAD,
        "Kili Tools,BR-1,,,,,,",
        "MERU STEEL,,,,,,,",
        "Kilimanjaro Tools Co,BR-9,,,,,,",
    )
    assert [(row.status, sorted(row.changes)) for row in batch.rows.all()] == [
        ("changed", ["name"]),
        ("changed", ["name"]),
        ("error", ["name", "registration_no"]),
    ]
    assert judged(batch)[2][1] == [("registration_no", "looks_like")]
    imports.confirm_import(batch, actor=coordinator)
    run_due_tasks()
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Kili Tools", "MERU STEEL"]


DOMAIN_HEAD = "Company,Registration number of the company,Website,E-mail"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "Kilimanjaro Workshop,,tools.example,",
            (3, "website", "looks_like", "Kilimanjaro Tools Ltd has this domain."),
        ),
        ("Workshop,,https://www.tools.example/jobs,", (3, "website", "looks_like", "Kilimanjaro Tools Ltd has")),
        ("Workshop,,,hr@tools.example", (3, "email", "looks_like", "Kilimanjaro Tools Ltd has this domain.")),
        ("Workshop,,foreign.example,", (3, "website", "looks_like", "a company of others has this domain.")),
        ("Meru Steel,,tools.example,", (3, "website", "looks_like", "Kilimanjaro Tools Ltd has this domain.")),
        ("Workshop,,new.example,", (3, "website", "twice_in_file", "Line 2 is about the same.")),
        ("Workshop,br.7,,", (3, "registration_no", "twice_in_file", "Line 2 is about the same.")),
    ],
)
def test_a_look_alike_by_domain_or_number_is_told_at_the_preview_with_its_row_and_column(
    coordinator, department, line, told
):
    known_ones(department)
    batch = staged(COMPANIES, coordinator, DOMAIN_HEAD, "Newcomer,BR 7,new.example,", line)
    row = batch.rows.order_by("line").last()
    [problem] = row.problems
    assert (row.status, row.line, problem["column"], problem["code"]) == ("error", *told[:3])
    assert problem["message"].startswith(told[3])
    assert "SECRET" not in problem["message"]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Kilimanjaro Workshop,BR-2,tools.example,", "new"),
        ("Somebody,,,somebody@gmail.com", "new"),
        ("Kili,br 1,tools.example,", "changed"),
        ("Kilimanjaro Tools Co,,www.tools.example,", "changed"),
        ("Old Name,,,", "changed"),
    ],
)
def test_numbers_tell_companies_of_one_domain_apart_and_likeness_finds_the_known_one(
    coordinator, department, line, status
):
    known_ones(department)
    assert [row.status for row in staged(COMPANIES, coordinator, DOMAIN_HEAD, line).rows.all()] == [status]


def known_ones(department):
    """Enter a company with everything, one that was merged into it, one without, and one of others."""
    tools = propose_company(
        name="Kilimanjaro Tools Ltd",
        actor=SYSTEM,
        department=department,
        registration_no="BR-1",
        website="tools.example",
    )
    old = propose_company(name="Old Name", actor=SYSTEM, department=department)
    Company.objects.filter(pk=old.pk).update(merged_into=tools, state=CompanyState.ARCHIVED)
    CompanyFactory.create(name="Meru Steel", proposed_for=department)
    foreign = DepartmentFactory.create(code="civil")
    propose_company(name="SECRET", actor=SYSTEM, department=foreign, website="foreign.example")


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("Foreign Works,,,,,,,", [("name", "not_in_scope")]),
        ("Mine,F-1,,,,,,", [("name", "two_companies"), ("name", "not_in_scope")]),
        ("New,,Magic,,,,,", [("industry_type", "sector_unknown")]),
        ("New,,,Tanzania,,,,", [("country", "too_long")]),
        ("New,,,T1,,,,", [("country", "country_unreadable")]),
        ("New,,,,javascript://x,,,", [("website", "website_unreadable")]),
        ("New,,,,,12,,", [("phone", "phone_unreadable")]),
        ("New,,,,,,31,", [("established_year", "year_unreadable")]),
        ("New,,,,,,,civil", [("department", "department_unknown")]),
        (",X,,,,,,", [("name", "missing")]),
        ("Same Ltd,,,,,,,\nSAME,,,,,,,", [("name", "twice_in_file")]),
    ],
)
def test_a_line_of_a_company_that_cannot_be_is_refused(coordinator, department, line, problems):
    foreign = DepartmentFactory.create(code="civil")
    CompanyFactory.create(name="Foreign Works", registration_no="F-1", proposed_for=foreign)
    CompanyFactory.create(name="Mine", proposed_for=department)
    batch = staged(COMPANIES, coordinator, COMPANY_HEAD, *line.split("\n"))
    assert judged(batch)[0] == ("error", problems)
    assert batch.rows.first().changes == {}


def test_companies_go_out_and_in_again_unchanged(coordinator, department):
    CompanyFactory.create(name="Meru Steel", proposed_for=department, phone="+255712345678", established_year=1999)
    CompanyFactory.create(proposed_for=DepartmentFactory.create())
    rows = exported(COMPANIES, coordinator)
    assert [row["name"] for row in rows] == ["Meru Steel"]
    lines = [",".join(rows[0]), ",".join(rows[0].values())]
    assert judged(staged(COMPANIES, coordinator, *lines)) == [("unchanged", [])]


# -- people of companies ------------------------------------------------------------------------------------------

PEOPLE_HEAD = "Company,E-mail,First name,Last name,Telephone,Kind,Position,Active"


def test_people_of_companies_come_in_once_each(coordinator, department):
    company = CompanyFactory.create(name="Meru Steel", proposed_for=department)
    other = CompanyFactory.create(name="Kili", registration_no="BR-2", proposed_for=department)
    applied(
        SUPERVISORS,
        coordinator,
        PEOPLE_HEAD,
        "meru steel ltd,asha@host.example,Asha,Juma,+255712345678,,Foreman,",
        "BR-2,ASHA@host.example,Asha,Juma,,representative,,",
        "Kili,said@host.example,Said,Ali,,supervisor,,no",
    )
    asha = User.objects.get(email="asha@host.example")
    assert (str(asha), asha.phone, asha.has_usable_password()) == ("Asha Juma", "+255712345678", False)
    assert sorted(CompanyMember.objects.values_list("company", "user__email", "kind", "title", "is_active")) == sorted(
        [
            (company.pk, "asha@host.example", "supervisor", "Foreman", True),
            (other.pk, "asha@host.example", "representative", "", True),
            (other.pk, "said@host.example", "supervisor", "", False),
        ]
    )


def test_people_of_companies_are_changed_and_never_deleted(coordinator, department):
    company = CompanyFactory.create(name="Meru Steel", proposed_for=department)
    member = CompanyMemberFactory.create(company=company, kind=MemberKind.SUPERVISOR, user__email="a@host.example")
    stays = CompanyMemberFactory.create(company=company)
    applied(SUPERVISORS, coordinator, PEOPLE_HEAD, "Meru Steel,a@host.example,Anna,,,supervisor,Chief,no")
    member = CompanyMember.objects.get(pk=member.pk)
    assert (member.user.first_name, member.title, member.is_active) == ("Anna", "Chief", False)
    applied(SUPERVISORS, coordinator, PEOPLE_HEAD, "Meru Steel,a@host.example,,,,supervisor,,yes")
    member.refresh_from_db()
    stays.refresh_from_db()
    assert (member.title, member.is_active, stays.is_active) == ("Chief", True, True)
    applied(SUPERVISORS, coordinator, PEOPLE_HEAD, "Meru Steel,a@host.example,Annette,,,supervisor,,")
    member = CompanyMember.objects.get(pk=member.pk)
    assert (member.user.first_name, member.title, member.is_active) == ("Annette", "Chief", True)


def test_somebody_with_other_rights_keeps_name_and_number(coordinator, department):
    company = CompanyFactory.create(name="Meru Steel", proposed_for=department)
    chief = UserFactory.create(email="chief@uni.example", first_name="Chief")
    grant(chief, department, actor=SYSTEM)
    foreign = CompanyMemberFactory.create(
        company__proposed_for=DepartmentFactory.create(), user__email="b@host.example"
    ).user
    for person in (chief, foreign):
        CompanyMemberFactory.create(company=company, user=person, kind=MemberKind.SUPERVISOR)
    batch = staged(
        SUPERVISORS, coordinator, PEOPLE_HEAD, *(f"Meru Steel,{p.email},Evil,,,supervisor,," for p in (chief, foreign))
    )
    assert judged(batch) == [("error", [("first_name", "more_than_supervisor")])] * 2


def test_an_existing_person_joins_another_company_under_the_stored_name(coordinator, department):
    CompanyFactory.create(name="Meru Steel", proposed_for=department)
    person = UserFactory.create(email="a@host.example", first_name="Anna")
    applied(SUPERVISORS, coordinator, PEOPLE_HEAD, "Meru Steel,a@host.example,Evil,Name,,,,")
    person.refresh_from_db()
    assert (person.first_name, person.memberships.get().kind) == ("Anna", "supervisor")


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("Foreign,a@host.example,A,B,,,,", [("company", "company_unknown")]),
        ("Meru Steel,student@uni.example,A,B,,,,", [("email", "supervisor_is_student")]),
        ("Meru Steel,a@host.example,,,,,,", [("first_name", "missing"), ("last_name", "missing")]),
        ("Meru Steel,,A,B,,,,", [("email", "missing")]),
        ("Meru Steel,student+1@uni.example,A,B,,,,", [("email", "email_looks_like")]),
        (
            "Meru Steel,al@host.example,A,B,,,,\nMeru Steel,a1@host.example,A,B,,,,",
            [("email", "email_looks_like")],
        ),
        ("Meru Steel,a@host.example,A,B,,boss,,", [("kind", "kind_unknown")]),
        ("Meru Steel,a@host.example,A,B,,,,\nMeru Steel Ltd,a@host.example,A,B,,,,", [("email", "twice_in_file")]),
    ],
)
def test_a_line_of_a_person_that_cannot_be_is_refused(coordinator, department, line, problems):
    CompanyFactory.create(name="Meru Steel", proposed_for=department)
    CompanyFactory.create(name="Foreign", proposed_for=DepartmentFactory.create())
    StudentFactory.create(email="student@uni.example")
    assert judged(staged(SUPERVISORS, coordinator, PEOPLE_HEAD, *line.split("\n")))[0] == ("error", problems)


def test_people_of_companies_go_out_and_in_again_unchanged(coordinator, department):
    company = CompanyFactory.create(name="Meru Steel", proposed_for=department)
    CompanyMemberFactory.create(company=company, title="Head")
    CompanyMemberFactory.create(company=company, kind=MemberKind.SUPERVISOR, is_active=False)
    CompanyMemberFactory.create(company__proposed_for=DepartmentFactory.create())
    rows = exported(SUPERVISORS, coordinator)
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    assert judged(staged(SUPERVISORS, coordinator, *lines)) == [("unchanged", [])] * 2


def test_what_became_so_meanwhile_is_not_changed_again(coordinator, department):
    company = CompanyFactory.create(name="Meru Steel", proposed_for=department, phone="")
    member = CompanyMemberFactory.create(
        company=company, kind=MemberKind.SUPERVISOR, user__email="a@host.example", user__first_name="Old"
    )
    people = staged(SUPERVISORS, coordinator, PEOPLE_HEAD, "Meru Steel,a@host.example,New,,,supervisor,,")
    User.objects.filter(pk=member.user_id).update(first_name="New")
    hosts = staged(COMPANIES, coordinator, COMPANY_HEAD, "Meru Steel,,,,,+255712345678,,")
    Company.objects.filter(pk=company.pk).update(phone="+255712345678")
    for batch in (people, hosts):
        imports.confirm_import(batch, actor=coordinator)
    run_due_tasks()
    assert [ImportBatch.objects.get(pk=batch.pk).state for batch in (people, hosts)] == [ImportState.APPLIED] * 2
    assert list(HistoryEntry.objects.filter(target_label="accounts.Company", target_id=company.pk)) == []
