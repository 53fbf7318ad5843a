"""Vacancies, applicants and trainees as the company sees them."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.selectors import companies_represented_by, history_of
from apps.applications.forms import InterviewForm, NotesForm
from apps.applications.models import Application
from apps.applications.permissions import can_view_resume_of
from apps.applications.selectors import (
    applicants_awaiting,
    applications_received_by,
    trainees_without_supervisor,
)
from apps.applications.services.applications import note_application, schedule_interview
from apps.applications.services.resumes import disclose_resume
from apps.applications.states import ApplicationState, DisclosureWay
from apps.vacancies.selectors import vacancies_offered_by
from apps.vacancies.states import VacancyState
from portal.kernel.access import scope_of
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import Move, moves_for
from portal.kernel.screens import HomeCard
from portal.kernel.views import make_posted_move, page_of, row_or_404, say_refusal, timeline_of

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE_SIZE: Final = 25
A_FEW: Final = 5
OPEN_TAB: Final = "open"


def representative_or_404(request: HttpRequest) -> "User":
    """Return the person who acts for a company; for everybody else these pages are not there."""
    if not scope_of(request.user).companies:
        raise Http404
    return cast("User", request.user)


# -- what waits ---------------------------------------------------------------------------------------------------


@login_required
@require_safe
def company_home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the company: applicants, interviews, trainees without a supervisor."""
    person = representative_or_404(request)
    companies = list(companies_represented_by(person))
    context = {
        "companies": companies,
        "cards": [_applicants_card(person), _interviews_card(person), _trainees_card(person)],
        "has_vacancies": vacancies_offered_by(person).exists(),
    }
    return render(request, "applications/company_home.html", context)


def _applicants_card(person: "User") -> HomeCard:
    waiting = applicants_awaiting(person)
    first = waiting.select_related("student", "vacancy")[:A_FEW]
    rows = [(f"{row.student} · {row.vacancy}", reverse("company_application", args=[row.pk])) for row in first]
    return HomeCard(_("Applicants to answer"), waiting.count(), reverse("company_vacancy_list"), _("Read"), rows=rows)


def _interviews_card(person: "User") -> HomeCard:
    rows = applications_received_by(person).filter(
        state=ApplicationState.INTERVIEW_SCHEDULED, interview_at__gte=timezone.now()
    )
    first = rows.select_related("student").order_by("interview_at")[:A_FEW]
    lines = [
        (f"{_moment(row.interview_at)} · {row.student}", reverse("company_application", args=[row.pk])) for row in first
    ]
    return HomeCard(_("Interviews ahead"), rows.count(), reverse("company_vacancy_list"), _("Open"), rows=lines)


def _moment(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def _trainees_card(person: "User") -> HomeCard:
    rows = trainees_without_supervisor(person)
    first = rows.select_related("enrolment__student").order_by("start")[:A_FEW]
    url = reverse("company_trainees")
    lines = [(str(row.enrolment.student), f"{url}#placement-{row.pk}") for row in first]
    return HomeCard(_("Trainees without a supervisor"), rows.count(), url, _("Name the supervisor"), rows=lines)


@login_required
@require_safe
def company_vacancy_list(request: HttpRequest) -> HttpResponse:
    """Show the company's vacancies with how many applicants wait, the newest first."""
    person = representative_or_404(request)
    waiting = Count("applications", filter=Q(applications__state__in=ApplicationState.undecided()))
    rows = vacancies_offered_by(person).select_related("company")
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    state = request.GET.get("state", "")
    state = state if state in VacancyState.values else ""
    shown = rows.filter(state=state) if state else rows
    context = {
        "page": page_of(request, shown.annotate(waiting=waiting).order_by("-pk"), PAGE_SIZE),
        "several": len(scope_of(person).companies) > 1,
        "tabs": [
            {"label": _("All"), "url": "?", "current": not state, "count": sum(counts.values())},
            *(
                {"label": s.label, "url": f"?state={s}", "current": state == s, "count": counts.get(s.value, 0)}
                for s in VacancyState
            ),
        ],
    }
    return render(request, "applications/company_vacancies.html", context)


# -- applicants ---------------------------------------------------------------------------------------------------


@login_required
@require_safe
def company_applicants(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who applies for one vacancy, by state, each with the buttons that decide."""
    person = representative_or_404(request)
    vacancy = row_or_404(vacancies_offered_by(person).select_related("company"), pk=pk)
    received = applications_received_by(person).filter(vacancy=vacancy)
    counts = dict(received.order_by().values_list("state").annotate(n=Count("pk")))
    tab = request.GET.get("state", OPEN_TAB)
    wanted = ApplicationState.undecided() if tab not in ApplicationState.values else [tab]
    rows = received.filter(state__in=wanted).select_related(*Application.MOVE_RELATED, "resume")
    rows = rows.select_related("student__student_profile__programme").order_by("created_at", "pk")
    page = page_of(request, rows, PAGE_SIZE)
    context = {
        "vacancy": vacancy,
        "page": page,
        "rows": [{"application": row, "moves": _buttons(row, person)} for row in page],
        "tabs": _tabs(tab, counts),
    }
    return render(request, "applications/company_applicants.html", context)


def _tabs(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    undecided = ApplicationState.undecided()
    first = {
        "label": _("To answer"),
        "url": "?",
        "current": current not in ApplicationState.values,
        "count": sum(counts.get(state, 0) for state in undecided),
    }
    seen = [state for state in ApplicationState if state != ApplicationState.WITHDRAWN]
    return [
        first,
        *(
            {"label": s.label, "url": f"?state={s}", "current": current == s, "count": counts.get(s.value, 0)}
            for s in seen
        ),
    ]


def _buttons(application: Application, person: "User") -> list[Move]:
    """Return the moves that are one button; an interview has a form of its own."""
    return [move for move in moves_for(application, person) if move.name != "schedule_interview"]


def _received_or_404(request: HttpRequest, pk: int) -> Application:
    rows = applications_received_by(representative_or_404(request))
    related = rows.select_related(*Application.MOVE_RELATED, "resume", "student__student_profile__programme")
    return row_or_404(related, pk=pk)


@login_required
@require_safe
def company_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one applicant. ``?resume=text`` opens the resume's text, on record for the student."""
    application = _received_or_404(request, pk)
    return _application_page(request, application)


def _application_page(
    request: HttpRequest, application: Application, *, interview: InterviewForm | None = None, status: int = 200
) -> HttpResponse:
    person = cast("User", request.user)
    can_open = can_view_resume_of(application, person)
    reads = can_open and request.GET.get("resume") == "text"
    if reads:
        try:
            disclose_resume(application, way=DisclosureWay.TEXT, actor=person)
        except RuleViolation as error:
            say_refusal(request, error)
            reads = False
    moves = moves_for(application, person)
    was = {"at": application.interview_at, "place": application.interview_place}
    context = {
        "application": application,
        "moves": [move for move in moves if move.name != "schedule_interview"],
        "can_invite": application.state in ApplicationState.undecided(),
        "interview_form": interview or InterviewForm(initial=was),
        "notes_form": NotesForm(initial={"notes": application.company_notes}),
        "can_open": can_open,
        "reads": reads,
        "timeline": timeline_of(Application, history_of(application)),
    }
    return render(request, "applications/company_application.html", context, status=status)


@login_required
@require_POST
def company_application_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide; back to the list of applicants when that is where the button was."""
    application = _received_or_404(request, pk)
    make_posted_move(request, application)
    if request.GET.get("from") == "list":
        return redirect("company_applicants", pk=application.vacancy_id)
    return redirect("company_application", pk=pk)


@login_required
@require_POST
def company_interview(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite to an interview, or change its time or place."""
    application = _received_or_404(request, pk)
    form = InterviewForm(request.POST)
    if form.is_valid():
        try:
            schedule_interview(application, actor=cast("User", request.user), **form.cleaned_data)
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("The student is invited."))
            return redirect("company_application", pk=pk)
    return _application_page(request, application, interview=form)


@login_required
@require_POST
def company_notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the company's own notes."""
    application = _received_or_404(request, pk)
    form = NotesForm(request.POST)
    if form.is_valid():
        note_application(application, form.cleaned_data["notes"], actor=cast("User", request.user))
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("The notes are too long. 4,000 characters are allowed."))
    return redirect("company_application", pk=pk)
