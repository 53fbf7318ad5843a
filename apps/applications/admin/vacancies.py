"""Applicants on the list of vacancies."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Application
from apps.applications.states import ApplicationState
from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from portal.kernel.admin import Column, extend_admin


def with_waiting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``waiting``: how many applicants the company has to answer."""
    undecided = Q(state__in=ApplicationState.undecided())
    counted = Application.objects.filter(undecided, vacancy=OuterRef("pk")).order_by().values("vacancy")
    noted: QuerySet[Any] = rows.annotate(waiting=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0))
    return noted


class ApplicantsFilter(admin.SimpleListFilter):
    """Which offers need a push."""

    title = _("applicants")
    parameter_name = "applicants"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("none", _("open, and nobody has applied")), ("waiting", _("wait for an answer"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        theirs = Application.objects.filter(vacancy=OuterRef("pk"))
        if self.value() == "none":
            return rows.filter(~Exists(theirs), state=VacancyState.ACTIVE)
        if self.value() == "waiting":
            return rows.filter(Exists(theirs.filter(state__in=ApplicationState.undecided())))
        return rows


extend_admin(
    Vacancy,
    columns=[Column("waiting", _("to answer"), lambda row: row.waiting, prepare=with_waiting, order_by="waiting")],
    filters=[ApplicantsFilter],
)
