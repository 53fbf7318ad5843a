"""Absences: a day of work without a log, with its reason."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.logbook.models import Absence
from apps.logbook.selectors import Place, calendar_of, current_logs, day_of
from apps.logbook.services.entries import check_place, clean_line, lock_own
from apps.logbook.states import AbsenceReason, ChainState
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.logbook.models import DailyLog
    from portal.kernel.access import Actor


def tell_absence(
    enrolment: Enrolment, day: dt.date, reason: AbsenceReason, *, actor: "Actor", note: str = ""
) -> Absence:
    """Enter why the student was not, or will not be, at work; again changes the reason.

    An empty draft of the day goes. Raises ``NotAllowed`` and ``RuleViolation`` ``no_placement``, ``too_late``,
    ``free_day`` or ``day_has_log``.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        place = day_of(own, day)
        check_place(place, None)
        _check_day(own, place, day)
        absence = Absence.objects.filter(enrolment=own, day=day).first() or Absence(enrolment=own, day=day)
        absence.placement = place.placement  # type: ignore[assignment] # _check_day has refused None
        absence.reason = reason
        absence.note = clean_line(note, field="note", most=240)
        absence.save()
        current_logs(own).filter(day=day, state=ChainState.DRAFT).delete()
    return absence


def _check_day(enrolment: Enrolment, place: "Place[DailyLog]", day: dt.date) -> None:
    if place.placement is None:
        raise RuleViolation("no_placement", _("You have no placement on this day."), field="day")
    if (timezone.localdate() - day).days > enrolment.cohort.latest_day_back:
        raise RuleViolation("too_late", _("It is too late for this day. Ask your coordinator."), field="day")
    if reason := calendar_of(enrolment.cohort).closed_reason(day):
        raise RuleViolation("free_day", reason, field="day")
    log = place.entry
    if log is not None and (log.state != ChainState.DRAFT or log.text or log.attachments.exists()):
        raise RuleViolation(
            "day_has_log",
            _("You have written a log for this day. Throw it away first if you were absent."),
            field="day",
        )


def withdraw_absence(absence: Absence, *, actor: "Actor") -> None:
    """Take an absence back; the day can be written again. Raises ``NotAllowed``."""
    with transaction.atomic():
        lock_own(absence.enrolment, actor)
        absence.delete()
