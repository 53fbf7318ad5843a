"""The department or cohort that a coordinator works on: lists and Today follow it, rights do not change."""

from typing import Any, cast

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Cohort, CompanyMember, Enrolment, User
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.admin import Paths, within
from portal.kernel.admin.tables import rows_of
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, CompanyFactory, DepartmentFactory, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db

SCOPE = "/admin/scope/"
STUDENTS = "/admin/accounts/enrolment/"
# What belongs to no department, to all of them, or to the person alone.
THE_SAME_FOR_ALL = {
    "accounts.AccessLink",
    "accounts.Agreement",
    "accounts.Company",
    "accounts.Erasure",
    "accounts.HistoryEntry",
    "accounts.IdentityProvider",
    "accounts.Job",
    "accounts.MailTrouble",
    "accounts.MassMail",
    "accounts.Notice",
    "accounts.OutboxTask",
    "accounts.ProvisionedGroup",
    "accounts.ServiceToken",
    "accounts.Webhook",
    "accounts.SignOnEvent",
    "accounts.SiteSettings",
    "reporting.DocumentTemplate",
    "vacancies.Vacancy",
}


@pytest.fixture
def coordinator() -> User:
    """Return the coordinator of two departments, each with a student who has no place."""
    person = UserFactory.create(roles=[Role.COORDINATOR])
    for code in ("mech", "civil"):
        department = DepartmentFactory.create(code=code, name=code.title())
        grant(person, department, actor=SYSTEM)
        EnrolmentFactory.create(cohort=CohortFactory.create(department=department, name=f"{code} PT2"))
    return person


@pytest.fixture
def desk(coordinator: User) -> Client:
    return signed_in(coordinator)


def choose(client: Client, what: str, **more: str) -> Any:
    return client.post(SCOPE, {"scope": what, **more})


def shown(client: Client, address: str = STUDENTS) -> list[str]:
    return sorted(row.cohort.name for row in client.get(address).context["cl"].result_list)


def cohort(name: str) -> Cohort:
    return Cohort.objects.get(name=name)


def test_a_department_narrows_lists_and_today_until_it_is_left(desk):
    assert shown(desk) == ["civil PT2", "mech PT2"]
    answer = choose(desk, f"department-{cohort('mech PT2').department_id}", next=STUDENTS)
    assert (answer.status_code, answer.headers["Location"]) == (302, STUDENTS)
    assert shown(desk) == ["mech PT2"]
    assert count_of(desk, "Without a place") == 1
    choose(desk, "")
    assert (shown(desk), count_of(desk, "Without a place")) == (["civil PT2", "mech PT2"], 2)


def count_of(client: Client, title: str) -> int:
    cards = client.get("/admin/").context["home_cards"]
    found: int = next(card.count for card in cards if str(card.title) == title)
    return found


def test_a_cohort_narrows_further_and_so_do_its_filters(desk):
    choose(desk, f"cohort-{cohort('civil PT2').pk}")
    page = desk.get(STUDENTS)
    assert shown(desk) == ["civil PT2"]
    # A filter with nothing to choose from is left out.
    assert "cohort" not in [getattr(spec, "field_path", "") for spec in page.context["cl"].filter_specs]


def test_pages_of_objects_stay_open_for_all_that_is_the_users(desk):
    other = Enrolment.objects.get(cohort__name="civil PT2")
    choose(desk, f"department-{cohort('mech PT2').department_id}")
    assert desk.get(reverse("admin:accounts_enrolment_change", args=[other.pk])).status_code == 200


@pytest.mark.parametrize("what", ["department-{0}", "cohort-{1}", "company-1", "cohort-x", "cohort-", "rubbish"])
def test_what_is_not_the_users_is_not_there_and_changes_nothing(desk, what):
    foreign = CohortFactory.create()
    assert choose(desk, what.format(foreign.department_id, foreign.pk)).status_code == 404
    assert shown(desk) == ["civil PT2", "mech PT2"]


def test_a_choice_that_is_no_longer_the_users_shows_nothing(desk, coordinator):
    mine = cohort("mech PT2")
    choose(desk, f"department-{mine.department_id}")
    coordinator.departmentgrant_set.filter(content_object=mine.department_id).delete()
    assert shown(desk) == []


def test_a_superuser_is_narrowed_as_well():
    CohortFactory.create(name="other")
    mine = EnrolmentFactory.create(cohort__name="mech PT2").cohort
    EnrolmentFactory.create(cohort__name="civil PT2")
    client = signed_in(UserFactory.create(is_superuser=True))
    choose(client, f"department-{mine.department_id}")
    assert shown(client) == ["mech PT2"]
    people = client.get("/admin/accounts/user/").context["cl"].result_list
    assert [person.pk for person in people] == [mine.enrolments.get().student_id]


def test_the_list_as_a_table_is_narrowed_alike(desk, coordinator):
    choose(desk, f"cohort-{cohort('mech PT2').pk}")
    url = desk.get(STUDENTS).context["table_url"]
    rows = rows_of(cast("Any", admin.site.get_model_admin(Enrolment)), coordinator, url.partition("?")[2])
    assert [row.cohort.name for row in rows] == ["mech PT2"]


@pytest.mark.parametrize("text", ["cohort-x", "company-1", "cohort-", "cohort-" + "9" * 30, ""])
def test_a_table_of_a_choice_that_is_none_holds_the_whole_list(coordinator, text):
    rows = rows_of(cast("Any", admin.site.get_model_admin(Enrolment)), coordinator, f"_within={text}")
    assert rows.count() == 2


def test_moves_of_the_whole_list_stay_within(desk):
    choose(desk, f"cohort-{cohort('mech PT2').pk}")
    keys = [str(row.pk) for row in Enrolment.objects.all()]
    answer = desk.post(STUDENTS, {"action": "write_mail", "_selected_action": keys, "select_across": "1"}, follow=True)
    assert "1 person" in " ".join(answer.text.split())


@pytest.mark.parametrize("wished", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_the_way_back_stays_here(desk, wished):
    assert choose(desk, "", next=wished).headers["Location"] == "/admin/"


def test_the_header_says_what_is_chosen_and_costs_no_question(desk):
    CompanyFactory.create()
    before = questions(desk)
    choose(desk, f"cohort-{cohort('mech PT2').pk}")
    assert questions(desk) == before
    page = desk.get(STUDENTS)
    assert f'<bdi class="scope__name" dir="auto">{cohort("mech PT2")}</bdi>' in page.text


def questions(client: Client) -> int:
    client.get("/admin/accounts/company/")
    with CaptureQueriesContext(connection) as found:
        client.get("/admin/accounts/company/")
    return len(found)


def test_a_list_of_no_department_says_so(desk):
    sentence = "This list is the same for all departments."
    assert sentence not in desk.get("/admin/accounts/company/").text
    choose(desk, f"cohort-{cohort('mech PT2').pk}")
    assert [sentence in desk.get(url).text for url in ("/admin/accounts/company/", STUDENTS)] == [True, False]


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_of_choices_asks_as_much_for_many_as_for_few(desk, coordinator, more, django_assert_num_queries):
    for number in range(more):
        department = DepartmentFactory.create(code=f"d{number}")
        grant(coordinator, department, actor=SYSTEM)
        CohortFactory.create_batch(2, department=department)
    with django_assert_num_queries(5):
        page = desk.get(SCOPE)
    assert page.text.count('value="department-') == 2 + more


def belongs(page: Any) -> Paths:
    found: Paths = page.belongs
    return found


def test_every_list_belongs_to_a_department_or_is_the_same_for_all():
    unsaid = {model._meta.label for model, page in admin.site._registry.items() if belongs(page) == Paths()}
    assert unsaid == THE_SAME_FOR_ALL, "say by `belongs` how the page's model leads to a cohort, or list it here"


@pytest.mark.parametrize("anchor", ["department", "cohort"])
def test_every_path_leads_somewhere(rf, anchor):
    request = rf.get("/admin/")
    request.session = {"workspace_narrowing": {"anchor": anchor, "key": 1, "name": "x"}}
    for model, page in admin.site._registry.items():
        rows: QuerySet[Any] = within(request, model._default_manager.all())
        assert (rows.count() if rows.query.where else 0, bool(rows.query.where)) == (0, belongs(page) != Paths())


def test_rows_of_a_model_without_a_page_are_left_alone(rf):
    request = rf.get("/admin/")
    request.session = {"workspace_narrowing": {"anchor": "cohort", "key": 1, "name": "x"}}
    assert not within(request, CompanyMember.objects.all()).query.where
