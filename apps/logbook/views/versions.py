"""The versions of a day side by side, and the correction that a coordinator opens."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.logbook.comparison import Piece, compare_texts
from apps.logbook.models import DailyLog
from apps.logbook.permissions import can_correct_entry
from apps.logbook.selectors import logs_visible_to, reasons_of_versions, versions_of
from apps.logbook.services.logs import correct_log
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True)
class Version:
    """One version of a day and what it changed in the one before; of the first one there is nothing to compare."""

    number: int
    log: DailyLog
    why: str
    pieces: list[Piece]
    hours_before: Decimal | None
    skills_gone: list[str]
    skills_new: list[str]


@login_required
@require_safe
def log_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all versions of a day that the user may see, the newest first, each with what it changed."""
    user = cast("User", request.user)
    related = ("enrolment__student", "enrolment__cohort", "placement__company", "verified_by", "validated_by")
    log = row_or_404(logs_visible_to(user).select_related(*related), pk=pk)
    rows = list(versions_of(log, user))
    whys = reasons_of_versions(rows)
    pairs = zip([None, *rows], rows, strict=False)
    versions = [_version(number, pair, whys) for number, pair in enumerate(pairs, start=1)]
    current = next((row for row in rows if row.is_current), None)
    context = {
        "log": log,
        "versions": versions[::-1],
        "correctable": current if current is not None and can_correct_entry(current, user) else None,
    }
    return render(request, "logbook/versions.html", context)


def _version(number: int, pair: tuple[DailyLog | None, DailyLog], whys: dict[int, str]) -> Version:
    before, log = pair
    why = whys.get(log.pk, "")
    if before is None:
        return Version(number, log, why, [], None, [], [])
    return Version(
        number,
        log,
        why,
        compare_texts(before.text, log.text),
        before.hours if before.hours != log.hours else None,
        [skill for skill in before.skills if skill not in log.skills],
        [skill for skill in log.skills if skill not in before.skills],
    )


@login_required
@require_POST
def log_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a new version of a validated day for the student; a coordinator does that, with a reason."""
    user = cast("User", request.user)
    log = row_or_404(logs_visible_to(user), pk=pk)
    try:
        correct_log(log, actor=user, reason=request.POST.get("reason", ""))
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("The student is told and writes a new version. This one stays as it is."))
    return redirect("log_versions", pk=pk)
