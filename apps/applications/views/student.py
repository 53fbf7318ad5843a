"""From the wish to the place, as the student sees it."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.permissions import has_role
from apps.accounts.selectors import history_of
from apps.accounts.states import Role
from apps.applications.forms import ApplyForm, FoundPlaceForm
from apps.applications.models import Application, Placement
from apps.applications.permissions import can_change_application
from apps.applications.selectors import (
    allotments_of,
    applications_of,
    disclosures_visible_to,
    enrolments_open_for_found_places,
    enrolments_open_for_letters,
    letters_of,
    placements_of,
    resumes_of,
    round_for,
    shown_amendments,
)
from apps.applications.services.applications import apply_for_vacancy, change_application
from apps.applications.services.placements import FoundPlace, propose_self_found_placement
from apps.applications.services.resumes import store_resume
from apps.applications.states import ApplicationState, PlacementState
from apps.applications.views.agreements import papers_for, shown_papers
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import moves_for
from portal.kernel.views import make_posted_move, page_of, row_or_404, timeline_of

if TYPE_CHECKING:
    from apps.accounts.models import Enrolment, User
    from apps.applications.models import Resume
    from apps.vacancies.models import Vacancy


def _student(request: HttpRequest) -> "User":
    """Return the student, or answer 403: these pages are for nobody else."""
    if not has_role(request.user, Role.STUDENT):
        raise PermissionDenied
    return cast("User", request.user)


# -- applying -----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def vacancy_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply, or change the application as long as nobody has looked at it."""
    student = _student(request)
    vacancy = row_or_404(vacancies_visible_to(student).select_related("company"), pk=pk)
    own = applications_of(student).filter(vacancy=vacancy).select_related("resume").first()
    if own is not None and not can_change_application(own, student):
        return redirect("application_detail", pk=own.pk)
    initial = {"resume": own.resume, "cover_letter": own.cover_letter} if own else {}
    form = ApplyForm(request.POST or None, request.FILES or None, resumes=resumes_of(student), initial=initial)
    if request.method == "POST" and form.is_valid():
        application = _save_application(form, vacancy, own, student)
        if application is not None:
            messages.success(request, _("Your application is sent.") if own is None else _("Saved."))
            return redirect("application_detail", pk=application.pk)
    return render(request, "applications/apply.html", {"vacancy": vacancy, "application": own, "form": form})


def _save_application(
    form: ApplyForm, vacancy: "Vacancy", own: Application | None, student: "User"
) -> Application | None:
    resume = cast("Resume", form.cleaned_data.get("resume"))
    letter = form.cleaned_data["cover_letter"]
    if file := form.cleaned_data["file"]:
        try:
            resume = store_resume(file.read(), name=file.name, actor=student)
        except RuleViolation as error:
            form.add_error("file", str(error.message))
            return None
    try:
        if own is not None:
            return change_application(own, actor=student, resume=resume, cover_letter=letter)
        return apply_for_vacancy(vacancy, actor=student, resume=resume, cover_letter=letter)
    except RuleViolation as error:
        form.refuse(error)
        return None


@login_required
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """Show the student's applications, newest first, each with what happens next."""
    rows = applications_of(_student(request)).select_related("vacancy__company", "placement")
    return render(request, "applications/list.html", {"page": page_of(request, rows)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one application with everything that happened to it; POST makes a move."""
    student = _student(request)
    rows = applications_of(student).select_related("vacancy__company", "resume", "enrolment__cohort", "placement")
    application = row_or_404(rows, pk=pk)
    if request.method == "POST":
        make_posted_move(request, application)
        return redirect("application_detail", pk=pk)
    moves = moves_for(application, student)
    context = {
        "application": application,
        "moves": [move for move in moves if move.name != "withdraw"],
        "can_withdraw": any(move.name == "withdraw" for move in moves),
        "can_change": can_change_application(application, student),
        "can_meet": application.state in ApplicationState.undecided(),
        "timeline": timeline_of(Application, history_of(application)),
        "disclosures": disclosures_visible_to(student).filter(application=application).select_related("viewer"),
        **_offer(application, student),
    }
    return render(request, "applications/detail.html", context)


def _offer(application: Application, student: "User") -> dict[str, Any]:
    placement: Placement | None = getattr(application, "placement", None)
    if placement is None:
        return {"placement": None, "placement_moves": []}
    return {"placement": placement, "placement_moves": moves_for(placement, student)}


# -- the place ----------------------------------------------------------------------------------------------------


@login_required
@require_safe
def my_placement(request: HttpRequest) -> HttpResponse:
    """Show the student's places: where, when, with whom, what to do next."""
    student = _student(request)
    rows = placements_of(student).select_related("company", "enrolment__cohort", "application")
    placements = list(rows.prefetch_related("supervisors__user", shown_amendments(), shown_papers(student)))
    context = {
        "places": [
            {
                "placement": placement,
                "people": [row for row in placement.supervisors.all() if row.is_active],
                "moves": moves_for(placement, student),
                "amendments": placement.amendments.all(),
                "papers": papers_for(student, placement.agreements.all()),
                "can_arrive": placement.state == "confirmed" and placement.start <= timezone.localdate(),
            }
            for placement in placements
        ],
        "letters": letters_of(student),
        # Who has a place looks for none.
        "can_ask": not any(row.state in PlacementState.settled() for row in placements)
        and enrolments_open_for_letters(student).exists(),
        "can_propose": enrolments_open_for_found_places(student).exists(),
        "round": round_for(student),
        "is_allotted": allotments_of(student).exists(),
    }
    return render(request, "applications/placement.html", context)


@login_required
@require_POST
def placement_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a place, or cancel the own proposal."""
    make_posted_move(request, row_or_404(placements_of(_student(request)), pk=pk))
    return redirect("my_placement")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def place_found(request: HttpRequest) -> HttpResponse:
    """Propose a place that the student has found: one page, eight fields."""
    student = _student(request)
    enrolment: Enrolment | None = (
        enrolments_open_for_found_places(student)
        .select_related("cohort__department")
        .order_by("-cohort__start")
        .first()
    )
    if enrolment is None:
        messages.info(request, _("You cannot propose a place now: see what you have here, or ask your coordinator."))
        return redirect("my_placement")
    form = FoundPlaceForm(request.POST or None, cohort=enrolment.cohort)
    if request.method == "POST" and form.is_valid():
        try:
            propose_self_found_placement(enrolment, FoundPlace(**form.cleaned_data), actor=student)
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Your place is proposed. Your host is asked by mail."))
            return redirect("my_placement")
    return render(request, "applications/found.html", {"form": form, "cohort": enrolment.cohort})
