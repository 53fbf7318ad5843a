"""How a state looks: six looks for all machines, and the dataclasses of the week grid.

A look is a colour and a shape and stands beside the word of the state, never alone. Templates show it with
``components/badge.html`` and ``components/week_grid.html``; the admin uses ``look_of`` for its labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from portal.kernel.errors import Text


class Look(StrEnum):
    """The six looks of a state, in the order of the chain."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"
    VALIDATED = "validated"
    FLAGGED = "flagged"


class Blank(StrEnum):
    """What a day of the week grid shows when nothing was written for it."""

    MISSING = "missing"
    ABSENT = "absent"
    OFF = "off"
    AHEAD = "ahead"


_STATES: Final[dict[Look, str]] = {
    Look.DRAFT: (
        "draft open queued waiting pending uploaded proposed closed archived retired discarded undone withdrawn skipped"
        " cancelled stopped expired used unchanged superseded"
    ),
    Look.SUBMITTED: "submitted signed running sending under_review staged solved new requested asked",
    Look.RETURNED: "revision_requested interview_scheduled disputed ended_early revoked changed held",
    Look.VERIFIED: "verified verified_industry shortlisted confirmed sent",
    Look.VALIDATED: (
        "validated verified_academic approved accepted active published released completed done applied read"
        " in_force complete issued granted"
    ),
    Look.FLAGGED: "flagged rejected failed refused dead error unreadable",
}
_LOOKS: Final[dict[str, Look]] = {state: look for look, states in _STATES.items() for state in states.split()}


def look_of(state: str) -> Look:
    """Return the look of a state of any machine; a look's own name is its own look.

    Raises ``LookupError`` for a state that nobody gave a look: a new state needs a line above.
    """
    look = _LOOKS.get(state)
    if look is None:
        message = f"the state {state!r} has no look"
        raise LookupError(message)
    return look


@dataclass(frozen=True)
class Day:
    """One column of the week grid: ``label`` is short ("Tue"), ``name`` is what a screen reader says."""

    date: date
    label: Text
    name: Text
    today: bool = False


@dataclass(frozen=True)
class Cell:
    """One day of one row: ``look`` is a ``Look`` or a ``Blank``, ``label`` the words for it ("Submitted, 8 h")."""

    look: Look | Blank
    label: Text
    url: str = ""


@dataclass(frozen=True)
class GridRow:
    """One line of the week grid: a student, or a week of one student; ``cells`` has one entry for each day."""

    label: Text
    cells: Sequence[Cell]
    url: str = ""
    note: Text = ""


@dataclass(frozen=True)
class WeekGrid:
    """The picture of the product: days across, rows down, one glyph a day.

    ``corner`` heads the first column ("Student", "Week"); with ``single`` the one row's label is not shown.
    """

    caption: Text
    days: Sequence[Day]
    rows: Sequence[GridRow]
    corner: Text = ""
    single: bool = field(default=False)
