"""Visits of the university at the host: planned for several students in one go, reported on the phone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.history import note_history
from apps.applications.models import Placement
from apps.applications.permissions import coordinates_placement, is_university_supervisor
from apps.applications.states import PlacementState
from apps.logbook.models import Visit
from apps.logbook.permissions import can_change_visit, plans_visits_to
from apps.logbook.services.entries import MOST_TEXT, clean_text
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.tasks import enqueue


def plan_visits(placements: Sequence[Placement], day: dt.date, *, visitor: User, actor: User) -> list[Visit]:
    """Plan a visit to each of the placements on one day; one that is planned for that day already stays.

    Raises ``NotAllowed`` where a placement is not the actor's to plan for, and ``RuleViolation`` ``day_in_past``,
    ``none_chosen``, ``visitor_unknown``, ``place_over``; then nothing is planned.
    """
    if not placements:
        raise RuleViolation("none_chosen", _("Choose at least one student."), field="placement")
    if day < timezone.localdate():
        raise RuleViolation("day_in_past", _("Plan a visit for today or a later day."), field="planned_on")
    for placement in placements:
        _check(placement, day, visitor, actor)
    with transaction.atomic():
        found = [Visit.objects.get_or_create(placement=row, visitor=visitor, planned_on=day) for row in placements]
        for visit, is_new in found:
            if is_new:
                _note(visit, "create", actor)
                _tell(visit)
    return [visit for visit, _is_new in found]


def _check(placement: Placement, day: dt.date, visitor: User, actor: User) -> None:
    if not plans_visits_to(placement, actor):
        raise NotAllowed
    if not is_university_supervisor(placement, visitor):
        text = _("%(visitor)s does not supervise %(student)s.")
        facts = {"visitor": visitor, "student": placement.enrolment.student}
        raise RuleViolation("visitor_unknown", text % facts, field="visitor")
    if placement.state not in PlacementState.alive() or not placement.start <= day <= placement.end:
        text = _("%(student)s is not at work that day.")
        raise RuleViolation("place_over", text % {"student": placement.enrolment.student}, field="planned_on")


def plan_visit(values: Mapping[str, Any], *, actor: User) -> Visit:
    """Plan one visit as a coordinator enters it. Raises what ``plan_visits`` raises."""
    placement: Placement = values["placement"]
    return plan_visits([placement], values["planned_on"], visitor=values["visitor"], actor=actor)[0]


def move_visit(visit: Visit, changes: Mapping[str, Any], *, actor: User) -> Visit:
    """Change the day or the visitor of a visit that was not made yet. Raises as ``plan_visits`` does."""
    if not can_change_visit(visit, actor):
        raise NotAllowed
    day, visitor = changes.get("planned_on", visit.planned_on), changes.get("visitor", visit.visitor)
    if day < timezone.localdate():
        raise RuleViolation("day_in_past", _("Plan a visit for today or a later day."), field="planned_on")
    _check(visit.placement, day, visitor, actor)
    same = Visit.objects.filter(placement=visit.placement, visitor=visitor, planned_on=day)
    if same.exclude(pk=visit.pk).exists():
        raise RuleViolation("planned_already", _("This visit is planned already."), field="planned_on")
    visit.planned_on, visit.visitor = day, visitor
    with transaction.atomic():
        visit.save()
        _note(visit, "change", actor, ", ".join(sorted(changes)))
        _tell(visit)
    return visit


def report_visit(visit: Visit, done_on: dt.date, report: str, *, actor: User) -> Visit:
    """Write down that the visit was made and what was seen. Raises ``NotAllowed``, ``RuleViolation``."""
    if not can_change_visit(visit, actor) or coordinates_only(visit, actor):
        raise NotAllowed
    if done_on > timezone.localdate():
        raise RuleViolation("day_in_future", _("This day has not come yet."), field="done_on")
    if not visit.placement.start <= done_on <= visit.placement.end:
        raise RuleViolation(
            "day_outside_placement", _("This day is outside the days of the placement."), field="done_on"
        )
    visit.done_on = done_on
    visit.report = clean_text(report, field="report", most=MOST_TEXT)
    with transaction.atomic():
        visit.save()
        _note(visit, "report", actor)
    return visit


def coordinates_only(visit: Visit, actor: User) -> bool:
    """Say whether the actor coordinates the student but does not make this visit: then there is nothing to report."""
    return visit.visitor_id != actor.pk and coordinates_placement(visit.placement, actor)


def cancel_visit(visit: Visit, *, actor: User) -> None:
    """Take a visit that was not made from the plan. Raises ``NotAllowed``."""
    if not can_change_visit(visit, actor):
        raise NotAllowed
    with transaction.atomic():
        _note(visit, "delete", actor, str(visit))
        visit.delete()


def _tell(visit: Visit) -> None:
    key = f"visit:{visit.pk}:{visit.planned_on}:{visit.visitor_id}"
    enqueue("logbook.tell_visit_planned", {"visit_id": visit.pk}, dedupe_key=key)


def _note(visit: Visit, action: str, actor: User, reason: str = "") -> None:
    department = visit.placement.enrolment.cohort.department_id
    note_history(visit, action, actor=actor, department_id=department, reason=reason)
