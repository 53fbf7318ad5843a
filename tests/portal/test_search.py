"""One search over everything that a coordinator has, and nothing else."""

import pytest

from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory, EnrolmentFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

FIND = "/admin/find/"


@pytest.fixture
def world() -> World:
    world = build_world()
    for number, enrolment in enumerate((world.enrolment, world.foreign_student.enrolments.get())):
        enrolment.student.last_name = f"Ngowi{number}"
        enrolment.student.save()
    return world


def found(person, words: str) -> dict[str, list[str]]:
    groups = signed_in(person).get(FIND, {"q": words}).context["groups"]
    return {group.title: [text for text, _url in group.rows] for group in groups}


def test_what_is_found_is_ones_own(world):
    mine = {"Enrolments": [str(world.enrolment)], "Placements": [str(world.placement)]}
    assert {key: rows[:1] for key, rows in found(world.coordinator, "ngowi").items()} == mine
    assert "Ngowi0" not in str(found(world.foreign_coordinator, "ngowi"))


def test_rows_lead_to_their_pages(world):
    CompanyFactory.create(name="Njia Works")
    page = signed_in(world.coordinator).get(FIND, {"q": "njia"})
    [group] = page.context["groups"]
    assert (group.title, signed_in(world.coordinator).get(group.rows[0][1]).status_code) == ("Companies", 200)


@pytest.mark.parametrize("words", ["", "n", "  n ", "\0", "zzzz", "x" * 500])
def test_nothing_is_found_by_nothing(world, words):
    page = signed_in(world.coordinator).get(FIND, {"q": words})
    assert (page.status_code, page.context["groups"]) == (200, [])


def test_many_lead_to_the_whole_list(world):
    CompanyFactory.create_batch(9, industry_type="x")
    for number in range(9):
        CompanyFactory.create(name=f"Daraja {number}")
    [group] = signed_in(world.coordinator).get(FIND, {"q": "daraja"}).context["groups"]
    assert (len(group.rows), group.all_url) == (8, "/admin/accounts/company/?q=daraja")


@pytest.mark.parametrize("more", [0, 2])
def test_a_search_asks_as_much_for_many_as_for_few(world, more, django_assert_num_queries):
    for _number in range(more):
        EnrolmentFactory.create(cohort=world.cohort, student__last_name="Ngowi")
    client = signed_in(world.coordinator)
    with django_assert_num_queries(9):
        page = client.get(FIND, {"q": "ngowi"})
    assert len(page.context["groups"][0].rows) == 1 + more


def test_only_get_searches(world):
    assert signed_in(world.coordinator).post(FIND, {"q": "ngowi"}).status_code == 405
