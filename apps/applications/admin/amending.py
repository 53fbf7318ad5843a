"""Changes of a placement in the workspace: another host, another supervisor, one supervisor for many."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.admin.bulk_acts import tell_act
from apps.accounts.selectors import companies_visible_to
from apps.accounts.states import CompanyState
from apps.applications.forms import ChangeHostForm, HandOverForm, NamedSupervisorForm
from apps.applications.models import Placement
from apps.applications.permissions import can_change_placement
from apps.applications.selectors import amendments_visible_to
from apps.applications.services.amendments import Person, change_host, hand_over
from apps.applications.services.supervisor_plan import name_for_many
from apps.applications.states import SupervisorKind
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from portal.kernel.admin import PortalModelAdmin

MOST_REASONS = 5


def amendments_of(placement: Placement, request: HttpRequest) -> dict[str, object]:
    """Fill the panel of a placement's versions."""
    rows = amendments_visible_to(request.user).filter(placement=placement)
    return {
        "rows": list(rows.select_related("made_by", "successor__company", "placement__company")),
        "placement": placement,
        "can_change": can_change_placement(placement, request.user),
    }


def change_host_page(page: "PortalModelAdmin", request: HttpRequest, placement: Placement) -> HttpResponse:
    """Ask for the new company and the day; POST sends the student there."""
    companies = companies_visible_to(request.user).filter(state=CompanyState.APPROVED)
    form = ChangeHostForm(request.POST or None, companies=companies)
    search_companies(page, request, form)
    if request.method == "POST" and form.is_valid():
        try:
            new = change_host(placement, actor=page.actor_of(request), **form.cleaned_data)
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(placement)s is entered.") % {"placement": new})
            return HttpResponseRedirect(page.url_of(new))
    context = {"placement": placement, "form": form, "title": _("Change the host"), "action": _("Change the host")}
    return _task_page(page, request, context)


def hand_over_page(page: "PortalModelAdmin", request: HttpRequest, placement: Placement, pk: int) -> HttpResponse:
    """Ask who takes over; POST hands the student over."""
    rows = placement.supervisors.select_related("user", "placement__enrolment__cohort", "placement__company")
    row = row_or_404(rows, pk=pk, is_active=True)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = Person(form.cleaned_data["email"], form.cleaned_data["name"])
        try:
            new = hand_over(row, person, actor=page.actor_of(request), reason=form.cleaned_data["reason"])
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s takes over and is told.") % {"name": new.user})
            return HttpResponseRedirect(page.url_of(placement))
    title = _("Somebody else for %(name)s") % {"name": row.user}
    return _task_page(page, request, {"placement": placement, "form": form, "title": title, "action": _("Hand over")})


def _task_page(page: "PortalModelAdmin", request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    whole = {
        **page.frame(request),
        "media": page.media + context["form"].media,
        "back_url": page.url_of(context["placement"]),
        **context,
    }
    return TemplateResponse(request, "applications/admin/amend.html", whole)


def search_companies(page: "PortalModelAdmin", request: HttpRequest, form: Any) -> None:
    """Let the form's company be searched while one types, as elsewhere here: there may be 20,000."""
    searching: Any = page.formfield_for_dbfield(Placement._meta.get_field("company"), request)
    form.fields["company"].widget = searching.widget
    searching.widget.choices = form.fields["company"].choices


# -- one supervisor for many --------------------------------------------------------------------------------------


def assign_many(page: "PortalModelAdmin", request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
    """Ask whom to name for the ticked placements, then name the person for each of them."""
    form = NamedSupervisorForm(
        request.POST if "confirmed" in request.POST else None, initial={"kind": SupervisorKind.UNIVERSITY}
    )
    if form.is_valid():
        values = dict(form.cleaned_data)
        kind = SupervisorKind(values.pop("kind"))
        try:
            job = name_for_many(rows, kind=kind, actor=page.actor_of(request), **values)
        except RuleViolation as error:
            say_refusal(request, error)
            return None
        return tell_act(request, job)
    across = request.POST.get("select_across") == "1"
    selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    context = {
        **page.frame(request),
        "title": _("Name a supervisor"),
        "form": form,
        "count": rows.count(),
        "select_across": across,
        "selected": selected[:1] if across else selected,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "list_url": request.get_full_path(),
    }
    return TemplateResponse(request, "applications/admin/assign.html", context)


def say_more(request: HttpRequest, more: int) -> None:
    """Say how many refusals are not shown one by one."""
    if more > 0:
        text = ngettext("%(count)d more could not be done.", "%(count)d more could not be done.", more)
        messages.error(request, text % {"count": more})


ASSIGN_LABEL = gettext_lazy("Name a supervisor")
