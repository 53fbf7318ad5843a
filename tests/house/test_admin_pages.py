"""Every list, "add" and change page of the workspace opens for whom it is meant, and for nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from tests.clients import signed_in
from tests.factories.world import World, build_world
from tests.house.everything import build_everything
from tests.house.workspace import build_workspace

pytestmark = pytest.mark.django_db

SIGN_IN, OPEN, REFUSED, ABSENT = 302, 200, 403, 404
STAFF = ("superuser", "coordinator", "foreign_coordinator")
OTHERS = ("student", "representative", "industrial_supervisor", "university_supervisor")


@pytest.fixture(scope="module")
def world(module_db: None) -> World:
    world = build_world()
    build_everything(world)
    build_workspace(world)
    return world


def request_of(person: User) -> Any:
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=person.pk)
    return request


def pages(person: User) -> Iterator[tuple[str, str, int]]:
    """Yield (page, address, status that the page's own rights promise) for every registered model."""
    for model, model_admin in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label):
        request, name = request_of(person), f"admin:{model._meta.app_label}_{model._meta.model_name}"
        may_view = model_admin.has_view_permission(request)
        yield f"{model._meta.label} list", reverse(f"{name}_changelist"), OPEN if may_view else REFUSED
        may_add = model_admin.has_add_permission(request)
        yield f"{model._meta.label} add", reverse(f"{name}_add"), OPEN if may_add else REFUSED
        own = model_admin.get_queryset(request).first() if may_view else None
        if own is not None:
            yield f"{model._meta.label} change", reverse(f"{name}_change", args=[own.pk]), OPEN


@pytest.mark.parametrize("name", STAFF)
def test_pages_open_as_their_rights_say(world: World, name: str):
    person = getattr(world, name)
    client = signed_in(person)
    # The list of what there is only one of leads to the page of that one.
    found = [(page, client.get(url, follow=True).status_code, status) for page, url, status in pages(person)]
    # What is refused may as well not be there.
    wrong = [row for row in found if row[1] != row[2] and not (row[2] == REFUSED and row[1] == ABSENT)]
    assert wrong == []


def test_every_page_is_somebodys(world: World):
    """A page that nobody may open is not a page; and every kind has a row whose page is opened here."""
    opened: set[str] = set()
    for name in STAFF:
        opened |= {page for page, _url, status in pages(getattr(world, name)) if status == OPEN}
    labels = [model._meta.label for model in admin.site._registry]
    assert [label for label in labels if f"{label} list" not in opened] == []
    assert [label for label in labels if f"{label} change" not in opened] == []


@pytest.mark.parametrize("name", OTHERS)
def test_who_does_not_coordinate_has_no_workspace(world: World, name: str):
    client = signed_in(getattr(world, name))
    answers = {page: client.get(url).status_code for page, url, _status in pages(world.superuser)}
    assert {page: status for page, status in answers.items() if status not in (SIGN_IN, REFUSED, ABSENT)} == {}


def test_the_anonymous_is_asked_to_sign_in(world: World):
    client = Client()
    answers = {page: client.get(url) for page, url, _status in pages(world.superuser)}
    assert {page: answer.status_code for page, answer in answers.items() if answer.status_code != SIGN_IN} == {}
    assert {answer.headers["Location"].partition("?")[0] for answer in answers.values()} == {reverse("admin:login")}


def test_a_coordinator_does_not_see_the_rows_of_another_department(world: World):
    own = {url for page, url, _status in pages(world.coordinator) if page.endswith(" change")}
    foreign = signed_in(world.foreign_coordinator)
    request = request_of(world.foreign_coordinator)
    seen = []
    for model, model_admin in admin.site._registry.items():
        mine = model_admin.get_queryset(request_of(world.coordinator))
        theirs = model_admin.get_queryset(request).values("pk")
        row = mine.exclude(pk__in=theirs).first()
        if row is not None:
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
            seen.append((model._meta.label, foreign.get(url).status_code))
    assert [entry for entry in seen if entry[1] not in (REFUSED, ABSENT)] == []
    assert len(seen) > 8
    assert own


def test_a_longer_list_takes_no_more_queries(world: World, monkeypatch: pytest.MonkeyPatch):
    """The same list, one row a page and three: what is asked for each row shows as a difference."""
    client = signed_in(world.superuser)
    client.get(reverse("admin:index"))
    more = {}
    for model, model_admin in admin.site._registry.items():
        if not model_admin.has_view_permission(request_of(world.superuser)):
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        counts = []
        # The first round fills what is kept for all requests; what leads elsewhere is no list.
        for number in (1, 1, 3):
            monkeypatch.setattr(model_admin, "list_per_page", number)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        if counts[1] != counts[2]:
            more[model._meta.label] = counts
    assert more == {}


def test_every_filter_of_every_list_is_let_through(world: World):
    """What a filter writes into the address, its own list takes: of each filter the last choice is pressed."""
    client = signed_in(world.superuser)
    wrong, pressed = [], 0
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        shown = client.get(address, follow=True)
        if (shown.context or {}).get("cl") is None:
            continue
        cl = shown.context["cl"]
        for spec in cl.filter_specs:
            choices = [choice for choice in spec.choices(cl) if choice.get("query_string")]
            if choices:
                pressed += 1
                url = address + choices[-1]["query_string"]
                wrong += [(url, code)] if (code := client.get(url).status_code) != OPEN else []
    assert (wrong, pressed > len(admin.site._registry)) == ([], True)


def test_an_address_that_is_not_understood_has_a_page_of_ours(world: World):
    answer = signed_in(world.superuser).get(reverse("admin:accounts_company_changelist") + "?password__startswith=a")
    assert (answer.status_code, "This address cannot be understood" in answer.text) == (400, True)
