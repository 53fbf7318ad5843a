"""What supervisors decide behind a link from a mail: a week, an arrival."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.models import AccessLink
from apps.accounts.states import LinkPurpose
from apps.accounts.views.links import attempt, behind_link, beside_link, gone, leave, use, via
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import ArrivalNote
from apps.logbook.selectors import arrivals_visible_to, attachments_visible_to, weeks_visible_to
from apps.logbook.services.entries import clean_text
from apps.logbook.states import ArrivalState
from apps.logbook.views.shown_week import week_context, with_people
from apps.logbook.views.week_answers import decide_for_company
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform
from portal.kernel.views import REFUSED, posted_version, send_file


@behind_link(LinkPurpose.VERIFY_WEEK, "link_week")
def link_week(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Show the week of the link, and approve it, send parts of it back, or say that it is nobody's own trainee."""
    kind, monday = SupervisorKind.INDUSTRIAL, _monday_of(link)
    # Who does not supervise any more sees nothing, however good the link.
    placement = with_people(placements_supervised_by(link.user, kind)).filter(pk=link.target_id).first()
    if placement is None:
        return gone(request)

    def act() -> str:
        return decide_for_company(placement, monday, request.POST, actor=link.user, via=via(link))

    status, typed = None, None
    if request.method == "POST":
        status, typed = attempt(request, link, act), request.POST
        if status is None:
            return leave()
    context = {**week_context(placement, monday, kind, link.user, typed), "link": link}
    return render(request, "logbook/link_week.html", context, status=status)


def _monday_of(link: AccessLink) -> dt.date:
    return dt.date.fromisoformat(link.scope["week"])


@beside_link(LinkPurpose.VERIFY_WEEK)
def link_file(request: HttpRequest, link: AccessLink, file: int) -> HttpResponseBase:
    """Send a file of the link's week to who may decide about it; uses nothing up."""
    supervised = placements_supervised_by(link.user, SupervisorKind.INDUSTRIAL).filter(pk=link.target_id)
    files = attachments_visible_to(link.user).filter(log__placement__in=supervised.values("pk"))
    row = files.filter(log__week_start=_monday_of(link), pk=file).first()
    if row is None or request.method == "POST":
        return gone(request)
    return send_file(row.file, row.original_name)


@beside_link(LinkPurpose.VERIFY_WEEK)
def link_sketch(request: HttpRequest, link: AccessLink) -> HttpResponseBase:
    """Send the sketch of the link's week to who may decide about it; uses nothing up."""
    supervised = placements_supervised_by(link.user, SupervisorKind.INDUSTRIAL).filter(pk=link.target_id)
    weeks = weeks_visible_to(link.user).filter(placement__in=supervised.values("pk"), is_current=True)
    report = weeks.filter(week_start=_monday_of(link)).exclude(sketch="").first()
    if report is None or request.method == "POST":
        return gone(request)
    return send_file(report.sketch, f"week-{report.number}.png")


@behind_link(LinkPurpose.CONFIRM_ARRIVAL, "link_arrival")
def link_arrival(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Show what the student says of the arrival, and confirm or dispute it."""
    related = ("placement__company", "placement__enrolment__student", "placement__enrolment__cohort")
    supervised = placements_supervised_by(link.user, SupervisorKind.INDUSTRIAL)
    notes = arrivals_visible_to(link.user).filter(placement__in=supervised.values("pk"))
    note = notes.select_related(*related).filter(pk=link.target_id).first()
    if note is None:
        return gone(request)
    if request.method == "POST" and use(request, link, lambda: _decide_arrival(request, note, link)):
        return leave()
    context: dict[str, Any] = {
        "note": note,
        "waits": note.state == ArrivalState.SUBMITTED,
        "reason": request.POST.get("reason", ""),
    }
    status = REFUSED if request.method == "POST" else None
    return render(request, "logbook/link_arrival.html", context, status=status)


def _decide_arrival(request: HttpRequest, note: ArrivalNote, link: AccessLink) -> str:
    move, version = request.POST.get("move", ""), posted_version(request)
    if move not in ("confirm", "dispute") or version is None:
        raise RuleViolation("form_unreadable", _("This page is too old. Look at it again before you decide."))
    reason = clean_text(request.POST.get("reason", ""), field="reason", most=2000) if move == "dispute" else ""
    perform(note, move, actor=link.user, via=via(link), reason=reason, expected_version=version)
    return _("Confirmed.") if move == "confirm" else _("The student is told to mend it.")
