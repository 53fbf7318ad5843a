"""The register of companies as students and everybody else who is signed in see it."""

from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.company_forms import CompanyProposalForm, CompanySearchForm
from apps.accounts.permissions import can_propose_company, can_view_company_contact
from apps.accounts.selectors import companies_visible_to
from apps.accounts.services.organisations import look_alikes
from apps.accounts.services.proposing import propose_as
from apps.accounts.states import CompanyState
from portal.kernel.errors import RuleViolation
from portal.kernel.keyset import keyset_page
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import Company, User

PAGE_SIZE: Final = 30
SHOWN: Final = 5


@login_required
@require_safe
def company_list(request: HttpRequest) -> HttpResponse:
    """Show the approved companies by name, narrowed by words of the name and by sector."""
    form = CompanySearchForm(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    rows = companies_visible_to(request.user).filter(state=CompanyState.APPROVED)
    for word in wish.get("q", "").split():
        rows = rows.filter(name__icontains=word)
    if wish.get("sector"):
        rows = rows.filter(industry_type=wish["sector"])
    mine = companies_visible_to(request.user).filter(proposed_by=request.user.pk, state=CompanyState.PROPOSED)
    context = {
        "form": form,
        "page": keyset_page(request, rows, ("name", "id"), PAGE_SIZE),
        "narrowed": any(wish.values()),
        "waiting": list(mine[:SHOWN]),
        "can_propose": can_propose_company(request.user),
    }
    return render(request, "accounts/company_list.html", context)


@login_required
@require_safe
def company_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a company does and where it is; how to reach it only to whom that concerns."""
    company = row_or_404(companies_visible_to(request.user), pk=pk)
    context = {"company": company, "shows_contact": can_view_company_contact(company, request.user)}
    return render(request, "accounts/company_detail.html", context)


# -- proposing ----------------------------------------------------------------------------------------------------


def _alike(request: HttpRequest, details: dict[str, Any]) -> "QuerySet[Company]":
    """Return look-alikes that the person may know of, the closest facts are the register's own."""
    alike = look_alikes(details)
    return companies_visible_to(request.user).filter(pk__in=alike.values("pk")).order_by("name", "pk")[:SHOWN]


@login_required
@require_safe
def company_look_alikes(request: HttpRequest) -> HttpResponse:
    """Answer with the part of a form that warns of look-alikes of what has been typed so far."""
    found = list(_alike(request, request.GET.dict()))
    return render(request, "accounts/_look_alikes.html", {"found": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company_propose(request: HttpRequest) -> HttpResponse:
    """Enter a company that the register lacks; one that looks like another is asked for once more."""
    if not can_propose_company(request.user):
        raise PermissionDenied
    student = cast("User", request.user)
    form = CompanyProposalForm(request.POST or None)
    found: list[Company] = []
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        is_another = details.pop("another")
        found = [] if is_another else list(_alike(request, details))
        if not found:
            try:
                company = propose_as(actor=student, **details)
            except RuleViolation as error:
                form.refuse(error)
            else:
                messages.success(request, _("Proposed. You are told as soon as the university has decided."))
                return redirect("company_detail", pk=company.pk)
    context = {"form": form, "found": found, "asks": bool(found) or bool(form["another"].value())}
    return render(request, "accounts/company_propose.html", context)
