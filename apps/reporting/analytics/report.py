"""The figures as tables: for the page, for files, and for the list behind a number."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Cohort, Department
from apps.accounts.states import IndustryType
from apps.reporting.analytics.asking import NO_REGION, Asked, Breakdown, Period
from apps.reporting.analytics.counting import by_skill, placements_by_group
from apps.reporting.analytics.forms import period_text
from apps.reporting.analytics.measures import MEASURES, Measure
from apps.reporting.analytics.sight import Sight
from apps.reporting.analytics.tallies import HUNDRED, SMALLEST_GROUP, Tally, Unit, added

FEWER: Final = gettext_lazy("fewer than five")
HEADERS: Final = (
    gettext_lazy("Measure"),
    gettext_lazy("Figure"),
    gettext_lazy("Of"),
    gettext_lazy("Placements"),
    gettext_lazy("Value"),
    gettext_lazy("Unit"),
    gettext_lazy("Definition"),
)
MOST_SKILLS: Final = 20
UNITS: Final = {Unit.PERCENT: "%", Unit.DAYS: gettext_lazy("days"), Unit.STARS: gettext_lazy("stars")}


@dataclass(frozen=True)
class Cell:
    """A figure; ``hidden`` where fewer than five students would show, ``value`` None where there is nothing."""

    unit: Unit
    value: float | None
    hidden: bool = False

    @property
    def rounded(self) -> float | None:
        """The value as it is told: whole per cent and days, stars with one decimal."""
        if self.value is None or self.hidden:
            return None
        return round(self.value, 1) if self.unit is Unit.STARS else round(self.value)

    @property
    def text(self) -> str:
        """What stands in the table."""
        if self.hidden:
            return str(FEWER)
        if self.rounded is None:
            return "–"  # noqa: RUF001 - a dash for nothing
        shown = number_format(self.rounded, 1 if self.unit is Unit.STARS else 0)
        return f"{shown} %" if self.unit is Unit.PERCENT else shown


@dataclass(frozen=True)
class Line:
    """One row of a table. ``count`` is None for the rest of the university, ``query`` asks for the list behind it."""

    label: str
    count: int | None
    cells: tuple[Cell, ...]
    query: Mapping[str, str] | None = None
    is_group: bool = False
    bar: int = 0

    @property
    def address(self) -> str:
        """The parameters of the list behind it."""
        return urlencode(self.query or {})


@dataclass(frozen=True)
class Section:
    """A measure with its lines: all, the other period, the rest of the university, the groups."""

    measure: Measure
    lines: tuple[Line, ...]
    skills: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Question:
    """What one person asks: the own placements, the other period, and the rest where it may be told."""

    own: Sight
    asked: Asked
    filters: Mapping[str, str]
    other: Period | None = None
    rest: Sight | None = None


def sections_for(question: Question) -> list[Section]:
    """Return all measures, with a number of queries that does not depend on the number of groups."""
    labels = labels_of(question.own, question.asked.by)
    return [_section(measure, question, labels) for measure in MEASURES]


def _section(measure: Measure, question: Question, labels: Mapping[Hashable, str]) -> Section:
    own, asked = question.own, question.asked
    rows = measure.placements(own, asked)
    counts, tallies = placements_by_group(rows, asked), measure.tallies(own, asked, rows)
    lines = [_line(measure, str(_("All")), sum(counts.values()), added(tallies), question.filters)]
    if question.other:
        lines.append(_line_of_other(measure, question, question.other))
    rest = asked.of_rest() if question.rest else None
    if question.rest and rest:
        lines.append(_line_of_rest(measure, question.rest, rest))
    lines += _group_lines(measure, question, labels, counts, tallies)
    skills = _skill_lines(question, measure) if measure.names_skills else ()
    return Section(measure, tuple(lines), skills)


def _line(measure: Measure, label: str, count: int, tally: Tally, query: Mapping[str, str]) -> Line:
    cells = tuple(Cell(column.unit, column.value(tally)) for column in measure.columns)
    return Line(label, count, cells, query)


def _line_of_other(measure: Measure, question: Question, period: Period) -> Line:
    asked = replace(question.asked, period=period, by=None)
    rows = measure.placements(question.own, asked)
    tally = added(measure.tallies(question.own, asked, rows))
    count = sum(placements_by_group(rows, asked).values())
    days = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    return _line(measure, period_text(period), count, tally, {**question.filters, **days})


def _line_of_rest(measure: Measure, rest: Sight, asked: Asked) -> Line:
    """Return what may be told of students outside the scope: nothing about fewer than five, and no numbers of them."""
    rows = measure.placements(rest, asked)
    students = rows.aggregate(students=Count("enrolment__student", distinct=True))["students"]
    tally = added(measure.tallies(rest, asked, rows))
    few = students < SMALLEST_GROUP
    cells = (Cell(one.unit, one.value(tally), few or one.is_telling(tally)) for one in measure.columns)
    return Line(str(_("Rest of the university")), None, tuple(cells))


def _group_lines(
    measure: Measure,
    question: Question,
    labels: Mapping[Hashable, str],
    counts: Mapping[Hashable, int],
    tallies: Mapping[Hashable, Tally],
) -> list[Line]:
    by, lines = question.asked.by, []
    if by is None:
        return []
    for group, count in counts.items():
        narrowed = {**question.filters, by.value: str(group) or NO_REGION}
        label = labels.get(group, str(group))
        line = _line(measure, label, count, tallies.get(group, Counter()), narrowed)
        lines.append(replace(line, is_group=True))
    return with_bars(sorted(lines, key=lambda line: line.label))


def with_bars(lines: list[Line]) -> list[Line]:
    """Give each line the length of its bar: its first figure in per cent of 100, or of the greatest of all."""
    firsts = [0 if line.cells[0].hidden else line.cells[0].value or 0 for line in lines]
    whole = HUNDRED if lines and lines[0].cells[0].unit is Unit.PERCENT else max(firsts, default=0)
    bars = [min(HUNDRED, round(HUNDRED * first / whole)) if whole else 0 for first in firsts]
    return [replace(line, bar=bar) for line, bar in zip(lines, bars, strict=True)]


def _skill_lines(question: Question, measure: Measure) -> tuple[Line, ...]:
    """Return the skills that most placements asked for, with how many of these practised each."""
    rows = measure.placements(question.own, question.asked)
    tallies = by_skill(question.own, question.asked, rows)
    most = sorted(tallies.items(), key=lambda item: (-item[1].total(), str(item[0])))[:MOST_SKILLS]
    lines = [_line(measure, str(skill), tally.total(), tally, {}) for skill, tally in most]
    return tuple(with_bars([replace(line, query=None, is_group=True) for line in lines]))


def labels_of(own: Sight, by: Breakdown | None) -> Mapping[Hashable, str]:
    """Return what the groups are called, by their keys."""
    if by == Breakdown.SECTOR:
        return {sector.value: str(sector.label) for sector in IndustryType}
    if by in {Breakdown.COHORT, Breakdown.DEPARTMENT}:
        model: Any = Cohort if by == Breakdown.COHORT else Department
        keys = own.placements.order_by().values(by.path)
        return {row.pk: str(row) for row in model.objects.filter(pk__in=keys)}
    return {"": str(_("None named"))}


def flat_rows(sections: Iterable[Section]) -> Iterator[tuple[object, ...]]:
    """Return the tables as lines of one sheet, under ``HEADERS``."""
    for section in sections:
        for line in (*section.lines, *section.skills):
            for column, cell in zip(section.measure.columns, line.cells, strict=True):
                value = FEWER if cell.hidden else cell.rounded
                told = (line.label, line.count, value, UNITS[cell.unit])
                yield (section.measure.title, column.title, *told, section.measure.definition)
