"""Introduction letters as the student sees them: asked for, followed, taken along."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.permissions import has_role
from apps.accounts.selectors import history_of
from apps.accounts.states import Role
from apps.applications.forms import LetterForm
from apps.applications.models import IntroductionLetter
from apps.applications.selectors import enrolments_open_for_letters, letters_visible_to
from apps.applications.services.letters import Wish, ask_for_letter
from apps.applications.states import LetterState
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import moves_for
from portal.kernel.views import make_posted_move, row_or_404, send_file, timeline_of

if TYPE_CHECKING:
    from apps.accounts.models import User

RELATED = ("enrolment__student", "enrolment__cohort", "issued_by")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a letter that introduces the student to a company, or to any."""
    student = cast("User", request.user)
    if not has_role(student, Role.STUDENT):
        raise PermissionDenied
    rows = enrolments_open_for_letters(student).select_related("cohort__department", "student")
    enrolment = rows.order_by("-cohort__start").first()
    if enrolment is None:
        messages.info(request, _("You are in no cohort that begins or goes on. Ask your coordinator."))
        return redirect("my_placement")
    form = LetterForm(request.POST or None, initial={"language": student.language})
    if request.method == "POST" and form.is_valid():
        try:
            letter = ask_for_letter(enrolment, Wish(**form.cleaned_data), actor=student)
        except RuleViolation as error:
            form.refuse(error)
        else:
            issued = letter.state == LetterState.ISSUED
            messages.success(
                request, _("Your letter is being made.") if issued else _("Your coordinator is asked for the letter.")
            )
            return redirect("letter_detail", pk=letter.pk)
    return render(request, "applications/letter_ask.html", {"form": form, "cohort": enrolment.cohort})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a letter and what became of it; POST makes a move."""
    letter = row_or_404(letters_visible_to(request.user).select_related(*RELATED), pk=pk)
    if request.method == "POST":
        make_posted_move(request, letter)
        return redirect("letter_detail", pk=pk)
    context = {
        "letter": letter,
        "moves": moves_for(letter, cast("User", request.user)),
        "timeline": timeline_of(IntroductionLetter, history_of(letter)),
    }
    return render(request, "applications/letter.html", context)


@login_required
@require_safe
def letter_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the PDF of a letter that is issued and still counts; the page of any other one says how far it is."""
    letter = row_or_404(letters_visible_to(request.user), pk=pk)
    if letter.state != LetterState.ISSUED or not letter.file:
        return redirect("letter_detail", pk=pk)
    return send_file(letter.file, f"letter-{letter.code}.pdf")


@login_required
@require_safe
def letter_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from the code on the letter to its page."""
    return redirect("letter_detail", pk=row_or_404(letters_visible_to(request.user), code=code.upper()).pk)
