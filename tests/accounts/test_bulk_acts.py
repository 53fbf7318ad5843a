"""What is done with many rows and is no move: refused row by row, taken back, and where there is no way back."""

import pytest
from django.urls import reverse

from apps.accounts.models import Job
from apps.accounts.services import bulk_acts, bulk_moves
from apps.accounts.services.bulk_acts import act_on_rows
from apps.accounts.services.jobs import run_job
from apps.accounts.states import JobState, Role
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.services.papers_at_once import ZIP
from apps.applications.services.supervisor_plan import NAME_MANY, name_for_many
from apps.applications.states import PlacementState, SupervisorKind
from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.world import World, build_world
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def named(world: World, *rows: Placement) -> Job:
    """Name one supervisor for these placements."""
    lecturer = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    chosen = Placement.objects.filter(pk__in=[row.pk for row in rows])
    return name_for_many(chosen, email=lecturer.email, kind=SupervisorKind.UNIVERSITY, actor=world.coordinator)


def test_nothing_is_done_with_no_row(world):
    assert refusal(act_on_rows, NAME_MANY, [], {}, actor=world.coordinator) == "nothing_chosen"
    assert not Job.objects.exists()


def test_a_row_that_is_not_ones_to_act_on_is_refused_with_the_words_of_the_act(world):
    fine = PlacementFactory.create(enrolment__cohort=world.cohort, state=PlacementState.CONFIRMED)
    over = PlacementFactory.create(enrolment__cohort=world.cohort, state=PlacementState.CANCELLED)
    job = named(world, fine, over)
    why = "The placement is over, or you do not coordinate this student."
    assert (job.outcome["moved"], job.outcome["refused"]) == ([fine.pk], {why: [over.pk]})
    assert not PlacementSupervisor.objects.filter(placement=over).exists()


def test_what_was_kept_of_an_act_may_be_gone_before_it_is_taken_back(world, monkeypatch):
    row = PlacementFactory.create(enrolment__cohort=world.cohort, state=PlacementState.CONFIRMED)
    job = named(world, row)
    monkeypatch.setattr(bulk_acts, "AT_ONCE", 0)
    signed_in(world.coordinator).post(reverse("bulk_undo", args=[job.pk]))
    undoing = Job.objects.exclude(pk=job.pk).get()
    # Results are kept for two weeks only.
    job.delete()
    run_job(undoing.pk)
    undoing.refresh_from_db()
    assert (undoing.state, undoing.outcome) == (JobState.FAILED, {})
    assert PlacementSupervisor.objects.filter(placement=row, is_active=True).count() == 1


def result(world: World, kind: str, label: str, **payload: str) -> Job:
    outcome = {"moved": [world.placement.pk], "refused": {}, "back": None, "next": 1}
    return Job.objects.create(
        owner=world.coordinator,
        kind=kind,
        title="x",
        payload={"label": label, **payload},
        outcome=outcome,
        state=JobState.DONE,
    )


def test_a_kind_without_a_way_back_says_so(world):
    job = result(world, ZIP, "applications.agreement")
    page = signed_in(world.coordinator).post(reverse("bulk_undo", args=[job.pk]), follow=True)
    assert [str(message) for message in page.context["messages"]] == ["This cannot be undone: no move leads back."]
    assert page.context["back"] is None


def test_the_result_of_a_list_that_is_gone_is_shown_to_nobody(world):
    job = result(world, bulk_moves.MOVE_MANY, "accounts.formercompany", move="approve")
    assert signed_in(world.coordinator).get(reverse("bulk_result", args=[job.pk])).status_code == 403
