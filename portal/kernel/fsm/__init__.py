"""State machines: the only place that moves a row from one state to another.

A move is declared once, on the model, with ``@transition`` and ``custom=move(...)``. Buttons, API actions, bulk
actions, golden tables and documentation are made from that declaration. ``perform`` moves one row, ``perform_many``
moves a set with one UPDATE; a property test holds the two equal.
"""

from portal.kernel.fsm.changes import (
    BulkResult,
    Change,
    Event,
    Reaction,
    Refusal,
    announce_created,
    announce_created_many,
    parts,
    reactions,
    reacts_to,
    state_changed,
    with_move,
)
from portal.kernel.fsm.declaration import (
    Danger,
    Move,
    MoveInfo,
    Stamp,
    move,
    moves_of,
    rule,
    stateful_models,
    transition,
)
from portal.kernel.fsm.performing import may, moves_for, perform, perform_many

__all__ = [
    "BulkResult",
    "Change",
    "Danger",
    "Event",
    "Move",
    "MoveInfo",
    "Reaction",
    "Refusal",
    "Stamp",
    "announce_created",
    "announce_created_many",
    "may",
    "move",
    "moves_for",
    "moves_of",
    "parts",
    "perform",
    "perform_many",
    "reactions",
    "reacts_to",
    "rule",
    "state_changed",
    "stateful_models",
    "transition",
    "with_move",
]
