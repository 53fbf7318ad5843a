"""The wide way of an import: lines of which the file alone shows that nothing is wrong with them, thousands at once.

A kind may know a ``BlockWay``. It does not judge: it recognises lines of which the judge of the kind could only say
that they are new, and leaves all others to it. So there is one truth, and a property test holds the two equal.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import Cohort, ImportBatch, User
from portal.kernel.import_columns import CleanBlock
from portal.kernel.imports import Line


@dataclass(frozen=True)
class Recognised:
    """What a block of lines is: the places of the certain ones, and of all lines what no two of a file may share.

    ``ready`` are columns of text beside the cells, by names, for the certain lines: what they come to where it is not
    what stands in the cell.
    """

    places: Sequence[int]
    ready: dict[str, Sequence[str]]
    keys: Sequence[Sequence[str]]


@dataclass(frozen=True)
class BlockWay:
    """How a kind takes its lines by thousands.

    ``recognise(cohort, block)`` looks at the file only. ``ready_of(line)`` is the same for a line that was judged new.
    ``doubtful(batch)`` asks the database which of the staged new lines are not certain to be new now, by number.
    ``enter(batch, actor=, without=)`` stores the others inside the caller's transaction and returns their number.
    """

    recognise: Callable[[Cohort, CleanBlock], Recognised]
    ready_of: Callable[[Line], dict[str, str]]
    doubtful: Callable[[ImportBatch], set[int]]
    enter: Callable[..., int]
    model: type[Any] = User


@dataclass
class KeysOfFile:
    """Which lines of a file share a key, by hashes: 16 bytes a line, so that no key of 100,000 lines is kept."""

    _hashes: "array[int]" = field(default_factory=lambda: array("q"))
    _lines: "array[int]" = field(default_factory=lambda: array("L"))

    def add(self, lines: Iterable[int], keys: Sequence[str]) -> None:
        """Remember the keys of some lines; an empty one is none."""
        if "" in keys:
            found = [(line, key) for line, key in zip(lines, keys, strict=True) if key]
            lines, keys = [line for line, _key in found], [key for _line, key in found]
        self._hashes.extend(map(hash, keys))
        self._lines.extend(lines)

    def shared(self) -> set[int]:
        """Return the numbers of the lines whose key another line has as well."""
        if len(set(self._hashes)) == len(self._hashes):
            return set()
        counts = Counter(self._hashes)
        return {line for line, key in zip(self._lines, self._hashes, strict=True) if counts[key] > 1}
