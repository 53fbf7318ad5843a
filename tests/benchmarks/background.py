"""``python -m tests.benchmarks.background fill 2000`` and ``... measure 5 200``, in the environment of a worker.

``fill`` makes the tables, a coordinator and so many students. ``measure`` prints as JSON the seconds of so many exports
of all students behind the outbox and the worker (``later``) and called (``now``), and of so many ``hints`` and
``starts`` of the smallest work beside ``trips`` to Redis. The worker is one of ``tests.benchmarks.worker``.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

# It sets Django up, so it comes first.
from tests.benchmarks.worker import BEGAN, NOTE  # isort: skip

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from redis import Redis

from apps.accounts.models import Department, Job, OutboxTask, User
from apps.accounts.services.exports import export_students
from apps.accounts.services.jobs import run_job
from apps.accounts.services.people import grant
from apps.accounts.states import JobState, OutboxState
from portal.kernel.access import SYSTEM
from portal.kernel.tasks import enqueue
from tests.benchmarks.season import Season, fill
from tests.factories.accounts import UserFactory

COORDINATOR: Final = "coordinator"
PATIENCE_S: Final = 120
LOOK_S: Final = 0.02


def make(students: int) -> None:
    """Make tables and people."""
    call_command("migrate", interactive=False, verbosity=0)
    fill(Season(students, days=1))
    coordinator = UserFactory.create(username=COORDINATOR)
    for department in Department.objects.all():
        grant(coordinator, department, actor=SYSTEM)


def measure(rounds: int, starts: int) -> dict[str, list[float]]:
    """Measure everything in turn, so that a busy neighbour slows all alike."""
    coordinator = User.objects.get(username=COORDINATOR)
    with Redis.from_url(settings.CELERY_BROKER_URL) as redis:
        # The first of each loads code, opens connections and is not counted.
        exports = [(export_later(coordinator), export_now(coordinator)) for _round in range(rounds + 1)][1:]
        times = [(start_s(redis), trip_s(redis)) for _start in range(starts + 1)][1:]
    return {
        "later": [later for later, _now in exports],
        "now": [now for _later, now in exports],
        "hints": [hint for (hint, _start), _trip in times],
        "starts": [start for (_hint, start), _trip in times],
        "trips": [trip for _start, trip in times],
    }


def export_later(coordinator: User) -> float:
    """Return the seconds from asking for an export to the mark that its work is done."""
    asked = time.time()
    with transaction.atomic():
        job = export_students("xlsx", actor=coordinator)
    row = OutboxTask.objects.get(dedupe_key=f"job:{job.pk}")
    give_up = time.monotonic() + PATIENCE_S
    while row.state != OutboxState.DONE:
        assert time.monotonic() < give_up, f"the worker left {row.state}: {row.last_error}"
        time.sleep(LOOK_S)
        row.refresh_from_db()
    return row.done_at.timestamp() - asked if row.done_at and _is_done(job) else 0


def export_now(coordinator: User) -> float:
    """Return the seconds of the same work, called here."""
    with transaction.atomic():
        job = export_students("xlsx", actor=coordinator)
        # Nobody else is to do it: the hint, which follows the commit, finds nothing.
        OutboxTask.objects.filter(dedupe_key=f"job:{job.pk}").delete()
    began = time.perf_counter()
    run_job(job.pk)
    seconds = time.perf_counter() - began
    return seconds if _is_done(job) else 0


def _is_done(job: Job) -> bool:
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    return True


def start_s(redis: "Redis") -> tuple[float, float]:
    """Return the seconds from sending the message until a worker has it, and from writing the row to the work."""
    sent: list[int] = []
    asked = time.monotonic_ns()
    with transaction.atomic():
        transaction.on_commit(lambda: sent.append(time.monotonic_ns()))
        enqueue(NOTE, {})
    answer = redis.blpop([BEGAN], timeout=PATIENCE_S)
    assert answer, "the work did not start"
    hinted, began = json.loads(answer[1])
    return (hinted - sent[0]) / 1e9, (began - asked) / 1e9


def trip_s(redis: "Redis") -> float:
    """Return the seconds of one question to Redis."""
    began = time.perf_counter()
    redis.ping()
    return time.perf_counter() - began


if __name__ == "__main__":
    command, *numbers = sys.argv[1:]
    commands: dict[str, Callable[..., Any]] = {"fill": make, "measure": measure}
    result = commands[command](*map(int, numbers))
    print(json.dumps(result))
