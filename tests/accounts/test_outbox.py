import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from apps.accounts.models import OutboxTask
from apps.accounts.services import outbox
from apps.accounts.states import OutboxState
from portal.kernel import tasks
from portal.kernel.tasks import enqueue, enqueue_many, task

pytestmark = pytest.mark.django_db

calls: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def known_work() -> Iterator[None]:
    calls.clear()

    @task("tests.note")
    def note(**payload: Any) -> None:
        calls.append(payload)

    @task("tests.fail")
    def fail(**_payload: Any) -> None:
        message = "the printer is on fire"
        raise OSError(message)

    yield
    for kind in ("tests.note", "tests.fail"):
        del tasks._registry.functions[kind]


def only_row() -> OutboxTask:
    return OutboxTask.objects.get()


def test_enqueue_stores_a_row_that_waits():
    enqueue("tests.note", {"id": 7})
    row = only_row()
    assert (row.kind, row.payload, row.state, row.dedupe_key) == ("tests.note", {"id": 7}, OutboxState.WAITING, None)


def test_enqueue_with_a_known_key_stores_nothing_more():
    enqueue("tests.note", {"id": 7}, dedupe_key="once")
    enqueue("tests.note", {"id": 8}, dedupe_key="once")
    assert only_row().payload == {"id": 7}


def test_enqueue_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"tests\.nobody"):
        enqueue("tests.nobody", {})


def test_registering_a_kind_twice_is_refused():
    with pytest.raises(ValueError, match="two tasks"):
        task("tests.note")(print)


def test_run_task_calls_the_function_once():
    enqueue("tests.note", {"id": 7})
    row = only_row()
    assert outbox.run_task(row.uuid) is True
    assert outbox.run_task(str(row.uuid)) is False
    assert calls == [{"id": 7}]
    assert only_row().state == OutboxState.DONE


def test_run_task_of_an_unknown_row_does_nothing():
    assert outbox.run_task(uuid.uuid4()) is False


def test_run_task_of_an_unknown_kind_ends_dead():
    OutboxTask.objects.create(kind="tests.forged", payload={"cmd": "rm"})
    assert outbox.run_task(only_row().uuid) is False
    assert (only_row().state, only_row().last_error) == (OutboxState.DEAD, "nobody knows this kind")


def test_run_task_puts_a_failure_back_with_a_pause():
    enqueue("tests.fail", {})
    assert outbox.run_task(only_row().uuid) is False
    row = only_row()
    assert (row.state, row.attempts) == (OutboxState.WAITING, 1)
    assert row.last_error == "OSError: the printer is on fire"
    assert row.not_before > timezone.now() + dt.timedelta(seconds=10)


def test_run_task_gives_up_after_the_last_attempt():
    enqueue("tests.fail", {})
    OutboxTask.objects.update(attempts=outbox.MAX_ATTEMPTS - 1)
    outbox.run_task(only_row().uuid)
    assert only_row().state == OutboxState.DEAD


def test_a_task_whose_worker_died_runs_again_after_its_lease():
    enqueue("tests.note", {"id": 7})
    OutboxTask.objects.update(
        state=OutboxState.RUNNING, attempts=1, lease_until=timezone.now() + dt.timedelta(seconds=5)
    )
    assert outbox.run_task(only_row().uuid) is False
    OutboxTask.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert outbox.run_task(only_row().uuid) is True
    assert only_row().attempts == 2


def test_extend_lease_moves_the_lease_of_the_running_task_only():
    soon = timezone.now() + dt.timedelta(seconds=1)

    @task("tests.long")
    def long() -> None:
        OutboxTask.objects.update(lease_until=soon)
        outbox.extend_lease()
        lease = only_row().lease_until
        assert lease is not None
        assert lease > soon

    try:
        enqueue("tests.long", {})
        assert outbox.run_task(only_row().uuid) is True
    finally:
        del tasks._registry.functions["tests.long"]
    outbox.extend_lease()
    assert only_row().lease_until is None


def test_relay_wakes_workers_for_what_is_overdue(settings, monkeypatch):
    settings.OUTBOX_HINTS = True
    sent: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: sent.append((name, args)))
    enqueue("tests.note", {"id": 1})
    assert outbox.relay_outbox() == 0
    OutboxTask.objects.update(not_before=timezone.now() - dt.timedelta(minutes=1))
    assert outbox.relay_outbox() == 1
    assert sent == [("portal.run_outbox", [str(only_row().uuid)])]


def test_a_broker_that_is_away_is_no_error(settings, monkeypatch, caplog):
    settings.OUTBOX_HINTS = True

    def refuse(_name: str, args: list[str]) -> None:
        raise ConnectionError

    monkeypatch.setattr(current_app, "send_task", refuse)
    outbox.wake_worker(uuid.uuid4())
    assert "The broker is away" in caplog.text


def test_the_hint_goes_out_only_after_the_commit(django_capture_on_commit_callbacks, monkeypatch):
    woken: list[Any] = []
    monkeypatch.setattr(outbox, "wake_worker", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue("tests.note", {"id": 1})
        enqueue("tests.note", {"id": 2}, not_before=timezone.now() + dt.timedelta(hours=1))
        assert woken == []
    assert woken == [OutboxTask.objects.get(payload={"id": 1}).uuid]


def test_run_due_tasks_leaves_what_is_for_later():
    enqueue("tests.note", {"id": 1})
    enqueue("tests.note", {"id": 2}, not_before=timezone.now() + dt.timedelta(hours=1))
    assert outbox.run_due_tasks() == 1
    assert calls == [{"id": 1}]


def test_retry_gives_a_dead_row_another_round():
    OutboxTask.objects.create(kind="tests.note", state=OutboxState.DEAD, attempts=12)
    outbox.retry_task(only_row())
    assert (only_row().state, only_row().attempts) == (OutboxState.WAITING, 0)
    assert outbox.run_due_tasks() == 1


def test_without_a_store_the_kernel_refuses():
    with pytest.raises(RuntimeError, match=r"tests\.note"):
        tasks._no_store("tests.note", {}, "", None)


def test_running_what_is_due_ends_at_its_limit():
    for number in range(3):
        enqueue("tests.note", {"id": number})
    assert outbox.run_due_tasks(limit=0) == 0
    assert (outbox.run_due_tasks(limit=1), len(calls)) == (3, 3)


def test_many_rows_wake_workers_after_the_commit_and_only_for_the_first(
    monkeypatch, django_capture_on_commit_callbacks
):
    woken: list[Any] = []
    monkeypatch.setattr(outbox, "wake_worker", woken.append)
    monkeypatch.setattr(outbox, "WOKEN", 2)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_many("tests.note", [({"id": number}, f"key {number}") for number in range(3)])
        enqueue_many("tests.note", [({"id": 9}, "key 0")])
        enqueue_many("tests.note", [])
        assert woken == []
    rows = list(OutboxTask.objects.order_by("pk"))
    assert [row.payload["id"] for row in rows] == [0, 1, 2]
    # The row that was there already wakes for nothing: a worker finds no such uuid.
    assert (woken[:2], len(woken)) == ([row.uuid for row in rows[:2]], 3)


def test_many_of_an_unknown_kind_are_refused():
    with pytest.raises(ValueError, match=r"tests\.nobody"):
        enqueue_many("tests.nobody", [({}, "")])


def test_without_an_outbox_nothing_is_lost_silently(monkeypatch):
    monkeypatch.setattr(tasks, "_registry", tasks._Registry(functions=tasks._registry.functions))
    for work in (lambda: enqueue("tests.note", {}), lambda: enqueue_many("tests.note", [({}, "")])):
        with pytest.raises(RuntimeError, match=r"no outbox is installed for tests\.note"):
            work()
