"""P9, background work: the outbox and a Celery worker with Redis beside doing the same without them.

Parts: ``batch`` is an export of all students, from asking for it until its row is marked done, beside calling the
function that the worker calls; the difference is the price of a row, a lease, a message and another process. ``hint``
is the time from sending the message until a worker has it, beside one round trip to the same Redis: what Celery costs.
``start`` is the whole way beside that round trip: the row, its commit, the message, the lease, the work's first line;
three of its steps wait for the database. The size of both is the number of starts.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Final

from django.db import connection

from tests.benchmarks.figures import ROUNDS, Figure
from tests.benchmarks.serving import Server, installed, stop_process
from tests.services.installation import ROOT, free_port, listens, wait_for

STUDENTS: Final = 2_000
STARTS: Final = 200
# Five of a hundred; twenty-five round trips.
BATCH, START = 1.05, 25


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where work is not done."""
    with installed(connection.vendor) as server, _redis(server):
        server.run("tests.benchmarks.background", "fill", str(STUDENTS))
        with _worker(server):
            times = server.run("tests.benchmarks.background", "measure", str(ROUNDS), str(STARTS))
    yield Figure(STUDENTS, median(times["later"]), median(times["now"]), goal=BATCH, part="batch")
    yield Figure(STARTS, median(times["hints"]), median(times["trips"]), goal=START, part="hint")
    yield Figure(STARTS, median(times["starts"]), median(times["trips"]), goal=START, part="start")


@contextmanager
def _redis(server: Server) -> Iterator[None]:
    """Run a Redis that keeps nothing, so that no other one is emptied or read."""
    port = free_port()
    server.broker_url = f"redis://127.0.0.1:{port}/0"
    nothing = ["--save", "", "--appendonly", "no", "--dir", str(server.folder)]
    with _running(server, "redis", ["redis-server", "--bind", "127.0.0.1", "--port", str(port), *nothing]):
        wait_for(lambda: listens(port), "Redis")
        yield


@contextmanager
def _worker(server: Server) -> Iterator[None]:
    """Run a worker as the entrypoint does, with one child: its work is compared with that of one process."""
    options = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--concurrency", "1"]
    command = [sys.executable, "-m", "celery", "--app", "tests.benchmarks.worker", "worker", *options]
    with _running(server, "worker", command):
        yield


@contextmanager
def _running(server: Server, name: str, command: list[str]) -> Iterator[None]:
    with (server.folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=server.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        stop_process(process)
