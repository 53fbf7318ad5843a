"""Help with the general report, and the declaration of all help that goes with it."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.ai.asking import HelpMenu, asked_for, begin_help, help_menu
from apps.ai.selectors import calls_about
from apps.ai.services.places import place_label
from apps.ai.states import Decision, Purpose
from apps.reporting.forms import ReportForm
from apps.reporting.models import SECTIONS
from apps.reporting.selectors import logbooks_visible_to
from apps.reporting.selectors.helped import share_of_training
from apps.reporting.services.help import ALL_HELP, FOR_PART, PART_HELP, empty_parts_wish, part_wish
from apps.reporting.services.reports import save_report
from apps.reporting.views.own import own_enrolment
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import Cohort, User


@login_required
@require_POST
def report_help(request: HttpRequest) -> HttpResponse:
    """Keep the report as it is typed and ask for help with one part, or with all that are empty."""
    wanted = asked_for(request.POST.get("help", ""), [*PART_HELP, *ALL_HELP])
    if wanted is None:
        raise Http404
    enrolment = own_enrolment(request)
    form, back = ReportForm(request.POST), reverse("general_report")
    form.is_valid()
    written = {name: form.cleaned_data[name] for name in ("title", *SECTIONS) if name in form.cleaned_data}
    actor, version = cast("User", request.user), form.cleaned_data.get("version")
    try:
        report = save_report(enrolment, written, actor=actor, expected_version=version)
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect(back)
    name, purpose = wanted
    if purpose == Purpose.COMPLETE:
        return begin_help(request, lambda: empty_parts_wish(report), back=back)
    return begin_help(request, lambda: part_wish(report, name, purpose), back=back)


def report_menus(cohort: "Cohort") -> dict[str, HelpMenu | None]:
    """Return the buttons of each part, and under "all" the one that fills what is empty."""
    url = reverse("report_help")
    menus = {name: help_menu(cohort, url, [(name, purpose) for purpose in FOR_PART]) for name in SECTIONS}
    return {**menus, "all": help_menu(cohort, url, ALL_HELP)}


@login_required
@require_safe
def ai_declaration(request: HttpRequest, pk: int) -> HttpResponse:
    """Show, to be printed and signed, what help a student had with the texts of a training."""
    related = ("enrolment__student__student_profile__programme", "enrolment__cohort", "company")
    placement = row_or_404(logbooks_visible_to(request.user).select_related(*related), pk=pk)
    enrolment = placement.enrolment
    calls = list(calls_about(enrolment.student, enrolment.cohort))
    accepted = [call for call in calls if call.decision == Decision.ACCEPTED]
    context: dict[str, Any] = {
        "placement": placement,
        "calls": [{"call": call, "place": place_label(call.place)} for call in calls],
        "accepted": len(accepted),
        "share": share_of_training(placement),
        "today": timezone.localdate(),
    }
    return render(request, "reporting/ai_declaration.html", context)
