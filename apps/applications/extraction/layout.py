"""The order in which a person reads the boxes of text of one page. Pure geometry: no PDF library, no Django.

A page is cut where a strip without text (the gutter) runs down between two blocks; each block is then cut again.
Rows that stand opposite each other and are short are a table (or a job with its dates at the right edge) and are read
across. All lengths are points, ``top`` and ``bottom`` grow downwards.

The order of the content stream, which needs none of this, was the first choice and stays so for simple pages: it is
wrong where a program writes floats and sidebars before the text, and where it writes two columns line by line.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

# Text further apart than this, in heights of the line, does not belong to one run of words.
_RUN_GAP = 0.8
# A gutter has this much text at least on either side: lines, and share of all the ink.
_SIDE_LINES = 4
_SIDE_INK = 0.03
# No gutter lies as near to the edge of the text as this share of its width.
_MARGIN = 1 / 8
# Lines that cross the gutter (title, headings over both columns), as a share of all lines.
_CROSSING = 0.5
# Lines that may reach into the gutter from one side, as a share of all lines.
_REACHING = 0.1
# Two blocks stand beside each other if they share this much of the lower one's height.
_BESIDE = 0.5
# From here on opposite lines stand so often at the same height that chance does not explain it.
_ALIGNED = 0.6
_ALIGNED_WITHIN = 1.0
# Aligned columns of prose (a typesetter's grid) have this many words a line and lines a column, a table has not.
_PROSE_WORDS = 4
_PROSE_LINES = 10
# A column goes up by more than these heights of a glyph; the next cell of a row and a label of some lines do not.
_CELL = 6
_NESTED = 3
_CANDIDATES = 12


class Box(NamedTuple):
    """One word (or glyph) where it stands; ``units`` are its glyphs from left to right as the page shows them."""

    x0: float
    x1: float
    top: float
    bottom: float
    text: str = ""
    units: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2


type Line = list[Box]


def lines_of(boxes: Sequence[Box]) -> list[Line]:
    """Put boxes that stand on one line together, from the top down, each line from left to right.

    A box belongs to a line if the middle of one lies within the other: so superscripts stay with their word.
    """
    lines: list[Line] = []
    tallest: list[Box] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        if lines and _on_one_line(tallest[-1], box):
            lines[-1].append(box)
            tallest[-1] = max(tallest[-1], box, key=lambda box: box.height)
        else:
            lines.append([box])
            tallest.append(box)
    return [sorted(line, key=lambda box: box.x0) for line in lines]


def reading_order(boxes: Sequence[Box], *, right_to_left: bool = False, depth: int = _NESTED) -> list[Line]:
    """Lines in reading order; ``depth`` is how often a block may be cut into columns again."""
    lines = lines_of(boxes)
    gutter = find_gutter(lines) if depth else None
    if gutter is None or _is_table(lines, gutter):
        return lines
    ordered: list[Line] = []
    block: list[Line] = []
    for line in lines:
        if _crosses(line, gutter):
            ordered += _columns(block, gutter, right_to_left=right_to_left, depth=depth)
            ordered.append(line)
            block = []
        else:
            block.append(line)
    return ordered + _columns(block, gutter, right_to_left=right_to_left, depth=depth)


def find_gutter(lines: Sequence[Line]) -> float | None:
    """The x at which a strip without text parts two blocks that stand beside each other; ``None`` if there is none."""
    runs = [run for line in lines for run in _runs(line)]
    left, right = min((run.x0 for run in runs), default=0), max((run.x1 for run in runs), default=0)
    # Most pages end here: no column begins in their inner part.
    if sum(run.x0 > left + (right - left) * _MARGIN for run in runs) < _SIDE_LINES:
        return None
    narrowest = _RUN_GAP * median(run.height for run in runs)
    for crossing, start, end in _strips(runs, _REACHING * len(lines)):
        middle = (start + end) / 2
        if crossing <= _CROSSING * len(lines) and end - start >= narrowest and _stand_beside(runs, middle):
            return middle
    return None


def has_gutter(boxes: Sequence[Box]) -> bool:
    """Whether ``find_gutter`` finds one in the lines of these boxes; most pages are known before lines are made."""
    left, right = min((box.x0 for box in boxes), default=0), max((box.x1 for box in boxes), default=0)
    # Each run of a line begins with a box of its own: with so few boxes there are not more runs.
    inner = left + (right - left) * _MARGIN
    if sum(box.x0 > inner for box in boxes) < _SIDE_LINES:
        return False
    return find_gutter(lines_of(boxes)) is not None


def jumps_up(boxes: Sequence[Box]) -> bool:
    """Whether boxes in the order of the content stream go back up the page further than the cells of a table do."""
    return any(later.bottom < earlier.top - _CELL * later.height for earlier, later in pairwise(boxes))


def _on_one_line(first: Box, second: Box) -> bool:
    return first.top < second.middle < first.bottom or second.top < first.middle < second.bottom


def _runs(line: Line) -> list[Box]:
    """The line's stretches of text without a wide gap, each as one box."""
    runs = [line[0]]
    for box in line[1:]:
        last = runs[-1]
        if box.x0 - last.x1 <= _RUN_GAP * max(last.height, box.height):
            runs[-1] = Box(
                min(last.x0, box.x0), max(last.x1, box.x1), min(last.top, box.top), max(last.bottom, box.bottom)
            )
        else:
            runs.append(box)
    return runs


def _strips(runs: Sequence[Box], tolerated: float) -> list[tuple[int, float, float]]:
    """Vertical strips of the inner page as (runs that cross it, left, right): the emptiest and widest first.

    A strip goes on where up to ``tolerated`` runs more reach into it: a hyphen in the margin, an end of a title.
    """
    edges = sorted([(run.x0, 1) for run in runs] + [(run.x1, -1) for run in runs])
    steps, crossing = [], 0
    for (x, step), (following, _) in pairwise(edges):
        crossing += step
        if following > x:
            steps.append((crossing, x, following))
    left, right = edges[0][0], edges[-1][0]
    margin = (right - left) * _MARGIN
    inner = [step for step in steps if left + margin <= (step[1] + step[2]) / 2 <= right - margin]
    strips = {_widened(steps, step, tolerated) for step in sorted(inner)[:_CANDIDATES]}
    return sorted(strips, key=lambda strip: (strip[0], strip[1] - strip[2]))


def _widened(
    steps: Sequence[tuple[int, float, float]], strip: tuple[int, float, float], tolerated: float
) -> tuple[int, float, float]:
    crossing, start, end = strip
    most = crossing + tolerated
    for more, x, _ in reversed([step for step in steps if step[2] <= start]):
        if more > most:
            break
        start = x
    for more, _, x in (step for step in steps if step[1] >= end):
        if more > most:
            break
        end = x
    return crossing, start, end


def _stand_beside(runs: Sequence[Box], gutter: float) -> bool:
    sides = [run for run in runs if run.x1 <= gutter], [run for run in runs if run.x0 >= gutter]
    if any(len(lines_of(side)) < _SIDE_LINES for side in sides):
        return False
    ink = sum(run.x1 - run.x0 for run in runs)
    if any(sum(run.x1 - run.x0 for run in side) < _SIDE_INK * ink for side in sides):
        return False
    (top, bottom), (other_top, other_bottom) = ((min(r.top for r in s), max(r.bottom for r in s)) for s in sides)
    shared = min(bottom, other_bottom) - max(top, other_top)
    return shared >= _BESIDE * min(bottom - top, other_bottom - other_top)


def _is_table(lines: Sequence[Line], gutter: float) -> bool:
    """Whether the two sides are rows to be read across: short texts, most of them opposite to one another."""
    left, right = _halves(lines, gutter)
    if all(_is_prose(side) for side in (left, right)):
        return False
    fewer, more = sorted((left, right), key=len)
    feet = [max(box.bottom for box in line) for line in more]
    aligned = sum(
        any(abs(foot - max(box.bottom for box in line)) <= _ALIGNED_WITHIN for foot in feet) for line in fewer
    )
    return aligned >= _ALIGNED * len(fewer)


def _is_prose(lines: Sequence[Line]) -> bool:
    words = [sum(len(box.text) > 1 and box.text[:2].isalpha() for box in line) for line in lines]
    return len(lines) >= _PROSE_LINES and median(words) >= _PROSE_WORDS


def _halves(lines: Sequence[Line], gutter: float) -> tuple[list[Line], list[Line]]:
    """What stands wholly left and wholly right of the gutter, each as lines of its own."""
    boxes = [box for line in lines if not _crosses(line, gutter) for box in line]
    return lines_of([box for box in boxes if box.x1 <= gutter]), lines_of([box for box in boxes if box.x1 > gutter])


def _crosses(line: Line, gutter: float) -> bool:
    return any(run.x0 < gutter < run.x1 for run in _runs(line))


def _columns(block: list[Line], gutter: float, *, right_to_left: bool, depth: int) -> list[Line]:
    """Read a block column by column; too few lines for columns are read across."""
    halves = _halves(block, gutter)
    if min(len(half) for half in halves) < _SIDE_LINES - 1:
        return block
    ordered: list[Line] = []
    for half in reversed(halves) if right_to_left else halves:
        boxes = [box for line in half for box in line]
        ordered += reading_order(boxes, right_to_left=right_to_left, depth=depth - 1)
    return ordered
