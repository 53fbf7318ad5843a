"""The student's days: today and any other, kept as they are typed, and sent."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Enrolment
from apps.logbook.forms import DayForm, refuse
from apps.logbook.selectors import day_of, enrolment_on, logs_visible_to
from apps.logbook.services.places import consent_to_place, withdraw_place_consent
from apps.logbook.services.receipts import SentDay, TakenDay, take_day
from apps.logbook.states import ChainState
from apps.logbook.views.own import enrolment_of, student_of
from apps.logbook.views.shown_day import day_context
from portal.kernel.errors import RuleViolation, Stale, WrongState
from portal.kernel.views import make_posted_move, row_or_404

REFUSED = 400
CONFLICT = 409


@login_required
@require_safe
def student_today(request: HttpRequest) -> HttpResponse:
    """Open on today's entry; a student who is enrolled nowhere is told so."""
    enrolment = enrolment_on(student_of(request), timezone.localdate())
    if enrolment is None:
        return render(request, "logbook/not_enrolled.html")
    return _show_day(request, enrolment, timezone.localdate())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_edit(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Show a day, keep what was written, or send it."""
    enrolment = enrolment_of(request, day)
    if request.method != "POST":
        return _show_day(request, enrolment, day)
    form = DayForm(request.POST)
    newer = None
    if form.is_valid():
        try:
            taken = take_day(enrolment, day, _sent(request, form), actor=student_of(request))
        except RuleViolation as error:
            refuse(form, error)
            newer = day_of(enrolment, day).entry if isinstance(error, Stale) else None
        else:
            return _after_taking(request, taken, day)
    return _show_day(request, enrolment, day, form, newer)


def _sent(request: HttpRequest, form: DayForm) -> SentDay:
    return form.sent(
        files=[(photo.name or "", photo.read()) for photo in request.FILES.getlist("photo")],
        submit=request.POST.get("move") == "submit",
    )


def _after_taking(request: HttpRequest, taken: TakenDay, day: dt.date) -> HttpResponse:
    for name, why in taken.refused_files:
        messages.error(request, _("%(file)s was not taken: %(why)s") % {"file": name, "why": why})
    if taken.is_sent:
        messages.success(request, _("Sent. Your supervisor sees it now."))
        return redirect("student_today") if day == timezone.localdate() else redirect("log_edit", day=day)
    if taken.why_not:
        messages.warning(request, _("Kept, but not sent: %(why)s") % {"why": taken.why_not})
    elif not taken.refused_files:
        messages.success(request, _("Kept. Send it when it is complete."))
    return redirect("log_edit", day=day)


@login_required
@require_POST
def log_autosave(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Take what is being typed, or what a phone kept while it was without network.

    Answers JSON: 200 with time, version and whether it is sent; 400 with the reason; 409 with the reason and what is
    stored, where that is newer or not with the student any more.
    """
    form = DayForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": _("Not saved: look at the hours.")}, status=REFUSED)
    enrolment = enrolment_of(request, day)
    try:
        taken = take_day(enrolment, day, _sent(request, form), actor=student_of(request))
    except (Stale, WrongState) as error:
        return JsonResponse({**_reason(error), "stored": _stored(enrolment, day)}, status=CONFLICT)
    except RuleViolation as error:
        return JsonResponse(_reason(error), status=REFUSED)
    return JsonResponse(
        {
            "saved_at": time_format(timezone.localtime(taken.log.updated_at), "H:i"),
            "version": taken.log.version,
            "sent": taken.is_sent,
            "why": str(taken.why_not),
            "files": [f"{name}: {why}" for name, why in taken.refused_files],
        }
    )


def _reason(error: RuleViolation) -> dict[str, str]:
    return {"error": str(error.message), "code": error.code}


def _stored(enrolment: Enrolment, day: dt.date) -> dict[str, Any]:
    """Return the day as it stands on the server, for the device to show beside its own."""
    log = day_of(enrolment, day).entry
    if log is None:
        return {}
    return {
        "text": log.text,
        "hours": f"{log.hours.normalize():f}",
        "skills": ", ".join(log.skills),
        "version": log.version,
        "editable": log.state in ChainState.with_student(),
    }


@login_required
@require_POST
def log_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a move of one's own log, such as taking it back."""
    log = row_or_404(logs_visible_to(student_of(request)).select_related("enrolment__cohort", "placement"), pk=pk)
    make_posted_move(request, log)
    return redirect("log_edit", day=log.day)


@login_required
@require_POST
def place_consent(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Agree that the place of the phone is compared with the company's, or take that back; then the day again."""
    enrolment, actor = enrolment_of(request, day), student_of(request)
    if request.POST.get("consent") == "yes":
        consent_to_place(enrolment, actor=actor)
        messages.success(request, _("When you send a day, it says near or far. You can switch it off here."))
    else:
        withdraw_place_consent(enrolment, actor=actor)
        messages.success(request, _("Switched off. What was kept of your place is erased."))
    return redirect("log_edit", day=day)


def _show_day(
    request: HttpRequest, enrolment: Enrolment, day: dt.date, form: DayForm | None = None, newer: Any = None
) -> HttpResponse:
    context = day_context(student_of(request), enrolment, day, form, copies="copy" in request.GET)
    if form is not None and newer is not None:
        # Sent once more, it replaces what the student has now seen.
        form.show_version(newer.version)
        context["newer"] = newer
    return render(request, "logbook/today.html", context, status=REFUSED if form and form.errors else None)
