"""Forms of assessment of the demo, the first of them filled in by the companies."""

import random

from django.utils import timezone

from apps.applications.states import PlacementState
from apps.logbook.marking import mark_of
from apps.logbook.models import Assessment, Criterion, MarkRule, Rubric
from apps.logbook.services.assessments import question_of
from apps.logbook.states import AssessmentKind, AssessmentState, MarkRuleKind
from portal.management.demo.people import University
from portal.management.demo.places import Places

ASSESSMENTS = 60
QUESTIONS = [
    ("Comes on time and keeps agreements", "Anafika kwa wakati na kutimiza ahadi", "يحضر في الموعد ويلتزم بالاتفاق", 1),
    ("Works with skill and care", "Anafanya kazi kwa ustadi na uangalifu", "يعمل بمهارة وعناية", 2),
    ("Keeps the safety rules", "Anafuata kanuni za usalama", "يلتزم بقواعد السلامة", 1),
    ("Works well with others", "Anashirikiana vizuri na wengine", "يتعاون جيدا مع الآخرين", 1),
]
WEIGHTS = {
    AssessmentKind.INDUSTRY: 40,
    AssessmentKind.ACADEMIC: 30,
    AssessmentKind.LOGBOOK: 10,
    AssessmentKind.REPORT: 20,
}
MOST = 5


def _rubrics(u: University) -> list[Rubric]:
    rubrics = Rubric.objects.bulk_create(
        [
            Rubric(cohort=cohort, kind=kind, title=str(kind.label), weight=weight)
            for cohort in u.cohorts
            for kind, weight in WEIGHTS.items()
        ]
    )
    Criterion.objects.bulk_create(
        [
            Criterion(rubric=rubric, number=number, label=label, label_sw=sw, label_ar=ar, most=MOST, weight=weight)
            for rubric in rubrics
            for number, (label, sw, ar, weight) in enumerate(QUESTIONS, start=1)
        ]
    )
    MarkRule.objects.bulk_create(
        [MarkRule(cohort=cohort, kind=MarkRuleKind.INCOMPLETE_HOURS, limit=80) for cohort in u.cohorts]
    )
    return rubrics


def make_assessments(u: University, places: Places, rng: random.Random) -> None:
    """Enter the forms of every cohort, and open them for some placements."""
    rubrics = _rubrics(u)
    of_cohort: dict[int, list[Rubric]] = {cohort.pk: [] for cohort in u.cohorts}
    for rubric in rubrics:
        of_cohort[rubric.cohort_id].append(rubric)
    criteria = {rubric.pk: list(rubric.criteria.all()) for rubric in rubrics}
    active = [p for p in places.placements if p.state == PlacementState.ACTIVE]
    rows = []
    for n, placement in enumerate(active[:ASSESSMENTS]):
        for rubric in of_cohort[placement.enrolment.cohort_id]:
            done = rubric.kind == AssessmentKind.INDUSTRY and n % 3 == 0
            answers = {str(one.pk): str(rng.randint(2, MOST)) for one in criteria[rubric.pk]} if done else {}
            questions = [question_of(one, answers) for one in criteria[rubric.pk]]
            rows.append(
                Assessment(
                    rubric=rubric,
                    placement=placement,
                    answers=answers,
                    mark=mark_of(questions),
                    submitted_at=timezone.now() if done else None,
                    submitted_by=places.industrial[placement.pk] if done else None,
                    state=AssessmentState.SUBMITTED if done else AssessmentState.OPEN,
                )
            )
    Assessment.objects.bulk_create(rows)
