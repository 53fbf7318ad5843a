"""SCIM: filters, pages and groups."""

import pytest
from django.urls import reverse

from apps.accounts.models import ProvisionedGroup, User
from apps.accounts.services.people import grant
from apps.accounts.services.provisioning import map_group
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM, scope_of
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.accounts.directory import ASHA, GROUP, USER, Directory
from tests.clients import signed_in
from tests.factories.accounts import (
    DepartmentFactory,
    ProvisionedGroupFactory,
    ServiceTokenFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory() -> Directory:
    ServiceTokenFactory.create(secret="writer")
    return Directory("writer")


@pytest.fixture
def asha(directory) -> User:
    status, body = directory.ask("post", "Users", ASHA)
    assert status == 201
    return User.objects.get(pk=body["id"])


@pytest.fixture
def root() -> User:
    return UserFactory.create(is_superuser=True)


# -- filters and pages --------------------------------------------------------------------------------------------


@pytest.fixture
def three(directory) -> list[str]:
    keys = []
    for name, active in (("anna", True), ("Bob", False), ("carl", True)):
        body = {
            "schemas": [USER],
            "userName": name,
            "externalId": f"X-{name}",
            "active": active,
            "name": {"givenName": name.title()},
            "emails": [{"value": f"{name}@uni.example"}],
        }
        keys.append(directory.ask("post", "Users", body)[1]["id"])
    return keys


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('userName eq "ANNA"', "a"),
        ('userName ne "anna"', "bc"),
        (f'{USER}:userName sw "b"', "b"),
        ('userName ew "L"', "c"),
        ('emails.value co "@UNI"', "abc"),
        ('emails[value sw "carl"]', "c"),
        ('emails eq "bob@uni.example"', "b"),
        ('externalId eq "X-anna"', "a"),
        ('externalId eq "x-anna"', ""),
        ("active eq true", "ac"),
        ("not (active eq true)", "b"),
        ('active eq true and userName sw "c" or userName eq "bob"', "bc"),
        ("externalId pr", "abc"),
        ("name.familyName pr", ""),
        ("active pr", "abc"),
        ("externalId eq null", ""),
        ('meta.created gt "2020-01-01T00:00:00Z"', "abc"),
        ('id eq "0"', ""),
        ('id eq "no key"', ""),
        ('id sw "1"', ""),
        ('userName eq "\\u0000"', ""),
        ('userName eq "\\ud800"', ""),
    ],
)
def test_people_are_filtered(directory, three, asked, found):
    status, body = directory.ask("get", "Users", filter=asked)
    assert (status, [row["userName"][0].lower() for row in body.get("Resources", [])]) == (200, list(found))


@pytest.mark.parametrize(
    "asked",
    [
        "userName",
        "userName xx 1",
        "password eq 1",
        'userName gt "a"',
        "userName eq 1",
        "active eq 1",
        'displayName eq "x"',
        "(" * 200,
    ],
)
def test_a_filter_that_cannot_be_is_a_400(directory, three, asked):
    status, body = directory.ask("get", "Users", filter=asked)
    assert (status, body["scimType"]) == (400, "invalidFilter")


def test_people_come_in_pages(directory, three):
    def page(**query: str) -> tuple[int, int, list[str]]:
        body = directory.ask("get", "Users", **query)[1]
        return body["totalResults"], body["startIndex"], [row["id"] for row in body.get("Resources", [])]

    assert page(count="2") == (3, 1, three[:2])
    assert page(startIndex="3", count="2") == (3, 3, three[2:])
    assert page(startIndex="-5", count="0") == (3, 1, [])
    assert page(startIndex="9") == (3, 9, [])
    assert directory.ask("get", "Users", count="x")[0] == 400


def test_only_what_is_asked_for_is_shown(directory, three):
    body = directory.ask("get", f"Users/{three[0]}", attributes="userName")[1]
    assert sorted(body) == ["id", "schemas", "userName"]
    body = directory.ask("get", "Users", excludedAttributes="emails,name")[1]
    assert all("emails" not in row and "name" not in row for row in body["Resources"])


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_people_costs_the_same_queries(directory, django_assert_num_queries, count):
    group = ProvisionedGroupFactory.create()
    for _ in range(count):
        group.members.add(StudentFactory.create())
    directory.ask("get", "Users")
    with django_assert_num_queries(7):
        assert directory.ask("get", "Users")[1]["totalResults"] == count


# -- groups -------------------------------------------------------------------------------------------------------


def entered_group(directory: Directory, *members: User, name: str = "Mechanics") -> ProvisionedGroup:
    body = {"schemas": [GROUP], "displayName": name, "members": [{"value": str(person.pk)} for person in members]}
    status, answer = directory.ask("post", "Groups", body)
    assert status == 201
    return ProvisionedGroup.objects.get(pk=answer["id"])


def roles(person: User) -> list[str]:
    return sorted(scope_of(User.objects.get(pk=person.pk)).roles)


def test_a_group_gives_nothing_before_a_superuser_says_what(directory, asha, root):
    group = entered_group(directory, asha, name="Admins")
    assert (list(group.members.all()), roles(asha)) == ([asha], [])
    map_group(group, {"role": Role.UNIVERSITY_SUPERVISOR.value}, actor=root)
    assert roles(asha) == ["university_supervisor"]
    directory.patch(f"Groups/{group.pk}", {"op": "remove", "path": f'members[value eq "{asha.pk}"]'})
    assert roles(asha) == []
    directory.patch(f"Groups/{group.pk}", {"op": "add", "path": "members", "value": [{"value": str(asha.pk)}]})
    assert roles(asha) == ["university_supervisor"]
    assert directory.ask("get", f"Users/{asha.pk}")[1]["groups"] == [{"value": str(group.pk), "display": "Admins"}]
    assert directory.ask("delete", f"Groups/{group.pk}") == (204, None)
    assert roles(asha) == []


def test_coordinators_of_a_group_coordinate_its_department(directory, asha, root):
    department, other = DepartmentFactory.create(), DepartmentFactory.create()
    group = entered_group(directory, asha)
    with pytest.raises(RuleViolation) as refusal:
        map_group(group, {"role": Role.COORDINATOR.value}, actor=root)
    assert refusal.value.code == "department_missing"
    browser = signed_in(root)
    address = reverse("admin:accounts_provisionedgroup_change", args=[group.pk])
    assert browser.get(address).status_code == 200
    map_group(group, {"role": Role.COORDINATOR.value, "department": department}, actor=root)
    assert scope_of(User.objects.get(pk=asha.pk)).departments == {department.pk}
    map_group(group, {"department": other}, actor=root)
    assert scope_of(User.objects.get(pk=asha.pk)).departments == {other.pk}
    map_group(group, {"role": ""}, actor=root)
    assert (roles(asha), scope_of(User.objects.get(pk=asha.pk)).departments) == ([], frozenset())


def test_what_two_groups_give_stays_until_both_are_left(directory, asha, root):
    department = DepartmentFactory.create()
    groups = [entered_group(directory, asha, name=name) for name in ("A", "B", "C", "D")]
    for group in groups[:2]:
        map_group(group, {"role": Role.UNIVERSITY_SUPERVISOR.value}, actor=root)
    for group in groups[2:]:
        map_group(group, {"role": Role.COORDINATOR.value, "department": department}, actor=root)
    for group in (groups[0], groups[2]):
        directory.ask("put", f"Groups/{group.pk}", {"schemas": [GROUP], "displayName": group.name})
    assert roles(asha) == ["coordinator", "university_supervisor"]
    directory.ask("delete", f"Users/{asha.pk}")
    assert ProvisionedGroup.objects.filter(members=asha).count() == 0
    assert asha.groups.count() == 0


def test_who_coordinates_a_cohort_by_hand_stays_a_coordinator(directory, asha, root):
    group = entered_group(directory, asha)
    department = DepartmentFactory.create()
    map_group(group, {"role": Role.COORDINATOR.value, "department": department}, actor=root)
    grant(asha, DepartmentFactory.create(), actor=SYSTEM)
    directory.ask("delete", f"Groups/{group.pk}")
    assert roles(asha) == ["coordinator"]


def test_only_superusers_say_what_a_group_gives():
    group = ProvisionedGroupFactory.create()
    coordinator = UserFactory.create()
    grant(coordinator, DepartmentFactory.create(), actor=SYSTEM)
    with pytest.raises(NotAllowed):
        map_group(group, {"role": Role.COORDINATOR.value}, actor=coordinator)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"displayName": "MECHANICS"}, 409, "uniqueness"),
        ({"displayName": "x" * 161}, 400, "invalidValue"),
        ({"displayName": "G", "members": [{"value": "0"}]}, 400, "invalidValue"),
        ({"displayName": "G", "members": [{"value": "no key"}]}, 400, "invalidValue"),
        ({"displayName": "G", "externalId": "x" * 201}, 400, "invalidValue"),
    ],
)
def test_a_group_that_cannot_be_is_refused(directory, body, status, kind):
    ProvisionedGroupFactory.create(name="Mechanics")
    found, answer = directory.ask("post", "Groups", {"schemas": [GROUP], **body})
    assert (found, answer["scimType"], ProvisionedGroup.objects.count()) == (status, kind, 1)


def test_a_superuser_is_no_member(directory, root):
    body = {"schemas": [GROUP], "displayName": "G", "members": [{"value": str(root.pk)}]}
    assert directory.ask("post", "Groups", body)[0] == 400


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ('displayName eq "mechanics"', 1),
        ('displayName eq "x"', 0),
        ('members.value eq "0"', 0),
        ("meta.lastModified pr", 1),
    ],
)
def test_groups_are_filtered_and_searched(directory, asked, count):
    ProvisionedGroupFactory.create(name="Mechanics")
    assert directory.ask("get", "Groups", filter=asked)[1]["totalResults"] == count
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": asked}
    assert directory.ask("post", "Groups/.search", search)[1]["totalResults"] == count
