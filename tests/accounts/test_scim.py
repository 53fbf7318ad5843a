"""SCIM: what a directory may do with people, and what it may not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import HistoryEntry, ProvisionedPerson, ServiceToken, User
from apps.accounts.services.history import seal_history, verify_chain
from tests.accounts.directory import ASHA, USER, Directory
from tests.clients import signed_in
from tests.factories.accounts import (
    CompanyMemberFactory,
    ProvisionedGroupFactory,
    ServiceTokenFactory,
    StaffProfileFactory,
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


def test_a_person_is_entered_and_shown_as_said(directory, asha):
    assert (asha.username, str(asha), asha.email, asha.phone, asha.language, asha.has_usable_password()) == (
        "asha",
        "Asha Juma",
        "asha@uni.example",
        "+255712345678",
        "sw",
        False,
    )
    status, body = directory.ask("get", f"Users/{asha.pk}")
    assert (status, {key: body[key] for key in ASHA}) == (200, ASHA)
    assert body["meta"]["location"].endswith(f"/scim/v2/Users/{asha.pk}")
    assert asha.groups.count() == 0


def test_what_was_changed_here_is_shown_as_it_is(directory, asha):
    User.objects.filter(pk=asha.pk).update(email="new@uni.example", first_name="Aisha")
    ProvisionedPerson.objects.filter(user=asha).update(said={"emails": [{"value": "old@uni.example"}]})
    body = directory.ask("get", f"Users/{asha.pk}")[1]
    assert (body["emails"][0]["value"], body["name"]["givenName"]) == ("new@uni.example", "Aisha")


def test_deactivation_keeps_everything_and_ends_the_session(directory, asha):
    browser = signed_in(asha)
    assert browser.get(reverse("profile")).status_code == 200
    status, body = directory.patch(f"Users/{asha.pk}", {"op": "Replace", "path": "active", "value": False})
    assert (status, body["active"]) == (200, False)
    assert browser.get(reverse("profile")).status_code == 302
    asha.refresh_from_db()
    assert (asha.is_active, asha.email) == (False, "asha@uni.example")
    assert directory.patch(f"Users/{asha.pk}", {"op": "replace", "value": {"active": True}})[1]["active"] is True
    found = HistoryEntry.objects.filter(target_label="accounts.User").order_by("id")
    assert [row.action for row in found] == ["create", "deactivate", "reactivate"]
    assert {row.via for row in found} == {f"scim:{ServiceToken.objects.get().pk}"}
    seal_history()
    assert list(verify_chain()) == []


def test_a_deleted_person_is_found_no_more_and_comes_back_as_the_same(directory, asha):
    assert directory.ask("delete", f"Users/{asha.pk}") == (204, None)
    asha.refresh_from_db()
    assert (asha.is_active, directory.ask("get", f"Users/{asha.pk}")[0]) == (False, 404)
    assert directory.ask("delete", f"Users/{asha.pk}")[0] == 404
    assert directory.ask("get", "Users", filter='userName eq "asha"')[1]["totalResults"] == 0
    status, body = directory.ask("post", "Users", {**ASHA, "name": {"givenName": "Asha"}})
    asha.refresh_from_db()
    assert (status, body["id"], asha.is_active, asha.last_name) == (201, str(asha.pk), True, "")


def test_put_replaces_and_patch_changes_one_thing(directory, asha):
    body = directory.ask("put", f"Users/{asha.pk}", {"schemas": [USER], "userName": "asha2"})[1]
    asha.refresh_from_db()
    assert (asha.username, asha.first_name, asha.email, asha.is_active) == ("asha2", "", "", True)
    assert "name" not in body
    directory.patch(f"Users/{asha.pk}", {"op": "add", "path": 'emails[type eq "work"].value', "value": "a@uni.example"})
    asha.refresh_from_db()
    assert (asha.username, asha.email) == ("asha2", "a@uni.example")
    before = HistoryEntry.objects.count()
    assert directory.patch(f"Users/{asha.pk}", {"op": "replace", "path": "userName", "value": "asha2"})[0] == 200
    assert HistoryEntry.objects.count() == before


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"userName": "ASHA", "emails": []}, 409, "uniqueness"),
        ({"userName": "b"}, 409, "uniqueness"),
        ({"userName": "b", "emails": [{"value": "no address"}]}, 400, "invalidValue"),
        ({"userName": "b" * 151}, 400, "invalidValue"),
        ({"userName": " "}, 400, "invalidValue"),
        ({"userName": None}, 400, "invalidValue"),
        ({"externalId": "x" * 201}, 400, "invalidValue"),
        ({"active": "perhaps"}, 400, "invalidValue"),
        ({"userName": ["list"]}, 400, "invalidValue"),
    ],
)
def test_a_person_who_cannot_be_is_refused(directory, asha, changes, status, kind):
    found, body = directory.ask("post", "Users", ASHA | changes)
    assert (found, body["scimType"], User.objects.count()) == (status, kind, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff",
        b'{"a": NaN}',
        b'{"userName": "\\u0000"}',
        b'{"userName": "\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_resource_is_a_400(directory, body):
    assert (directory.ask("post", "Users", body)[0], User.objects.count()) == (400, 0)


def test_a_body_that_is_too_large_is_a_413(directory, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert directory.ask("post", "Users", ASHA)[0] == 413


def test_superusers_and_people_of_companies_are_not_the_directorys(directory, root):
    student, staff = StudentFactory.create(), StaffProfileFactory.create().user
    CompanyMemberFactory.create()
    StaffProfileFactory.create(user=root)
    body = directory.ask("get", "Users")[1]
    assert [found["id"] for found in body["Resources"]] == [str(student.pk), str(staff.pk)]
    for method in ("get", "delete", "put", "patch"):
        assert directory.ask(method, f"Users/{root.pk}", ASHA if method != "get" else None)[0] == 404
    assert directory.ask("post", "Users", {**ASHA, "userName": root.username})[0] == 409
    root.refresh_from_db()
    assert root.is_active


def test_a_removed_superuser_is_not_taken_back(directory, root):
    ProvisionedPerson.objects.create(user=root, removed_at=timezone.now())
    assert directory.ask("post", "Users", {**ASHA, "userName": root.username})[0] == 409


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 30, "%00", "1.0"])
def test_a_key_that_is_none_is_not_there(directory, key):
    assert [directory.ask("get", f"{kind}/{key}")[0] for kind in ("Users", "Groups")] == [404, 404]


# -- the rest -----------------------------------------------------------------------------------------------------


def test_what_there_is_not_is_a_scim_404_and_what_is_not_known_a_405(directory):
    assert directory.ask("get", "Nothing/at/all") == (
        404,
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "404",
            "detail": "There is no such resource.",
        },
    )
    assert directory.ask("get", "Schemas/urn:nothing")[0] == 404
    assert directory.ask("delete", "Users")[0] == 405
    assert directory.ask("get", "Schemas", filter="id pr")[0] == 403
    assert directory.ask("post", ".search", {})[0] == 501


def test_two_at_once_are_a_conflict(directory, monkeypatch):
    UserFactory.create(username="asha")
    monkeypatch.setattr("apps.accounts.services.provisioning._refuse_taken", lambda *_args: None)
    assert directory.ask("post", "Users", ASHA)[0] == 409


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_of_the_workspace_cost_the_same_queries(root, django_assert_num_queries, count):
    ServiceTokenFactory.create_batch(count)
    for group in ProvisionedGroupFactory.create_batch(count):
        group.members.add(UserFactory.create())
    browser = signed_in(root)
    for name in ("servicetoken", "provisionedgroup"):
        address = reverse(f"admin:accounts_{name}_changelist")
        browser.get(address)
        with django_assert_num_queries(6):
            assert browser.get(address).context["cl"].result_count == count
