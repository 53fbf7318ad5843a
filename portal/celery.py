"""The Celery app and the whole beat schedule.

There are two Celery tasks only. ``run_outbox`` is the hint that wakes a worker for one outbox row; what is to be done
and with what stands in the row. ``run_periodic`` does the work of one kind without a row: should the tick be lost, the
next one does the same. Messages carry a uuid or a kind and nothing else, so a forged message can at most run what is
due anyway.
"""

import logging
import logging.config
import os
import sys
from typing import Any, Final

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

log = logging.getLogger(__name__)

# Kind of work -> seconds between two runs.
BEAT: Final[dict[str, float]] = {
    "accounts.relay_outbox": 30,
    "accounts.seal_history": 60,
    "accounts.queue_webhooks": 60,
    "accounts.note_head": 86_400,
    "accounts.sweep_jobs": 60,
    "accounts.take_imports": 120,
    "accounts.send_digests": 300,
    "accounts.sweep_limits": 3600,
    "accounts.sweep_logos": 86_400,
    "accounts.forget_old_signons": 86_400,
    "accounts.erase_due": 86_400,
    "accounts.delete_outdated": 86_400,
    "ai.close_lost_calls": 300,
    "vacancies.close_expired": 3600,
    "vacancies.tell_new_matches": 86400,
    "logbook.ask_for_assessments": 3600,
    "logbook.fold_counts": 60,
    "logbook.forget_places": 86_400,
    "logbook.pass_on_unanswered": 3600,
    "logbook.recount_days": 86_400,
    "logbook.remind": 1800,
    "applications.sweep_files": 6 * 3600,
    "applications.publish_allocations": 1800,
    "applications.call_for_wishes": 3600,
    "accounts.reconcile_reactions": 24 * 3600,
}

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Celery would connect anew for every task, which costs more than taking its row. Ours stay open as those of the web
# process do, see ``look_at_connections``.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize
app.conf.beat_schedule = {
    kind: {
        "task": "portal.run_periodic",
        "schedule": seconds,
        "args": (kind,),
        # A tick that waited for a whole period is dropped: the next one is there already.
        "options": {"expires": seconds},
    }
    for kind, seconds in BEAT.items()
}


@setup_logging.connect
def use_our_logging(**_signal: Any) -> None:
    """Log as the web process does. Celery's own set-up would replace the handlers and with them the masking."""
    logging.config.dictConfig(settings.LOGGING)


@task_prerun.connect
@task_postrun.connect
def look_at_connections(**_signal: Any) -> None:
    """Close connections that are too old or have failed, as Django does around a request; the others stay open."""
    close_old_connections()


@app.task(name="portal.run_outbox")
def run_outbox(task_uuid: str) -> None:
    """Do the work of one outbox row; a row that is done, taken or gone is no error."""
    from apps.accounts.services import outbox  # noqa: PLC0415 - the models are loaded after this module

    outbox.run_task(task_uuid)


@app.task(name="portal.run_periodic")
def run_periodic(kind: str) -> None:
    """Do the work of a kind of the beat table now."""
    from portal.kernel.tasks import function_of  # noqa: PLC0415 - as above

    function = function_of(kind) if kind in BEAT else None
    if function is None:
        log.warning("Nobody knows the periodic task %r", kind)
        return
    function()
