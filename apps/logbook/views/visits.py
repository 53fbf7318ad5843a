"""Visits of a university supervisor: who is where, which days are planned, and the report on the phone."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.forms import VisitPlanForm, VisitReportForm, refuse
from apps.logbook.selectors import going_on, towns_to_visit, visited, visits_visible_to
from apps.logbook.services.visits import cancel_visit, plan_visits, report_visit
from portal.kernel.errors import RuleViolation
from portal.kernel.views import page_of, row_or_404

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.logbook.models import Visit

RELATED = ("placement__company", "placement__enrolment__student", "placement__enrolment__cohort")
REFUSED = 400
MOST_CHOSEN = 200
MOST_DIGITS = 18


def _visitor(request: HttpRequest) -> "User":
    if not has_role(request.user, Role.UNIVERSITY_SUPERVISOR):
        raise PermissionDenied
    return cast("User", request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_list(request: HttpRequest) -> HttpResponse:
    """List planned visits and the students by town; a POST plans a day for those that are ticked."""
    user = _visitor(request)
    form = VisitPlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned = _plan(request, user, form)
        except RuleViolation as error:
            refuse(form, error)
        else:
            text = ngettext("%(n)d visit planned.", "%(n)d visits planned.", planned) % {"n": planned}
            messages.success(request, text)
            return redirect("visit_list")
    status = REFUSED if request.method == "POST" else None
    return render(request, "logbook/visits.html", _list_context(request, user, form), status=status)


def _plan(request: HttpRequest, user: "User", form: VisitPlanForm) -> int:
    mine = going_on(placements_supervised_by(user, SupervisorKind.UNIVERSITY))
    keys = {
        key for key in request.POST.getlist("placement")[:MOST_CHOSEN] if key.isdecimal() and len(key) <= MOST_DIGITS
    }
    rows = mine.filter(pk__in=keys).select_related("enrolment__student", "enrolment__cohort", "company")
    chosen = list(rows.prefetch_related("supervisors"))
    return len(plan_visits(chosen, form.cleaned_data["planned_on"], visitor=user, actor=user))


def _list_context(request: HttpRequest, user: "User", form: VisitPlanForm) -> dict[str, Any]:
    mine = going_on(placements_supervised_by(user, SupervisorKind.UNIVERSITY))
    placements = list(mine.select_related("company", "enrolment__student").order_by("company__region", "company", "pk"))
    visited(user, placements)
    own = visits_visible_to(user).filter(visitor=user).select_related(*RELATED)
    return {
        "form": form,
        "towns": towns_to_visit(placements),
        "planned": own.filter(done_on__isnull=True).order_by("planned_on", "placement__company__region", "pk"),
        "page": page_of(request, own.filter(done_on__isnull=False).order_by("-done_on", "-pk")),
        "today": timezone.localdate(),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit; who makes it writes the report."""
    user = _visitor(request)
    visit = row_or_404(visits_visible_to(user).select_related(*RELATED, "visitor"), pk=pk)
    day = visit.done_on or min(timezone.localdate(), visit.placement.end)
    form = VisitReportForm(request.POST or None, initial={"done_on": day.isoformat(), "report": visit.report})
    if request.method == "POST" and form.is_valid():
        try:
            report_visit(visit, form.cleaned_data["done_on"], form.cleaned_data["report"], actor=user)
        except RuleViolation as error:
            refuse(form, error)
        else:
            messages.success(request, _("The report is stored."))
            return redirect("visit_list")
    status = REFUSED if request.method == "POST" else None
    context = {"visit": visit, "form": form, "may_report": visit.visitor_id == user.pk and visit.done_on is None}
    return render(request, "logbook/visit.html", context, status=status)


@login_required
@require_POST
def visit_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a planned visit from the plan."""
    user = _visitor(request)
    visit: Visit = row_or_404(visits_visible_to(user).select_related(*RELATED), pk=pk)
    cancel_visit(visit, actor=user)
    messages.success(request, _("The visit is taken from the plan."))
    return redirect("visit_list")
