"""Absences: a day of work without a log, with its reason."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment
from apps.logbook.models import Absence
from apps.logbook.selectors import Place, calendar_at, current_logs, day_of
from apps.logbook.services.entries import check_place, clean_line, lock_own
from apps.logbook.services.logs import HALF_HOUR
from apps.logbook.states import AbsenceReason, ChainState
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.logbook.models import DailyLog
    from portal.kernel.access import Actor


@dataclass(frozen=True)
class Away:
    """Why a student is away on a day; ``to_make_up`` are hours, in steps of a half, that have to be worked later."""

    reason: AbsenceReason
    note: str = ""
    to_make_up: Decimal = Decimal(0)


def tell_absence(enrolment: Enrolment, day: dt.date, away: Away, *, actor: "Actor") -> Absence:
    """Enter why the student was not, or will not be, at work; again changes the reason.

    An empty draft of the day goes. Raises ``NotAllowed`` and ``RuleViolation`` ``no_placement``, ``too_late``,
    ``free_day``, ``day_has_log`` or ``hours_outside_limits``.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        place = day_of(own, day)
        check_place(place, None)
        _check_day(own, place, day)
        absence = Absence.objects.filter(enrolment=own, day=day).first() or Absence(enrolment=own, day=day)
        absence.placement = place.placement  # type: ignore[assignment] # _check_day has refused None
        absence.reason = away.reason
        absence.note = clean_line(away.note, field="note", most=240)
        absence.hours_to_make_up = _checked_hours(away.to_make_up, own.cohort)
        absence.save()
        current_logs(own).filter(day=day, state=ChainState.DRAFT).delete()
    return absence


def _check_day(enrolment: Enrolment, place: "Place[DailyLog]", day: dt.date) -> None:
    if place.placement is None:
        raise RuleViolation("no_placement", _("You have no placement on this day."), field="day")
    if (timezone.localdate() - day).days > enrolment.cohort.latest_day_back:
        raise RuleViolation("too_late", _("It is too late for this day. Ask your coordinator."), field="day")
    if reason := calendar_at(enrolment, place.placement).closed_reason(day):
        raise RuleViolation("free_day", reason, field="day")
    log = place.entry
    if log is not None and (log.state != ChainState.DRAFT or log.text or log.attachments.exists()):
        raise RuleViolation(
            "day_has_log",
            _("You have written a log for this day. Throw it away first if you were absent."),
            field="day",
        )


def _checked_hours(hours: Decimal, cohort: Cohort) -> Decimal:
    if not hours.is_finite() or not 0 <= hours <= cohort.max_hours or hours % HALF_HOUR:
        message = gettext("Enter 0 to %(most)s hours, in steps of half an hour.") % {
            "most": f"{cohort.max_hours.normalize():f}"
        }
        raise RuleViolation("hours_outside_limits", message, field="to_make_up")
    return hours


def withdraw_absence(absence: Absence, *, actor: "Actor") -> None:
    """Take an absence back; the day can be written again. Raises ``NotAllowed``."""
    with transaction.atomic():
        lock_own(absence.enrolment, actor)
        absence.delete()
