"""Weekly reports: the summary over the days, the main job with its numbered operations, and sending the week."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.logbook.models import DailyLog, Operation, WeeklyReport
from apps.logbook.models.weeks import sketch_path
from apps.logbook.permissions import can_delete_entry
from apps.logbook.selectors import Place, report_of
from apps.logbook.services.attachments import MOST_BYTES
from apps.logbook.services.entries import (
    check_place,
    check_writable,
    clean_line,
    clean_text,
    drop_file,
    lock_own,
)
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of, week_number
from portal.kernel.errors import RuleViolation, WrongState
from portal.kernel.fsm import Refusal, perform, perform_many
from portal.kernel.pictures import clean_picture

if TYPE_CHECKING:
    from portal.kernel.access import Actor

MOST_OPERATIONS: Final = 50
OUT_OF_THE_WAY: Final = 1000


@dataclass(frozen=True)
class Step:
    """One operation of the main job as the student typed it; the order of the list is the order of the steps."""

    description: str
    tools: str = ""


@dataclass(frozen=True)
class WeekText:
    """What a student writes for a week; ``steps`` replace the operations that were there, None leaves them."""

    summary: str = ""
    main_job_title: str = ""
    main_job_detail: str = ""
    steps: Sequence[Step] | None = None


# -- begin and keep -----------------------------------------------------------------------------------------------


def open_week(
    enrolment: Enrolment, monday: dt.date, *, actor: "Actor", placement_id: int | None = None
) -> WeeklyReport:
    """Return the student's report of the week; begin an empty draft where there is none.

    Raises ``NotAllowed``, and ``RuleViolation`` ``not_a_monday``, ``week_in_future``, ``week_outside_training`` or
    ``placement_not_open``.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        place = report_of(own, monday, placement_id)
        return place.entry or _begin(own, place, monday, placement_id)


def save_week(
    enrolment: Enrolment,
    monday: dt.date,
    written: WeekText,
    *,
    actor: "Actor",
    placement_id: int | None = None,
    expected_version: int | None = None,
) -> WeeklyReport:
    """Keep what the student writes for a week, as a draft or in what was sent back.

    Raises what ``open_week`` does, ``Stale``, ``WrongState`` for what was sent, and ``RuleViolation``
    ``text_too_long``, ``control_character``, ``description_missing`` (tools without an operation) or
    ``too_many_operations``.
    """
    steps = None if written.steps is None else _checked_steps(written.steps)
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        place = report_of(own, monday, placement_id)
        report = place.entry or _begin(own, place, monday, placement_id)
        check_place(place, placement_id)
        check_writable(report, actor, expected_version if place.entry else None)
        if report.placement is None and place.placement is not None:
            report.placement = place.placement
            report.number = week_number(monday, place.placement.start)
        report.summary = clean_text(written.summary, field="summary")
        report.main_job_title = clean_line(written.main_job_title, field="main_job_title")
        report.main_job_detail = clean_text(written.main_job_detail, field="main_job_detail")
        report.version += 1
        report.save()
        if steps is not None:
            report.operations.all().delete()
            Operation.objects.bulk_create(
                Operation(report=report, number=number, description=step.description, tools=step.tools)
                for number, step in enumerate(steps, start=1)
            )
    return report


def _checked_steps(steps: Sequence[Step]) -> list[Step]:
    """Return the steps cleaned, without empty lines."""
    cleaned = [_checked_step(step) for step in steps if step.description.strip() or step.tools.strip()]
    if len(cleaned) > MOST_OPERATIONS:
        raise RuleViolation("too_many_operations", _("Enter at most 50 operations."), field="operations")
    return cleaned


def _checked_step(step: Step) -> Step:
    description = clean_line(step.description, field="operations", most=240)
    if not description:
        raise RuleViolation(
            "description_missing", _("Say what you did with the tools in each line."), field="operations"
        )
    return Step(description, clean_line(step.tools, field="operations", most=240))


def _begin(enrolment: Enrolment, place: Place[WeeklyReport], monday: dt.date, wanted: int | None) -> WeeklyReport:
    check_place(place, wanted)
    if refusal := week_refusal(enrolment, place.placement, monday):
        raise refusal
    cohort, placement = enrolment.cohort, place.placement
    report = WeeklyReport(
        enrolment=enrolment,
        placement=placement,
        week_start=monday,
        number=max(1, week_number(monday, placement.start if placement else cohort.start)),
    )
    report.save()
    return report


def week_refusal(enrolment: Enrolment, placement: Placement | None, monday: dt.date) -> RuleViolation | None:
    """Say why a report of that week cannot be begun, in words for the student; None if it can."""
    cohort = enrolment.cohort
    if monday != monday_of(monday):
        return RuleViolation("not_a_monday", _("A week begins on a Monday."), field="week_start")
    if placement is None and not monday_of(cohort.start) <= monday <= cohort.end:
        return RuleViolation("week_outside_training", _("This week is outside of your training."), field="week_start")
    if monday > timezone.localdate():
        return RuleViolation("week_in_future", _("This week has not come yet."), field="week_start")
    return None


def delete_week(report: WeeklyReport, *, actor: "Actor") -> None:
    """Throw a draft away with its operations and sketch. Raises ``NotAllowed`` or ``WrongState``."""
    with transaction.atomic():
        row = _locked(report, actor)
        if not can_delete_entry(row, actor):  # type: ignore[arg-type] # locked for its own student
            raise WrongState("was_sent", _("What was sent stays. Only a draft can be thrown away."))
        if row.sketch:
            drop_file(row.sketch)
        row.delete()


def _locked(report: WeeklyReport, actor: "Actor") -> WeeklyReport:
    """Lock the student and return the report as it is now."""
    lock_own(report.enrolment, actor)
    return WeeklyReport.objects.select_related("enrolment__cohort").get(pk=report.pk)


def _writable(report: WeeklyReport, actor: "Actor") -> WeeklyReport:
    row = _locked(report, actor)
    check_writable(row, actor, None)
    return row


def _touch(report: WeeklyReport) -> None:
    """Count a change of the parts as one of the whole: a decision taken on the old sight is refused."""
    report.version += 1
    report.save(update_fields=["version", "updated_at"])


# -- operations ---------------------------------------------------------------------------------------------------


def add_operation(report: WeeklyReport, step: Step, *, actor: "Actor") -> Operation:
    """Add a step at the end.

    Raises ``NotAllowed``, ``WrongState`` and ``RuleViolation`` ``description_missing`` or ``too_many_operations``.
    """
    cleaned = _checked_step(step)
    with transaction.atomic():
        row = _writable(report, actor)
        number = row.operations.count() + 1
        if number > MOST_OPERATIONS:
            raise RuleViolation("too_many_operations", _("Enter at most 50 operations."), field="operations")
        operation = Operation.objects.create(
            report=row, number=number, description=cleaned.description, tools=cleaned.tools
        )
        _touch(row)
    return operation


def change_operation(operation: Operation, step: Step, *, actor: "Actor") -> Operation:
    """Write a step anew. Raises as ``add_operation`` does."""
    cleaned = _checked_step(step)
    with transaction.atomic():
        row = _writable(operation.report, actor)
        operation.description, operation.tools = cleaned.description, cleaned.tools
        operation.save(update_fields=["description", "tools", "updated_at"])
        _touch(row)
    return operation


def delete_operation(operation: Operation, *, actor: "Actor") -> None:
    """Take a step away; those after it move up. Raises ``NotAllowed`` or ``WrongState``."""
    with transaction.atomic():
        row = _writable(operation.report, actor)
        operation.delete()
        _number(row, [step.pk for step in row.operations.all()])
        _touch(row)


def reorder_operations(report: WeeklyReport, order: Sequence[int], *, actor: "Actor") -> None:
    """Put the steps into the order of these keys, which are exactly the report's own.

    Raises ``NotAllowed``, ``WrongState`` or ``RuleViolation`` ``order_wrong``.
    """
    with transaction.atomic():
        row = _writable(report, actor)
        if sorted(order) != sorted(step.pk for step in row.operations.all()):
            raise RuleViolation("order_wrong", _("The steps changed meanwhile. Look at them again."))
        _number(row, order)
        _touch(row)


def _number(report: WeeklyReport, order: Sequence[int]) -> None:
    """Number the steps from 1; first out of the way of each other, because no number may be there twice."""
    report.operations.update(number=F("number") + OUT_OF_THE_WAY)
    for number, pk in enumerate(order, start=1):
        report.operations.filter(pk=pk).update(number=number)


# -- sketch -------------------------------------------------------------------------------------------------------


def set_sketch(report: WeeklyReport, data: bytes, *, actor: "Actor") -> WeeklyReport:
    """Keep a picture as the week's sketch, drawn anew as PNG, in the place of the one before.

    Raises ``NotAllowed``, ``WrongState``, ``RuleViolation`` ``too_large``, ``not_a_picture``, ``picture_too_large``.
    """
    check_writable(report, actor, None)
    if len(data) > MOST_BYTES:
        raise RuleViolation("too_large", _("This file is larger than 5 MB."), field="sketch")
    drawn = ContentFile(clean_picture(data, as_png=True))
    storage = WeeklyReport._meta.get_field("sketch").storage
    stored = storage.save(sketch_path(report, ""), drawn)
    try:
        with transaction.atomic():
            row = _writable(report, actor)
            if row.sketch:
                drop_file(row.sketch)
            row.sketch = stored
            row.version += 1
            row.save()
    except BaseException:
        storage.delete(stored)
        raise
    return row


def remove_sketch(report: WeeklyReport, *, actor: "Actor") -> WeeklyReport:
    """Take the sketch away. Raises ``NotAllowed`` or ``WrongState``."""
    with transaction.atomic():
        row = _writable(report, actor)
        if row.sketch:
            drop_file(row.sketch)
            row.sketch = ""
            row.version += 1
            row.save()
    return row


# -- send ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SentWeek:
    """What one button sent: the report, how many days, and the days that could not go, each with its reason."""

    report: WeeklyReport
    days: int
    refused: list[Refusal]


def submit_week(report: WeeklyReport, *, actor: "Actor", expected_version: int | None = None) -> SentWeek:
    """Send the weekly report and every day of the week that is still with the student.

    The report goes or nothing does; single days may stay behind, an unfinished one does not hold the others back.
    Days that were begun without a placement go with the report's. Raises what ``perform`` raises.
    """
    with transaction.atomic():
        sent = perform(report, "submit", actor=actor, expected_version=expected_version)
        week = DailyLog.objects.filter(enrolment=sent.enrolment_id, week_start=sent.week_start, is_current=True)
        here = week.filter(placement=sent.placement_id).values("day")
        unplaced = week.filter(placement__isnull=True, state=ChainState.DRAFT).exclude(day__in=here)
        unplaced.update(placement=sent.placement_id)
        with_student = week.filter(placement=sent.placement_id, state__in=ChainState.with_student())
        days = perform_many(with_student.order_by("day"), "submit", actor=actor)
    return SentWeek(sent, len(days.moved), days.refused)
