"""Documents of many students at once: chosen, watched, and found again."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from apps.accounts.states import JobState
from apps.reporting.forms import BatchForm
from apps.reporting.permissions import takes_batches
from apps.reporting.selectors.batches import batch_placements, batches_of
from apps.reporting.services.batches import Having, start_batch
from portal.kernel.documents import why_no_conversion
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import Job, User
    from apps.applications.models import Placement

NEWEST = 10


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """Choose documents for a zip and start it; below stand the zips of the last two weeks."""
    user = cast("User", request.user)
    if not takes_batches(user):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, user, BatchForm(user=user, asked=request.GET.dict()))
    form = BatchForm(request.POST, user=user, asked={})
    if form.is_valid():
        try:
            job = start_batch(form.wish(get_language() or "en"), actor=user)
        except RuleViolation as error:
            form.refuse(error)
        else:
            return redirect("job_detail", pk=job.pk)
    return _show(request, user, form, status=400)


def _show(request: HttpRequest, user: "User", form: BatchForm, status: int = 200) -> HttpResponse:
    rows = list(batches_of(user)[:NEWEST])
    names, having = _names(user, rows), Having.of(user)
    context = {
        "form": form,
        "no_word_pdf": why_no_conversion(),
        "batches": [_shown(row, names, having) for row in rows],
    }
    return render(request, "reporting/exports.html", context, status=status)


def _names(user: "User", rows: "Iterable[Job]") -> "dict[int, Placement]":
    """Return the placements of which something is missing, as far as they are still the user's."""
    keys = {line[0] for row in rows for line in row.outcome.get("missing", ())}
    found = batch_placements(user).filter(pk__in=keys).select_related("enrolment__student")
    return {row.pk: row for row in found} if keys else {}


def _shown(row: "Job", names: "dict[int, Placement]", having: Having) -> dict[str, Any]:
    missing = row.outcome.get("missing", ())
    done = row.state == JobState.DONE
    return {
        "job": row,
        "runs": row.state in JobState.unfinished(),
        "done": done,
        "theirs": done and having.covers(row),
        "missing": [
            {"student": names[key].enrolment.student, "label": label, "form": form, "why": why}
            for key, label, form, why in missing
            if key in names
        ],
        "missing_count": row.outcome.get("missing_count", 0),
    }
