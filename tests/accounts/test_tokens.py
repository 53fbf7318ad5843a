"""Tokens of services: issued once, shown once, ended at once."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import HistoryEntry, ProvisionedGroup, ServiceToken, User
from apps.accounts.services.people import grant
from apps.accounts.services.tokens import issue_token, revoke_token, token_of
from apps.accounts.states import TokenScope
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.accounts.directory import ASHA, GROUP, PATCH, Directory
from tests.clients import signed_in
from tests.factories.accounts import (
    DepartmentFactory,
    ServiceTokenFactory,
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


def in_days(days: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def test_a_token_is_stored_as_a_hash_and_ends_when_it_is_revoked(root):
    token, secret = issue_token(name="D", scopes=[TokenScope.SCIM_READ], expires_at=in_days(1), actor=root)
    assert secret not in str(list(ServiceToken.objects.values()))
    assert (token_of(secret), token_of(secret + "x"), token_of("")) == (token, None, None)
    token.refresh_from_db()
    assert token.last_used_at is not None
    revoke_token(token, actor=root)
    assert token_of(secret) is None
    with pytest.raises(RuleViolation) as refusal:
        revoke_token(token, actor=root)
    assert refusal.value.code == "revoked_already"
    assert list(HistoryEntry.objects.order_by("id").values_list("action", flat=True)) == ["create", "revoke"]


def test_a_token_ends_by_itself():
    ServiceTokenFactory.create(secret="old", expires_at=in_days(-1))
    assert Directory("old").ask("get", "Users")[0] == 401


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"scopes": []}, "scopes_missing"),
        ({"expires_at": in_days(-1)}, "expiry_wrong"),
        ({"expires_at": in_days(800)}, "expiry_wrong"),
        ({"name": "Taken"}, "name_taken"),
    ],
)
def test_a_token_that_cannot_be_is_refused(root, values, code):
    ServiceTokenFactory.create(name="Taken")
    with pytest.raises(RuleViolation) as refusal:
        issue_token(**{"name": "D", "scopes": ["scim_read"], "expires_at": in_days(1), **values}, actor=root)
    assert (refusal.value.code, ServiceToken.objects.count()) == (code, 1)


def test_only_superusers_have_tokens():
    token = ServiceTokenFactory.create()
    coordinator = UserFactory.create()
    grant(coordinator, DepartmentFactory.create(), actor=SYSTEM)
    with pytest.raises(NotAllowed):
        issue_token(name="D", scopes=[TokenScope.SCIM_READ], expires_at=in_days(1), actor=coordinator)
    with pytest.raises(NotAllowed):
        revoke_token(token, actor=coordinator)
    for name in ("changelist", "issue"):
        assert signed_in(coordinator).get(reverse(f"admin:accounts_servicetoken_{name}")).status_code in {403, 404}


def test_the_secret_is_shown_once_on_the_page_that_made_it(root):
    browser = signed_in(root)
    address = reverse("admin:accounts_servicetoken_issue")
    assert browser.get(address).status_code == 200
    form = {"name": "Directory", "scopes": ["scim_write"], "expires_at": (in_days(30)).date().isoformat()}
    page = browser.post(address, form)
    token, secret = ServiceToken.objects.get(), page.context["secret"]
    assert (token_of(secret), secret in page.text) == (token, True)
    for shown in (
        browser.get(reverse("admin:accounts_servicetoken_changelist")),
        browser.get(reverse("admin:accounts_servicetoken_change", args=[token.pk])),
        browser.post(address, form),
    ):
        assert (shown.status_code, secret in shown.text) == (200, False)
    assert "There is a token of this name already." in shown.text
    list_page = reverse("admin:accounts_servicetoken_changelist")
    for words in ("1 token is revoked.", "0 tokens are revoked."):
        answer = browser.post(list_page, {"action": "revoke", "_selected_action": [token.pk]}, follow=True)
        assert words in answer.text
    assert token_of(secret) is None


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nothing", "Basic writer", "writer"])
def test_without_a_token_nothing_is_said(directory, header):
    answer = Client(headers={"Authorization": header} if header else {}).get("/scim/v2/Users")
    assert (answer.status_code, answer["WWW-Authenticate"], answer["Content-Type"]) == (
        401,
        'Bearer realm="scim"',
        "application/scim+json",
    )
    assert json.loads(answer.content)["status"] == "401"


def test_a_signed_in_superuser_is_no_token(root):
    assert signed_in(root).get("/scim/v2/Users").status_code == 401


def test_a_token_to_read_writes_nothing(asha):
    ServiceTokenFactory.create(secret="reader", scopes=["scim_read"])
    reader = Directory("reader")
    assert reader.ask("get", f"Users/{asha.pk}")[0] == 200
    assert (
        reader.ask("post", "Users/.search", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]})[0]
        == 200
    )
    before = list(User.objects.order_by("pk").values())
    for method, path, body in (
        ("post", "Users", {**ASHA, "userName": "other", "emails": []}),
        ("put", f"Users/{asha.pk}", {**ASHA, "active": False}),
        ("patch", f"Users/{asha.pk}", {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "active"}]}),
        ("delete", f"Users/{asha.pk}", None),
        ("post", "Groups", {"schemas": [GROUP], "displayName": "G"}),
    ):
        assert reader.ask(method, path, body)[0] == 403
    assert (list(User.objects.order_by("pk").values()), ProvisionedGroup.objects.count()) == (before, 0)


def test_a_token_without_a_scope_reads_nothing():
    ServiceTokenFactory.create(secret="none", scopes=["metrics"])
    assert Directory("none").ask("get", "Users")[0] == 403
