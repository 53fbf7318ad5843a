"""Pages of placements behind a link from a mail."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.accounts.models import AccessLink
from apps.accounts.states import CompanyState, LinkPurpose
from apps.accounts.views.links import behind_link, gone, leave, use, via
from apps.applications.forms import HostAnswerForm, SignForm
from apps.applications.models import Placement
from apps.applications.selectors import places_to_complete
from apps.applications.services.agreements import sign_agreement
from apps.applications.services.hosts import COMPANY, TERMS, HostAnswer, complete_found_place, refuse_found_place
from apps.applications.views.agreements import paper_of, send_paper, signing_context
from portal.kernel.errors import RuleViolation
from portal.kernel.views import REFUSED, posted_version

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


@behind_link(LinkPurpose.SIGN_AGREEMENT, "link_agreement")
def link_agreement(request: HttpRequest, link: AccessLink) -> HttpResponseBase:
    """Show a paper to somebody without an account, send its file, and take the signature."""
    try:
        agreement = paper_of(link.user, pk=link.target_id)
    except Http404:
        return gone(request)
    if request.method != "POST" and "file" in request.GET:
        return send_paper(agreement)
    form = SignForm(request.POST or None, initial={"seen": agreement.sha256})

    def act() -> str:
        sign_agreement(
            agreement,
            name=form.cleaned_data["name"],
            seen=form.cleaned_data["seen"],
            actor=link.user,
            address=request.META.get("REMOTE_ADDR", ""),
            via=via(link),
        )
        return _("You have signed. You get a mail when all have.")

    if request.method == "POST" and form.is_valid() and use(request, link, act):
        return leave()
    context = signing_context(agreement, link.user, form if request.method == "POST" else None)
    status = REFUSED if request.method == "POST" else None
    return render(request, "applications/link_agreement.html", context, status=status)
