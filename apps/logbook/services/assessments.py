"""Assessments: opened for a placement, filled in by either side, sent with their mark."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.marking import Question, mark_of, rounded
from apps.logbook.models import Assessment, Criterion, Rubric
from apps.logbook.permissions import assesses
from apps.logbook.services.entries import MOST_TEXT, clean_text
from apps.logbook.states import AssessmentState, CriterionKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import Change, announce_created_many, perform, with_move

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.kernel.access import Actor

MOST_ANSWER = 2000
# What a name in the form begins with; the criterion's key follows.
FIELD = "answer-"


def open_assessments(placements: Iterable[Placement], *, actor: "Actor" = SYSTEM) -> int:
    """Open the forms of their cohort for active placements that have none yet; returns how many were opened."""
    active = [placement for placement in placements if placement.state == PlacementState.ACTIVE]
    cohorts = {placement.enrolment.cohort_id for placement in active}
    rubrics = list(Rubric.objects.filter(cohort__in=cohorts))
    known = set(Assessment.objects.filter(placement__in=active).values_list("placement", "rubric"))
    rows = [
        Assessment(placement=placement, rubric=rubric)
        for placement in active
        for rubric in rubrics
        if rubric.cohort_id == placement.enrolment.cohort_id and (placement.pk, rubric.pk) not in known
    ]
    with transaction.atomic():
        Assessment.objects.bulk_create(rows, ignore_conflicts=True)
        # Read again: where another worker was quicker the rows are its own, and have their history.
        wanted = {(row.placement_id, row.rubric_id) for row in rows}
        opened = [
            row
            for row in Assessment.objects.filter(placement__in=active, state=AssessmentState.OPEN).select_related(
                *Assessment.MOVE_RELATED
            )
            if (row.placement_id, row.rubric_id) in wanted
        ]
        announce_created_many(opened, actor=actor)
    return len(opened)


def save_answers(
    assessment: Assessment, answers: Mapping[str, str], comment: str, *, actor: "Actor", expected_version: int | None
) -> Assessment:
    """Store what was filled in so far; whether all is there is asked when it is sent.

    ``answers`` maps criteria's keys to what was typed. Raises ``NotAllowed``, ``WrongState`` once it was sent,
    ``Stale`` where somebody wrote meanwhile, ``RuleViolation`` ``answer_out_of_range`` with the field of the question.
    """
    with transaction.atomic():
        row = _locked(assessment)
        if not assesses(row, actor):  # type: ignore[arg-type] # the system assesses nobody
            raise NotAllowed
        if row.state != AssessmentState.OPEN:
            raise WrongState("assessment_sent", _("It has been sent already. Ask the coordinator to reopen it."))
        if expected_version is not None and row.version != expected_version:
            raise Stale("stale", _("This was changed meanwhile. Look at it again before you decide."))
        row.answers = _checked(row.rubric.criteria.all(), answers)
        row.comment = clean_text(comment, field="comment", most=MOST_TEXT) if comment.strip() else ""
        row.version += 1
        row.save(update_fields=["answers", "comment", "version", "updated_at"])
    return row


def _locked(assessment: Assessment) -> Assessment:
    rows = Assessment.objects.select_for_update(of=("self",)).select_related(*Assessment.MOVE_RELATED)
    return rows.prefetch_related(*Assessment.MOVE_PREFETCH).get(pk=assessment.pk)


def send_assessment(
    assessment: Assessment,
    answers: Mapping[str, str],
    comment: str,
    *,
    actor: "Actor",
    expected_version: int | None = None,
    via: str = "",
) -> Assessment:
    """Store and send it, both or neither. Raises what ``save_answers`` and the move raise."""
    with transaction.atomic():
        row = save_answers(assessment, answers, comment, actor=actor, expected_version=expected_version)
        return perform(row, "submit", actor=actor, via=via)


def enter_mark(assessment: Assessment, mark: Decimal, *, actor: "Actor", via: str = "") -> Assessment:
    """Enter a mark that was given outside of the portal, in per cent, for a form that nobody has begun.

    Raises ``NotAllowed`` for who does not coordinate the cohort, ``WrongState`` once it was sent, ``RuleViolation``
    ``begun``.
    """
    with transaction.atomic():
        row = _locked(assessment)
        if row.state == AssessmentState.OPEN:
            # Before the move, because what is sent is sealed with it.
            Assessment.objects.filter(pk=row.pk).update(mark=rounded(mark))
        return perform(assessment, "enter_mark", actor=actor, via=via)


def take_back_mark(assessment: Assessment, *, actor: "Actor", via: str = "") -> Assessment:
    """Take back a mark that was entered; the form is open again for its own side.

    Raises ``NotAllowed``, ``WrongState`` once it was released, ``RuleViolation`` ``counted``.
    """
    return perform(assessment, "take_back_mark", actor=actor, via=via)


@with_move("logbook.Assessment", "take_back_mark")
def forget_mark(change: Change) -> None:
    """Leave no mark on a form that is open again, in the same transaction."""
    Assessment.objects.filter(pk__in=[row.pk for row in change.objects]).update(mark=None)


@with_move("logbook.Assessment", "submit")
def give_mark(change: Change) -> None:
    """Count the mark of what is sent, in the same transaction."""
    for row in cast("Sequence[Assessment]", change.objects):
        mark = mark_of([question_of(criterion, row.answers) for criterion in row.rubric.criteria.all()])
        Assessment.objects.filter(pk=row.pk).update(mark=mark)


def question_of(criterion: Criterion, answers: Mapping[str, str]) -> Question:
    """Return what an answer is worth; words count nothing."""
    answer = answers.get(str(criterion.pk), "")
    if criterion.kind == CriterionKind.TEXT:
        return Question(None, 1, 0)
    return Question(Decimal(answer) if answer else None, criterion.best, criterion.weight)


def _checked(criteria: Iterable[Criterion], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to the form's own questions, each within its limits; empty ones are left out."""
    found = {}
    for criterion in criteria:
        answer = answers.get(str(criterion.pk), "").strip()
        if answer:
            found[str(criterion.pk)] = _answer(criterion, answer)
    return found


def _answer(criterion: Criterion, answer: str) -> str:
    field = f"{FIELD}{criterion.pk}"
    if criterion.kind == CriterionKind.TEXT:
        return clean_text(answer, field=field, most=MOST_ANSWER)
    most = criterion.best
    # Half points are given in practice; a step of a scale is a whole one.
    allowed = {
        f"{half / 2:g}" for half in range(2 * most + 1) if criterion.kind == CriterionKind.POINTS or not half % 2
    }
    if answer not in allowed:
        text = _("Question %(number)d: choose from 0 to %(most)d.") % {"number": criterion.number, "most": most}
        raise RuleViolation("answer_out_of_range", text, field=field)
    return answer
