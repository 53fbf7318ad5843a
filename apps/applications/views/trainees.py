"""Who works or will work at the company, and who looks after them there."""

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.applications.forms import SupervisorForm
from apps.applications.models import PlacementSupervisor
from apps.applications.permissions import can_name_supervisor
from apps.applications.selectors import placements_hosted_by, shown_amendments
from apps.applications.services.supervisors import name_supervisor, release_supervisor
from apps.applications.states import PlacementState, SupervisorKind
from apps.applications.views.agreements import papers_for, shown_papers
from apps.applications.views.company import representative_or_404
from portal.kernel.access import scope_of
from portal.kernel.errors import RuleViolation
from portal.kernel.views import form_of, page_of, row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE_SIZE: Final = 25


@login_required
@require_safe
def company_trainees(request: HttpRequest) -> HttpResponse:
    """Show who works or will work at the company, with the supervisors."""
    person = representative_or_404(request)
    return _trainees_page(request, person)


def _trainees_page(
    request: HttpRequest, person: "User", *, refused: SupervisorForm | None = None, refused_for: int = 0
) -> HttpResponse:
    active = PlacementSupervisor.objects.filter(is_active=True).select_related("user").order_by("is_deputy", "pk")
    rows = placements_hosted_by(person).filter(state__in=PlacementState.alive())
    rows = rows.select_related("enrolment__student__student_profile__programme", "enrolment__cohort", "company")
    rows = rows.prefetch_related(Prefetch("supervisors", queryset=active), shown_amendments(), shown_papers(person))
    rows = rows.order_by("-start", "-pk")
    page = page_of(request, rows, PAGE_SIZE)
    context = {
        "page": page,
        "several": len(scope_of(person).companies) > 1,
        "rows": [
            {
                "placement": row,
                "industrial": [s for s in row.supervisors.all() if s.kind == SupervisorKind.INDUSTRIAL],
                "university": [s for s in row.supervisors.all() if s.kind == SupervisorKind.UNIVERSITY],
                "amendments": row.amendments.all(),
                "papers": papers_for(person, row.agreements.all()),
                "can_name": can_name_supervisor(row, person),
                "form": refused if refused_for == row.pk else SupervisorForm(auto_id=f"id_{row.pk}_%s"),
                "is_open": refused_for == row.pk,
            }
            for row in page
        ],
    }
    return render(request, "applications/company_trainees.html", context)


@login_required
@form_of("company_trainees")
def company_supervisor(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who looks after a trainee in the company."""
    person = representative_or_404(request)
    rows = placements_hosted_by(person).select_related("company", "enrolment__cohort")
    placement = row_or_404(rows, pk=pk)
    form = SupervisorForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        try:
            name_supervisor(placement, kind=SupervisorKind.INDUSTRIAL, actor=person, **form.cleaned_data)
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is told.") % {"name": form.cleaned_data["name"]})
            return redirect("company_trainees")
    return _trainees_page(request, person, refused=form, refused_for=pk)


@login_required
@require_POST
def company_supervisor_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a supervisor of the company away."""
    person = representative_or_404(request)
    mine = PlacementSupervisor.objects.filter(
        placement__in=placements_hosted_by(person), kind=SupervisorKind.INDUSTRIAL, is_active=True
    )
    row = row_or_404(mine.select_related("placement__enrolment__cohort", "user"), pk=pk)
    release_supervisor(row, actor=person)
    messages.success(request, _("%(name)s does not supervise this trainee any more.") % {"name": row.user})
    return redirect("company_trainees")
