"""A company's own pages: its facts, its people, the agreement with the university."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.company_forms import CompanyForm, InviteMemberForm
from apps.accounts.models import Company, CompanyMember
from apps.accounts.selectors import agreements_visible_to, companies_represented_by
from apps.accounts.services.invitations import invite_member, withdraw_invitation
from apps.accounts.services.organisations import change_company
from apps.accounts.services.people import remove_member
from apps.accounts.states import MemberKind
from portal.kernel.errors import RuleViolation
from portal.kernel.views import form_of, posted_version, row_or_404, say_refusal, send_file

if TYPE_CHECKING:
    from apps.accounts.models import User


def _person(request: HttpRequest) -> "User":
    return cast("User", request.user)


@login_required
@require_safe
def own_companies(request: HttpRequest) -> HttpResponse:
    """Lead to the person's company, or let who represents several choose one."""
    companies = list(companies_represented_by(request.user))
    if not companies:
        raise Http404
    if len(companies) == 1:
        return redirect("company_profile", pk=companies[0].pk)
    return render(request, "accounts/own_companies.html", {"companies": companies})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def company_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change the facts of the own company; beside them its people and agreements."""
    company = row_or_404(companies_represented_by(request.user), pk=pk)
    form = CompanyForm(request.POST or None, instance=Company.objects.get(pk=company.pk))
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            change_company(company, changes, actor=_person(request), expected_version=posted_version(request))
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("company_profile", pk=company.pk)
    return render(request, "accounts/company_profile.html", _context(request, company, form, InviteMemberForm()))


def _context(request: HttpRequest, company: Company, form: CompanyForm, invite: InviteMemberForm) -> dict[str, object]:
    members = company.members.select_related("user").order_by("kind", "pk")
    return {
        "company": company,
        "form": form,
        "invite": invite,
        "members": [row for row in members if row.is_active or row.invited_at],
        "agreements": list(agreements_visible_to(request.user).filter(company=company)),
    }


@login_required
@form_of("company_profile", "pk")
def member_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody by mail to join the company."""
    company = row_or_404(companies_represented_by(request.user), pk=pk)
    invite = InviteMemberForm(request.POST)
    if invite.is_valid():
        values = invite.cleaned_data
        try:
            invite_member(
                company,
                kind=MemberKind(values["kind"]),
                email=values["email"],
                full_name=values["full_name"],
                title=values["title"],
                actor=_person(request),
            )
        except RuleViolation as error:
            invite.add_error(error.field if error.field in invite.fields else None, str(error.message))
        else:
            messages.success(request, _("Invited. The mail is on its way."))
            return redirect("company_profile", pk=company.pk)
    form = CompanyForm(instance=company)
    return render(request, "accounts/company_profile.html", _context(request, company, form, invite))


@login_required
@require_POST
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody out of the company, or take an invitation back."""
    theirs = CompanyMember.objects.filter(company__in=companies_represented_by(request.user))
    member = row_or_404(theirs.select_related("company", "user"), pk=pk)
    try:
        if member.invited_at is not None:
            withdraw_invitation(member, actor=_person(request))
            text = _("The invitation is withdrawn.")
        else:
            remove_member(member, actor=_person(request))
            text = _("%(person)s does not belong to the company any more.") % {"person": member.user}
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, text)
    # Who has taken oneself out is led on from there.
    return redirect("home") if member.user_id == request.user.pk else redirect("company_profile", pk=member.company_id)


@login_required
@require_safe
def agreement_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the signed paper to the company and to who moderates it."""
    agreement = row_or_404(agreements_visible_to(request.user).select_related("company"), pk=pk)
    if not agreement.file:
        raise Http404
    return send_file(agreement.file, _("Agreement %(company)s.pdf") % {"company": agreement.company})
