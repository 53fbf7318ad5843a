"""The table of rights: who may do what to which object in which state.

``rights.txt`` is the agreed table and is never changed here. ``further.txt`` has rows in the same form for what the
agreed table does not name: objects such as cohorts and visits, and moves such as the scheduling of an interview.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from tests.matrix.words import concrete

HERE: Final = Path(__file__).parent
PERSONAS: Final[tuple[str, ...]] = (
    *("AN", "SO", "SX", "SF", "CO", "CX", "IO", "IX", "LO", "LX"),
    *("UO", "UX", "KO", "KX", "RO", "TO", "TX", "DE"),
)
ANY: Final = "any"
# The table has another word for what is final than for the same object before.
BEFORE: Final = {"assessment": "assessment_industry"}

# One line: object[state] : action action = persona persona (or "-" for nobody).
LINE: Final = re.compile(r"^(?P<thing>\w+?)\s*(?:\[(?P<state>[^\]]+)\])?\s*:\s*(?P<actions>[\w ]+?)\s*=\s*(?P<who>.+)$")


@dataclass(frozen=True)
class Row:
    """One action on one object in one state; ``state`` is empty where the table knows only one."""

    thing: str
    state: str
    action: str
    allowed: frozenset[str] = field(compare=False)

    def __str__(self) -> str:
        state = f"[{self.state}]" if self.state else ""
        return f"{self.thing}{state} {self.action}"


def parse(lines: Iterable[str]) -> list[Row]:
    """Return one row for each action of each line; a line that is none of the form raises ``ValueError``."""
    rows = []
    for line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        found = LINE.match(text)
        if found is None:
            message = f"not a line of the table: {line!r}"
            raise ValueError(message)
        allowed = frozenset(found["who"].split()) - {"-"}
        if unknown := allowed - set(PERSONAS):
            message = f"unknown personas {sorted(unknown)}: {line!r}"
            raise ValueError(message)
        rows += [Row(found["thing"], found["state"] or "", action, allowed) for action in found["actions"].split()]
    return rows


def _read(name: str) -> list[Row]:
    return parse((HERE / name).read_text().splitlines())


@cache
def agreed() -> tuple[Row, ...]:
    """Return the rows of the agreed table."""
    return tuple(_read("rights.txt"))


@cache
def rows() -> tuple[Row, ...]:
    """Return the agreed rows and the further ones."""
    return (*agreed(), *_read("further.txt"))


@cache
def rows_of(thing: str, state: str) -> tuple[Row, ...]:
    """Return what the table says of an object in one state."""
    return tuple(row for row in rows() if row.thing == thing and row.state == state)


@cache
def allowed_to(thing: str, state: str, action: str) -> frozenset[str]:
    """Return who may do this; nobody where the table has no such row."""
    found = (row.allowed for row in rows_of(thing, state) if row.action == action)
    return frozenset().union(*found)


@cache
def ever_allowed_to(thing: str, action: str) -> frozenset[str]:
    """Return who may do this in any state: to them a wrong state is said, to all others that it is not theirs."""
    things = (thing, BEFORE.get(thing, thing))
    return frozenset().union(*(row.allowed for row in rows() if row.thing in things and row.action == action))


@cache
def viewers_of(thing: str, state: str) -> frozenset[str]:
    """Return who sees the object: to them a refusal is 403, to all others it is not there."""
    seen = concrete(thing, state)
    return frozenset().union(*(allowed_to(thing, seen, action) for action in ("list", "view", "view_limited")))
