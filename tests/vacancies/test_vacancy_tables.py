"""Vacancies entered and changed by a table; none is published or closed by it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import HistoryEntry
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancy_tables import VACANCIES
from apps.vacancies.states import VacancyState
from portal.kernel.access import SYSTEM
from tests.accounts.tables import applied, exported, judged, staged
from tests.factories.accounts import CompanyFactory, DepartmentFactory, ProgrammeFactory, UserFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db
HEAD = "Company,Position,Town,Closing date,Details,Mode,Hours,Openings,Skills,Programmes,Years"
DAY = timezone.localdate() + dt.timedelta(days=40)


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def department():
    return DepartmentFactory.create()


@pytest.fixture
def coordinator(department):
    person = UserFactory.create()
    grant(person, department, actor=SYSTEM)
    return person


@pytest.fixture
def company(department):
    ProgrammeFactory.create(department=department, code="BSC-ME")
    return CompanyFactory.create(name="Kilimo Works Ltd", proposed_for=department, registration_no="EX-7")


def line(
    company="kilimo works",
    title="Fitter",
    town="Arusha",
    day=f"{DAY:%d/%m/%Y}",
    text="Pumps.",
    rest="on site,Full time,3",
):
    return f'{company},{title},{town},{day},"{text}",{rest},"welding, CAD; Welding",bsc-me,"3, 2"'


def test_a_table_makes_drafts_and_the_same_again_changes_nothing(coordinator, company):
    batch = applied(VACANCIES, coordinator, HEAD, line(text="Pumps.\n\nAnd valves."), line("EX-7", "Welder"))
    assert batch.counts["new"] == 2
    row = Vacancy.objects.get(title="Fitter")
    found = (row.company, row.state, row.deadline, row.places, row.work_mode, row.work_type, row.posted_by)
    assert found == (company, VacancyState.DRAFT, DAY, 3, "On-Site", "Full-Time", coordinator)
    assert (row.description, row.skills, row.years) == ("Pumps.\n\nAnd valves.", ["welding", "CAD"], [2, 3])
    assert [programme.code for programme in row.programmes.all()] == ["BSC-ME"]
    assert HistoryEntry.objects.filter(target_label="vacancies.Vacancy", action="create").count() == 2
    assert list(batch.rows.values_list("target", flat=True)) == [row.pk, Vacancy.objects.get(title="Welder").pk]
    again = staged(VACANCIES, coordinator, HEAD, line(text="Pumps.\n\nAnd valves."), line(title="WELDER"))
    assert (again.counts["unchanged"], again.counts["new"]) == (2, 0)


def test_a_table_changes_what_is_open_and_leaves_what_it_does_not_say(coordinator, company):
    row = VacancyFactory.create(company=company, title="Fitter", location="Arusha", skills=["welding"], places=2)
    batch = applied(VACANCIES, coordinator, "Company,Title,Place,Openings", "Kilimo Works Ltd,fitter,arusha,5")
    assert [r.changes for r in batch.rows.all()] == [{"places": ["2", "5"]}]
    row.refresh_from_db()
    assert (row.places, row.skills, row.title, row.state) == (5, ["welding"], "Fitter", VacancyState.ACTIVE)


def test_a_closed_one_is_over_and_its_like_is_new(coordinator, company):
    VacancyFactory.create(company=company, title="Fitter", location="Arusha", state=VacancyState.CLOSED)
    assert staged(VACANCIES, coordinator, HEAD, line()).counts["new"] == 1
    assert exported(VACANCIES, coordinator) == []


def test_what_cannot_be_is_said_by_line_and_column(coordinator, company, department):
    CompanyFactory.create(name="Foreign Works", proposed_for=DepartmentFactory.create())
    CompanyFactory.create(name="Gone Works", proposed_for=department, state=CompanyState.ARCHIVED)
    VacancyFactory.create(company=company, title="Taken", location="Arusha", places=4, places_taken=4)
    VacancyFactory.create_batch(2, company=company, title="Twin", location="Arusha")
    ProgrammeFactory.create(code="BSC-EE")
    lines = [
        line("Foreign Works"),
        line("Gone Works"),
        line(title="Taken"),
        line(title="Twin"),
        line(title="No day", day="", text=""),
        line(title="Day", day="31.02.2027"),
        line(title="Words", rest="somewhere,often,0"),
        line(title="Others").replace("bsc-me", "BSC-EE").replace("3, 2", "9"),
        line(title="Programme").replace("bsc-me", "BSC-EE"),
        line(title="Same"),
        line("Kilimo Works Limited", "same"),
    ]
    batch = staged(VACANCIES, coordinator, HEAD, *lines)
    assert [problems for _status, problems in judged(batch)] == [
        [("company", "company_unknown")],
        [("company", "company_closed")],
        [("places", "places_taken")],
        [("title", "several_alike")],
        [("description", "missing"), ("deadline", "missing")],
        [("deadline", "day_unreadable")],
        [("work_mode", "work_mode_unknown"), ("work_type", "work_type_unknown"), ("places", "places_wrong")],
        [("years", "years_unknown")],
        [("programmes", "programme_unknown")],
        [("company", "twice_in_file")],
        [("company", "twice_in_file")],
    ]
    assert Vacancy.objects.count() == 3


def test_texts_and_lists_that_are_too_long_are_refused(coordinator, company):
    head = "Company,Title,Place,Details,Skills,Deadline"
    lines = [
        f"{company.name},A,B,{'x' * 20_001},welding,{DAY}",
        f"{company.name},B,B,x,{'y' * 61},{DAY}",
        f'{company.name},C,B,x,"{",".join(map(str, range(31)))}",{DAY}',
    ]
    problems = [found for _status, found in judged(staged(VACANCIES, coordinator, head, *lines))]
    assert problems == [[("description", "too_long")], [("skills", "too_long")], [("skills", "too_many")]]


def test_programmes_of_others_stay_where_they_were_chosen(coordinator, company):
    row = VacancyFactory.create(company=company, title="Fitter", location="Arusha")
    row.programmes.set([ProgrammeFactory.create(code="BSC-EE")])
    head = "Company,Title,Place,Programmes"
    assert staged(VACANCIES, coordinator, head, "Kilimo Works Ltd,Fitter,Arusha,bsc-ee").counts["unchanged"] == 1
    applied(VACANCIES, coordinator, head, 'Kilimo Works Ltd,Fitter,Arusha,"BSC-EE, BSC-ME"')
    assert sorted(row.programmes.values_list("code", flat=True)) == ["BSC-EE", "BSC-ME"]


def test_the_export_holds_the_own_companies_and_the_list_leads_to_it(client, coordinator, company):
    VacancyFactory.create(company=company, title="Fitter", location="Arusha", description="A\r\n\r\n\r\nB", years=[3])
    VacancyFactory.create(company__proposed_for=DepartmentFactory.create())
    (row,) = exported(VACANCIES, coordinator)
    assert (row["company"], row["title"], row["description"], row["years"]) == (company.name, "Fitter", "A\n\nB", "3")
    client.force_login(coordinator)
    shown = client.get(reverse("admin:vacancies_vacancy_changelist"))
    assert reverse("admin:accounts_importbatch_upload", args=[VACANCIES]) in shown.text


def test_lines_that_name_no_vacancy_are_not_taken_for_one_another(coordinator, company):
    batch = staged(VACANCIES, coordinator, HEAD, line(title=""), line(title=""), line(town=""))
    assert [problems for _status, problems in judged(batch)] == [
        [("title", "missing")],
        [("title", "missing")],
        [("location", "missing")],
    ]
