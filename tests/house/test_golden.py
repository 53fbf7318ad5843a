"""What the program says of itself is checked in, so that a change of it is read by somebody."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

GOLDEN = Path(__file__).parents[1] / "golden"


def output_of(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


# How large a whole number may be is a matter of the database on which the schema is made.
RANGES = re.compile(r"^ +(maximum: \d{9,}|minimum: 0|minimum: -\d{9,}|format: int64)\n", re.MULTILINE)


def schema() -> str:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return RANGES.sub("", out.getvalue())


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("moves.txt", lambda: output_of("show_moves")),
        ("reactions.txt", lambda: output_of("show_reactions")),
        ("schema.yml", schema),
    ],
)
@pytest.mark.django_db
def test_output_is_as_checked_in(name: str, make, update_golden: bool):
    path, found = GOLDEN / name, make()
    if update_golden:
        path.write_text(found)
    assert path.read_text() == found, "run `make golden` and read the difference"
