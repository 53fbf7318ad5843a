"""Programs at /api/v1/ by a service token: they read what is open to them, and nothing else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import ServiceToken
from apps.accounts.states import CompanyState, TokenScope
from portal.api import router
from tests.factories.accounts import CompanyFactory, ServiceTokenFactory
from tests.factories.world import build_world
from tests.house.everything import build_everything

pytestmark = pytest.mark.django_db
OPEN = {"api-company", "api-vacancy", "api-placement", "api-log", "api-week", "api-assessment", "api-report"}


def program(**values) -> APIClient:
    ServiceTokenFactory.create(secret="pt_secret", **{"scopes": [TokenScope.API_READ.value], **values})
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer pt_secret")
    return client


def test_a_program_reads_only_what_is_open_to_it():
    build_everything(build_world())
    client = program()
    answers = {
        basename: client.get(reverse(f"{basename}-list")).status_code for _prefix, _viewset, basename in router.registry
    }
    assert {basename for basename, status in answers.items() if status == 200} == OPEN
    assert {status for basename, status in answers.items() if basename not in OPEN} == {403}
    states = {row["state"] for row in client.get("/api/v1/logs/").json()["results"]}
    assert states == {"verified_academic"}


def test_a_program_writes_nothing_and_is_nobody():
    company = CompanyFactory.create(state=CompanyState.APPROVED)
    client = program()
    address = f"/api/v1/companies/{company.pk}/"
    assert client.get(address).json()["name"] == company.name
    asked = [
        client.post("/api/v1/companies/", {"name": "New"}, format="json"),
        client.patch(address, {"name": "New"}, format="json"),
        client.delete(address),
        client.post(f"{address}archive/", {"reason": "No."}, format="json"),
        client.post("/api/v1/companies/bulk/archive/", {"ids": [company.pk], "reason": "No."}, format="json"),
        client.get(f"{address}contact/"),
        client.get(f"{address}moves/"),
        client.get("/api/v1/me"),
        client.post("/api/v1/auth/logout"),
        client.get("/api/v1/analytics/coordinator-dashboard"),
        client.post("/api/v1/exports", {"kind": "accounts.students", "format": "csv"}, format="json"),
    ]
    assert [answer.status_code for answer in asked] == [403] * len(asked)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"scopes": [TokenScope.SCIM_READ.value]}, 403),
        ({"scopes": []}, 403),
        ({"expires_at": timezone.now() - dt.timedelta(seconds=1)}, 401),
        ({"revoked_at": timezone.now()}, 401),
    ],
)
def test_a_token_that_may_not_opens_nothing(values, status):
    assert program(**values).get("/api/v1/companies/").status_code == status


def test_an_unknown_token_opens_nothing_and_a_dialect_takes_none():
    client = program()
    ServiceToken.objects.update(secret_hash="0" * 64)
    assert client.get("/api/v1/companies/").status_code == 401
    assert "WWW-Authenticate" in client.get("/api/v1/companies/").headers
    assert client.get("/api/companies/").status_code == 401
