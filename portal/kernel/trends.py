"""Small charts of the coordinators' first page, handed in by the apps: numbers with bars, each leading to its list.

A chart is a table whose last column draws the numbers, so that nobody needs another form of it. Nothing is drawn by
script, and no style stands in the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from portal.kernel.errors import Text

WIDTH: Final = 100


@dataclass(frozen=True)
class Part:
    """One number: how many, the list that has them, and the state whose colour it gets (empty: the accent)."""

    count: int
    url: str
    state: str = ""


@dataclass(frozen=True)
class Piece:
    """A drawn part: where it begins and how wide it is, in hundredths of the longest bar."""

    start: str
    width: str
    part: Part


@dataclass(frozen=True)
class Line:
    """One line of a chart, with a part for each column."""

    label: Text
    parts: Sequence[Part]

    @property
    def total(self) -> int:
        """What the bar's length stands for."""
        return sum(part.count for part in self.parts)


@dataclass(frozen=True)
class Trend:
    """One chart: ``heading`` names what the lines are, ``columns`` the numbers of each."""

    slug: str
    title: Text
    heading: Text
    columns: Sequence[Text]
    lines: Sequence[Line]

    @property
    def drawn(self) -> list[tuple[Line, list[Piece]]]:
        """Return each line with its pieces, as parts of the longest line."""
        longest = max((line.total for line in self.lines), default=0) or 1
        return [(line, _pieces(line, longest)) for line in self.lines]


def _pieces(line: Line, longest: int) -> list[Piece]:
    found, start = [], 0.0
    for part in line.parts:
        width = WIDTH * part.count / longest
        if part.count:
            # As text: the page's language would write a comma, which no drawing understands.
            found.append(Piece(f"{start:.2f}", f"{width:.2f}", part))
        start += width
    return found


type TrendMaker = Callable[[HttpRequest], Trend]

_makers: list[tuple[int, str, TrendMaker]] = []


def home_trend(order: int, slug: str) -> Callable[[TrendMaker], TrendMaker]:
    """Register a maker of a chart; charts are shown by ``order``. It reads within the user's scope and choice."""

    def register(function: TrendMaker) -> TrendMaker:
        _makers.append((order, slug, function))
        _makers.sort(key=lambda entry: entry[:2])
        return function

    return register


def home_trends(request: HttpRequest) -> list[Trend]:
    """Return the charts of the first page that have something to show."""
    made = (make(request) for _order, _slug, make in _makers)
    return [trend for trend in made if any(line.total for line in trend.lines)]


def trend_named(request: HttpRequest, slug: str) -> Trend | None:
    """Return one chart by its name in an address; None where there is none."""
    return next((make(request) for _order, name, make in _makers if name == slug), None)
