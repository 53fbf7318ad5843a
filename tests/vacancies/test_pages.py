"""Vacancies in the browser: found by students, written by companies, hidden from everybody else."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.states import CompanyState, Role
from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from tests.clients import signed_in
from tests.factories.accounts import CompanyMemberFactory, EnrolmentFactory, ProgrammeFactory, UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def student(enrolment) -> Client:
    return signed_in(enrolment.student)


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def company(member) -> Client:
    return signed_in(member.user)


def shown(response) -> list[str]:
    return [vacancy.title for vacancy in response.context["page"]]


# -- finding ------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_open_newest_first_and_nothing_else(student):
    now = timezone.now()
    for number, title in enumerate(["Old", "New"]):
        VacancyFactory.create(title=title, published_at=now + dt.timedelta(minutes=number))
    VacancyFactory.create(title="SECRET draft", state=VacancyState.DRAFT)
    VacancyFactory.create(title="SECRET closed", state=VacancyState.CLOSED)
    VacancyFactory.create(title="SECRET other phase", phase="PT9")
    response = student.get(reverse("vacancy_list"))
    assert shown(response) == ["New", "Old"]
    assert b"SECRET" not in response.content


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["B", "A"]),
        ({"q": "weld"}, ["A"]),
        ({"mode": "Remote"}, ["B"]),
        ({"type": "Part-Time"}, ["B"]),
        ({"type": "Full-Time", "mode": "Remote"}, []),
        ({"mode": "Nowhere"}, ["B", "A"]),
        ({"q": "x" * 101}, ["B", "A"]),
        ({"sector": "ENERGY"}, ["A"]),
        ({"sort": "deadline"}, ["A", "B"]),
        ({"sort": "nothing"}, ["B", "A"]),
        ({"kept": "on"}, []),
        ({"after": "x"}, ["B", "A"]),
    ],
)
def test_the_list_is_narrowed_by_words_place_and_hours(student, query, titles):
    VacancyFactory.create(title="A", skills=["Welding"], company__industry_type="ENERGY")
    VacancyFactory.create(
        title="B", work_mode="Remote", work_type="Part-Time", deadline=timezone.localdate() + dt.timedelta(days=31)
    )
    assert shown(student.get(reverse("vacancy_list"), query)) == titles


@pytest.mark.parametrize("sort", ["newest", "deadline"])
def test_the_list_is_leafed_by_twenty_there_and_back(student, sort):
    made = [row.title for row in VacancyFactory.create_batch(41)]
    order = made[::-1] if sort == "newest" else made
    first = student.get(reverse("vacancy_list"), {"sort": sort})
    second = student.get(reverse("vacancy_list"), {"sort": sort, "after": first.context["page"].after})
    third = student.get(reverse("vacancy_list"), {"sort": sort, "after": second.context["page"].after})
    back = student.get(reverse("vacancy_list"), {"sort": sort, "before": third.context["page"].before})
    assert [shown(page) for page in (first, second, third, back)] == [
        order[:20],
        order[20:40],
        order[40:],
        order[20:40],
    ]
    ends = [(bool(page.context["page"].before), bool(page.context["page"].after)) for page in (first, second, third)]
    assert (ends, first.context["count"]) == ([(False, True), (True, True), (True, False)], 41)


def test_more_than_a_thousand_are_not_counted(student, monkeypatch):
    monkeypatch.setattr("apps.vacancies.views.COUNTED", 2)
    VacancyFactory.create_batch(4)
    response = student.get(reverse("vacancy_list"))
    assert (response.context["count"], b"More than 2 vacancies" in response.content) == (3, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions_for_one_and_three(student, count, django_assert_num_queries):
    for vacancy in VacancyFactory.create_batch(count):
        vacancy.programmes.set(ProgrammeFactory.create_batch(2))
        vacancy.programmes.clear()
    # session, person, scope, enrolments, page, count, saved searches, unread notices
    with django_assert_num_queries(8):
        student.get(reverse("vacancy_list"))


def test_an_empty_list_says_what_to_do_first(student):
    assert b"propose it" in student.get(reverse("vacancy_list")).content
    assert b"Try fewer words" in student.get(reverse("vacancy_list"), {"q": "nothing"}).content


def test_the_page_of_a_vacancy_offers_to_apply_once(student, enrolment):
    vacancy = VacancyFactory.create(description="<b>Turn</b> & mill", skills=["CAD"], years=[2])
    page = student.get(reverse("vacancy_detail", args=[vacancy.pk]))
    assert page.context["can_apply"] is True
    assert reverse("vacancy_apply", args=[vacancy.pk]).encode() in page.content
    assert b"&lt;b&gt;Turn&lt;/b&gt; &amp; mill" in page.content
    application = ApplicationFactory.create(vacancy=vacancy, enrolment=enrolment)
    page = student.get(reverse("vacancy_detail", args=[vacancy.pk]))
    assert (page.context["can_apply"], page.context["application"]) == (False, application)


def test_nobody_can_apply_after_the_deadline_or_from_outside(student):
    over = VacancyFactory.create(deadline=timezone.localdate() - dt.timedelta(days=1))
    page = student.get(reverse("vacancy_detail", args=[over.pk]))
    assert (page.context["can_apply"], page.context["is_open"]) == (False, False)
    lecturer = signed_in(UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR]))
    page = lecturer.get(reverse("vacancy_detail", args=[VacancyFactory.create().pk]))
    assert (page.status_code, page.context["can_apply"]) == (200, False)


@pytest.mark.parametrize("state", [VacancyState.DRAFT, VacancyState.CLOSED])
def test_what_is_not_open_to_a_student_is_not_there(student, state):
    hidden = VacancyFactory.create(title="SECRET", state=state)
    there, nowhere = (student.get(reverse("vacancy_detail", args=[pk])) for pk in (hidden.pk, 10**9))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    pages = [re.sub(r'nonce="[^"]*"|/vacancies/\d+/|value="[^"]*"', "", r.text) for r in (there, nowhere)]
    assert pages[0] == pages[1]


def test_a_key_that_no_database_holds_is_not_there(student):
    assert student.get(f"/vacancies/{10**30}/").status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in():
    for name in ("vacancy_list", "company_vacancy_add"):
        response = Client().get(reverse(name))
        assert (response.status_code, response.headers["Location"]) == (
            302,
            f"{reverse('account_login')}?next={reverse(name)}",
        )


# -- offering -----------------------------------------------------------------------------------------------------


def typed(**changes: object) -> dict[str, object]:
    deadline = timezone.localdate() + dt.timedelta(days=9)
    return {
        "title": "Fitter",
        "description": "Fits.",
        "location": "Moshi",
        "work_mode": "On-Site",
        "work_type": "Full-Time",
        "places": "2",
        "deadline": deadline.isoformat(),
        "skills": "CAD, welding،  لحام",
        **changes,
    }


def test_a_company_writes_publishes_closes_and_reopens_a_vacancy(company, member):
    add = reverse("company_vacancy_add")
    assert company.get(add).status_code == 200
    response = company.post(add, typed(company=member.company.pk, years=["2", "3"]))
    vacancy = Vacancy.objects.get()
    edit = reverse("company_vacancy_edit", args=[vacancy.pk])
    assert (response.status_code, response.headers["Location"]) == (302, edit)
    assert (vacancy.state, vacancy.skills, vacancy.years) == ("draft", ["CAD", "welding", "لحام"], [2, 3])
    for move, state in (("publish", "active"), ("close", "closed")):
        response = company.post(reverse("company_vacancy_move", args=[vacancy.pk]), {"move": move})
        vacancy.refresh_from_db()
        assert (response.headers["Location"], vacancy.state) == (edit, state)
    reopen = reverse("company_vacancy_reopen", args=[vacancy.pk])
    for deadline, state in (("", "closed"), ("2020-01-01", "closed"), (typed()["deadline"], "active")):
        assert company.post(reopen, {"deadline": deadline}).headers["Location"] == edit
        vacancy.refresh_from_db()
        assert vacancy.state == state
    company.post(edit, typed(title="Turner", version=vacancy.version))
    vacancy.refresh_from_db()
    assert (vacancy.title, vacancy.years) == ("Turner", [])


def test_who_represents_several_companies_chooses_one(member):
    other = CompanyMemberFactory.create(user=member.user).company
    client = signed_in(member.user)
    assert client.get(reverse("company_vacancy_add")).context["form"]["company"].is_hidden is False
    client.post(reverse("company_vacancy_add"), typed(company=other.pk))
    assert Vacancy.objects.get().company == other


def test_a_foreign_company_is_no_choice(company):
    response = company.post(reverse("company_vacancy_add"), typed(company=CompanyMemberFactory.create().company.pk))
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["company"])
    assert Vacancy.objects.count() == 0


def test_what_a_service_refuses_stands_at_its_field_with_all_that_was_typed(company, member):
    response = company.post(reverse("company_vacancy_add"), typed(company=member.company.pk, places="0"))
    assert list(response.context["form"].errors) == ["places"]
    assert b'value="Fitter"' in response.content
    response = company.post(reverse("company_vacancy_add"), typed(company=member.company.pk, skills="x" * 61))
    assert list(response.context["form"].errors) == ["skills"]
    vacancy = VacancyFactory.create(company=member.company, places=3, places_taken=2)
    edit = reverse("company_vacancy_edit", args=[vacancy.pk])
    response = company.post(edit, typed(places="1", version="0"))
    assert list(response.context["form"].errors) == ["places"]


def test_two_who_edit_at_once_do_not_overwrite_each_other(company, member):
    vacancy = VacancyFactory.create(company=member.company)
    edit = reverse("company_vacancy_edit", args=[vacancy.pk])
    company.post(edit, typed(title="First", version="0"))
    response = company.post(edit, typed(title="Second", version="0"))
    assert response.context["form"].non_field_errors() == [
        "Somebody changed this vacancy meanwhile. Look at it again before you save."
    ]
    vacancy.refresh_from_db()
    assert vacancy.title == "First"


def test_a_draft_is_deleted_and_a_published_one_is_not(company, member):
    draft = VacancyFactory.create(company=member.company, state=VacancyState.DRAFT)
    active = VacancyFactory.create(company=member.company)
    company.post(reverse("company_vacancy_delete", args=[draft.pk]))
    company.post(reverse("company_vacancy_delete", args=[active.pk]))
    assert list(Vacancy.objects.all()) == [active]


def test_a_company_that_waits_reads_why_it_cannot_publish():
    member = CompanyMemberFactory.create(company__state=CompanyState.PROPOSED)
    vacancy = VacancyFactory.create(company=member.company, state=VacancyState.DRAFT)
    page = signed_in(member.user).get(reverse("company_vacancy_edit", args=[vacancy.pk]))
    assert (page.context["waits_for_approval"], page.context["moves"]) == (True, [])


def test_a_closed_vacancy_is_shown_without_a_form(company, member):
    vacancy = VacancyFactory.create(company=member.company, state=VacancyState.CLOSED, description="Turning")
    page = company.get(reverse("company_vacancy_edit", args=[vacancy.pk]))
    assert page.context["can_change"] is False
    assert b"Turning" in page.content
    assert b'name="title"' not in page.content
    assert reverse("company_vacancy_reopen", args=[vacancy.pk]).encode() in page.content


def test_the_form_opens_the_eligibility_of_a_vacancy_that_has_some(company, member):
    plain = VacancyFactory.create(company=member.company)
    narrow = VacancyFactory.create(company=member.company, phase="PT7")
    forms = [company.get(reverse("company_vacancy_edit", args=[v.pk])).context["form"] for v in (plain, narrow)]
    assert [form.has_eligibility() for form in forms] == [False, True]
    assert ("PT7", "PT7") in forms[1].fields["phase"].choices


COMPANY_PAGES = [
    ("get", "company_vacancy_edit"),
    ("post", "company_vacancy_edit"),
    ("post", "company_vacancy_move"),
    ("post", "company_vacancy_reopen"),
    ("post", "company_vacancy_delete"),
]


@pytest.mark.parametrize(("method", "name"), COMPANY_PAGES)
def test_a_rival_and_a_student_do_not_find_the_pages_of_a_companys_vacancy(student, method, name):
    vacancy = VacancyFactory.create(title="SECRET")
    for client in (student, signed_in(CompanyMemberFactory.create().user)):
        response = getattr(client, method)(reverse(name, args=[vacancy.pk]), {"move": "close"})
        assert response.status_code == 404
        assert b"SECRET" not in response.content
    vacancy.refresh_from_db()
    assert vacancy.state == VacancyState.ACTIVE


def test_only_representatives_can_add(student):
    assert student.get(reverse("company_vacancy_add")).status_code == 404


def test_a_move_that_there_is_not_is_not_there_and_get_moves_nothing(company, member):
    vacancy = VacancyFactory.create(company=member.company)
    move = reverse("company_vacancy_move", args=[vacancy.pk])
    assert company.post(move, {"move": "save"}).status_code == 404
    assert company.get(move, {"move": "close"}).status_code == 405
    assert company.post(move, {"move": "expire"}).status_code == 403
    assert company.post(move, {"move": "close", "version": "7"}).status_code == 302
    vacancy.refresh_from_db()
    assert vacancy.state == VacancyState.ACTIVE
