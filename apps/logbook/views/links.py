"""What supervisors decide behind a link from a mail: a week, an arrival."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.models import AccessLink
from apps.accounts.states import LinkPurpose
from apps.accounts.views.links import REFUSED, behind_link, gone, leave, use, via
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import ArrivalNote
from apps.logbook.selectors import arrivals_visible_to
from apps.logbook.services.entries import clean_text
from apps.logbook.states import ArrivalState
from apps.logbook.views.shown_week import decide_for_company, week_context, with_people
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform
from portal.kernel.views import posted_version


@behind_link(LinkPurpose.VERIFY_WEEK, "link_week")
def link_week(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Show the week of the link, and approve it, send parts of it back, or say that it is nobody's own trainee."""
    kind, monday = SupervisorKind.INDUSTRIAL, dt.date.fromisoformat(link.scope["week"])
    # Who does not supervise any more sees nothing, however good the link.
    placement = with_people(placements_supervised_by(link.user, kind)).filter(pk=link.target_id).first()
    if placement is None:
        return gone(request)

    def act() -> str:
        return decide_for_company(placement, monday, request.POST, actor=link.user, via=via(link))

    if request.method == "POST" and use(request, link, act):
        return leave()
    typed = request.POST if request.method == "POST" else None
    context = week_context(placement, monday, kind, typed)
    return render(request, "logbook/link_week.html", context, status=REFUSED if typed is not None else None)


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
