"""Lists as people want them: columns on the screen, named views, and the view with which a list opens."""

import pytest
from django.urls import reverse

from apps.accounts.models import SavedView, User
from apps.accounts.services import list_views
from apps.accounts.services.list_views import MOST_VIEWS, save_view
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from portal.kernel.access import SYSTEM
from portal.kernel.admin.tables import page_of_list, rows_of
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import SavedViewFactory, UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
PLACEMENTS = "applications.placement"
LIST = "/admin/applications/placement/"


@pytest.fixture
def world() -> World:
    return build_world()


def columns_shown(page) -> list[str]:
    return [name for name in page.context["cl"].list_display if name != "action_checkbox"]


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def posted(person: User, address: str, **values):
    return signed_in(person).post(address, values, follow=True)


def test_a_view_brings_filters_order_and_columns_back(world):
    page = signed_in(world.coordinator).get(LIST + "?state__exact=active&q=Asha&o=2.-1")
    now = page.context["view_now"]
    assert (now["query"], now["order"]) == ("state__exact=active&q=Asha", ["company", "-student"])
    columns = "student,company,task"
    shown = {"query": now["query"], "order": "company,-task", "columns": columns, "list": PLACEMENTS}
    opened = posted(world.coordinator, reverse("saved_views"), name=" My   active ", **shown)
    row = SavedView.objects.get()
    assert (row.name, row.columns, opened.status_code) == ("My active", ["student", "company", "task"], 200)
    assert opened.redirect_chain[-1][0] == f"{LIST}?state__exact=active&q=Asha&o=2.-3&_view={row.pk}"
    assert columns_shown(opened) == ["student", "company", "task"]
    assert not opened.context["view_differs"]
    changed = signed_in(world.coordinator).get(f"{LIST}?state__exact=ended&_view={row.pk}")
    assert (changed.context["view_differs"], columns_shown(changed)) == (True, ["student", "company", "task"])


def test_the_list_opens_with_the_usual_view_until_it_is_gone(world):
    row = save_view(PLACEMENTS, "Active", {"query": "state__exact=active"}, actor=world.coordinator)
    posted(world.coordinator, reverse("saved_view", args=[row.pk]), do="usual")
    browser = signed_in(fresh(world.coordinator))
    assert browser.get(LIST).headers["Location"] == f"{LIST}?state__exact=active&_view={row.pk}"
    assert browser.get(LIST + "?_view=").status_code == browser.get(LIST + "?q=a").status_code == 200
    posted(world.coordinator, reverse("saved_view", args=[row.pk]), do="unusual")
    assert signed_in(fresh(world.coordinator)).get(LIST).status_code == 200
    list_views.open_with(PLACEMENTS, row, actor=world.coordinator)
    list_views.delete_view(row, actor=world.coordinator)
    assert signed_in(fresh(world.coordinator)).get(LIST).status_code == 200


def test_columns_are_remembered_for_the_list_or_for_the_open_view(world):
    address = reverse("list_table", args=["applications", "placement"])
    shown = posted(world.coordinator, address, show="1", columns=["task", "company"], query="q=a")
    assert (columns_shown(shown), shown.redirect_chain[-1][0]) == (["company", "task"], LIST + "?q=a")
    row = save_view(PLACEMENTS, "One", {}, actor=world.coordinator)
    shown = posted(world.coordinator, address, show="1", columns=["student"], view=row.pk)
    assert columns_shown(shown) == ["student"]
    assert columns_shown(signed_in(fresh(world.coordinator)).get(LIST + "?q=a")) == ["company", "task"]
    refused = posted(world.coordinator, address, show="1")
    assert "Choose at least one column." in refused.text
    assert posted(world.university_supervisor, address, show="1", columns=["student"]).status_code == 404


def test_a_table_is_in_the_order_of_the_screen(world):
    PlacementFactory.create_batch(2, enrolment__cohort=world.cohort, state=PlacementState.ACTIVE)
    list_views.choose_screen_columns(PLACEMENTS, ["company", "task"], actor=world.coordinator)
    page = signed_in(fresh(world.coordinator)).get(LIST + "?o=-1")
    query = page.context["table_url"].partition("?")[2]
    wanted = list(Placement.objects.filter(enrolment__cohort=world.cohort).order_by("-company__name", "-pk"))
    found = page_of_list(PLACEMENTS)
    assert found is not None
    assert list(rows_of(found, world.coordinator, query)) == wanted


def test_a_shared_view_is_for_those_who_coordinate_there_and_shows_only_their_rows(world):
    row = save_view(PLACEMENTS, "Everything", {}, actor=world.coordinator)
    neighbour = UserFactory.create(roles=[Role.COORDINATOR])
    grant(neighbour, world.cohort, actor=SYSTEM)
    for person, status in ((neighbour, 404), (world.foreign_coordinator, 404)):
        assert posted(person, reverse("saved_view", args=[row.pk]), do="usual").status_code == status
    posted(world.coordinator, reverse("saved_view", args=[row.pk]), do="share", department=world.department.pk)
    tabs = [
        [tab["label"] for tab in signed_in(person).get(LIST + "?q=").context["view_tabs"]]
        for person in (neighbour, world.foreign_coordinator)
    ]
    assert tabs == [["Everything"], []]
    posted(neighbour, reverse("saved_view", args=[row.pk]), do="usual")
    assert fresh(neighbour).usual_views == {PLACEMENTS: row.pk}
    for act in ("rename", "delete", "update", "share"):
        answer = posted(neighbour, reverse("saved_view", args=[row.pk]), do=act, name="Mine", list=PLACEMENTS)
        assert (act, answer.status_code, SavedView.objects.get().name) == (act, 403, "Everything")
    with pytest.raises(NotAllowed):
        list_views.share_view(row, world.other_department, actor=world.coordinator)


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [("", "", "name_missing"), ("Taken", "", "name_taken"), ("Long", "q=" + 2000 * "x", "query_too_long")],
)
def test_what_cannot_be_kept_is_refused(world, name, query, code):
    save_view(PLACEMENTS, "Taken", {}, actor=world.coordinator)
    with pytest.raises(RuleViolation) as refused:
        save_view(PLACEMENTS, name, {"query": query}, actor=world.coordinator)
    assert (refused.value.code, SavedView.objects.count()) == (code, 1)


def test_there_are_only_so_many_views_of_a_list(world):
    SavedViewFactory.create_batch(MOST_VIEWS, owner=world.coordinator)
    with pytest.raises(RuleViolation, match="30 views"):
        save_view(PLACEMENTS, "One more", {}, actor=world.coordinator)


def test_strange_names_of_columns_are_left_out_and_lists_of_others_refused(world):
    row = save_view(PLACEMENTS, "x", {"order": ["-nope", "", "-company"], "columns": ["nope"]}, actor=world.coordinator)
    assert (row.order, row.columns) == (["-company"], [])
    with pytest.raises(NotAllowed):
        save_view(PLACEMENTS, "x", {}, actor=world.student)
    with pytest.raises(NotAllowed):
        list_views.choose_screen_columns("accounts.user", ["email"], actor=world.student)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_views_asks_the_same_number_of_questions(world, count, django_assert_num_queries):
    SavedViewFactory.create_batch(count, owner=world.coordinator, department=world.department)
    browser = signed_in(world.coordinator)
    with django_assert_num_queries(6):
        page = browser.get(reverse("saved_views") + "?list=" + PLACEMENTS)
    assert len(page.context["views"]) == count


def test_views_are_renamed_updated_and_deleted_on_their_page(world):
    row = save_view(PLACEMENTS, "Old", {}, actor=world.coordinator)
    address = reverse("saved_view", args=[row.pk])
    posted(world.coordinator, address, do="rename", name="New")
    posted(world.coordinator, address, do="update", query="q=Asha", order="", columns="", list=PLACEMENTS)
    assert SavedView.objects.values_list("name", "query").get() == ("New", "q=Asha")
    assert "Give the view a name." in posted(world.coordinator, address, do="rename", name=" ").text
    assert posted(world.coordinator, address, do="burn").status_code == 404
    assert "No view yet." in posted(world.coordinator, address, do="delete").text
    assert posted(world.coordinator, reverse("saved_views"), list="accounts.nothing").status_code == 404
