"""What became of work with many rows of a list: how many, why not the others, as a table; and the way back."""

import tempfile
from typing import TYPE_CHECKING, Final, cast

from django.contrib.admin import site
from django.contrib.auth.decorators import login_required
from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Job
from apps.accounts.selectors import jobs_visible_to
from apps.accounts.services import bulk_results
from apps.accounts.services.jobs import result_is_still_theirs
from apps.accounts.states import JobState
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User

SHOWN: Final = 20


def _own_result(request: HttpRequest, pk: int) -> Job:
    """Return such work of one's own that has ended, or was stopped after a part of it."""
    mine = jobs_visible_to(request.user).filter(owner=request.user.pk, kind__in=list(bulk_results.bulk_kinds()))
    return row_or_404(mine.filter(state__in=[JobState.DONE, JobState.CANCELLED]), pk=pk)


def _list_url(request: HttpRequest, label: str) -> str:
    """Return the list that it was chosen in; who has no workspace has none to go back to."""
    return reverse(f"admin:{label.replace('.', '_')}_changelist") if site.has_permission(request) else ""


@login_required
@require_safe
def bulk_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was done with how many rows and, reason by reason, with which not."""
    row, user = _own_result(request, pk), cast("User", request.user)
    kind = bulk_results.bulk_kind(row)
    outcome = kind.outcome(row)
    context = {
        "job": row,
        "text": bulk_results.sentence_of(row, outcome),
        "moved": len(outcome.get("moved", ())),
        "reasons": bulk_results.refused_rows(row, outcome, user, SHOWN),
        "shown": SHOWN,
        "back": kind.back(row) if outcome.get("moved") else None,
        "more": kind.more(row),
        "file_url": reverse("job_result", args=[row.pk]) if result_is_still_theirs(row) else "",
        "list_url": _list_url(request, kind.label(row)),
    }
    return render(request, "accounts/bulk_result.html", context)


@login_required
@require_safe
def bulk_result_file(request: HttpRequest, pk: int) -> FileResponse:
    """Hand out the same row by row as CSV."""
    row = _own_result(request, pk)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    bulk_results.write_result(row, cast("User", request.user), target)
    target.seek(0)
    return FileResponse(File(target), as_attachment=True, filename=f"{row.title}.csv", content_type="text/csv")


@login_required
@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was done, as far as that is possible."""
    row, reason = _own_result(request, pk), request.POST.get("reason", "").strip()
    try:
        address = bulk_results.bulk_kind(row).undo(row, reason=reason, actor=cast("User", request.user))
    except RuleViolation as error:
        say_refusal(request, error)
        address = reverse("bulk_result", args=[pk])
    return HttpResponseRedirect(address)
