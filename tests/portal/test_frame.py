import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.states import Role
from portal import navigation
from portal.context_processors import portal
from portal.kernel import screens
from portal.navigation import Page, nav_items
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

ENTRANCE = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
MANAGE = ["account_change_password", "account_logout", "account_email", "mfa_index"]


def pages(*urls: str) -> list[tuple[Page, str]]:
    return [(Page("x", url, "today"), url) for url in urls]


def test_nav_marks_the_longest_beginning_as_current() -> None:
    items = nav_items(pages("/weeks/", "/weeks/all/", "/"), "/weeks/all/3/")
    assert [item.current for item in items] == [False, True, False]


def test_nav_elsewhere_marks_nothing() -> None:
    assert [item.current for item in nav_items(pages("/weeks/"), "/profile/")] == [False]


def test_nav_of_role_holds_only_its_pages(monkeypatch) -> None:
    monkeypatch.setattr(navigation, "url_of", lambda name: f"/{name}/")
    request = RequestFactory().get("/")
    request.user = UserFactory.create(roles=[Role.COORDINATOR, Role.UNIVERSITY_SUPERVISOR])
    names = {page.url_name for page, _url in navigation.pages_for(request)}
    roles = {Role.COORDINATOR.value, Role.UNIVERSITY_SUPERVISOR.value}
    assert names == {page.url_name for page in navigation.PAGES if page.roles & roles}


def test_nav_uses_the_roles_of_accounts() -> None:
    used = {role for page in navigation.PAGES for role in page.roles}
    assert used == {role.value for role in Role}


def test_student_finds_five_pages_at_most_under_the_thumb() -> None:
    bottom = [page.roles for page in navigation.PAGES if page.bottom]
    assert {roles: bottom.count(roles) for roles in bottom} == {
        frozenset({"student"}): 5,
        frozenset({"company_representative"}): 5,
    }


def test_frame_of_stranger_asks_no_database(django_assert_num_queries, client) -> None:
    with django_assert_num_queries(0):
        assert client.get("/nothing-here/").status_code == 404


def test_frame_counts_notices_only_when_shown(monkeypatch) -> None:
    counted = []

    def count(user: User) -> int:
        counted.append(user)
        return 7

    monkeypatch.setattr(screens._registry, "count_notices", count)
    request = RequestFactory().get("/")
    request.user = UserFactory.create()
    context = portal(request)
    assert counted == []
    assert (context["unread"] == 7, counted) == (True, [request.user])


def test_frame_of_page_without_user_is_empty() -> None:
    context = portal(RequestFactory().get("/"))
    assert (list(context["nav_items"]), list(context["nav_bottom"]), context["unread"] == 0) == ([], [], True)


def test_frame_of_signed_in_person_costs_session_user_scope_and_notices(monkeypatch, django_assert_num_queries) -> None:
    monkeypatch.setitem(navigation.LINKS, "notices", "offline")
    monkeypatch.setattr(screens._registry, "count_notices", lambda user: user.notices.filter(read_at=None).count())
    client = Client()
    client.force_login(UserFactory.create(roles=[Role.STUDENT]))
    with django_assert_num_queries(4):
        client.get("/nothing-here/")


@pytest.mark.parametrize("page", ENTRANCE)
def test_entrance_page_stands_in_our_frame(client, page: str) -> None:
    text = client.get(reverse(page)).content.decode()
    assert '<main class="page" id="main" tabindex="-1">' in text
    assert text.count("<h1") == 1
    assert "django" not in text.lower()


@pytest.mark.parametrize("page", MANAGE)
def test_account_page_stands_in_our_frame(client, page: str) -> None:
    client.force_login(UserFactory.create())
    response = client.get(reverse(page))
    text = response.content.decode()
    assert response.status_code == 200
    assert '<main class="page" id="main" tabindex="-1">' in text
    assert text.count("<h1") == 1
    assert "style=" not in text


def test_login_takes_name_or_address_and_goes_on(client) -> None:
    UserFactory.create(username="asha", email="asha@uni.example")
    response = client.post(
        reverse("account_login"), {"login": "asha@uni.example", "password": "pw", "next": "/offline/"}
    )
    assert (response.status_code, response.url) == (302, "/offline/")


def test_login_with_wrong_password_says_so_beside_the_form(client) -> None:
    response = client.post(reverse("account_login"), {"login": "asha", "password": "wrong"})
    assert response.status_code == 200
    assert b'<ul class="errorlist nonfield">' in response.content
