"""Pages of placements behind a link from a mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.models import AccessLink
from apps.accounts.states import CompanyState, LinkPurpose
from apps.accounts.views.links import REFUSED, behind_link, gone, leave, use, via
from apps.applications.forms import HostAnswerForm
from apps.applications.models import Placement
from apps.applications.selectors import places_to_complete
from apps.applications.services.hosts import COMPANY, TERMS, HostAnswer, complete_found_place, refuse_found_place
from portal.kernel.errors import RuleViolation
from portal.kernel.views import posted_version

RELATED = ("company", "enrolment__student__student_profile__programme", "enrolment__cohort__department")


@behind_link(LinkPurpose.COMPLETE_PLACE, "link_place")
def link_place(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """Show the place that a student has found, and take the host's answer."""
    placement = places_to_complete(link.user).select_related(*RELATED).filter(pk=link.target_id).first()
    if placement is None:
        return gone(request)
    form = _form(request, placement)
    refused = request.POST.get("move") == "refuse"

    def act() -> str:
        if refused:
            reason = request.POST.get("reason", "").strip()
            refuse_found_place(placement, actor=link.user, reason=reason, via=via(link))
            return _("The student and the university are told.")
        version = posted_version(request)
        if version is None:
            raise RuleViolation("form_unreadable", _("This page is too old. Look at it again before you answer."))
        answer = HostAnswer(**form.cleaned_data)
        complete_found_place(placement, answer, actor=link.user, via=via(link), expected_version=version)
        return _("Thank you. The university confirms the place and tells you.")

    if request.method == "POST" and (refused or form.is_valid()) and use(request, link, act):
        return leave()
    context: dict[str, Any] = {
        "placement": placement,
        "form": form,
        "company_waits": placement.company.state == CompanyState.PROPOSED,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "applications/link_place.html", context, status=REFUSED if request.POST else None)


def _form(request: HttpRequest, placement: Placement) -> HostAnswerForm:
    company = placement.company
    initial = {name: getattr(placement, name) for name in (*TERMS, "supervisor_email")}
    initial |= {name: getattr(company, name) for name in COMPANY}
    typed = request.POST if request.method == "POST" and request.POST.get("move") != "refuse" else None
    return HostAnswerForm(typed, initial=initial, company_waits=company.state == CompanyState.PROPOSED)
