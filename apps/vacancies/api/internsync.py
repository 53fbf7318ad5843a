"""Jobs in the InternSync dialect: our vacancies.

A status is one of ours (``draft``, ``active``, ``closed``); ``deleted`` throws a draft away, what was published stays.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.internsync import (
    InternSyncView,
    PagedView,
    job_company,
    own_company,
    unless_escaped,
)
from apps.accounts.permissions import has_role, represents_company
from apps.accounts.states import Role
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import narrowed, vacancies_offered_by, vacancies_visible_to
from apps.vacancies.services.editing import DELETED, edit_vacancy
from apps.vacancies.services.vacancies import create_vacancy
from apps.vacancies.states import VacancyState, WorkMode, WorkType
from portal.kernel.api.dialects import body_of, both, text_in
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User

# Our field by the key of the dialect.
FIELDS: Final = {
    "title": "title",
    "job_description": "description",
    "short_description": "short_description",
    "location": "location",
    "work_mode": "work_mode",
    "work_type": "work_type",
}
STATUSES: Final = (*VacancyState.values, DELETED)
NOT_FOUND: Final = "Job not found or no permission"


class MissingFields(RuleViolation):
    """A key is missing or empty."""

    def __init__(self) -> None:
        super().__init__("fields_missing", "Missing fields")


def job_of(vacancy: Vacancy, user: Any) -> dict[str, Any]:
    """Return a vacancy as the dialect shows it; reads ``company`` and the count ``applicants``."""
    posted = vacancy.published_at or vacancy.created_at
    return {
        "id": vacancy.pk,
        "title": vacancy.title,
        "short_description": vacancy.short_description,
        "description": vacancy.description,
        "location": vacancy.location,
        "end": vacancy.deadline.isoformat(),
        "cid": job_company(vacancy.company, contact=represents_company(vacancy.company_id, user)),
        "status": vacancy.state,
        "work_mode": vacancy.work_mode,
        "work_type": vacancy.work_type,
        "applicants_count": getattr(vacancy, "applicants", 0),
        "application_deadline": vacancy.deadline.isoformat(),
        "posted_date": posted.date().isoformat(),
    }


def jobs_for(user: Any) -> QuerySet[Vacancy]:
    """Return a company's own vacancies, for a student the active ones, for others what they see; newest first."""
    rows = vacancies_visible_to(user)
    if has_role(user, Role.COMPANY_REPRESENTATIVE):
        rows = vacancies_offered_by(user)
    elif has_role(user, Role.STUDENT):
        rows = rows.filter(state=VacancyState.ACTIVE)
    return rows.select_related("company").annotate(applicants=Count("applications")).order_by("-pk")


def _details(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return our fields. Raises ``MissingFields``, ``RuleViolation`` ``invalid`` for a day that is none."""
    found = {field: text_in(body, key) for key, field in FIELDS.items()}
    end = text_in(body, "endDate", "end")
    if not all(found.values()) or not end:
        raise MissingFields
    check_kinds(found["work_mode"], found["work_type"])
    try:
        moment = parse_datetime(end) if "T" in end else None
        deadline = moment.date() if moment else parse_date(end)
    except ValueError:
        deadline = None
    if deadline is None:
        raise RuleViolation("invalid", _("Write the day as YYYY-MM-DD."), field="endDate")
    return {**found, "deadline": deadline}


def check_kinds(work_mode: str, work_type: str) -> None:
    """Raise ``RuleViolation`` for a mode or type that there is none of; empty ones are no wish."""
    if work_mode not in ("", *WorkMode.values) or work_type not in ("", *WorkType.values):
        raise RuleViolation("kind_unknown", "Invalid work_type or work_mode")


def _post(request: Request) -> Response:
    company = own_company(request)
    made = create_vacancy(company, _details(body_of(request.data)), actor=cast("User", request.user))
    return Response({"success": "Job has been posted!", "job_id": made.pk})


def _edit(request: Request, pk: int) -> Response:
    own_company(request)
    vacancy = vacancies_offered_by(request.user).select_related("company").filter(pk=pk).first()
    if vacancy is None:
        return Response({"error": NOT_FOUND}, status=HTTPStatus.NOT_FOUND)
    body = body_of(request.data)
    details = _details(body)
    for field in FIELDS.values():
        details[field] = unless_escaped(details[field], getattr(vacancy, field))
    wanted = text_in(body, "status")
    if wanted not in STATUSES:
        raise MissingFields
    edit_vacancy(vacancy, details, wanted=wanted, actor=cast("User", request.user), via="api")
    return Response({"success": "Job updated"})


class PostJobView(InternSyncView):
    def post(self, request: Request) -> Response:
        return _post(request)


class JobsView(PagedView):
    """Four a page, without any count: the last page is the first that has fewer."""

    def get(self, request: Request) -> Response:
        rows = self.page_of(request, jobs_for(request.user))
        return Response([job_of(row, request.user) for row in rows])


class SearchJobsView(PagedView):
    def get(self, request: Request) -> Response:
        wish = {name: request.query_params.get(name, "") for name in ("work_mode", "work_type", "status")}
        check_kinds(wish["work_mode"], wish["work_type"])
        rows = jobs_for(request.user)
        if wish["status"]:
            rows = rows.filter(state=wish["status"])
        wish["words"] = request.query_params.get("searchJobs", "")[:200]
        found = self.page_of(request, narrowed(rows, wish))
        return Response([job_of(row, request.user) for row in found])


class JobView(InternSyncView):
    """One job: the contract only changes it; reading it is ours."""

    def get(self, request: Request, pk: str) -> Response:
        row = jobs_for(request.user).filter(pk=pk).first()
        if row is None:
            raise Http404
        return Response(job_of(row, request.user))

    def put(self, request: Request, pk: str) -> Response:
        return _edit(request, int(pk))


class EditJobView(InternSyncView):
    """The seed names the job in the body."""

    def post(self, request: Request) -> Response:
        key = text_in(body_of(request.data), "job_id", "jid", "id")
        own_company(request)
        if not key.isdecimal():
            raise MissingFields
        return _edit(request, int(key[:18]))


class CountJobsView(InternSyncView):
    def get(self, request: Request) -> Response:
        own_company(request)
        return Response({"postedJobs#": vacancies_offered_by(request.user).count()})


KEY: Final = "(?P<pk>[0-9]{1,18})"
urlpatterns = [
    both("jobs/add", PostJobView, "api-is-job-add-seed"),
    both("jobs/post", PostJobView, "api-is-job-add"),
    both("jobs/get", JobsView, "api-is-job-list-seed"),
    both("jobs", JobsView, "api-is-job-list"),
    both("jobs/search", SearchJobsView, "api-is-job-search"),
    both("jobs/edit", EditJobView, "api-is-job-edit-seed"),
    both("jobs/count", CountJobsView, "api-is-job-count"),
    both(f"jobs/{KEY}", JobView, "api-is-job"),
]
