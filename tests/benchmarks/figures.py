"""What a benchmark measures: our way beside a reference, in one run on one machine, medians of several rounds."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One comparison: seconds of ours and of the reference, and the ratio that must not be exceeded.

    ``size`` says how much was done, ``part`` which part of the benchmark this is where it has several. A goal such as
    "100 times faster than" is the ratio 0.01.
    """

    size: int | str
    ours_s: float
    reference_s: float
    goal: float
    part: str = ""

    @property
    def ratio(self) -> float:
        """Ours divided by the reference."""
        return self.ours_s / self.reference_s

    @property
    def holds(self) -> bool:
        """Whether the goal is kept."""
        return self.ratio <= self.goal

    def as_line(self, benchmark: str) -> dict[str, object]:
        """Return what is printed as one line of JSON."""
        return {
            "id": f"{benchmark}-{self.part}" if self.part else benchmark,
            "size": self.size,
            "ours_s": round(self.ours_s, 6),
            "reference_s": round(self.reference_s, 6),
            "ratio": round(self.ratio, 3),
            "goal": self.goal,
            "holds": self.holds,
        }


def seconds(function: Callable[[], object]) -> float:
    """Return the wall seconds of one call, without a pause of the garbage collector in between."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        function()
        return time.perf_counter() - started
    finally:
        gc.enable()


def medians(
    ours: Callable[[], object],
    reference: Callable[[], object],
    *,
    before: Callable[[], object] | None = None,
    rounds: int = ROUNDS,
) -> tuple[float, float]:
    """Return the median seconds of both, measured in turn so that a busy neighbour slows both alike.

    ``before`` puts the data back before each call and is not counted.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for _round in range(rounds):
        for kept, function in zip(times, (ours, reference), strict=True):
            if before is not None:
                before()
            kept.append(seconds(function))
    return median(times[0]), median(times[1])
