import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Company, HistoryEntry, Notice, OutboxTask
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.reconcile import reconcile_reactions
from apps.accounts.states import CompanyState, OutboxState
from portal.kernel.fsm import perform_many, reactions, stateful_models
from tests.factories.accounts import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved():
    """Two companies, approved in one batch."""
    CompanyFactory.create_batch(2, state=CompanyState.PROPOSED, proposed_by=UserFactory.create())
    perform_many(Company.objects.all(), "approve", actor=UserFactory.create(is_superuser=True), reason="known to us")


def rows():
    return list(OutboxTask.objects.order_by("id").values_list("kind", "payload", "dedupe_key", "state"))


def test_nothing_is_missing_after_a_move(approved):
    before = rows()
    assert [kind for kind, *_rest in before] == ["accounts.tell_company_approved"]
    assert reconcile_reactions() == 0
    assert rows() == before


def test_a_row_that_is_gone_comes_back_as_it_was(approved):
    before = rows()
    OutboxTask.objects.all().delete()
    assert reconcile_reactions() == 1
    assert rows() == before
    assert reconcile_reactions() == 0


def test_a_reaction_that_ran_is_not_called_again(approved):
    run_due_tasks()
    told = Notice.objects.count()
    assert (told, reconcile_reactions()) == (2, 0)
    run_due_tasks()
    assert Notice.objects.count() == told


def test_a_dead_reaction_is_tried_again_and_other_dead_work_is_not(approved):
    OutboxTask.objects.update(state=OutboxState.DEAD, done_at=timezone.now(), attempts=12)
    OutboxTask.objects.create(kind="accounts.run_job", state=OutboxState.DEAD, done_at=timezone.now())
    assert reconcile_reactions() == 1
    assert [(kind, state) for kind, _payload, _key, state in rows()] == [
        ("accounts.tell_company_approved", OutboxState.WAITING),
        ("accounts.run_job", OutboxState.DEAD),
    ]


@pytest.mark.parametrize("age", [dt.timedelta(days=2, minutes=10), dt.timedelta(days=4)])
def test_what_is_long_past_rests(approved, age):
    OutboxTask.objects.all().delete()
    HistoryEntry.objects.update(at=timezone.now() - age)
    assert reconcile_reactions() == 0


def test_every_reaction_follows_a_move_that_history_keeps():
    """What history does not keep, the nightly look cannot find."""
    keeping = {model._meta.label for model in stateful_models() if model.KEEPS_HISTORY}
    assert [reaction.name for reaction in reactions() if reaction.model not in keeping] == []
