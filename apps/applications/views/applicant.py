"""One applicant: what was sent, the interview, the company's notes and reviews, the answer."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.selectors import history_of
from apps.applications.forms import InterviewForm, NotesForm, ReviewForm
from apps.applications.models import Application, Review
from apps.applications.permissions import can_review_application, can_view_resume_of
from apps.applications.scoring import Score, means_of
from apps.applications.selectors import (
    applications_received_by,
    criteria_for,
    reviews_visible_to,
    verdicts_of,
)
from apps.applications.services.applications import note_application
from apps.applications.services.interviews import call_off_interview, schedule_interview
from apps.applications.services.resumes import disclose_resume
from apps.applications.services.reviews import review_application
from apps.applications.states import ApplicationState, DisclosureWay
from apps.applications.views.applicants import buttons_for
from apps.applications.views.company import representative_or_404
from portal.kernel.errors import RuleViolation
from portal.kernel.views import form_of, make_posted_move, row_or_404, say_refusal, timeline_of

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.applications.models import Criterion


def _received_or_404(request: HttpRequest, pk: int) -> Application:
    rows = applications_received_by(representative_or_404(request))
    related = rows.select_related(*Application.MOVE_RELATED, "resume", "student__student_profile__programme")
    return row_or_404(related, pk=pk)


@login_required
@require_safe
def company_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one applicant. ``?resume=text`` opens the resume's text, on record for the student."""
    application = _received_or_404(request, pk)
    reads, status = False, 200
    if request.GET.get("resume") == "text" and can_view_resume_of(application, request.user):
        try:
            disclose_resume(application, way=DisclosureWay.TEXT, actor=cast("User", request.user))
            reads = True
        except RuleViolation as error:
            say_refusal(request, error)
            status = 429
    return _page(request, application, status=status, reads=reads)


def _page(request: HttpRequest, application: Application, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the page; ``more`` are forms that came back with mistakes, and ``reads``."""
    person = cast("User", request.user)
    was = {
        "at": application.interview_at,
        "place": application.interview_place,
        "minutes": application.interview_minutes,
    }
    context = {
        "application": application,
        "moves": buttons_for(application, person),
        "can_invite": application.state in ApplicationState.undecided(),
        "interview_form": InterviewForm(initial=was),
        "notes_form": NotesForm(initial={"notes": application.company_notes}),
        "can_open": can_view_resume_of(application, person),
        "reads": False,
        "timeline": timeline_of(Application, history_of(application)),
        **_reviewing(application, person),
        **more,
    }
    return render(request, "applications/company_application.html", context, status=status)


# -- reviews ------------------------------------------------------------------------------------------------------


def _reviewing(application: Application, person: "User") -> dict[str, Any]:
    """Return the form for the person's own review and what the others say.

    The others' scores are shown to who has given the own ones, so that nobody leans on the first; to everybody once
    it is decided.
    """
    criteria = criteria_for(application.vacancy)
    rows = reviews_visible_to(person).filter(application=application)
    reviews = list(rows.select_related("reviewer").prefetch_related("scores__criterion"))
    mine = next((review for review in reviews if review.reviewer_id == person.pk), None)
    may = can_review_application(application, person)
    shown = mine is not None or not may
    given = {score.criterion_id: score.value for score in mine.scores.all()} if mine else {}
    initial = {"comment": mine.comment if mine else "", **{f"score-{pk}": value for pk, value in given.items()}}
    return {
        "criteria": criteria,
        "review_form": ReviewForm(criteria=criteria, initial=initial) if may and criteria else None,
        "reviews": [_line(review, criteria) for review in reviews] if shown else [],
        "hidden_reviews": 0 if shown else len(reviews),
        "verdict": verdicts_of([application], criteria).get(application.pk) if shown else None,
    }


def _line(review: Review, criteria: "list[Criterion]") -> dict[str, Any]:
    in_force = {row.pk for row in criteria}
    scores = [score for score in review.scores.all() if score.criterion_id in in_force]
    means = means_of(Score(0, score.criterion.weight, score.value) for score in scores)
    return {"review": review, "scores": scores, "mean": means.get(0)}


@login_required
@form_of("company_application", "pk")
def company_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the person's own review."""
    application = _received_or_404(request, pk)
    form = ReviewForm(request.POST, criteria=criteria_for(application.vacancy))
    if not form.is_valid():
        return _page(request, application, review_form=form)
    try:
        review_application(
            application, form.scores(), comment=form.cleaned_data["comment"], actor=cast("User", request.user)
        )
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Your review is kept."))
    return redirect("company_application", pk=pk)


# -- answers ------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def company_application_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide; back to the list or board of applicants when that is where the button was."""
    application = _received_or_404(request, pk)
    make_posted_move(request, application)
    back = {"list": "company_applicants", "board": "company_board"}.get(request.GET.get("from", ""))
    if back is not None:
        return redirect(back, pk=application.vacancy_id)
    return redirect("company_application", pk=pk)


@login_required
@form_of("company_application", "pk")
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
    return _page(request, application, interview_form=form)


@login_required
@require_POST
def company_interview_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the interview off; the application goes on."""
    application = _received_or_404(request, pk)
    try:
        call_off_interview(application, actor=cast("User", request.user))
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("The interview is called off, and the student is told."))
    return redirect("company_application", pk=pk)


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
