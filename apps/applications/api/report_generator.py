"""Companies in the report generator dialect: the register, and who is placed where.

A contact person is named to whom the contact may be shown, else the key is empty. ``student_count`` are the students
whose placement there is proposed, settled or over.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import KEY, ReportGeneratorView, done, page_of
from apps.accounts.models import Company, User
from apps.accounts.selectors import companies_visible_to, contacts_visible_to
from apps.accounts.services.own_profile import ProfileWish, save_own_profile
from apps.accounts.services.proposing import propose_as
from apps.applications.models import Placement
from apps.applications.selectors import placements_visible_to
from apps.applications.states import PlacementState
from portal.kernel.api.dialects import body_of, both, found_or_404, text_in
from portal.kernel.errors import RuleViolation

TEXTS: Final = ("name", "address", "contact_person", "phone", "email", "website", "industry_type", "description")


def _rows(user: Any) -> QuerySet[Company]:
    placed = Q(placements__state__in=PlacementState.alive())
    students = Count("placements__enrolment__student", filter=placed, distinct=True)
    return companies_visible_to(user).annotate(students=students).order_by("name", "pk")


def company_of(company: Company, with_contact: Iterable[int]) -> dict[str, Any]:
    """Return a company as the dialect shows it; reads the count ``students``."""
    return {
        "id": company.pk,
        "name": company.name,
        "industry_type": company.industry_type,
        "industry_display": str(company.get_industry_type_display()),
        "address": company.address,
        "contact_person": company.contact_person if company.pk in with_contact else "",
        "student_count": getattr(company, "students", 0),
    }


class CompaniesView(ReportGeneratorView):
    """The register; ``q`` and ``search`` narrow by name, address or region."""

    def get(self, request: Request) -> Response:
        rows = _rows(request.user)
        words = request.query_params.get("q") or request.query_params.get("search", "")
        if words.strip():
            text = words.strip()[:100]
            rows = rows.filter(Q(name__icontains=text) | Q(address__icontains=text) | Q(region__icontains=text))
        contacts = set(contacts_visible_to(request.user).values_list("pk", flat=True))
        return page_of(request, rows, lambda row: company_of(row, contacts))


class RegisterView(CompaniesView):
    """The register, and entering a company that it lacks: *proposed* until a coordinator lets it in."""

    def post(self, request: Request) -> Response:
        body, person = body_of(request.data), cast("User", request.user)
        details: dict[str, Any] = {name: text_in(body, name) for name in TEXTS if text_in(body, name)}
        details["established_year"] = _year(body)
        company = propose_as(actor=person, **{"name": "", **details})
        more = {
            name: getattr(company, name) for name in ("phone", "email", "website", "established_year", "description")
        }
        return Response({**company_of(company, [company.pk]), **more}, status=status.HTTP_201_CREATED)


def _year(body: Mapping[str, Any]) -> int | None:
    text = text_in(body, "established_year").strip()
    if not text:
        return None
    if not text.isdecimal():
        raise RuleViolation("invalid", _("Enter the year in which it was founded."), field="established_year")
    return int(text[:5])


class CompanyView(ReportGeneratorView):
    def get(self, request: Request, pk: str) -> Response:
        company = found_or_404(_rows(request.user), pk)
        contacts = contacts_visible_to(request.user).filter(pk=company.pk).values_list("pk", flat=True)
        return Response(company_of(company, list(contacts)))


def _trainee(placement: Placement) -> dict[str, Any]:
    student = placement.enrolment.student
    return {
        "id": student.pk,
        "full_name": student.get_full_name(),
        "username": student.username,
        "start_date": placement.start.isoformat(),
        "end_date": placement.end.isoformat(),
        "status": placement.state,
    }


class TraineesView(ReportGeneratorView):
    """Who is placed at a company, as far as the reader sees the placements."""

    def get(self, request: Request, pk: str) -> Response:
        company = found_or_404(companies_visible_to(request.user), pk)
        rows = placements_visible_to(request.user).filter(company=company).select_related("enrolment__student")
        return page_of(request, rows.order_by("-start", "-pk"), _trainee)


class AssignView(ReportGeneratorView):
    """A student says that the training is there. It stays a word of the profile and makes no placement."""

    def post(self, request: Request, pk: str) -> Response:
        person = cast("User", request.user)
        company = found_or_404(companies_visible_to(person), pk)
        words = {"company_name": company.name, "company_region": company.region}
        save_own_profile(person, ProfileWish(frozenset(words), words=words), actor=person)
        return done(_("The company stands in your profile."), data={"id": company.pk, "name": company.name})


urlpatterns = [
    both("companies", RegisterView, "api-rg-companies"),
    both("companies/search", CompaniesView, "api-rg-companies-search"),
    both("companies/search_companies", CompaniesView, "api-rg-companies-search-companies"),
    both(f"companies/{KEY}", CompanyView, "api-rg-company"),
    both(f"companies/{KEY}/students", TraineesView, "api-rg-company-students"),
    both(f"companies/{KEY}/assign_to_user", AssignView, "api-rg-company-assign"),
]
