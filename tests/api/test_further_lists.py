"""Values that name nothing, many moved by a service, what was changed meanwhile, and files as answers to POSTs."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from apps.accounts.models import KeptAnswer
from apps.accounts.states import CompanyState
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from apps.reporting.builders import docx
from portal.kernel.api.files import MEBIBYTE, UploadField
from tests.api.test_lists import client_for
from tests.factories.accounts import CompanyFactory, ErasureFactory
from tests.factories.logbook import DailyLogFactory
from tests.factories.reporting import DocumentTemplateFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


# -- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [2**31, 2**63, 2**64, str(2**80), "9" * 4000, 10**400])
def test_a_key_that_no_row_can_have_is_told_at_its_field(world, key):
    answer = client_for(world.student).post("/api/v1/portfolios/", {"enrolment": key}, format="json")
    told = [{"field": "enrolment", "message": f'Invalid pk "{key}" - object does not exist.'}]
    assert (answer.status_code, answer.json()["errors"]) == (400, told)


def test_a_list_is_narrowed_by_a_moment(world):
    now = timezone.now()
    soon, _late = (ErasureFactory.create(due_at=now + dt.timedelta(hours=hours)) for hours in (1, 3))
    client = client_for(world.superuser)
    found = client.get("/api/v1/erasures/", {"due_by": (now + dt.timedelta(hours=2)).isoformat()}).json()
    assert [row["id"] for row in found["results"]] == [soon.pk]
    none = client.get("/api/v1/erasures/", {"due_by": "2026-02-30T00:00Z"})
    assert (none.status_code, [error["field"] for error in none.json()["errors"]]) == (400, ["due_by"])


def test_a_file_is_measured_before_it_is_read():
    field = UploadField(most=MEBIBYTE)
    most = SimpleUploadedFile("x", b"0" * MEBIBYTE)
    assert field.run_validation(most) is most
    with pytest.raises(ValidationError) as refused:
        field.run_validation(SimpleUploadedFile("x", b"0" * (MEBIBYTE + 1)))
    assert [(str(error), error.code) for error in refused.value.detail] == [
        ("This file is larger than 1 MB.", "too_large")
    ]


# -- many moved by a service ------------------------------------------------------------------------------------------


def days_of(world: World, *states: ChainState) -> list[DailyLog]:
    today = timezone.localdate()
    return [
        DailyLogFactory.create(
            enrolment=world.enrolment, placement=world.placement, state=state, day=today - dt.timedelta(days=number)
        )
        for number, state in enumerate(states, start=1)
    ]


def test_many_days_are_sent_each_on_its_own(world):
    draft, sent = days_of(world, ChainState.DRAFT, ChainState.SUBMITTED)
    ids = {"ids": [draft.pk, sent.pk]}
    answer = client_for(world.student).post("/api/v1/logs/bulk/submit/", ids, format="json").json()
    why = "This is not possible any more: the state has changed meanwhile."
    assert answer == {"moved": [draft.pk], "refused": [{"id": sent.pk, "code": "wrong_state", "message": why}]}
    assert DailyLog.objects.get(pk=draft.pk).state == ChainState.SUBMITTED


def test_many_days_are_not_sent_by_somebody_else(world):
    rows = days_of(world, ChainState.REVISION_REQUESTED, ChainState.REVISION_REQUESTED)
    ids = {"ids": [row.pk for row in rows]}
    answer = client_for(world.industrial_supervisor).post("/api/v1/logs/bulk/submit/", ids, format="json").json()
    told = {"code": "not_allowed", "message": "You may not do this here."}
    assert answer == {"moved": [], "refused": [{"id": row.pk, **told} for row in rows]}
    assert [DailyLog.objects.get(pk=row.pk).state for row in rows] == [ChainState.REVISION_REQUESTED] * 2


# -- preconditions and repeating --------------------------------------------------------------------------------------


def test_a_version_that_is_stale_under_the_lock_fails_the_precondition(world):
    company = CompanyFactory.create(state=CompanyState.PROPOSED, version=5)
    client, address = client_for(world.superuser), f"/api/v1/companies/{company.pk}/approve/"
    # A star lets the row pass, the version in the body is compared by the move itself.
    answer = client.post(address, {"version": 4}, format="json", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    company.refresh_from_db()
    assert company.state == CompanyState.PROPOSED


def test_a_file_is_made_anew_when_its_post_comes_again(world):
    file = ContentFile(docx.layout("week"), name="week.docx")
    template = DocumentTemplateFactory.create(department=world.department, file=file)
    client = client_for(world.coordinator)
    address = f"/api/v1/templates/{template.pk}/try/?format=docx"
    tries = [
        client.post(address, {"placement": world.placement.pk}, format="json", headers={"Idempotency-Key": "k1"})
        for _number in range(2)
    ]
    assert [(answer.status_code, answer.content[:4]) for answer in tries] == [(200, b"PK\x03\x04")] * 2
    assert not KeptAnswer.objects.exists()
