"""The palette of commands: one's own pages, and people and things within one's rights."""

import pytest

from tests.clients import signed_in
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
FIND = "/find/"


@pytest.fixture
def world() -> World:
    found = build_world()
    for number, enrolment in enumerate((found.enrolment, found.foreign_student.enrolments.get())):
        enrolment.student.last_name = f"Ngowi{number}"
        enrolment.student.save()
    return found


def offered(person, words: str) -> dict[str, list[list[str]]]:
    answer = signed_in(person).get(FIND, {"q": words, "format": "json"})
    return {group["title"]: group["rows"] for group in answer.json()["groups"]}


@pytest.mark.parametrize(
    ("persona", "kinds"),
    [
        ("coordinator", ["Enrolments", "Placements"]),
        ("foreign_coordinator", []),
        ("industrial_supervisor", ["Your students"]),
        ("university_supervisor", ["Your students"]),
        ("student", []),
        ("foreign_student", []),
    ],
)
def test_names_are_found_within_ones_rights(world, persona, kinds):
    person = world.personas()[persona]
    found = offered(person, "ngowi0")
    assert list(found) == kinds
    for rows in found.values():
        assert signed_in(person).get(rows[0][1]).status_code == 200


def test_pages_are_those_of_the_navigation(world):
    assert offered(world.coordinator, "compan")["Pages"] == [["Companies", "/admin/accounts/company/"]]
    assert offered(world.student, "vacanc") == {"Pages": [["Vacancies", "/vacancies/"]]}
    assert offered(world.student, "")["Pages"][0] == ["Today", "/today/"]
    assert offered(world.student, "zzz") == {}


def test_without_a_script_it_is_a_page(world):
    page = signed_in(world.university_supervisor).get(FIND, {"q": "ngowi0"})
    assert [group.title for group in page.context["groups"]] == ["Your students"]
    assert "Ngowi1" not in page.text
    assert signed_in(world.coordinator).get(FIND, {"q": "a b"}).headers["Location"] == "/admin/find/?q=a+b"


@pytest.mark.parametrize("words", ["\0", "x" * 500, "<script>"])
def test_strange_words_find_nothing(world, words):
    page = signed_in(world.student).get(FIND, {"q": words})
    assert (page.status_code, "<script>" in page.text) == (200, False)
