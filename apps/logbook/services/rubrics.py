"""Forms of a cohort: entered, changed and copied with it, as long as nobody was assessed by them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, User
from apps.accounts.permissions import coordinates_cohort
from apps.accounts.services.cohorts import copied_with_cohort
from apps.accounts.services.history import note_history
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Assessment, Criterion, MarkRule, Rubric
from apps.logbook.permissions import configures_mark_rule, configures_rubric
from apps.logbook.services.assessments import open_assessments
from apps.logbook.states import AssessmentState, CriterionKind
from portal.kernel.errors import NotAllowed, RuleViolation

FEWEST_STEPS = 2


def enter_rubric(values: Mapping[str, Any], *, actor: User) -> Rubric:
    """Enter a form for a cohort; it is opened for the placements that are active already.

    Raises ``NotAllowed``, ``RuleViolation`` ``kind_there``.
    """
    rubric = Rubric(**values)
    if not configures_rubric(rubric, actor):
        raise NotAllowed
    if Rubric.objects.filter(cohort=rubric.cohort, kind=rubric.kind).exists():
        raise RuleViolation("kind_there", _("The cohort has a form of this kind already."), field="kind")
    with transaction.atomic():
        rubric.save(force_insert=True)
        _note(rubric, "create", actor)
        open_for_active(rubric.cohort, actor=actor)
    return rubric


def open_for_active(cohort: Cohort, *, actor: User) -> int:
    """Open every form of the cohort for its active placements; returns how many were opened."""
    active = Placement.objects.filter(enrolment__cohort=cohort, state=PlacementState.ACTIVE)
    return open_assessments(active.select_related("enrolment"), actor=actor)


def change_rubric(rubric: Rubric, changes: Mapping[str, Any], *, actor: User) -> Rubric:
    """Change title, weight or rules; the cohort and the kind stay. Raises ``NotAllowed``, ``RuleViolation``."""
    if not configures_rubric(rubric, actor):
        raise NotAllowed
    if {"cohort", "kind"} & set(changes):
        raise RuleViolation("kind_stays", _("Cohort and kind stay. Enter another form instead."), field="kind")
    for name, value in changes.items():
        setattr(rubric, name, value)
    with transaction.atomic():
        rubric.save()
        _note(rubric, "change", actor, ", ".join(sorted(changes)))
    return rubric


def save_criteria(rubric: Rubric, kept: Sequence[Criterion], deleted: Sequence[Criterion], *, actor: User) -> None:
    """Store the questions of a form. Raises ``NotAllowed``, or ``RuleViolation`` ``in_use``, ``too_few_steps``."""
    if not configures_rubric(rubric, actor):
        raise NotAllowed
    if Assessment.objects.filter(rubric=rubric).exclude(state=AssessmentState.OPEN).exists():
        raise RuleViolation("in_use", _("Somebody was assessed by this form already; its questions stay as they are."))
    with transaction.atomic():
        for criterion in deleted:
            criterion.delete()
        for criterion in kept:
            if criterion.kind == CriterionKind.SCALE and len(criterion.steps) < FEWEST_STEPS:
                text = _("Question %(number)d: name at least two steps, one a line.") % {"number": criterion.number}
                raise RuleViolation("too_few_steps", text)
            criterion.rubric = rubric
            criterion.save()
        _note(rubric, "change", actor, "criteria")


def delete_rubric(rubric: Rubric, *, actor: User) -> None:
    """Delete a form by which nobody was assessed; open ones go with it. Raises ``NotAllowed``, ``RuleViolation``."""
    if not configures_rubric(rubric, actor):
        raise NotAllowed
    begun = Assessment.objects.filter(rubric=rubric)
    if begun.exclude(state=AssessmentState.OPEN, version=0).exists():
        raise RuleViolation("in_use", _("It is in use and stays: something belongs to it."))
    with transaction.atomic():
        _note(rubric, "delete", actor, str(rubric))
        begun.delete()
        rubric.delete()


@copied_with_cohort
def copy_rubrics(old: Cohort, new: Cohort) -> None:
    """Give next year's cohort the same forms and rules."""
    for rubric in old.rubrics.prefetch_related("criteria"):
        criteria = list(rubric.criteria.all())
        copy = _copy(rubric, cohort=new)
        copy.save(force_insert=True)
        Criterion.objects.bulk_create([_copy(criterion, rubric=copy) for criterion in criteria])
    MarkRule.objects.bulk_create([_copy(row, cohort=new) for row in old.mark_rules.all()])


def _copy[M: (Rubric, Criterion, MarkRule)](row: M, **changes: Any) -> M:
    own = {"id", "created_at", "updated_at", *changes}
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in own}
    return type(row)(**same, **changes)


# -- rules of the final mark ----------------------------------------------------------------------------------------


def enter_mark_rule(values: Mapping[str, Any], *, actor: User) -> MarkRule:
    """Enter a rule of the final mark for a cohort. Raises ``NotAllowed``, ``RuleViolation`` ``kind_there``."""
    row = MarkRule(**values)
    if not configures_mark_rule(row, actor):
        raise NotAllowed
    if MarkRule.objects.filter(cohort=row.cohort, kind=row.kind).exists():
        raise RuleViolation("kind_there", _("The cohort has this rule already."), field="kind")
    with transaction.atomic():
        row.save(force_insert=True)
        _note(row, "create", actor)
    return row


def change_mark_rule(row: MarkRule, changes: Mapping[str, Any], *, actor: User) -> MarkRule:
    """Change a rule; it stays within the cohorts that the actor coordinates. Raises ``NotAllowed``."""
    if not configures_mark_rule(row, actor):
        raise NotAllowed
    if "cohort" in changes and not coordinates_cohort(changes["cohort"], actor):
        raise NotAllowed
    for name, value in changes.items():
        setattr(row, name, value)
    with transaction.atomic():
        row.save()
        _note(row, "change", actor, ", ".join(sorted(changes)))
    return row


def delete_mark_rule(row: MarkRule, *, actor: User) -> None:
    """Take a rule away. Raises ``NotAllowed``."""
    if not configures_mark_rule(row, actor):
        raise NotAllowed
    with transaction.atomic():
        _note(row, "delete", actor, str(row))
        row.delete()


def _note(row: Rubric | MarkRule, action: str, actor: User, reason: str = "") -> None:
    note_history(row, action, actor=actor, department_id=row.cohort.department_id, reason=reason)
