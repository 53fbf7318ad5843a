"""The supervisors' pages: the company approves, the university validates."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.selectors import agreements_to_sign, placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import Assessment
from apps.logbook.selectors import (
    Ahead,
    Signal,
    WaitingWeek,
    ahead_of,
    arrivals_awaiting,
    assessments_awaiting,
    signals_of,
    weeks_waiting_for,
)
from apps.logbook.services.at_once import DecidedWeeks, WeekKey, validate_weeks, verify_weeks
from apps.logbook.views.helping import accepted_comment, comment_menu
from apps.logbook.views.shown_week import week_context, with_people
from apps.logbook.views.week_answers import (
    approved,
    decide_for_company,
    decide_for_university,
    leads_on,
    seen_in,
    validated,
)
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import make_posted_move, page_of, row_or_404, say_refusal, status_of

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


# -- one week -----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def supervise_week(request: HttpRequest, pk: int, monday: dt.date) -> HttpResponse:
    """Show a week of a supervised student: the company approves or sends back, the university validates or flags."""
    if monday != monday_of(monday):
        raise Http404
    placement, kind = _supervised_or_404(request, pk)
    user, is_host = cast("User", request.user), kind == SupervisorKind.INDUSTRIAL
    ahead, status, typed = ahead_of(user, kind, pk, monday), 200, None
    if request.method == "POST":
        decide = decide_for_company if is_host else decide_for_university
        try:
            messages.success(request, decide(placement, monday, request.POST, actor=user))
        except RuleViolation as error:
            say_refusal(request, error)
            status, typed = status_of(error), request.POST
        else:
            return redirect(_following(ahead, kind) if leads_on(request.POST) else _list_of(kind))
    context = {
        **week_context(placement, monday, kind, user, typed),
        "ahead": ahead,
        "next_url": _following(ahead, kind) if ahead.count else "",
        "list_url": _list_of(kind),
    }
    if is_host:
        context["help"] = comment_menu(placement, monday)
        context["comment"] = context["comment"] or accepted_comment(request, placement, monday)
    return render(request, "logbook/link_week.html", context, status=status)


def _following(ahead: Ahead, kind: SupervisorKind) -> str:
    if ahead.placement_id is None or ahead.monday is None:
        return _list_of(kind)
    return reverse("supervise_week", args=[ahead.placement_id, ahead.monday])


def _list_of(kind: SupervisorKind) -> str:
    return reverse("supervise" if kind == SupervisorKind.INDUSTRIAL else "validate_weeks")


def _supervised_or_404(request: HttpRequest, pk: int) -> tuple[Placement, SupervisorKind]:
    """Return the placement and the side on which the user supervises it; one person is never on both."""
    for kind in SupervisorKind:
        placement = with_people(placements_supervised_by(request.user, kind)).filter(pk=pk).first()
        if placement is not None:
            return placement, kind
    raise Http404


# -- the company --------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def supervise(request: HttpRequest) -> HttpResponse:
    """List arrivals to confirm and weeks to approve; a POST decides one arrival or approves the ticked weeks."""
    user = _user_with(request, Role.INDUSTRIAL_SUPERVISOR)
    arrivals = arrivals_awaiting(user).select_related(*ARRIVAL_RELATED).order_by("pk")
    if request.method == "POST":
        if "note" in request.POST:
            make_posted_move(request, row_or_404(arrivals, pk=request.POST["note"]))
        else:
            _decide_ticked(request, SupervisorKind.INDUSTRIAL, verify_weeks, approved)
        return redirect("supervise")
    page = page_of(request, weeks_waiting_for(user, SupervisorKind.INDUSTRIAL))
    context = {
        "arrivals": arrivals,
        "page": page,
        "weeks": list(page),
        "waiting": page.paginator.count,
        "assessments": _assessments(user),
        "to_sign": agreements_to_sign(user).count(),
    }
    return render(request, "logbook/supervise.html", context)


# -- the university -----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def validate_many(request: HttpRequest) -> HttpResponse:
    """List the weeks that wait for the university, with what looks odd; a POST validates the ticked ones."""
    user = _user_with(request, Role.UNIVERSITY_SUPERVISOR)
    if request.method == "POST":
        _decide_ticked(request, SupervisorKind.UNIVERSITY, validate_weeks, validated)
        return redirect("validate_weeks")
    page = page_of(request, weeks_waiting_for(user, SupervisorKind.UNIVERSITY))
    weeks = list(page)
    signals = signals_of(weeks)
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


def _row(week: WaitingWeek, signals: list[Signal]) -> dict[str, Any]:
    last = max(week.entries, key=lambda entry: entry.verified_at.timestamp() if entry.verified_at else 0.0)
    days = len(week.logs)
    return {
        "pk": week.key,
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


# -- many weeks ---------------------------------------------------------------------------------------------------


def _decide_ticked(
    request: HttpRequest,
    kind: SupervisorKind,
    decide: Callable[..., DecidedWeeks],
    words: Callable[[int], str],
) -> None:
    # The button beside one week means this week only, whatever else is ticked.
    only = request.POST.get("only")
    keys = [_week_key(text) for text in ([only] if only is not None else request.POST.getlist("week"))]
    wanted = {key.placement_id for key in keys}
    own = placements_supervised_by(request.user, kind).filter(pk__in=wanted)
    names = dict[int, str]()
    for placement in own.select_related("enrolment__student"):
        names[placement.pk] = str(placement.enrolment.student)
    if len(names) != len(wanted):
        raise Http404
    if not keys:
        messages.warning(request, _("Tick at least one week first."))
        return
    try:
        result = decide(keys, actor=cast("User", request.user))
    except RuleViolation as error:
        say_refusal(request, error)
        return
    _say(request, result, words, names)


def _say(request: HttpRequest, result: DecidedWeeks, words: Callable[[int], str], names: dict[int, str]) -> None:
    if result.weeks:
        messages.success(request, words(result.weeks))
    refused: Sequence[tuple[WeekKey, RuleViolation]] = result.refused
    for key, refusal in refused:
        facts = {
            "student": names[key.placement_id],
            "day": date_format(key.monday, "j F"),
            "why": refusal.message,
        }
        messages.warning(request, _("Left as it is: %(student)s, week from %(day)s. %(why)s") % facts)


def _week_key(text: str) -> WeekKey:
    """Read ``"<placement>:<Monday>:<seen>"``; 404 for what no form of ours sends."""
    parts = text.split(":")
    try:
        if len(parts) != WEEK_KEY_PARTS or len(parts[0]) > MOST_DIGITS:
            raise Http404
        return WeekKey(int(parts[0]), dt.date.fromisoformat(parts[1]), seen_in(parts[2]))
    except (ValueError, RuleViolation) as error:
        raise Http404 from error
