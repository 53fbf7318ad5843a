"""Resumes: uploaded and kept by students, opened by who may."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.ai.asking import begin_help, help_menu
from apps.applications.forms import ResumeFactsForm, ResumeUploadForm
from apps.applications.selectors import noting_use, resumes_of, resumes_visible_to
from apps.applications.services.help import RESUME_HELP, cohort_of, resume_wish
from apps.applications.services.matching import match_wish
from apps.applications.services.resumes import HOUR, correct_facts, delete_resume, open_resume, store_resume
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.errors import RuleViolation
from portal.kernel.views import page_of, row_or_404, say_refusal, send_file

if TYPE_CHECKING:
    from apps.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume_list(request: HttpRequest) -> HttpResponse:
    """Show the student's resumes with what was read from them, and take another one."""
    if not has_role(request.user, Role.STUDENT):
        raise PermissionDenied
    form = ResumeUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            store_resume(file.read(), name=file.name, actor=cast("User", request.user))
        except RuleViolation as error:
            form.add_error("file", str(error.message))
        else:
            messages.success(request, _("Your resume is stored. Its text is read now."))
            return redirect("resume_list")
    page = page_of(request, noting_use(resumes_of(request.user)))
    return render(request, "applications/resumes.html", {"form": form, "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resume_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the rules found in a resume, and let the student put it right."""
    resume = row_or_404(resumes_of(request.user), pk=pk)
    shown = {kind: "\n".join(words) for kind, words in resume.shown_facts.items()}
    form = ResumeFactsForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            correct_facts(resume, form.facts(), actor=cast("User", request.user))
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("resume_list")
    cohort = cohort_of(cast("User", request.user))
    menu = help_menu(cohort, reverse("resume_help", args=[pk]), RESUME_HELP) if cohort and resume.text else None
    places = [(form.fields[kind].label, facts) for kind, facts in resume.placed_facts.items() if facts]
    context = {"resume": resume, "form": form, "help": menu, "places": places}
    return render(request, "applications/resume_facts.html", context)


@login_required
@require_POST
def resume_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the help read the resume; what it finds is added only when the student takes it."""
    resume = row_or_404(resumes_of(request.user), pk=pk)
    back = reverse("resume_facts", args=[pk])
    return begin_help(request, lambda: resume_wish(resume, actor=cast("User", request.user)), back=back)


@login_required
@require_POST
def vacancy_why(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in a sentence what of the resume fits a vacancy; the student reads it, nobody else does."""
    if not has_role(request.user, Role.STUDENT):
        raise PermissionDenied
    vacancy = row_or_404(vacancies_visible_to(request.user), pk=pk)
    back = reverse("vacancy_detail", args=[pk])
    return begin_help(request, lambda: match_wish(vacancy, actor=cast("User", request.user)), back=back)


@login_required
@require_POST
def resume_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a resume that no application carries."""
    resume = row_or_404(resumes_of(request.user), pk=pk)
    try:
        delete_resume(resume, actor=cast("User", request.user))
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("The resume is deleted."))
    return redirect("resume_list")


@login_required
@require_safe
def resume_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the file; a company's download goes on record, which the student sees."""
    resume = row_or_404(resumes_visible_to(request.user), pk=pk)
    try:
        open_resume(resume, actor=cast("User", request.user))
    except RuleViolation as error:
        answer = render(request, "429.html", {"message": error.message}, status=429)
        answer.headers["Retry-After"] = str(int(HOUR.total_seconds()))
        return answer
    return send_file(resume.file, resume.original_name)
