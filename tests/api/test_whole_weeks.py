"""A week through /api/v1/ goes with its days; what was read is another version; ended sign-ins are not shown."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Notice
from apps.accounts.services.people import give_role
from apps.accounts.states import Role
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from tests.api.test_lists import client_for
from tests.factories.accounts import EnrolmentFactory, TokenFamilyFactory
from tests.factories.logbook import DailyLogFactory, WeeklyReportFactory
from tests.factories.world import World, build_world
from tests.matrix.logbook import last_working_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def test_a_week_is_verified_and_validated_with_its_days(world):
    report = WeeklyReportFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    for number, state in enumerate((ChainState.SUBMITTED, ChainState.SUBMITTED, ChainState.DRAFT)):
        day = report.week_start + dt.timedelta(days=number)
        DailyLogFactory.create(placement=world.placement, day=day, week_start=report.week_start, state=state)
    before = report.week_start - dt.timedelta(days=7)
    DailyLogFactory.create(placement=world.placement, day=before, week_start=before, state=ChainState.SUBMITTED)

    def states():
        return [str(state) for state in DailyLog.objects.order_by("day").values_list("state", flat=True)]

    host, university = client_for(world.industrial_supervisor), client_for(world.university_supervisor)
    address = f"/api/v1/weeks/{report.pk}/"
    assert host.post(f"{address}verify/").json()["state"] == "verified_industry"
    assert states() == ["submitted", "verified_industry", "verified_industry", "draft"]
    many = university.post("/api/v1/weeks/bulk/validate/", {"ids": [report.pk]}, format="json")
    assert many.json() == {"moved": [report.pk], "refused": []}
    assert states() == ["submitted", "verified_academic", "verified_academic", "draft"]
    assert WeeklyReport.objects.get().state == ChainState.VERIFIED_ACADEMIC


def test_a_week_that_does_not_move_leaves_its_days(world):
    report = WeeklyReportFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    DailyLogFactory.create(
        placement=world.placement, day=report.week_start, week_start=report.week_start, state=ChainState.SUBMITTED
    )
    stranger, stale = client_for(world.university_supervisor), {"If-Match": '"99.x"'}
    assert stranger.post(f"/api/v1/weeks/{report.pk}/verify/").status_code in (403, 404)
    refused = client_for(world.industrial_supervisor).post(f"/api/v1/weeks/{report.pk}/verify/", headers=stale)
    assert (refused.status_code, DailyLog.objects.get().state) == (412, ChainState.SUBMITTED)


def test_a_day_and_a_place_are_entered_with_few_statements(world):
    """Who comes, what is named, the lock, what decides, one INSERT, and the answer; with a savepoint for the test's."""
    day, placed = last_working_day().isoformat(), EnrolmentFactory.create(cohort=world.cohort)
    asked = [
        (world.student, "logs", {"enrolment": world.enrolment.pk, "day": day, "text": "Turned a shaft.", "hours": 8}),
        (world.coordinator, "placements", {"enrolment": placed.pk, "company": world.company.pk}),
    ]
    counted = []
    for person, things, body in asked:
        client = client_for(person)
        with CaptureQueriesContext(connection) as statements:
            answer = client.post(f"/api/v1/{things}/", body, format="json")
        counted.append((answer.status_code, len(statements)))
    assert counted == [(201, 12), (201, 12)]


def test_reading_a_notice_makes_it_another_version(world):
    notice = Notice.objects.create(recipient=world.student, kind="accounts.company_approved", facts={"company": "Njia"})
    client, address = client_for(world.student), f"/api/v1/notices/{notice.pk}/"
    tag = client.get(address).headers["ETag"]
    assert client.post(f"{address}read/", headers={"If-Match": tag}).status_code == 200
    assert client.post(f"{address}read/", headers={"If-Match": tag}).status_code == 412


def test_sign_ins_that_other_roles_have_ended_are_not_shown(world, client):
    person = world.student
    client_for(person)
    TokenFamilyFactory.create(user=person, program="of old")
    client.force_login(person)
    shown = client.get("/accounts/sessions/").context["programs"]
    assert len(shown) == 2
    give_role(person, Role.COMPANY_REPRESENTATIVE, actor=SYSTEM)
    assert [family.program for family in client.get("/accounts/sessions/").context["programs"]] == ["of old"]
