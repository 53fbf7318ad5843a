"""What the program says of itself is checked in, so that a change of it is read by somebody."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.accounts.services.notice_kinds import notice_kinds
from tests.house.descriptions import breaks, read

GOLDEN = Path(__file__).parents[1] / "golden"
# Handed out with the portal, which does not know its tests.
OPERATIONS = GOLDEN.parents[1] / "portal" / "client" / "operations.py"


def output_of(command: str, *options: str) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


# How large a whole number may be is a matter of the database on which the schema is made.
RANGES = re.compile(r"^ +(maximum: \d{9,}|minimum: 0|minimum: -\d{9,}|format: int64)\n", re.MULTILINE)


def schema(*options: str) -> str:
    return RANGES.sub("", output_of("spectacular", "--fail-on-warn", *options))


def of_new_process(command: str) -> str:
    """Ask a new process: here, any test may have loaded what the program itself forgets to load."""
    line = [sys.executable, "manage.py", command, "--settings", "portal.settings.test"]
    return subprocess.run(line, cwd=GOLDEN.parents[1], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (OPERATIONS, lambda: output_of("make_client", "--operations")),
        ("moves.txt", lambda: output_of("show_moves")),
        ("reactions.txt", lambda: of_new_process("show_reactions")),
        ("notices.txt", lambda: of_new_process("show_notices")),
        ("schema.yml", lambda: schema("--validate")),
    ],
)
@pytest.mark.django_db
@pytest.mark.one_database
def test_output_is_as_checked_in(name: str | Path, make, update_golden: bool):
    path, found = GOLDEN / name, make()
    if update_golden:
        if name == "schema.yml" and os.environ.get("API_MAY_BREAK") != "1":
            gone = breaks(read(path.read_text()), read(found))
            assert gone == [], "a client would break; if it must be: API_MAY_BREAK=1"
        path.write_text(found)
    assert path.read_text() == found, "run `make golden` and read the difference"


def test_every_notice_has_a_name_and_readers_on_the_page_where_people_choose():
    nameless = [
        kind.kind for kind in notice_kinds() if kind.kind.startswith("tests.") is False and not (kind.label and kind.to)
    ]
    assert nameless == [], "give the kind a label and say to whom it goes"
