"""The Celery app of a worker that knows a slow piece of work as well, so that it can be killed in the middle."""

import time
from pathlib import Path

import django

django.setup()

from portal.celery import app as app  # noqa: E402, PLC0414 - Celery looks for this name; the models come first
from portal.kernel.tasks import task  # noqa: E402 - as above


@task("tests.take_your_time")
def take_your_time(folder: str) -> None:
    """Leave a mark in ``begun``, hang while there is a file ``wait``, leave ``done``."""
    place = Path(folder)
    with (place / "begun").open("a") as begun:
        begun.write("x")
    while (place / "wait").exists():
        time.sleep(0.1)
    (place / "done").touch()
