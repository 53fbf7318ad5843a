"""Interviews as a list of days, and each as a file for a calendar."""

import datetime as dt
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.applications.models import Application
from apps.applications.selectors import applications_visible_to, interviews_of
from apps.applications.services.interviews import meeting_facts, meeting_from
from apps.applications.states import ApplicationState
from apps.applications.views.company import representative_or_404
from portal.kernel.calendars import calendar_of
from portal.kernel.views import page_of, row_or_404

PAGE_SIZE = 50


def _day(application: Application) -> dt.date:
    return timezone.localtime(application.interview_at).date()


@login_required
@require_safe
def company_interviews(request: HttpRequest) -> HttpResponse:
    """Show the company's interviews by day: those ahead, or with ``?when=past`` those that were."""
    rows = interviews_of(representative_or_404(request)).select_related("student", "vacancy")
    past = request.GET.get("when") == "past"
    # What began within the last hours may still go on.
    begun = timezone.now() - dt.timedelta(hours=2)
    shown = rows.filter(interview_at__lt=begun).reverse() if past else rows.filter(interview_at__gte=begun)
    page = page_of(request, shown, PAGE_SIZE)
    tabs: list[dict[str, Any]] = [
        {"label": _("Ahead"), "url": "?", "current": not past},
        {"label": _("Past"), "url": "?when=past", "current": past},
    ]
    days = [(day, list(meetings)) for day, meetings in groupby(page, key=_day)]
    context = {"page": page, "days": days, "tabs": tabs, "today": timezone.localdate()}
    return render(request, "applications/company_interviews.html", context)


@login_required
@require_safe
def interview_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the interview of an application that the user may see as a file for the own calendar."""
    agreed = applications_visible_to(request.user).filter(
        interview_at__isnull=False, state__in=ApplicationState.undecided()
    )
    application = row_or_404(agreed.select_related("vacancy__company"), pk=pk)
    content = calendar_of(meeting_from(meeting_facts(application)))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="interview.ics")
    return answer
