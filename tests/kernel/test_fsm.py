from collections.abc import Iterator
from typing import Any

import pytest
from django_fsm import ConcurrentTransition

from apps.accounts.models import Company, HistoryEntry, Job, OutboxTask, User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import CompanyState
from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from portal.kernel import tasks
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import (
    Change,
    Danger,
    Event,
    announce_created,
    announce_created_many,
    changes,
    may,
    moves_for,
    moves_of,
    parts,
    perform,
    perform_many,
    reactions,
    reacts_to,
    stateful_models,
    with_move,
)
from tests.factories.accounts import CompanyFactory, CompanyMemberFactory, JobFactory, UserFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return UserFactory.create(is_superuser=True)


@pytest.fixture
def proposed() -> Company:
    return CompanyFactory.create(state=CompanyState.PROPOSED)


@pytest.fixture
def own_hooks() -> Iterator[None]:
    before = list(changes._reactions), {key: list(found) for key, found in changes._parts.items()}
    known = dict(tasks._registry.functions)
    yield
    changes._reactions[:], changes._parts = before
    tasks._registry.functions.clear()
    tasks._registry.functions.update(known)


def test_every_machine_is_listed_by_label():
    labels = [model._meta.label for model in stateful_models()]
    assert labels == sorted(labels)
    assert "logbook.DailyLog" in labels


def test_moves_of_lists_one_arrow_a_source():
    arrows = [(a.name, a.source, a.target) for a in moves_of(Company) if a.name == "archive"]
    assert arrows == [("archive", "approved", "archived"), ("archive", "rejected", "archived")]


def test_moves_for_shows_what_the_user_may_do_now_main_ones_first(admin, proposed):
    assert [(m.name, m.info.danger) for m in moves_for(proposed, admin)] == [
        ("approve", Danger.MAIN),
        ("reject", Danger.FINAL),
    ]
    assert moves_for(proposed, UserFactory.create()) == []


def test_perform_moves_stamps_and_counts_the_version(admin, proposed):
    same = perform(proposed, "reject", actor=admin, reason="Does not exist")
    assert same is proposed
    assert (proposed.state, proposed.reason, proposed.version) == (CompanyState.REJECTED, "Does not exist", 1)
    assert proposed.decided_at is not None


def test_perform_in_the_wrong_state_changes_nothing(admin, proposed):
    perform(proposed, "approve", actor=admin)
    with pytest.raises(WrongState) as refused:
        perform(proposed, "reject", actor=admin, reason="late")
    assert refused.value.code == "wrong_state"
    proposed.refresh_from_db()
    assert (proposed.state, proposed.version, HistoryEntry.objects.count()) == (CompanyState.APPROVED, 1, 1)


def test_perform_judges_the_row_and_not_the_callers_old_copy(admin, proposed):
    copy = Company.objects.get(pk=proposed.pk)
    perform(proposed, "approve", actor=admin)
    with pytest.raises(WrongState):
        perform(copy, "approve", actor=admin)


def test_perform_without_the_right_changes_nothing(proposed):
    with pytest.raises(NotAllowed):
        perform(proposed, "approve", actor=UserFactory.create())
    assert HistoryEntry.objects.count() == 0


def test_perform_with_an_old_version_is_stale(admin, proposed):
    perform(proposed, "approve", actor=admin)
    with pytest.raises(Stale) as refused:
        perform(proposed, "archive", actor=admin, expected_version=0)
    assert refused.value.code == "stale"
    assert perform(proposed, "archive", actor=admin, expected_version=1).state == CompanyState.ARCHIVED


@pytest.mark.parametrize("reason", ["", "   "])
def test_perform_asks_for_a_reason(admin, proposed, reason):
    with pytest.raises(RuleViolation) as refused:
        perform(proposed, "reject", actor=admin, reason=reason)
    assert (refused.value.code, refused.value.field) == ("reason_needed", "reason")


def test_perform_of_an_unknown_move_is_a_mistake_of_the_program(admin, proposed):
    with pytest.raises(LookupError, match="explode"):
        perform(proposed, "explode", actor=admin)


def test_a_condition_that_does_not_hold_says_why():
    member = CompanyMemberFactory.create(company__state=CompanyState.PROPOSED)
    vacancy = VacancyFactory.create(company=member.company, state=VacancyState.DRAFT)
    with pytest.raises(RuleViolation, match="not approved yet") as refused:
        perform(vacancy, "publish", actor=member.user)
    assert refused.value.code == "company_not_approved"


def test_the_system_makes_only_its_own_moves(proposed):
    job = JobFactory.create()
    assert perform(job, "start", actor=SYSTEM).state == "running"
    with pytest.raises(NotAllowed):
        perform(proposed, "approve", actor=SYSTEM)


def test_nobody_makes_the_systems_moves(admin):
    job = JobFactory.create(owner=admin)
    assert may(job, "start", admin) is False
    assert [m.name for m in moves_for(job, admin)] == ["cancel"]


def test_a_work_record_keeps_no_history():
    perform(JobFactory.create(), "start", actor=SYSTEM)
    assert HistoryEntry.objects.count() == 0


def test_perform_many_moves_what_may_move_and_says_why_not(admin):
    good = CompanyFactory.create_batch(2, state=CompanyState.PROPOSED)
    bad = CompanyFactory.create(state=CompanyState.APPROVED)
    result = perform_many(Company.objects.all(), "approve", actor=admin, via="admin")
    assert result.moved == [company.pk for company in good]
    assert [(r.pk, r.code) for r in result.refused] == [(bad.pk, "wrong_state")]
    assert set(Company.objects.values_list("state", "version")) == {("approved", 0), ("approved", 1)}
    assert HistoryEntry.objects.filter(via="admin").count() == 2


def test_perform_many_without_rights_moves_nothing(proposed):
    result = perform_many(Company.objects.all(), "approve", actor=UserFactory.create())
    assert (result.moved, [r.code for r in result.refused]) == ([], ["not_allowed"])


def test_perform_many_asks_for_a_reason(admin, proposed):
    with pytest.raises(RuleViolation, match="Say why"):
        perform_many(Company.objects.all(), "reject", actor=admin)


@pytest.mark.parametrize("size", [1, 5])
def test_perform_many_takes_the_same_queries_for_any_number(admin, size, django_assert_num_queries):
    CompanyFactory.create_batch(size, state=CompanyState.PROPOSED)
    admin = User.objects.get(pk=admin.pk)
    with django_assert_num_queries(8):
        perform_many(Company.objects.all(), "approve", actor=admin)


def test_a_part_runs_in_the_transaction_and_may_refuse(admin, proposed, own_hooks):
    seen: list[Change] = []

    @with_move("accounts.Company", "approve")
    def look(change: Change) -> None:
        seen.append(change)
        raise RuleViolation("full", "There is no room.")

    with pytest.raises(RuleViolation, match="no room"):
        perform(proposed, "approve", actor=admin)
    proposed.refresh_from_db()
    assert (proposed.state, HistoryEntry.objects.count()) == (CompanyState.PROPOSED, 0)
    assert [(c.move, c.sources) for c in seen] == [("approve", {proposed.pk: "proposed"})]
    assert ("accounts.Company", "approve", f"{look.__module__}.look") in parts()


def test_a_reaction_gets_one_event_a_batch_and_only_later(admin, own_hooks):
    seen: list[Event] = []

    def note_approval(event: Event) -> None:
        seen.append(event)

    note_approval.__module__ = "apps.tests.receivers"
    reacts_to("accounts.Company", to=CompanyState.APPROVED)(note_approval)
    CompanyFactory.create_batch(2, state=CompanyState.PROPOSED)
    perform_many(Company.objects.all(), "approve", actor=admin)
    assert seen == []
    run_due_tasks()
    [event] = seen
    assert (event.model, event.move, event.actor_id) == ("accounts.Company", "approve", admin.pk)
    assert sorted(event.pks) == sorted(event.rows().values_list("pk", flat=True))
    assert [r.name for r in reactions() if r.function is note_approval] == ["tests.note_approval"]


def test_a_reaction_may_name_its_moves(admin, proposed, own_hooks):
    seen: list[Event] = []

    def note_return(event: Event) -> None:
        seen.append(event)

    note_return.__module__ = "apps.tests.receivers"
    reacts_to("accounts.Company", to=CompanyState.APPROVED, moves=("reopen",))(note_return)
    perform(proposed, "approve", actor=admin)
    run_due_tasks()
    assert seen == []
    assert OutboxTask.objects.filter(kind="tests.note_return").count() == 0


def test_creation_is_announced_once_for_many(admin):
    companies = CompanyFactory.create_batch(2, state=CompanyState.PROPOSED)
    announce_created_many(companies, actor=admin, via="import")
    announce_created(companies[0], actor=SYSTEM)
    announce_created_many([], actor=admin)
    assert list(HistoryEntry.objects.order_by("id").values_list("action", "via", "target")) == [
        ("create", "import", "proposed"),
        ("create", "import", "proposed"),
        ("create", "", "proposed"),
    ]


def test_moves_that_go_one_by_one_keep_the_good_ones(own_hooks, monkeypatch):
    job_owner = UserFactory.create()
    jobs = JobFactory.create_batch(3, owner=job_owner)
    done = JobFactory.create(owner=job_owner, state="done")

    @with_move("accounts.Job", "cancel")
    def refuse_second(change: Change) -> None:
        if change.objects[0].pk == jobs[1].pk:
            raise RuleViolation("needed", "This one is needed.")

    monkeypatch.setattr("portal.kernel.fsm.performing._is_bulk", lambda _model, _name: False)
    result = perform_many(Job.objects.all(), "cancel", actor=job_owner)
    assert result.moved == [jobs[0].pk, jobs[2].pk]
    assert [(r.pk, r.code) for r in result.refused] == [(jobs[1].pk, "needed"), (done.pk, "wrong_state")]


def test_moves_are_bulk_unless_they_say_otherwise():
    from portal.kernel.fsm.performing import _is_bulk  # noqa: PLC0415 - the declaration is what is asked here

    assert _is_bulk(Company, "approve") is True


def test_the_state_cannot_be_assigned(proposed):
    with pytest.raises(AttributeError, match="not allowed"):
        proposed.state = CompanyState.APPROVED


def test_refresh_reloads_the_protected_state():
    proposed = CompanyFactory.create(state=CompanyState.PROPOSED, name="Company")
    Company.objects.filter(pk=proposed.pk).update(state=CompanyState.APPROVED, name="Other")
    proposed.refresh_from_db(fields=["address"])
    assert (proposed.state, proposed.name) == (CompanyState.APPROVED, "Company")
    proposed.refresh_from_db()
    assert (proposed.state, proposed.name) == (CompanyState.APPROVED, "Other")


def test_a_save_on_an_old_state_is_refused(proposed):
    Company.objects.filter(pk=proposed.pk).update(state=CompanyState.APPROVED)
    with pytest.raises(ConcurrentTransition):
        proposed.save()


def test_a_model_without_an_anchor_has_no_department():
    job: Any = JobFactory.build(owner=None)
    assert job.anchor_department_id is None


def test_a_condition_without_a_sentence_gets_a_general_one(monkeypatch):
    vacancy = VacancyFactory.create(state=VacancyState.ACTIVE)
    arrow = next(a for a in moves_of(Vacancy) if a.name == "expire")
    monkeypatch.setattr(arrow.transition, "conditions", [lambda _vacancy: False])
    with pytest.raises(RuleViolation) as refused:
        perform(vacancy, "expire", actor=SYSTEM)
    assert refused.value.code == "condition"


def test_a_reason_that_no_database_takes_is_refused(admin, proposed):
    with pytest.raises(RuleViolation) as refused:
        perform(proposed, "reject", actor=admin, reason="a\x00b")
    assert (refused.value.code, refused.value.field) == ("control_character", "reason")
    with pytest.raises(RuleViolation) as refused:
        perform_many(Company.objects.all(), "reject", actor=admin, reason="a\x00b")
    assert refused.value.code == "control_character"
