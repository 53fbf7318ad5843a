"""What became of a bulk move: kept by the app that has jobs, which also makes those of very many rows later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from portal.kernel.fsm import BulkResult, Move, moves_of
from portal.kernel.models import StatefulModel

# More rows than these are moved by a job: a page answers within seconds.
AT_ONCE: Final = 500


class BulkRecords(Protocol):
    """What the lists ask."""

    def begin(self, label: str, move: str, keys: Sequence[int], /, *, reason: str, actor: Any) -> str:
        """Start moving the rows of a list later; returns the page on which that is watched."""

    def keep(self, label: str, move: str, result: BulkResult, /, *, back: str, actor: Any) -> str:
        """Keep what was done at once; returns the page that says it row by row, if there is one."""


class _Forgetful:
    def begin(self, _label: str, _move: str, _keys: Sequence[int], /, **_how: Any) -> str:
        return ""

    def keep(self, _label: str, _move: str, _result: BulkResult, /, **_how: Any) -> str:
        return ""


@dataclass
class _Holder:
    records: BulkRecords = field(default_factory=_Forgetful)


_holder = _Holder()


def record_bulk_with(records: BulkRecords) -> None:
    """Tell the lists who keeps what became of bulk moves; accounts calls this once at start."""
    _holder.records = records


def records() -> BulkRecords:
    """Return who keeps what became of bulk moves."""
    return _holder.records


def way_back(model: type[StatefulModel], name: str, states: Mapping[Any, str], moved: Sequence[Any]) -> str:
    """Return the move that leads all moved rows back to where they were; empty where the machine has none.

    ``states`` says in which state each row was before the move ``name``.
    """
    arrows = moves_of(model)
    sources = {states[key] for key in moved if key in states}
    targets = {arrow.target for arrow in arrows if arrow.name == name}
    if len(sources) != 1 or len(targets) != 1:
        return ""
    source, target = sources.pop(), targets.pop()
    return next((arrow.name for arrow in arrows if _leads_back(arrow, target, source)), "")


def _leads_back(arrow: Move, start: str, end: str) -> bool:
    return arrow.transition.permission is not None and (arrow.source, arrow.target) == (start, end)
