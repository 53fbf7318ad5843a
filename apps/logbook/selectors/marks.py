"""Final marks of many students, from what was assessed, verified and visited: a handful of queries for all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.db.models import Count, Q, QuerySet, Sum

from apps.accounts.models import Cohort, Enrolment, User
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.selectors import placements_visible_to
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.marking import FinalMark, Part, Work, final_mark, rounded
from apps.logbook.models import Assessment, DailyLog, MarkRule, Rubric, Visit
from apps.logbook.states import AssessmentState, ChainState, MarkRuleKind

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

# Between being sent and being validated: what the university still has to look at.
OPEN_DAYS = (ChainState.SUBMITTED, ChainState.REVISION_REQUESTED, ChainState.VERIFIED_INDUSTRY, ChainState.FLAGGED)


@dataclass(frozen=True)
class Marks:
    """One student's marks: ``parts`` in the order of the cohort's rubrics."""

    enrolment: Enrolment
    parts: tuple[Part, ...]
    work: Work
    final: FinalMark


def marks_of(enrolments: Iterable[Enrolment], *, released_only: bool = False) -> list[Marks]:
    """Return the marks of these enrolments (with ``cohort`` loaded), with seven queries however many they are.

    A student with several placements has the mean of what was given at each of them. ``released_only`` counts only
    what the student may see.
    """
    rows = list(enrolments)
    cohorts = {row.cohort_id for row in rows}
    rubrics: dict[int, list[Rubric]] = defaultdict(list)
    for rubric in Rubric.objects.filter(cohort__in=cohorts).order_by("cohort", "pk"):
        rubrics[rubric.cohort_id].append(rubric)
    rules: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for rule in MarkRule.objects.filter(cohort__in=cohorts):
        rules[rule.cohort_id][rule.kind] = rule.limit
    given, work = _given(rows, released_only=released_only), _work(rows)
    found = []
    for row in rows:
        parts = tuple(_part(rubric, given.get((row.pk, rubric.pk), [])) for rubric in rubrics[row.cohort_id])
        found.append(Marks(row, parts, work[row.pk], final_mark(parts, work[row.pk], rules[row.cohort_id])))
    return found


def _part(rubric: Rubric, marks: list[Decimal]) -> Part:
    mean = rounded(sum(marks, Decimal(0)) / len(marks)) if marks else None
    return Part(rubric.title, rubric.weight, mean, rubric.is_required, rubric.zero_below)


def _given(rows: list[Enrolment], *, released_only: bool) -> dict[tuple[int, int], list[Decimal]]:
    counted = [AssessmentState.RELEASED] if released_only else [AssessmentState.SUBMITTED, AssessmentState.RELEASED]
    sent = Assessment.objects.filter(placement__enrolment__in=rows, state__in=counted, mark__isnull=False)
    found: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for enrolment, rubric, mark in sent.values_list("placement__enrolment", "rubric", "mark"):
        found[enrolment, rubric].append(cast("Decimal", mark))
    return found


def _work(rows: list[Enrolment]) -> dict[int, Work]:
    verified, waiting = Q(state__in=ChainState.verified()), Q(state__in=OPEN_DAYS)
    logs = DailyLog.objects.filter(enrolment__in=rows, is_current=True).order_by().values("enrolment")
    sums = {
        row["enrolment"]: row
        for row in logs.annotate(hours=Sum("hours", filter=verified), open=Count("pk", filter=waiting))
    }
    made = Visit.objects.filter(placement__enrolment__in=rows, done_on__isnull=False).order_by()
    visits = dict(made.values("placement__enrolment").annotate(n=Count("pk")).values_list("placement__enrolment", "n"))
    return {
        row.pk: Work(
            hours=(row.pk in sums and sums[row.pk]["hours"]) or Decimal(0),
            required_hours=row.cohort.required_hours,
            visits=visits.get(row.pk, 0),
            open_days=sums[row.pk]["open"] if row.pk in sums else 0,
        )
        for row in rows
    }


def fewest_visits(cohort: Cohort) -> int:
    """Return how many visits the cohort's rules ask for; 0 without such a rule."""
    limits = MarkRule.objects.filter(cohort=cohort, kind=MarkRuleKind.INCOMPLETE_VISITS)
    return int(limits.values_list("limit", flat=True).first() or 0)


# -- visits to plan -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Town:
    """The placements of one town that a supervisor may visit; each with ``visits_made`` and ``visits_planned``."""

    name: str
    placements: list[Placement]


def towns_to_visit(placements: Iterable[Placement]) -> list[Town]:
    """Group placements (with ``company`` loaded) by the town of the company, the towns with most students first."""
    towns: dict[str, list[Placement]] = defaultdict(list)
    for placement in placements:
        towns[placement.company.region].append(placement)
    return sorted(
        (Town(name, rows) for name, rows in towns.items()), key=lambda town: (-len(town.placements), town.name)
    )


def visited(user: "Viewer", placements: Iterable[Placement]) -> None:
    """Note at each placement how many visits were made and how many the user has planned."""
    rows = list(placements)
    counts = {
        row["placement"]: row
        for row in Visit.objects.filter(placement__in=rows)
        .order_by()
        .values("placement")
        .annotate(
            made=Count("pk", filter=Q(done_on__isnull=False)),
            planned=Count("pk", filter=Q(done_on__isnull=True, visitor=user.pk)),
        )
    }
    for row in rows:
        found = counts.get(row.pk, {"made": 0, "planned": 0})
        row.visits_made, row.visits_planned = found["made"], found["planned"]  # type: ignore[attr-defined] # for the page


def supervisors_for_visits(user: "Viewer") -> QuerySet[User]:
    """Return the university supervisors of placements that the user has: who can be sent on a visit."""
    mine = PlacementSupervisor.objects.filter(
        placement__in=placements_visible_to(user).order_by().values("pk"),
        kind=SupervisorKind.UNIVERSITY,
        is_active=True,
    )
    return User.objects.filter(pk__in=mine.values("user")).order_by("last_name", "first_name", "pk")


def going_on(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Keep the placements at which a student can be visited."""
    return placements.filter(state__in=[PlacementState.CONFIRMED, PlacementState.ACTIVE])
