"""Forms of assessment, what a supervisor has to fill in, and what a student was given."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.logbook.forms import AssessmentForm, refuse
from apps.logbook.models import Assessment
from apps.logbook.permissions import can_change_assessment
from apps.logbook.selectors import assessments_visible_to, marks_of
from apps.logbook.services.assessments import save_answers, send_assessment
from apps.logbook.states import AssessmentState
from apps.logbook.views.own import enrolment_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User

RELATED = ("rubric", "placement__company", "placement__enrolment__student", "placement__enrolment__cohort")
REFUSED = 400


def with_questions(rows: Any) -> Any:
    """Load what a form of assessment shows."""
    return rows.select_related(*RELATED).prefetch_related("rubric__criteria", "placement__supervisors")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a form of assessment, and for who fills it in keep or send it."""
    user = cast("User", request.user)
    row = row_or_404(with_questions(assessments_visible_to(user)), pk=pk)
    if request.method != "POST":
        return render(request, "logbook/assessment.html", assessment_context(row, user))
    form = AssessmentForm(row, request.POST)
    if wants_json(request):
        return kept(row, form, actor=user)
    if words := _write_posted(request, row, form, actor=user):
        messages.success(request, words)
        return redirect("assessment_edit", pk=pk)
    return render(request, "logbook/assessment.html", assessment_context(row, user, form), status=REFUSED)


def assessment_context(row: Assessment, user: "User", form: AssessmentForm | None = None) -> dict[str, Any]:
    """Return what the page shows: the form for who may fill it in, else the answers."""
    form = form or AssessmentForm(row)
    return {
        "assessment": row,
        "form": form,
        "may_fill_in": can_change_assessment(row, user),
        "answers": [] if row.state == AssessmentState.OPEN else _answers(form, row),
    }


def _answers(form: AssessmentForm, row: Assessment) -> list[tuple[str, str]]:
    """Return each question with the answer in words, as it stands in the row."""
    lines = []
    for one in form.criteria:
        answer = row.answers.get(str(one.pk), "")
        if answer and one.steps:
            answer = one.steps[int(answer)]
        elif answer and one.kind == "points":
            answer = _("%(points)s of %(most)d") % {"points": answer, "most": one.most}
        lines.append((f"{one.number}. {one.question}", answer))
    return lines


def _write_posted(request: HttpRequest, row: Assessment, form: AssessmentForm, *, actor: "User") -> str:
    """Keep or send what was posted; returns the sentence to show, empty where the form says what is wrong."""
    if not form.is_valid():
        return ""
    version = form.cleaned_data["version"]
    typed: tuple[dict[str, str], str] = (form.answers(), form.cleaned_data["comment"])
    try:
        if request.POST.get("move") == "submit":
            send_assessment(row, *typed, actor=actor, expected_version=version)
            return _("Sent. Thank you.")
        save_answers(row, *typed, actor=actor, expected_version=version)
    except RuleViolation as error:
        refuse(form, error)
        return ""
    return _("Kept. Nobody sees it before you send it.")


def wants_json(request: HttpRequest) -> bool:
    """Say whether the page asks by script to keep what is typed, instead of a person who pressed a button."""
    return request.headers.get("Accept", "") == "application/json"


def kept(row: Assessment, form: AssessmentForm, *, actor: "User") -> JsonResponse:
    """Keep a posted form and answer as ``data-autosave`` expects."""
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=REFUSED)
    try:
        row = save_answers(
            row,
            form.answers(),
            form.cleaned_data["comment"],
            actor=actor,
            expected_version=form.cleaned_data["version"],
        )
    except RuleViolation as error:
        return JsonResponse({"errors": {error.field or "__all__": [str(error.message)]}}, status=REFUSED)
    return JsonResponse({"saved_at": time_format(timezone.localtime(), "H:i"), "version": row.version})


@login_required
@require_safe
def student_marks(request: HttpRequest) -> HttpResponse:
    """Show a student what was released: each assessment, and the final mark once all of it is."""
    enrolment = enrolment_of(request, timezone.localdate())
    released = with_questions(assessments_visible_to(request.user).filter(placement__enrolment=enrolment))
    context = {
        "enrolment": enrolment,
        "rows": released.order_by("placement", "rubric"),
        "marks": marks_of([enrolment], released_only=True)[0],
    }
    return render(request, "logbook/marks.html", context)
