"""P7, the first page over many days: five tiles from the roll-ups, beside live aggregates and DuckDB on Parquet.

Tiles: days by state, by week and state, by department, supervisors who let days wait, silent students. Parts: ``live``
is the same five asked of the days with the ORM, ``duckdb`` the same five asked of a Parquet file, which a program of
its own has in its own memory. All three must say the same to the day. ``COUNT`` is the number of days, 5,000,000 on
PostgreSQL and 500,000 on SQLite unless it is set.

DuckDB is no package of the portal: it is 20 MB for this one comparison. It comes from ``DUCKDB_PYTHON``, a Python that
has it, or is put into a folder of its own that goes with the run.
"""

import csv
import datetime as dt
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, Sum
from django.utils import timezone

from apps.accounts.models import User
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.selectors import placements_visible_to
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import DailyLog
from apps.logbook.selectors import (
    by_verifier,
    let_wait,
    overdue,
    placement_counts_visible_to,
    silent,
    week_counts_visible_to,
)
from apps.logbook.selectors.waiting import OVERDUE_DAYS, SILENT_DAYS
from apps.logbook.states import ChainState
from tests.benchmarks.figures import Figure, medians
from tests.benchmarks.season import Season, fill
from tests.factories.accounts import UserFactory

DAYS: Final = 100
COUNTS: Final = {"postgresql": 5_000_000, "sqlite": 500_000}
LIVE_GOALS: Final = {"postgresql": 1 / 50, "sqlite": 1 / 30}
DUCKDB_GOALS: Final = {"postgresql": 0.5, "sqlite": 2.5}
DUCKDB: Final = "duckdb==2.0.1"
SHOWN: Final = 8

type Tiles = list[Any]


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where two ways do not say the same."""
    count = int(os.environ.get("COUNT", COUNTS[connection.vendor]))
    fill(Season(max(count // DAYS, DAYS), DAYS))
    user = UserFactory.create(is_superuser=True, is_staff=True)
    ours, live = partial(_counted, user), partial(_live, user)
    _check("live", ours(), live())
    ours_s, live_s = medians(ours, live)
    yield Figure(count, ours_s, live_s, goal=LIVE_GOALS[connection.vendor], part="live")
    duck_s, tiles = _duckdb()
    _check("duckdb", ours(), tiles)
    again_s, _live_s = medians(ours, lambda: None)
    yield Figure(count, again_s, duck_s, goal=DUCKDB_GOALS[connection.vendor], part="duckdb")


def _check(other: str, ours: Tiles, theirs: Tiles) -> None:
    for number, (one, two) in enumerate(zip(_plain(ours), _plain(theirs), strict=True), 1):
        if one != two:
            message = f"tile {number} is not what {other} says: {str(one)[:300]} and {str(two)[:300]}"
            raise AssertionError(message)


def _plain(tiles: Tiles) -> Tiles:
    return [json.loads(json.dumps(tile, default=str)) for tile in tiles]


def _counted(user: User) -> Tiles:
    weeks, late = week_counts_visible_to(user).order_by(), let_wait(placement_counts_visible_to(user))
    return [
        sorted(weeks.values_list("state").annotate(Sum("number"))),
        sorted(weeks.values_list("week_start", "state").annotate(Sum("number"))),
        sorted(weeks.values_list("cohort__department").annotate(Sum("number"))),
        [(key, days) for key, _first, _last, days in by_verifier(late)[:SHOWN]],
        silent(placements_visible_to(user)).count(),
    ]


def _live(user: User) -> Tiles:
    del user
    logs = DailyLog.objects.filter(is_current=True).exclude(state=ChainState.DRAFT).order_by()
    late = logs.filter(state=ChainState.SUBMITTED, placement__in=overdue(DailyLog.objects.all()).values("placement"))
    first = {"kind": SupervisorKind.INDUSTRIAL, "is_active": True, "is_deputy": False}
    waiting = late.filter(**{f"placement__supervisors__{name}": value for name, value in first.items()})
    by_person = waiting.annotate(person=F("placement__supervisors__user")).values_list("person")
    today = timezone.localdate()
    since = today - dt.timedelta(days=SILENT_DAYS)
    going_on = Placement.objects.filter(state=PlacementState.ACTIVE, start__lt=since, end__gte=today)
    return [
        sorted(logs.values_list("state").annotate(Count("pk"))),
        sorted(logs.values_list("week_start", "state").annotate(Count("pk"))),
        sorted(logs.values_list("enrolment__cohort__department").annotate(Count("pk"))),
        list(by_person.annotate(days=Count("pk")).order_by("-days", "person")[:SHOWN]),
        going_on.exclude(pk__in=logs.filter(day__gte=since).values("placement")).count(),
    ]


# -- DuckDB ---------------------------------------------------------------------------------------------------------


def _duckdb() -> tuple[float, Tiles]:
    """Write the rows out, let another program read them into Parquet, and return its median and its tiles."""
    with TemporaryDirectory(prefix="practicum-p7-") as name:
        folder = Path(name)
        _write_out(folder)
        python = os.environ.get("DUCKDB_PYTHON") or _own_python(folder / "python")
        today = timezone.localdate()
        values = {
            "since": (today - dt.timedelta(days=SILENT_DAYS)).isoformat(),
            "today": today.isoformat(),
            "before": (timezone.now() - dt.timedelta(days=OVERDUE_DAYS)).strftime("%Y-%m-%d %H:%M:%S"),
        }
        script = Path(__file__).with_name("duck_tiles.py")
        done = subprocess.run(
            [python, str(script), name, json.dumps(values)], check=True, capture_output=True, text=True
        )
    answer = json.loads(done.stdout)
    return float(answer["seconds"]), answer["tiles"]


def _own_python(folder: Path) -> str:
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", DUCKDB], check=True, stdout=sys.stderr)
    return python


def _write_out(folder: Path) -> None:
    logs = DailyLog.objects.filter(is_current=True).exclude(state=ChainState.DRAFT).order_by()
    supervisions = PlacementSupervisor.objects.filter(kind=SupervisorKind.INDUSTRIAL, is_active=True, is_deputy=False)
    tables: dict[str, Any] = {
        "logs": logs.values_list(
            "placement_id", "enrolment__cohort__department_id", "week_start", "day", "state", "submitted_at"
        ),
        "placements": Placement.objects.order_by().values_list("pk", "state", "start", "end"),
        "supervisors": supervisions.order_by().values_list("placement_id", "user_id"),
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as target:
            csv.writer(target).writerows(rows.iterator(chunk_size=20_000))
