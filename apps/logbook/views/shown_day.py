"""What the page of a day shows."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.models import Enrolment
from apps.ai.asking import help_menu
from apps.applications.models import Placement
from apps.applications.selectors import round_waiting_for
from apps.applications.states import PlacementState
from apps.logbook.forms import DayForm
from apps.logbook.models import DailyLog, PlaceConsent
from apps.logbook.selectors import Place, Training, calendar_at, day_within, progress_of, training_of
from apps.logbook.services.help import DAY_HELP
from apps.logbook.services.logs import USUAL_HOURS, day_refusal
from apps.logbook.states import ChainState
from apps.logbook.views.grids import days_of_week, week_row
from portal.kernel.dates import Calendar, monday_of, week_number
from portal.kernel.fsm import moves_for
from portal.kernel.looks import WeekGrid

if TYPE_CHECKING:
    from decimal import Decimal

    from apps.accounts.models import User


def day_context(
    student: "User", enrolment: Enrolment, day: dt.date, form: DayForm | None, *, copies: bool
) -> dict[str, Any]:
    """Return what ``logbook/today.html`` reads; with ``copies`` the text of the last day is put into an empty form."""
    training = training_of(enrolment)
    place, before = day_within(training, enrolment, day)
    log, calendar = place.entry, calendar_at(enrolment, place.placement)
    refusal = None if log else day_refusal(enrolment, place.placement, day)
    editable = log.state in ChainState.with_student() if log else refusal is None
    last = before if editable else None
    progress = progress_of(enrolment, training)
    context = {
        **_around(enrolment, place, day, (calendar, training), progress.missing),
        "log": log,
        "form": form or _form_of(log, last, copies=copies),
        "editable": editable,
        "last": last,
        "why_not": refusal.message if refusal else "",
        "absence": None if log else training.absences.get(day),
        "returned": _returned(log),
        "with_whom": _with_whom(log),
        "files": _files(log),
        "progress": progress,
        "missing_days": len(progress.missing),
        "place_hint": _place_hint(enrolment, place.placement, day) if editable else None,
        "moves": [move for move in moves_for(log, student) if move.name != "submit"] if log else [],
        "move_url": reverse("log_move", args=[log.pk]) if log else "",
        "versions_url": reverse("log_versions", args=[log.pk]) if log and log.supersedes_id else "",
        "arrival_due": _arrival_due(training, log),
        "round": round_waiting_for(student) if day == timezone.localdate() else None,
        "help": help_menu(enrolment.cohort, reverse("log_help", args=[day]), DAY_HELP),
    }
    return {**context, **_addresses(enrolment, day)}


def _around(
    enrolment: Enrolment,
    place: Place[DailyLog],
    day: dt.date,
    read: tuple[Calendar, Training],
    missing: list[dt.date],
) -> dict[str, Any]:
    (calendar, training), today, monday = read, timezone.localdate(), monday_of(day)
    logs = {log.day: log for log in training.logs if log.week_start == monday}
    first = place.placement.start if place.placement else enrolment.cohort.start
    return {
        "date": day,
        "week_number": max(week_number(day, first), 1),
        "is_today": day == today,
        "cohort": enrolment.cohort,
        "grid": WeekGrid(
            caption=_("This week"),
            days=days_of_week(monday, calendar, today),
            rows=[week_row(enrolment, monday, calendar, (logs, training.absences), missing, [place.placement])],
            single=True,
        ),
    }


def _addresses(enrolment: Enrolment, day: dt.date) -> dict[str, str]:
    cohort, today = enrolment.cohort, timezone.localdate()
    before, after = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
    return {
        "previous_url": reverse("log_edit", args=[before]) if cohort.start <= before <= cohort.end else "",
        "next_url": reverse("log_edit", args=[after]) if after <= min(today, cohort.end) else "",
        "action_url": reverse("log_edit", args=[day]),
        "autosave_url": reverse("log_autosave", args=[day]),
        "missing_url": reverse("student_month", args=[day.replace(day=1)]),
        "absence_url": reverse("absence_edit", args=[day]),
    }


def _form_of(log: DailyLog | None, last: DailyLog | None, *, copies: bool) -> DayForm:
    hours: Decimal = last.hours if last else USUAL_HOURS
    form = DayForm.of(log, hours)
    if copies and last is not None and not (log and log.text):
        form.initial.update(text=last.text, skills=", ".join(last.skills))
    return form


def _returned(log: DailyLog | None) -> dict[str, str] | None:
    if log is None or log.state != ChainState.REVISION_REQUESTED:
        return None
    who = _("Your coordinator") if log.supersedes_id and log.submitted_at is None else _("Your supervisor")
    return {"who": who, "reason": log.reason}


def _with_whom(log: DailyLog | None) -> str:
    if log is None or log.submitted_at is None:
        return ""
    since = {"day": date_format(timezone.localtime(log.submitted_at), "l")}
    if log.state == ChainState.SUBMITTED:
        return _("With your supervisor since %(day)s") % since
    if log.state == ChainState.VERIFIED_INDUSTRY:
        return _("Verified by the company; with the university now")
    return ""


def _files(log: DailyLog | None) -> list[dict[str, str]]:
    if log is None:
        return []
    open_state = log.state in ChainState.with_student()
    return [
        {
            "name": attachment.original_name,
            "url": reverse("attachment_download", args=[attachment.pk]),
            "remove_url": reverse("attachment_remove", args=[attachment.pk]) if open_state else "",
        }
        for attachment in log.attachments.all()
    ]


def _place_hint(enrolment: Enrolment, placement: Placement | None, day: dt.date) -> dict[str, Any] | None:
    """Return whether the student has agreed, and where to change that; None where nothing would be compared."""
    if not enrolment.cohort.location_hint or placement is None or placement.company.latitude is None:
        return None
    agreed = PlaceConsent.objects.filter(enrolment=enrolment).exists()
    return {"agreed": agreed, "url": reverse("place_consent", args=[day]), "company": placement.company.name}


def _arrival_due(training: Training, log: DailyLog | None) -> Placement | None:
    """Return the placement whose arrival has to be reported before anything can be sent."""
    if log is not None and log.state not in ChainState.with_student():
        return None
    today = timezone.localdate()
    due = [
        place
        for place in (*training.placements, *training.elsewhere)
        if place.state == PlacementState.CONFIRMED and place.start <= today and not hasattr(place, "arrival")
    ]
    return max(due, key=lambda place: (place.start, place.pk), default=None)
