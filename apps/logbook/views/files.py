"""Files of a day, and the sketch of a week."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.logbook.selectors import attachments_visible_to, weeks_visible_to
from apps.logbook.services.attachments import remove_file
from apps.logbook.views.own import student_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, send_file


@login_required
@require_safe
def attachment_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a file of a log to whoever may see the log."""
    attachment = row_or_404(attachments_visible_to(request.user), pk=pk)
    return send_file(attachment.file, attachment.original_name)


@login_required
@require_POST
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away from a day that is still with the student."""
    rows = attachments_visible_to(student_of(request)).select_related("log__enrolment__cohort")
    attachment = row_or_404(rows, pk=pk)
    try:
        remove_file(attachment, actor=student_of(request))
    except RuleViolation as error:
        messages.error(request, str(error.message))
    return redirect("log_edit", day=attachment.log.day)


@login_required
@require_safe
def week_sketch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the sketch of a week to whoever may see the week."""
    report = row_or_404(weeks_visible_to(request.user).exclude(sketch=""), pk=pk)
    return send_file(report.sketch, f"week-{report.number}.png")
