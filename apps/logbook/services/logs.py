"""Daily logs: begun, kept, sent, corrected."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, DailyLog, LogAttachment
from apps.logbook.permissions import can_correct_entry, can_delete_entry
from apps.logbook.selectors import Place, calendar_at, day_of
from apps.logbook.services.counts import count_appeared
from apps.logbook.services.entries import (
    check_place,
    check_writable,
    clean_line,
    clean_text,
    drop_file,
    lock_own,
)
from apps.logbook.services.places import Position, keep_hint
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import announce_created, perform

if TYPE_CHECKING:
    from portal.kernel.access import Actor

HALF_HOUR: Final = Decimal("0.5")
USUAL_HOURS: Final = Decimal(8)
MOST_SKILLS: Final = 20
SKILL_LENGTH: Final = 60


@dataclass(frozen=True)
class DayText:
    """What a student writes for a day."""

    text: str
    hours: Decimal = USUAL_HOURS
    skills: Sequence[str] = ()


# -- begin and keep -----------------------------------------------------------------------------------------------


def open_log(enrolment: Enrolment, day: dt.date, *, actor: "Actor", placement_id: int | None = None) -> DailyLog:
    """Return the student's log of the day; begin an empty draft where there is none.

    Raises ``NotAllowed``, and ``RuleViolation`` ``day_in_future``, ``too_late``, ``day_outside_placement``,
    ``free_day`` (with the reason in words), ``absent`` or ``placement_not_open``.
    """
    with transaction.atomic():
        place = day_of(lock_own(enrolment, actor), day, placement_id)
        if place.entry is not None:
            return place.entry
        log = _begin(enrolment, place, day, placement_id)
        log.save()
    return log


def save_log(
    enrolment: Enrolment,
    day: dt.date,
    written: DayText,
    *,
    actor: "Actor",
    placement_id: int | None = None,
    expected_version: int | None = None,
) -> DailyLog:
    """Keep what the student writes for a day, as a draft or in what was sent back.

    A draft that was begun without a placement moves to the placement as soon as there is one. Raises what
    ``open_log`` does, ``Stale``, ``WrongState`` for what was sent, and ``RuleViolation`` ``hours_outside_limits``,
    ``too_many_skills``, ``text_too_long`` or ``control_character``.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        return keep_log(own, day, written, actor=actor, placement_id=placement_id, expected_version=expected_version)


def keep_log(
    own: Enrolment,
    day: dt.date,
    written: DayText,
    *,
    actor: "Actor",
    placement_id: int | None = None,
    expected_version: int | None = None,
) -> DailyLog:
    """Do what ``save_log`` does for an enrolment that the caller has locked, within the caller's transaction."""
    place = day_of(own, day, placement_id)
    log = place.entry or _begin(own, place, day, placement_id)
    check_place(place, placement_id)
    check_writable(log, actor, expected_version if place.entry else None)
    log.placement = log.placement or place.placement
    log.text = clean_text(written.text, field="text")
    log.hours = _checked_hours(written.hours, own.cohort)
    log.skills = _checked_skills(written.skills)
    log.version += 1
    log.save()
    return log


def _begin(enrolment: Enrolment, place: Place[DailyLog], day: dt.date, wanted: int | None) -> DailyLog:
    """Return a draft that is not stored yet: one statement stores it with its text."""
    check_place(place, wanted)
    _check_day(enrolment, place.placement, day)
    # A draft is the student's own notes: it enters the history when it is sent.
    return DailyLog(
        enrolment=enrolment,
        placement=place.placement,
        day=day,
        week_start=monday_of(day),
        hours=min(max(USUAL_HOURS, enrolment.cohort.min_hours), enrolment.cohort.max_hours),
    )


def day_refusal(enrolment: Enrolment, placement: Placement | None, day: dt.date) -> RuleViolation | None:
    """Say why a log of that day cannot be begun, in words for the student; None if it can."""
    try:
        _check_day(enrolment, placement, day)
    except RuleViolation as refusal:
        return refusal
    return None


def _check_day(enrolment: Enrolment, placement: Placement | None, day: dt.date) -> None:
    cohort, today = enrolment.cohort, timezone.localdate()
    if day > today:
        raise RuleViolation("day_in_future", _("This day has not come yet."), field="day")
    if (today - day).days > cohort.latest_day_back:
        raise RuleViolation("too_late", _("It is too late for this day. Ask your coordinator."), field="day")
    if placement is None:
        _check_day_without_placement(enrolment, day)
    if reason := calendar_at(enrolment, placement).closed_reason(day):
        raise RuleViolation("free_day", reason, field="day")
    if Absence.objects.filter(enrolment=enrolment, day=day).exists():
        raise RuleViolation("absent", _("You told us that you were absent on this day."), field="day")


def _check_day_without_placement(enrolment: Enrolment, day: dt.date) -> None:
    settled = Placement.objects.filter(enrolment=enrolment, state__in=PlacementState.settled())
    span = settled.order_by("start").values_list("start", "end").first()
    # Without any placement a student may begin to write within the cohort; sending needs the placement.
    first, last = span or (enrolment.cohort.start, enrolment.cohort.end)
    if span or not first <= day <= last:
        message = _now("Your training lasts from %(first)s to %(last)s.") % {
            "first": date_format(first, "j F Y"),
            "last": date_format(last, "j F Y"),
        }
        raise RuleViolation("day_outside_placement", message, field="day")


def _checked_hours(hours: Decimal, cohort: Cohort) -> Decimal:
    if not hours.is_finite() or not cohort.min_hours <= hours <= cohort.max_hours or hours % HALF_HOUR:
        message = _now("Enter %(least)s to %(most)s hours, in steps of half an hour.") % {
            "least": f"{cohort.min_hours.normalize():f}",
            "most": f"{cohort.max_hours.normalize():f}",
        }
        raise RuleViolation("hours_outside_limits", message, field="hours")
    return hours


def _checked_skills(skills: Sequence[str]) -> list[str]:
    cleaned = (clean_line(skill, field="skills", most=SKILL_LENGTH) for skill in skills)
    found = list(dict.fromkeys(skill for skill in cleaned if skill))
    if len(found) > MOST_SKILLS:
        raise RuleViolation("too_many_skills", _("Name at most 20 skills."), field="skills")
    return found


# -- send, throw away, correct ------------------------------------------------------------------------------------


def submit_log(
    log: DailyLog, *, actor: "Actor", expected_version: int | None = None, position: Position | None = None
) -> DailyLog:
    """Send a day to the industrial supervisor; a draft without a placement gets the active one of its day first.

    Of ``position`` only the hint near or far is kept, and only with the student's consent. Raises what ``perform``
    does, with ``no_active_placement``, ``not_yet``, ``too_late``, ``text_missing`` or ``hours_outside_limits``.
    """
    with transaction.atomic():
        if log.placement_id is None:
            place = day_of(lock_own(log.enrolment, actor), log.day)
            DailyLog.objects.filter(pk=log.pk, placement__isnull=True).update(placement=place.placement)
        if position is not None:
            keep_hint(log, position, actor=actor)
        return perform(log, "submit", actor=actor, expected_version=expected_version)


def delete_log(log: DailyLog, *, actor: "Actor") -> None:
    """Throw a draft away with its files. Raises ``NotAllowed`` or ``WrongState``."""
    with transaction.atomic():
        lock_own(log.enrolment, actor)
        row = DailyLog.objects.select_related("enrolment").get(pk=log.pk)
        if not can_delete_entry(row, actor):  # type: ignore[arg-type] # locked for its own student
            raise WrongState("was_sent", _("What was sent stays. Only a draft can be thrown away."))
        for attachment in row.attachments.all():
            drop_file(attachment.file)
        row.delete()
        # A correction that was taken back leaves the version before it as the one that counts.
        if row.supersedes_id is not None:
            DailyLog.objects.filter(pk=row.supersedes_id).update(is_current=True)
            count_appeared(DailyLog.objects.filter(pk=row.supersedes_id).select_related("enrolment"))


def correct_log(log: DailyLog, *, actor: "Actor", reason: str) -> DailyLog:
    """Open a new version of a validated day for the student, who sends it through the chain again.

    The old version stays as it is and in sight; from now on the new one counts. A coordinator does this, with a
    reason. Raises ``NotAllowed`` and ``RuleViolation`` ``reason_needed`` or ``corrected_already``.
    """
    reason = clean_text(reason, field="reason")
    if not reason:
        raise RuleViolation("reason_needed", _("Say why, so that the student knows what to do."), field="reason")
    with transaction.atomic():
        old = DailyLog.objects.select_for_update(of=("self",)).select_related("enrolment__cohort").get(pk=log.pk)
        if not can_correct_entry(old, actor):  # type: ignore[arg-type] # the system coordinates nothing
            raise NotAllowed
        if not old.is_current:
            raise RuleViolation("corrected_already", _("There is a newer version of this day already."))
        # Not through save(): a locked row keeps its time of last change.
        DailyLog.objects.filter(pk=old.pk).update(is_current=False)
        count_appeared([old], by=-1)
        new = DailyLog(
            enrolment=old.enrolment,
            placement_id=old.placement_id,
            day=old.day,
            week_start=old.week_start,
            text=old.text,
            hours=old.hours,
            skills=list(old.skills),
            location_hint=old.location_hint,
            reason=reason,
            supersedes=old,
            state=ChainState.REVISION_REQUESTED,
        )
        new.save()
        LogAttachment.objects.bulk_create([_copy(attachment, new) for attachment in old.attachments.all()])
        announce_created(new, actor=actor, reason=reason)
    return new


def _copy(attachment: LogAttachment, log: DailyLog) -> LogAttachment:
    """Show the same stored file with another version of the day."""
    return LogAttachment(
        log=log,
        file=attachment.file.name,
        original_name=attachment.original_name,
        content_type=attachment.content_type,
        size=attachment.size,
        sha256=attachment.sha256,
    )
