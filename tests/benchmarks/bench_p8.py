"""P8, Sunday evening: 256 students send a day with a photo of 40 kB at the same moment, beside reading the day's page.

Both go through one gunicorn of ours, by the door that students use, each with a session of its own. Seconds are those
of one request. One that sends goes all the way to the supervisor: the photo is drawn anew in a child process, the day
is kept, moved, counted and written into the history. Parts: ``sqlite`` and ``postgresql`` are sending beside reading on
that database; at a ratio of 1 there are as many writes as reads a second. ``databases`` is sending on SQLite beside
sending on PostgreSQL, where there is one. An answer other than the expected, a day or file that is missing afterwards,
or an error that the server has logged (a locked database is one) ends the run.
"""

import datetime as dt
import io
import random
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from typing import Any, Final

from django.utils import timezone
from PIL import Image

from tests.benchmarks.figures import ROUNDS, Figure
from tests.benchmarks.serving import Server, served, vendors

CLIENTS: Final = 256
BYTES: Final = 40_000
# Nine writes for ten reads; eight on SQLite for ten on PostgreSQL.
WRITES, SQLITE = 1 / 0.9, 1 / 0.8


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where something is refused or lost."""
    with ExitStack() as stack:
        servers = {vendor: stack.enter_context(served(vendor, CLIENTS)) for vendor in vendors()}
        times = _times(servers, b64encode(photo()).decode())
        for vendor, server in servers.items():
            lost = server.run("tests.benchmarks.sunday", "check", str(CLIENTS), str(ROUNDS))
            assert lost == [], lost
            assert server.complaints() == ""
            yield Figure(CLIENTS, times[vendor, "POST"], times[vendor, "GET"], goal=WRITES, part=vendor)
    if len(servers) > 1:
        yield Figure(CLIENTS, times["sqlite", "POST"], times["postgresql", "POST"], goal=SQLITE, part="databases")


def _times(servers: dict[str, Server], file: str) -> dict[tuple[str, str], float]:
    """Return the median seconds of one request, by database and method; all are asked in turn."""
    kept: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS):
        # Today comes last, so that the page that is read stays the one with the empty form.
        day = timezone.localdate() - dt.timedelta(days=ROUNDS - 1 - number)
        for vendor, server in servers.items():
            for method, status in (("GET", "200"), ("POST", "302")):
                plan = [_request(method, cookie, day, file) for cookie in server.cookies]
                answer = server.ask_at_once(plan)
                assert answer["statuses"] == {status: CLIENTS}, (answer, server.complaints())
                kept.setdefault((vendor, method), []).append(answer["seconds"] / CLIENTS)
    return {key: median(seconds) for key, seconds in kept.items()}


def _request(method: str, cookie: str, day: dt.date, file: str) -> dict[str, Any]:
    if method == "GET":
        return {"method": method, "path": "/today/", "cookie": cookie}
    fields = {
        "csrfmiddlewaretoken": cookie.rpartition("=")[2],
        "text": "Turned a shaft and measured it.",
        "hours": "8",
        "skills": "turning",
        "version": "0",
        "move": "submit",
    }
    return {"method": method, "path": f"/logs/{day}/", "cookie": cookie, "fields": fields, "file": file}


def photo() -> bytes:
    """Return a JPEG of about 40 kB, as a phone makes a small one."""
    chance = random.Random(8)
    small = Image.frombytes("RGB", (80, 60), chance.randbytes(80 * 60 * 3))
    large = small.resize((640, 480), Image.Resampling.BICUBIC)
    quality = 95
    while True:
        out = io.BytesIO()
        large.save(out, "JPEG", quality=quality)
        if out.tell() <= BYTES:
            return out.getvalue()
        quality -= 1
