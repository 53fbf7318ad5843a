"""The supervisors' pages: the company approves, the university validates."""

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import Assessment, DailyLog
from apps.logbook.selectors import WaitingWeek, arrivals_awaiting, assessments_awaiting, signals_of, weeks_waiting_for
from apps.logbook.services import decisions
from apps.logbook.services.entries import clean_text
from apps.logbook.views.shown_week import decide_for_company, seen_in, week_context, with_people
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.fsm import perform
from portal.kernel.views import make_posted_move, page_of, row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User

ARRIVAL_RELATED = ("placement__company", "placement__enrolment__student", "placement__enrolment__cohort")
WEEK_KEY_PARTS = 3
MOST_DIGITS = 18
MOST_ASSESSMENTS = 50


def _user_with(request: HttpRequest, role: Role) -> "User":
    if not has_role(request.user, role):
        raise PermissionDenied
    return cast("User", request.user)


# -- the company --------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def supervise(request: HttpRequest) -> HttpResponse:
    """List arrivals to confirm and weeks to approve; a POST decides one arrival."""
    user = _user_with(request, Role.INDUSTRIAL_SUPERVISOR)
    arrivals = arrivals_awaiting(user).select_related(*ARRIVAL_RELATED).order_by("pk")
    if request.method == "POST":
        make_posted_move(request, row_or_404(arrivals, pk=request.POST.get("note", "")))
        return redirect("supervise")
    weeks = weeks_waiting_for(user, SupervisorKind.INDUSTRIAL)
    context = {"arrivals": arrivals, "weeks": weeks, "assessments": _assessments(user)}
    return render(request, "logbook/supervise.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def supervise_week(request: HttpRequest, pk: int, monday: dt.date) -> HttpResponse:
    """Show a week of a supervised student: the company approves or sends back, the university validates or flags."""
    if monday != monday_of(monday):
        raise Http404
    placement, kind = _supervised_or_404(request, pk)
    if request.method != "POST":
        return render(request, "logbook/link_week.html", week_context(placement, monday, kind))
    decide = _verify if kind == SupervisorKind.INDUSTRIAL else _answer_of_university
    try:
        messages.success(request, decide(request, placement, monday))
    except RuleViolation as error:
        say_refusal(request, error)
        context = week_context(placement, monday, kind, request.POST)
        return render(request, "logbook/link_week.html", context, status=400)
    return redirect("supervise" if kind == SupervisorKind.INDUSTRIAL else "validate_weeks")


def _supervised_or_404(request: HttpRequest, pk: int) -> tuple[Placement, SupervisorKind]:
    """Return the placement and the side on which the user supervises it; one person is never on both."""
    for kind in SupervisorKind:
        placement = with_people(placements_supervised_by(request.user, kind)).filter(pk=pk).first()
        if placement is not None:
            return placement, kind
    raise Http404


def _verify(request: HttpRequest, placement: Placement, monday: dt.date) -> str:
    user = cast("User", request.user)
    return decide_for_company(placement, monday, request.POST, actor=user)


# -- the university -----------------------------------------------------------------------------------------------


def _answer_of_university(request: HttpRequest, placement: Placement, monday: dt.date) -> str:
    user, seen = cast("User", request.user), seen_in(request.POST.get("seen", ""))
    if flagged := request.POST.get("flag", ""):
        days = DailyLog.objects.filter(placement=placement, week_start=monday, pk__in=seen.days)
        log = row_or_404(days, pk=flagged)
        reason = clean_text(request.POST.get(f"reason-{log.pk}", ""), field="reason", most=2000)
        perform(log, "flag", actor=user, reason=reason, expected_version=seen.days[log.pk])
        return _("Flagged. The coordinator decides.")
    if request.POST.get("decision") == "flag":
        decisions.flag_week(placement, monday, seen, actor=user, reason=request.POST.get("reason-week", ""))
        return _("Flagged. The coordinator decides.")
    result = decisions.validate_weeks([decisions.WeekKey(placement.pk, monday, seen)], actor=user)
    for _key, error in result.refused:
        raise error
    return _validated(result.weeks)


def _validated(weeks: int) -> str:
    return ngettext("%(n)d week validated.", "%(n)d weeks validated.", weeks) % {"n": weeks}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def validate_weeks(request: HttpRequest) -> HttpResponse:
    """List the weeks that wait for the university, with what looks odd; a POST validates the ticked ones."""
    user = _user_with(request, Role.UNIVERSITY_SUPERVISOR)
    if request.method == "POST":
        _validate_posted(request, user)
        return redirect("validate_weeks")
    page = page_of(request, weeks_waiting_for(user, SupervisorKind.UNIVERSITY))
    weeks = list(page)
    signals = signals_of(weeks) if weeks else {}
    rows = [_row(week, signals[week.placement.pk, week.monday]) for week in weeks]
    context = {
        "waiting": page.paginator.count,
        "clear": sum(not row["has_signal"] for row in rows),
        "rows": rows,
        "validate_url": reverse("validate_weeks"),
        "signals_url": next((row["url"] for row in rows if row["has_signal"]), ""),
        "page": page,
        "assessments": _assessments(user),
    }
    return render(request, "logbook/weeks.html", context)


def _assessments(user: "User") -> list[Assessment]:
    """Return the forms that the user has to fill in, the ones that end first."""
    rows = assessments_awaiting(user).select_related("rubric", "placement__enrolment__student")
    return list(rows[:MOST_ASSESSMENTS])


def _row(week: WaitingWeek, signals: list[Text]) -> dict[str, Any]:
    last = max(week.entries, key=lambda entry: entry.verified_at.timestamp() if entry.verified_at else 0.0)
    days = len(week.logs)
    return {
        "pk": f"{week.placement.pk}:{week.monday}:{week.seen}",
        "student_name": str(week.placement.enrolment.student),
        "company_name": week.placement.company.name,
        "url": reverse("supervise_week", args=[week.placement.pk, week.monday]),
        "week_number": week.number,
        "hours": week.hours,
        "days": ngettext("%(n)d day", "%(n)d days", days) % {"n": days},
        "verified_by": last.verified_by or "",
        "verified_at": last.verified_at,
        "signals": signals,
        "has_signal": bool(signals),
    }


def _validate_posted(request: HttpRequest, user: "User") -> None:
    keys = [_week_key(text) for text in request.POST.getlist("week")]
    wanted = {key.placement_id for key in keys}
    own = placements_supervised_by(user, SupervisorKind.UNIVERSITY).filter(pk__in=wanted)
    if own.count() != len(wanted):
        raise Http404
    try:
        result = decisions.validate_weeks(keys, actor=user)
    except RuleViolation as error:
        say_refusal(request, error)
        return
    if result.weeks or not keys:
        messages.success(request, _validated(result.weeks))
    for key, refusal in result.refused:
        words = {"day": key.monday, "why": refusal.message}
        messages.warning(request, _("Week from %(day)s not validated: %(why)s") % words)


def _week_key(text: str) -> decisions.WeekKey:
    """Read ``"<placement>:<Monday>:<seen>"``; 404 for what no form of ours sends."""
    parts = text.split(":")
    try:
        if len(parts) != WEEK_KEY_PARTS or len(parts[0]) > MOST_DIGITS:
            raise Http404
        return decisions.WeekKey(int(parts[0]), dt.date.fromisoformat(parts[1]), seen_in(parts[2]))
    except (ValueError, RuleViolation) as error:
        raise Http404 from error
