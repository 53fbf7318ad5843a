"""How placements are chosen and counted: each measure is a few queries, whatever the number of groups.

Waiting times are compared by the calendar, so that the database can count them: a year of a large university has a few
thousand pairs of days and millions of logs.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from typing import Any, Final

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import DailyLog
from apps.logbook.states import ChainState
from apps.reporting.analytics.asking import Asked
from apps.reporting.analytics.sight import Sight
from apps.reporting.analytics.tallies import Tally

type Placements = QuerySet[Placement]
type Tallies = dict[Hashable, Tally]

TAKEN_UP: Final = [PlacementState.CONFIRMED, PlacementState.ACTIVE, *PlacementState.over()]

# -- placements ---------------------------------------------------------------------------------------------------


def first_places(sight: Sight, asked: Asked) -> Placements:
    """Placements confirmed in the period that were the first of their students in the cohort."""
    kept = Placement.objects.exclude(state=PlacementState.CANCELLED)
    earlier = kept.filter(enrolment=OuterRef("enrolment"), confirmed_at__lt=OuterRef("confirmed_at"))
    first, after = asked.period.moments
    rows = asked.of(sight.placements).exclude(state=PlacementState.CANCELLED)
    return rows.filter(~Exists(earlier), confirmed_at__gte=first, confirmed_at__lt=after)


def begun(sight: Sight, asked: Asked) -> Placements:
    """Settled placements whose first day is in the period."""
    return asked.of(sight.placements).filter(state__in=TAKEN_UP, start__range=(asked.period.start, asked.period.end))


def ended(sight: Sight, asked: Asked) -> Placements:
    """Settled placements whose last day is in the period and over, and those that were ended before it."""
    over = Q(state__in=PlacementState.over()) | Q(end__lt=timezone.localdate())
    last_day = Q(end__range=(asked.period.start, asked.period.end))
    return asked.of(sight.placements).filter(over, last_day, state__in=TAKEN_UP)


def verified(sight: Sight, asked: Asked) -> Placements:
    """Placements with a day that was sent in the period and verified since."""
    return asked.of(sight.placements).filter(Exists(_verified_days(sight, asked).filter(placement=OuterRef("pk"))))


def rated(sight: Sight, asked: Asked) -> Placements:
    """Ended placements that the student has rated."""
    return ended(sight, asked).filter(pk__in=sight.ratings.order_by().values("placement"))


def answered(sight: Sight, asked: Asked) -> Placements:
    """Ended placements about which the host has answered."""
    return ended(sight, asked).filter(pk__in=sight.answers.order_by().values("placement"))


def with_skills_asked(sight: Sight, asked: Asked) -> Placements:
    """Placements that began in the period and came of a vacancy that asks for skills."""
    return begun(sight, asked).filter(application__isnull=False).exclude(application__vacancy__skills=[])


def _verified_days(sight: Sight, asked: Asked) -> QuerySet[DailyLog]:
    first, after = asked.period.moments
    return _settled_days(sight).filter(submitted_at__gte=first, submitted_at__lt=after, verified_at__isnull=False)


def _settled_days(sight: Sight) -> QuerySet[DailyLog]:
    return sight.logs.order_by().filter(is_current=True, state__in=ChainState.verified())


# -- tallies ------------------------------------------------------------------------------------------------------


def placements_by_group(rows: Placements, asked: Asked) -> dict[Hashable, int]:
    """Count the placements of each group."""
    return dict(_grouped(rows, asked).values_list("group").annotate(times=Count("pk")))


def by_origin(_sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count the ways in."""
    return _counted(_grouped(rows, asked).values_list("group", "origin").annotate(times=Count("pk")))


def by_state(_sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count completed placements, and others as one."""
    found = _grouped(rows, asked).values_list("group", "state").annotate(times=Count("pk"))
    return _counted((group, state == PlacementState.COMPLETED, times) for group, state, times in found)


def by_days_to_place(_sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count the days from registration to the first place."""
    return _by_days(_grouped(rows, asked), "enrolment__created_at", "confirmed_at")


def by_days_to_verify(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count the days from sending a log to its verification."""
    logs = _verified_days(sight, asked).filter(placement__in=rows.values("pk"))
    return _by_days(_grouped(logs, asked, "placement__"), "submitted_at", "verified_at")


def _by_days(rows: QuerySet[Any], since: str, until: str) -> Tallies:
    days = rows.annotate(since=TruncDate(since), until=TruncDate(until)).values_list("group", "since", "until")
    found = days.annotate(times=Count("pk"))
    # Who was placed by an import before being registered did not wait.
    return _counted((group, max((end - start).days, 0), times) for group, start, end, times in found)


def by_hours(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Add up hours that the company verified, and those that cohorts require.

    Of a student with several of these placements each carries an equal part of the required hours, so that groups can
    be added up.
    """
    logs = _settled_days(sight).filter(placement__in=rows.values("pk"))
    tallies: Tallies = defaultdict(Counter)
    for group, hours in _grouped(logs, asked, "placement__").values_list("group").annotate(sum=Sum("hours")):
        tallies[group]["done"] += float(hours or 0)  # type: ignore[assignment] # counters add up whatever can be added
    required = _grouped(rows, asked).values_list("group", "enrolment", "enrolment__cohort__required_hours")
    lines = list(required)
    places = Counter(enrolment for _group, enrolment, _hours in lines)
    for group, enrolment, hours in lines:
        tallies[group]["required"] += hours / places[enrolment]
    return dict(tallies)


def by_stars(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count what students gave."""
    given = _grouped(sight.ratings.filter(placement__in=rows.values("pk")), asked, "placement__")
    return _counted(given.values_list("group", "stars").annotate(times=Count("pk")))


def by_recommendation(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count who would recommend the host."""
    given = _grouped(sight.ratings.filter(placement__in=rows.values("pk")), asked, "placement__")
    return _counted(given.values_list("group", "would_recommend").annotate(times=Count("pk")))


def by_answer(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count who would host again."""
    given = _grouped(sight.answers.filter(placement__in=rows.values("pk")), asked, "placement__")
    return _counted(given.values_list("group", "again").annotate(times=Count("pk")))


def by_practice(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count skills that were asked for: practised or not, once for each placement."""
    return _counted((group, done, 1) for group, _skill, done in _practice(sight, asked, rows))


def by_skill(sight: Sight, asked: Asked, rows: Placements) -> Tallies:
    """Count for each skill the placements that asked for it, with it practised or not."""
    return _counted((skill, done, 1) for _group, skill, done in _practice(sight, asked, rows))


def _practice(sight: Sight, asked: Asked, rows: Placements) -> Iterable[tuple[Hashable, str, bool]]:
    """Return group, skill and whether a verified day names it, for each skill that a placement's vacancy asks for."""
    practised: dict[int, set[str]] = defaultdict(set)
    logs = _settled_days(sight).filter(placement__in=rows.values("pk")).exclude(skills=[])
    for placement, skills in logs.values_list("placement", "skills").iterator():
        practised[placement].update(map(_plain, skills))
    for group, placement, skills in _grouped(rows, asked).values_list("group", "pk", "application__vacancy__skills"):
        for skill in sorted({_plain(skill) for skill in skills}):
            yield group, skill, skill in practised[placement]


def _plain(skill: str) -> str:
    """Return a skill as it is compared: students type it, with or without capitals."""
    return " ".join(skill.casefold().split())


def _grouped(rows: QuerySet[Any], asked: Asked, prefix: str = "") -> QuerySet[Any]:
    """Add ``group``: the key of a row's group, None for all where nothing is broken down."""
    group: Any = F(f"{prefix}{asked.by.path}") if asked.by else Value(None, output_field=IntegerField())
    found: QuerySet[Any] = rows.order_by().annotate(group=group)
    return found


def _counted(rows: Iterable[tuple[Hashable, Hashable, int]]) -> Tallies:
    tallies: Tallies = defaultdict(Counter)
    for group, value, times in rows:
        tallies[group][value] += times
    return dict(tallies)
