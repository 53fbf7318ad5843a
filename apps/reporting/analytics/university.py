"""The figures of the whole university for deans: its departments side by side, no row, and nothing about a few.

A department with fewer than five students in a measure is told together with others like it, or left out. A share that
would name fewer than five is hidden, and the line of the whole university counts only what stands below it: otherwise
what is hidden could be worked out from the rest. There are no numbers of placements, for the same reason.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext as _

from apps.applications.models import HostFeedback, HostRating, Placement
from apps.logbook.models import DailyLog
from apps.reporting.analytics.asking import Asked, Breakdown, Period
from apps.reporting.analytics.measures import MEASURES, Measure
from apps.reporting.analytics.report import Cell, Line, Section, labels_of, with_bars
from apps.reporting.analytics.sight import Sight
from apps.reporting.analytics.tallies import SMALLEST_GROUP, Column, Tally, added

BY: Final = Breakdown.DEPARTMENT


def whole_university() -> Sight:
    """Return all rows: for sums about five students or more, and nothing else."""
    return Sight(Placement.objects.all(), DailyLog.objects.all(), HostRating.objects.all(), HostFeedback.objects.all())


def university_sections(period: Period, before: Period | None = None) -> list[Section]:
    """Return all measures by department, with a line of ``before``; the questions do not depend on the departments."""
    sight, asked = whole_university(), Asked(period, by=BY)
    labels = {key: str(label) for key, label in labels_of(sight, BY).items()}
    return [_section(measure, sight, asked, labels, before) for measure in MEASURES]


@dataclass(frozen=True)
class _Group:
    """Departments that may be told: one, or those together that are too small for themselves."""

    label: str
    tally: Tally


def _section(
    measure: Measure, sight: Sight, asked: Asked, labels: dict[Hashable, str], before: Period | None
) -> Section:
    groups = _groups(measure, sight, asked, labels)
    lines = [Line(str(_("University")), None, tuple(_whole(column, groups) for column in measure.columns))]
    if before is not None:
        earlier = _groups(measure, sight, asked.in_period(before), labels)
        cells = tuple(_whole(column, earlier) for column in measure.columns)
        lines.append(Line(str(_("University, the year before")), None, cells))
    mine = [Line(group.label, None, _cells(measure, group), is_group=True) for group in groups]
    return Section(measure, (*lines, *with_bars(mine)))


def _groups(measure: Measure, sight: Sight, asked: Asked, labels: dict[Hashable, str]) -> list[_Group]:
    rows = measure.placements(sight, asked)
    students = dict(rows.order_by().values_list(BY.path).annotate(Count("enrolment__student", distinct=True)))
    tallies = measure.tallies(sight, asked, rows)
    large = [key for key, count in students.items() if count >= SMALLEST_GROUP]
    few = [key for key in students if key not in set(large)]
    found = [_Group(labels.get(key, str(key)), tallies.get(key, Counter())) for key in large]
    found.sort(key=lambda group: group.label)
    together = rows.filter(**{f"{BY.path}__in": few}).aggregate(n=Count("enrolment__student", distinct=True))["n"]
    if together >= SMALLEST_GROUP:
        tally = added({key: tallies[key] for key in few if key in tallies})
        found.append(_Group(str(_("Small departments together")), tally))
    return found


def _cells(measure: Measure, group: _Group) -> tuple[Cell, ...]:
    return tuple(_cell(column, group.tally) for column in measure.columns)


def _cell(column: Column, tally: Tally) -> Cell:
    return Cell(column.unit, column.value(tally), column.is_telling(tally))


def _whole(column: Column, groups: Iterable[_Group]) -> Cell:
    """Return the university's figure: of the departments whose own figure stands below it."""
    told: dict[Hashable, Tally] = {group.label: group.tally for group in groups if not column.is_telling(group.tally)}
    return Cell(column.unit, column.value(added(told)) if told else None, hidden=not told)
