"""A form of assessment behind a link: kept as it is typed, sent once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.models import AccessLink
from apps.accounts.states import LinkPurpose
from apps.accounts.views.links import behind_link, gone, leave, use, via
from apps.logbook.forms import AssessmentForm, refuse
from apps.logbook.models import Assessment
from apps.logbook.permissions import assesses
from apps.logbook.selectors import assessments_visible_to
from apps.logbook.services.assessments import save_answers, send_assessment
from apps.logbook.views.assessments import assessment_context, kept, wants_json, with_questions
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED


@behind_link(LinkPurpose.ASSESS, "link_assessment")
def link_assessment(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Show the form of the link; a POST keeps it, or sends it and uses the link up."""
    row: Assessment | None = with_questions(assessments_visible_to(link.user)).filter(pk=link.target_id).first()
    # Who does not supervise any more sees nothing, however good the link.
    if row is None or not assesses(row, link.user):
        return gone(request)
    if request.method != "POST":
        return render(request, "logbook/assessment.html", {**assessment_context(row, link.user), "link": link})
    form = AssessmentForm(row, request.POST)
    if wants_json(request):
        return kept(row, form, actor=link.user)
    if form.is_valid() and _write(request, link, row, form):
        return leave()
    context = {**assessment_context(row, link.user, form), "link": link}
    return render(request, "logbook/assessment.html", context, status=REFUSED)


def _write(request: HttpRequest, link: AccessLink, row: Assessment, form: AssessmentForm) -> bool:
    """Keep what was typed, and send it where that was asked for; what a rule refuses to send is kept all the same."""
    answers, comment, version = form.answers(), form.cleaned_data["comment"], form.cleaned_data["version"]
    try:
        row = save_answers(row, answers, comment, actor=link.user, expected_version=version)
    except RuleViolation as error:
        refuse(form, error)
        return False
    # What is kept has a new version: the page that is shown again must send that one.
    form.show_version(row.version)
    if request.POST.get("move") != "submit":
        return True
    return use(request, link, lambda: _send(row, answers, comment, link))


def _send(row: Assessment, answers: dict[str, str], comment: str, link: AccessLink) -> str:
    send_assessment(row, answers, comment, actor=link.user, via=via(link))
    return ""
