"""Bulk moves of lists: what was done, what not and why, as a table too; many as a job; and the way back."""

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Company, Job
from apps.accounts.services import bulk_moves
from apps.accounts.services.jobs import run_job
from apps.accounts.states import CompanyState, JobState
from portal.kernel.admin import recording
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import BulkResult
from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
COMPANIES = "/admin/accounts/company/"
LABEL = "accounts.company"


@pytest.fixture
def world() -> World:
    return build_world()


def companies(world: World, *states: CompanyState) -> list[Company]:
    return [CompanyFactory.create(state=state, proposed_for=world.department) for state in states]


def ticked(person, action: str, rows: list[Company], **values):
    data = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0", **values}
    return signed_in(person).post(COMPANIES, data, follow=True)


def lines_of(person, job: Job) -> list[list[str]]:
    answer: Any = signed_in(person).get(reverse("bulk_result_file", args=[job.pk]))
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_what_was_refused_stands_beside_its_reason(world):
    rows = companies(world, CompanyState.PROPOSED, CompanyState.APPROVED, CompanyState.APPROVED)
    page = ticked(world.coordinator, "move_approve", rows)
    job = Job.objects.get(kind=bulk_moves.MOVE_MANY)
    why = "This is not possible any more: the state has changed meanwhile."
    assert f"Approve: 1 done, 2 not: {why} (2)" in page.text
    result = signed_in(world.coordinator).get(reverse("bulk_result", args=[job.pk]))
    assert result.context["text"] == "Approve: 1 done, 2 not."
    [(reason, count, shown)] = result.context["reasons"]
    assert (result.context["moved"], reason, count, [text for text, _url in shown]) == (
        *(1, why, 2),
        [row.name for row in rows[1:]],
    )
    assert lines_of(world.coordinator, job) == [
        ["Row", "Result", "Reason"],
        [rows[0].name, "Done", ""],
        *([row.name, "Not done", why] for row in rows[1:]),
    ]
    for stranger in (world.foreign_coordinator, world.superuser, world.student):
        assert signed_in(stranger).get(reverse("bulk_result", args=[job.pk])).status_code == 404


def test_very_many_are_moved_by_a_job_that_goes_on_after_its_last_part(world, monkeypatch):
    monkeypatch.setattr("portal.kernel.admin.moves.AT_ONCE", 2)
    monkeypatch.setattr(bulk_moves, "CHUNK", 2)
    rows = companies(world, *[CompanyState.PROPOSED] * 3, CompanyState.APPROVED)
    foreign = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.other_department)
    ticked(world.coordinator, "move_approve", rows)
    job = Job.objects.get()
    job.payload["keys"].append(foreign.pk)
    job.save()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.message) == (JobState.DONE, "", "Approve: 3 done, 2 not.")
    assert (job.outcome["next"], sorted(job.outcome["moved"])) == (5, [row.pk for row in rows[:3]])
    assert job.outcome["refused"]["It is not there any more, or not yours."] == [foreign.pk]
    assert Company.objects.get(pk=foreign.pk).state == CompanyState.PROPOSED
    again = bulk_moves.start_moves(LABEL, "approve", [row.pk for row in rows], reason="", actor=world.coordinator)
    again.outcome = {"moved": [], "refused": {}, "back": None, "next": 4}
    again.save()
    run_job(again.pk)
    assert Job.objects.get(pk=again.pk).outcome["moved"] == []


@pytest.mark.parametrize(
    ("states", "moved", "back"),
    [
        ({1: "approved", 2: "approved"}, [1, 2], "approve"),
        ({1: "approved", 2: "rejected"}, [1, 2], ""),
        ({1: "approved", 2: "rejected"}, [1], "approve"),
        ({}, [], ""),
    ],
)
def test_the_way_back_is_a_move_that_leads_all_back(states, moved, back):
    assert recording.way_back(Company, "archive", states, moved) == back


def test_what_was_done_is_undone_by_the_move_that_leads_back(world):
    rows = companies(world, CompanyState.APPROVED, CompanyState.APPROVED)
    result = BulkResult([row.pk for row in rows], [])
    address = bulk_moves.BulkRecords().keep(LABEL, "archive", result, back="approve", actor=world.coordinator)
    job = Job.objects.get()
    assert address == reverse("bulk_result", args=[job.pk])
    signed_in(world.coordinator).post(reverse("bulk_undo", args=[job.pk]))
    undoing = Job.objects.exclude(pk=job.pk).get()
    assert (undoing.payload["move"], undoing.payload["keys"]) == ("approve", [row.pk for row in rows])
    with pytest.raises(RuleViolation, match="cannot be undone"):
        bulk_moves.undo_moves(undoing, reason="", actor=world.coordinator)


def test_no_list_and_no_move_of_others(world):
    with pytest.raises(NotAllowed):
        bulk_moves.start_moves(LABEL, "approve", [1], reason="", actor=world.student)
    with pytest.raises(NotAllowed):
        bulk_moves.start_moves(LABEL, "explode", [1], reason="", actor=world.coordinator)
