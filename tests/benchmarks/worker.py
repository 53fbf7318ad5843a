"""The Celery app of a worker that knows one more piece of work, which only says when it began."""

import json
import time
from typing import Any

import django

django.setup()

from celery.signals import task_prerun  # noqa: E402 - the settings come first
from django.conf import settings  # noqa: E402 - as above
from redis import Redis  # noqa: E402 - as above

from portal.celery import app as app  # noqa: E402, PLC0414 - Celery looks for this name; the models come first
from portal.kernel.tasks import task  # noqa: E402 - as above

NOTE, BEGAN = "benchmarks.note_start", "benchmarks:began"
_hinted: list[int] = []


@task_prerun.connect
def note_hint(**_signal: Any) -> None:
    """Remember when the worker has the message."""
    _hinted[:] = [time.monotonic_ns()]


@task(NOTE)
def note_start() -> None:
    """Leave the times of the message and of this line, on the machine's clock, for whoever waits for them."""
    began = time.monotonic_ns()
    with Redis.from_url(settings.CELERY_BROKER_URL) as redis:
        redis.rpush(BEGAN, json.dumps([*_hinted, began]))
