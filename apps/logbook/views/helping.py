"""Help with what is being written: the form is kept as it is typed, then the draft is asked for."""

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.models import Enrolment
from apps.ai.asking import asked_for, begin_help, help_menu
from apps.ai.selectors import calls_of
from apps.ai.states import Decision, Purpose
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.forms import DayForm, WeekForm
from apps.logbook.selectors import day_of
from apps.logbook.services.help import (
    COMMENT,
    COMMENT_HELP,
    DAY_HELP,
    WEEK_HELP,
    comment_key,
    comment_wish,
    day_wish,
    week_wish,
)
from apps.logbook.services.logs import USUAL_HOURS, DayText, save_log
from apps.logbook.services.weeks import WeekText, save_week
from apps.logbook.views.own import enrolment_of, student_of
from apps.logbook.views.shown_week import with_people
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.ai.asking import HelpMenu
    from apps.applications.models import Placement


@login_required
@require_POST
def log_help(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Keep the day as it is typed and ask for help with it."""
    wanted, enrolment, back = _asked(request, DAY_HELP), enrolment_of(request, day), reverse("log_edit", args=[day])
    form = DayForm(request.POST)
    form.is_valid()
    try:
        log = save_log(
            enrolment,
            day,
            _day_text(form, enrolment, day),
            actor=student_of(request),
            expected_version=form.cleaned_data.get("version"),
        )
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect(back)
    return begin_help(request, lambda: day_wish(log, wanted[1]), back=back)


def _day_text(form: DayForm, enrolment: Enrolment, day: dt.date) -> DayText:
    """Return what was typed; hours that cannot be read are left as they were, the text is kept all the same."""
    if form.is_valid():
        return form.written()
    stored = day_of(enrolment, day).entry
    text = form.cleaned_data.get("text", "")
    return DayText(text, stored.hours, stored.skills) if stored else DayText(text, USUAL_HOURS)


@login_required
@require_POST
def week_help(request: HttpRequest, monday: dt.date) -> HttpResponse:
    """Keep the week as it is typed and ask for help with one of its fields."""
    if monday != monday_of(monday):
        raise Http404
    field, purpose = _asked(request, WEEK_HELP)
    enrolment, back = enrolment_of(request, monday), reverse("week_edit", args=[monday])
    form = WeekForm(request.POST)
    form.is_valid()
    cleaned = form.cleaned_data
    names = ("summary", "main_job_title", "main_job_detail")
    written = WeekText(**{name: cleaned.get(name, "") for name in names}, steps=tuple(form.typed_steps()))
    try:
        report = save_week(
            enrolment, monday, written, actor=student_of(request), expected_version=cleaned.get("version")
        )
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect(back)
    return begin_help(request, lambda: week_wish(report, field, purpose), back=back)


@login_required
@require_POST
def comment_help(request: HttpRequest, pk: int, monday: dt.date) -> HttpResponse:
    """Ask for a draft of the company's comment; nothing is stored, the supervisor still sends the form."""
    if monday != monday_of(monday):
        raise Http404
    _field, purpose = _asked(request, COMMENT_HELP)
    placement = row_or_404(with_people(placements_supervised_by(request.user, SupervisorKind.INDUSTRIAL)), pk=pk)
    typed = request.POST.get("comment", "")
    back = reverse("supervise_week", args=[pk, monday])
    return begin_help(request, lambda: comment_wish(placement, monday, typed, purpose), back=back)


def comment_menu(placement: "Placement", monday: dt.date) -> "HelpMenu | None":
    """Return the buttons at the company's comment for who has signed in."""
    url = reverse("comment_help", args=[placement.pk, monday])
    return help_menu(placement.enrolment.cohort, url, COMMENT_HELP)


def accepted_comment(request: HttpRequest, placement: "Placement", monday: dt.date) -> str:
    """Return the draft that the person took for this comment, empty without one; only right after taking it."""
    if request.GET.get("comment") != "draft":
        return ""
    here = calls_of(cast("User", request.user)).filter(place=COMMENT, key=comment_key(placement, monday))
    call = here.filter(decision=Decision.ACCEPTED).order_by("-decided_at").first()
    return call.after.get("comment", "") if call else ""


def _asked(request: HttpRequest, items: list[tuple[str, Purpose]]) -> tuple[str, Purpose]:
    wanted = asked_for(request.POST.get("help", ""), items)
    if wanted is None:
        raise Http404
    return wanted
