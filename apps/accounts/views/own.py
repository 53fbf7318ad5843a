"""Pages of everybody: work to watch, own details."""

from dataclasses import dataclass
from typing import Any, cast

from allauth.account.views import email as change_address
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.forms import PersonForm, PictureForm
from apps.accounts.models import Job, User
from apps.accounts.permissions import can_cancel_job
from apps.accounts.selectors import jobs_visible_to, people_visible_to
from apps.accounts.services import jobs
from apps.accounts.services.own_data import export_own_data
from apps.accounts.services.people import change_details, keep_known_address, set_picture
from apps.accounts.states import JobState
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal, send_file


def _me(request: HttpRequest) -> User:
    """Return who is signed in; every page that asks is behind ``login_required``."""
    return cast("User", request.user)


# -- work to watch --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JobView:
    """A job as ``components/progress.html`` shows it."""

    pk: int
    state: str
    label: str
    done: int
    total: int
    message: str
    error: str
    result_url: str
    next_url: str
    cancel_url: str
    pause_url: str
    resume_url: str
    state_label: str

    def get_state_display(self) -> str:
        return self.state_label


def _shown(job: Job, user: User) -> JobView:
    may_cancel = job.state in JobState.unfinished() and not job.cancel_asked and can_cancel_job(job, user)
    paused = job.state == JobState.QUEUED and job.pause_asked
    return JobView(
        pk=job.pk,
        state=job.state,
        label=job.title,
        done=job.done_count,
        total=job.total_count,
        message=job.message,
        error=job.error,
        result_url=reverse("job_result", args=[job.pk]) if job.result else "",
        next_url=job.next_url,
        cancel_url=reverse("job_cancel", args=[job.pk]) if may_cancel else "",
        pause_url=reverse("job_pause", args=[job.pk]) if may_cancel and not job.pause_asked else "",
        resume_url=reverse("job_resume", args=[job.pk]) if may_cancel and paused else "",
        state_label=_("Paused") if paused else str(JobState(job.state).label),
    )


def _own_job(request: HttpRequest, pk: int) -> Job:
    """Return a job of the person's own; that a superuser sees all of them in the workspace is another matter."""
    return row_or_404(jobs_visible_to(request.user).filter(owner=_me(request)), pk=pk)


@login_required
@require_safe
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far it is; the page asks again by itself, with or without JavaScript.

    With ``?on=1`` it leads on by itself to the page where the person wants to be, once the work is done.
    """
    context = _job_context(request, pk)
    if context["goes_on"]:
        return redirect(context["goes_on"])
    return render(request, "accounts/job.html", context)


@login_required
@require_safe
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the part of the page that changes."""
    return render(request, "components/progress.html", _job_context(request, pk))


def _job_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    job, wanted = _own_job(request, pk), bool(request.GET.get("on"))
    return {
        "job": _shown(job, _me(request)),
        "unfinished": job.state in JobState.unfinished(),
        "poll_url": reverse("job_progress", args=[job.pk]) + ("?on=1" if wanted else ""),
        "goes_on": job.next_url if wanted and job.state == JobState.DONE else "",
    }


@login_required
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the work to stop; what it did is taken back."""
    job = _own_job(request, pk)
    try:
        jobs.cancel_job(job, actor=_me(request))
    except RuleViolation as error:
        say_refusal(request, error)
    return redirect("job_detail", pk=pk)


@login_required
@require_POST
def job_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the work to stop for a while."""
    jobs.pause_job(_own_job(request, pk), actor=_me(request))
    return redirect("job_detail", pk=pk)


@login_required
@require_POST
def job_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the work go on."""
    jobs.resume_job(_own_job(request, pk), actor=_me(request))
    return redirect("job_detail", pk=pk)


@login_required
@require_safe
def job_result(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file that was made, to its owner only and while all that is in it is the owner's to see."""
    job = _own_job(request, pk)
    if not jobs.result_is_still_theirs(job):
        raise Http404
    return send_file(job.result, job.result_name)


# -- own details ----------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own name, telephone, language and how often mail comes."""
    me = _me(request)
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=me.pk))
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            change_details(me, changes, actor=me)
        except RuleViolation as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form, "person": me, "picture_form": PictureForm()})


@login_required
def address(request: HttpRequest) -> HttpResponseBase:
    """Show and change one's address: the package's page, after it has been told which address is the person's."""
    if request.method == "POST":
        keep_known_address(_me(request))
    answer: HttpResponseBase = change_address(request)
    return answer


@login_required
@require_POST
def picture_change(request: HttpRequest) -> HttpResponse:
    """Store one's own picture, or take it away where none is sent."""
    me = _me(request)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["picture"]
        try:
            set_picture(me, sent.read() if sent else b"", actor=me)
        except RuleViolation as error:
            form.add_error("picture", str(error.message))
    for text in form.errors.get("picture", ()):
        messages.error(request, f"{text}")
    return redirect("profile")


@login_required
@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's picture to whoever may see the person."""
    person = row_or_404(people_visible_to(request.user), pk=pk)
    if not person.picture:
        raise Http404
    try:
        with person.picture.open("rb") as stored:
            data = stored.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(data, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


@login_required
@require_POST
def own_data(request: HttpRequest) -> HttpResponse:
    """Have all that is held about oneself made into a file, and lead to the work that makes it."""
    try:
        job = export_own_data(actor=_me(request))
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("profile")
    return redirect("job_detail", pk=job.pk)
