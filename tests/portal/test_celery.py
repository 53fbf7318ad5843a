import logging
import sys

import pytest
from celery.signals import task_postrun, task_prerun

from portal import celery
from portal.kernel import tasks
from portal.kernel.logs import MaskSecrets


def test_outbox_task_hands_the_uuid_to_the_outbox(monkeypatch):
    seen = []
    monkeypatch.setattr("apps.accounts.services.outbox.run_task", seen.append)
    celery.run_outbox("5f3c")
    assert seen == ["5f3c"]


def test_periodic_task_does_the_work_of_its_kind(monkeypatch):
    done = []
    monkeypatch.setitem(tasks._registry.functions, "accounts.relay_outbox", lambda: done.append("relayed"))
    celery.run_periodic("accounts.relay_outbox")
    assert done == ["relayed"]


@pytest.mark.parametrize("kind", ["accounts.unheard_of", "accounts.send_notices", ""])
def test_periodic_task_outside_of_the_table_does_nothing(monkeypatch, caplog, kind):
    done = []
    monkeypatch.setitem(tasks._registry.functions, "accounts.send_notices", lambda: done.append("sent"))
    celery.run_periodic(kind)
    assert done == []
    assert [record.getMessage() for record in caplog.records] == [f"Nobody knows the periodic task {kind!r}"]


def test_worker_logs_through_the_masking_handler(monkeypatch, settings):
    configured = []
    monkeypatch.setattr(logging.config, "dictConfig", configured.append)
    celery.use_our_logging(sender=None)
    assert configured == [settings.LOGGING]
    assert configured[0]["filters"]["secrets"]["()"] == f"{MaskSecrets.__module__}.{MaskSecrets.__qualname__}"


def test_current_app_is_ours_so_that_hints_find_the_broker():
    from celery import current_app  # noqa: PLC0415 - the proxy's target is what is tested

    assert current_app == celery.app


def test_worker_keeps_its_connections_and_looks_at_them_around_each_task(monkeypatch):
    looked = []
    monkeypatch.setattr(celery, "close_old_connections", lambda: looked.append("looked"))
    for signal in (task_prerun, task_postrun):
        signal.send(sender=None)
    # Celery asks for this name, and closes every connection after each task where it finds nothing.
    assert (celery.app.conf.get("CELERY_DB_REUSE_MAX"), looked) == (sys.maxsize, ["looked"] * 2)
