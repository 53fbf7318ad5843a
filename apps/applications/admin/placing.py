"""The page on which coordinators give many students a place at once."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Cohort, Enrolment
from apps.accounts.selectors import cohorts_coordinated_by, companies_visible_to
from apps.accounts.states import CompanyState
from apps.applications.admin.amending import say_more, search_companies
from apps.applications.forms import PlaceManyForm
from apps.applications.selectors import enrolments_without_place
from apps.applications.services.placements import Placed, place_students
from apps.applications.services.terms import Terms
from apps.applications.states import ApplicationState
from portal.kernel.admin import within
from portal.kernel.views import page_of

if TYPE_CHECKING:
    from portal.kernel.admin import PortalModelAdmin

PAGE_SIZE = 50
MOST_REASONS = 5


def place_students_page(page: "PortalModelAdmin", request: HttpRequest) -> HttpResponse:
    """Show who has no place, cohort by cohort; POST places the ticked ones at one company."""
    cohorts = list(
        cohorts_coordinated_by(request.user).filter(pk__in=_waiting(request).values("cohort")).order_by("start", "name")
    )
    cohort = _chosen(cohorts, request.GET.get("cohort", ""))
    form = _form(page, request)
    ticked = request.POST.getlist("enrolment")
    if request.method == "POST" and form.is_valid():
        chosen = _waiting(request).filter(pk__in=[key for key in ticked if key.isdecimal()])
        if ticked:
            _place(page, request, list(chosen.select_related("cohort", "student")), form.cleaned_data)
            return HttpResponseRedirect(request.get_full_path())
        form.add_error(None, _("Tick the students whom you want to place."))
    rows = _waiting(request).filter(cohort=cohort) if cohort else Enrolment.objects.none()
    context = {
        **page.frame(request),
        "title": _("Place students"),
        "media": page.media + form.media,
        "form": form,
        "page": page_of(request, _with_wishes(rows), PAGE_SIZE),
        "ticked": ticked,
        "cohort": cohort,
        "tabs": [
            {"label": str(one), "url": f"?cohort={one.pk}", "current": cohort is not None and one.pk == cohort.pk}
            for one in cohorts
        ],
    }
    return TemplateResponse(request, "applications/admin/place.html", context)


def _waiting(request: HttpRequest) -> QuerySet[Enrolment]:
    return within(request, enrolments_without_place(request.user))


def _with_wishes(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """Add what decides: programme, wished region, special need, how many applications are still open."""
    undecided = Q(applications__state__in=ApplicationState.undecided())
    wishes = rows.select_related("student__student_profile__programme").annotate(
        open_applications=Count("applications", filter=undecided)
    )
    return wishes.order_by("student__student_profile__reg_no", "pk")


def _chosen(cohorts: list[Cohort], key: str) -> Cohort | None:
    wished = [cohort for cohort in cohorts if str(cohort.pk) == key]
    return next(iter(wished or cohorts), None)


def _form(page: "PortalModelAdmin", request: HttpRequest) -> PlaceManyForm:
    companies = companies_visible_to(request.user).filter(state=CompanyState.APPROVED)
    form = PlaceManyForm(request.POST or None, companies=companies)
    search_companies(page, request, form)
    return form


def _place(page: "PortalModelAdmin", request: HttpRequest, enrolments: list[Enrolment], values: dict[str, Any]) -> None:
    terms = Terms(start=values["start"], end=values["end"])
    placed = place_students(
        enrolments,
        values["company"],
        actor=page.actor_of(request),
        terms=terms,
        student_confirms=values["student_confirms"],
    )
    _say(request, placed, values["company"].name)


def _say(request: HttpRequest, placed: Placed, company: str) -> None:
    if placed.made:
        count = len(placed.made)
        text = ngettext("%(count)d student placed at %(company)s.", "%(count)d students placed at %(company)s.", count)
        messages.success(request, text % {"count": count, "company": company})
    for enrolment, why in placed.refused[:MOST_REASONS]:
        messages.error(request, f"{enrolment.student}: {why}")
    say_more(request, len(placed.refused) - MOST_REASONS)
