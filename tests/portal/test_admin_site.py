import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.accounts.models import Company, User
from apps.accounts.states import Role
from portal.admin_site import NAVIGATION, CoordinatorSite, sidebar
from portal.kernel import screens
from portal.kernel.screens import HomeCard
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_site_is_ours() -> None:
    assert admin.site.__class__ is CoordinatorSite


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COORDINATOR, 200),
        (Role.STUDENT, 404),
        (Role.COMPANY_REPRESENTATIVE, 404),
        (Role.INDUSTRIAL_SUPERVISOR, 404),
        (Role.UNIVERSITY_SUPERVISOR, 404),
    ],
)
def test_workspace_is_for_coordinators(role: Role, status: int) -> None:
    response = client_of(UserFactory.create(roles=[role])).get(reverse("admin:index"), follow=True)
    assert response.status_code == status


def test_workspace_is_not_for_staff_flag() -> None:
    assert client_of(UserFactory.create(is_staff=True)).get(reverse("admin:index"), follow=True).status_code == 404


def test_workspace_sends_the_anonymous_to_the_one_sign_in_page(client) -> None:
    response = client.get("/admin/accounts/", follow=True)
    assert response.redirect_chain[-1] == ("/accounts/login/?next=/admin/accounts/", 302)


def test_workspace_login_of_who_is_in_leads_to_today() -> None:
    response = client_of(UserFactory.create(is_superuser=True)).get(reverse("admin:login"))
    assert (response.status_code, response.headers["Location"]) == (302, reverse("admin:index"))


def test_models_are_listed_on_the_page_of_their_app_and_nowhere_else() -> None:
    client = client_of(UserFactory.create(roles=[Role.COORDINATOR]))
    [listed] = client.get(reverse("admin:app_list", args=["accounts"])).context["app_list"]
    names = {model["object_name"] for model in listed["models"]}
    # Tokens are for superusers.
    assert ("Cohort" in names, "ServiceToken" in names) == (True, False)
    assert client.get(reverse("admin:index")).context["available_apps"] == []


def test_icons_of_the_workspace_are_not_read_out() -> None:
    page = client_of(UserFactory.create(is_superuser=True)).get(reverse("admin:index")).text
    frame = page[page.index('id="page"') : page.index('id="content"')]
    icons = re.findall(r"<span [^>]*material-symbols-outlined[^>]*>", frame)
    # What can be pressed has a name of its own.
    assert {icon for icon in icons if ('aria-hidden="true"' in icon) == ("x-on:click" in icon)} == set()
    assert {icon for icon in icons if icon.count("aria-hidden") > 1} == set()
    assert len(icons) > 10


def test_the_search_of_a_list_has_a_name_without_its_icon() -> None:
    page = client_of(UserFactory.create(is_superuser=True)).get(reverse("admin:accounts_user_changelist")).text
    for tag in (r'<button [^>]*id="searchbar-submit"[^>]*>', r'<input [^>]*id="searchbar"[^>]*>'):
        found = re.search(tag, page)
        assert found is not None
        assert "aria-label=" in found[0]


def test_workspace_logout_needs_a_post() -> None:
    client = client_of(UserFactory.create(is_superuser=True))
    assert client.get(reverse("admin:logout")).status_code == 405
    assert client.post(reverse("admin:logout")).headers["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_workspace_password_is_changed_on_the_common_page() -> None:
    response = client_of(UserFactory.create(is_superuser=True)).get(reverse("admin:password_change"))
    assert (response.status_code, response.headers["Location"]) == (302, reverse("account_change_password"))


def test_workspace_speaks_of_practicum_only() -> None:
    page = client_of(UserFactory.create(is_superuser=True)).get(reverse("admin:index")).content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title.strip() == "Today | Practicum"
    assert "django" not in page.lower()


def test_home_shows_cards_with_work_first(monkeypatch) -> None:
    cards = [
        (1, lambda _request: HomeCard("No arrival", 0, "/a/", "See")),
        (2, lambda _request: HomeCard("Without a place", 23, "/b/", "Remind all", "4 more", [("Asha Moshi", "/p/1/")])),
        (3, lambda _request: None),
    ]
    monkeypatch.setattr(screens._registry, "cards", cards)
    response = client_of(UserFactory.create(is_superuser=True)).get(reverse("admin:index"))
    assert [card.title for card in response.context["home_cards"]] == ["Without a place", "No arrival"]
    assert b'<a class="home__button" href="/b/">Remind all</a>' in response.content
    assert b'href="/a/"' not in response.content


def test_home_card_order_is_that_of_the_registration(monkeypatch, rf) -> None:
    monkeypatch.setattr(screens._registry, "cards", [])
    screens.home_card(2)(lambda _request: HomeCard("second", 1, "", ""))
    screens.home_card(1)(lambda _request: HomeCard("first", 1, "", ""))
    assert [card.title for card in screens.home_cards(rf.get("/"))] == ["first", "second"]


def test_navigation_names_models_that_exist() -> None:
    named = [entry.model for _title, entries in NAVIGATION for entry in entries if not entry.page]
    assert sorted(named) == sorted({apps.get_model(name)._meta.label for name in named})


def test_sidebar_has_today_and_every_registered_list_of_the_table() -> None:
    request = RequestFactory().get("/admin/")
    request.user = UserFactory.create(is_superuser=True)
    links = [item["link"] for group in sidebar(request) for item in group["items"]]
    registered = [
        reverse(entry.page or f"admin:{entry.model.lower().replace('.', '_')}_changelist")
        for _title, entries in NAVIGATION
        for entry in entries
        if entry.page or admin.site.is_registered(apps.get_model(entry.model))
    ]
    assert links == [reverse("admin:index"), *registered]


def test_sidebar_leaves_out_what_the_user_may_not_open(monkeypatch) -> None:
    request = RequestFactory().get("/admin/")
    request.user = UserFactory.create(is_superuser=True)
    link = reverse("admin:accounts_company_changelist")
    before = [item["link"] for group in sidebar(request) for item in group["items"]]
    monkeypatch.setattr(admin.site.get_model_admin(Company), "has_view_permission", lambda _request: False)
    after = [item["link"] for group in sidebar(request) for item in group["items"]]
    assert (link in before, [one for one in before if one != link]) == (True, after)
