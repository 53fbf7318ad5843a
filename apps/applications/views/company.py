"""What waits for a company, and its vacancies."""

import datetime as dt
from typing import TYPE_CHECKING, Final, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.selectors import companies_represented_by
from apps.applications.selectors import (
    agreements_to_sign,
    applicants_awaiting,
    interviews_of,
    trainees_without_supervisor,
)
from apps.applications.states import ApplicationState
from apps.vacancies.selectors import vacancies_offered_by
from apps.vacancies.states import VacancyState
from portal.kernel.access import scope_of
from portal.kernel.screens import HomeCard
from portal.kernel.views import page_of

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE_SIZE: Final = 25
A_FEW: Final = 5


def representative_or_404(request: HttpRequest) -> "User":
    """Return the person who acts for a company; for everybody else these pages are not there."""
    if not scope_of(request.user).companies:
        raise Http404
    return cast("User", request.user)


# -- what waits ---------------------------------------------------------------------------------------------------


@login_required
@require_safe
def company_home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the company: applicants, interviews, papers, trainees without a supervisor."""
    person = representative_or_404(request)
    companies = list(companies_represented_by(person))
    context = {
        "companies": companies,
        "cards": [make(person) for make in CARDS],
        "has_vacancies": vacancies_offered_by(person).exists(),
    }
    return render(request, "applications/company_home.html", context)


def _applicants_card(person: "User") -> HomeCard:
    waiting = applicants_awaiting(person)
    first = waiting.select_related("student", "vacancy")[:A_FEW]
    rows = [(f"{row.student} · {row.vacancy}", reverse("company_application", args=[row.pk])) for row in first]
    return HomeCard(_("Applicants to answer"), waiting.count(), reverse("company_vacancy_list"), _("Read"), rows=rows)


def _interviews_card(person: "User") -> HomeCard:
    rows = interviews_of(person).filter(interview_at__gte=timezone.now())
    first = rows.select_related("student")[:A_FEW]
    lines = [
        (f"{_moment(row.interview_at)} · {row.student}", reverse("company_application", args=[row.pk])) for row in first
    ]
    return HomeCard(_("Interviews ahead"), rows.count(), reverse("company_interviews"), _("Open"), rows=lines)


def _moment(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def _trainees_card(person: "User") -> HomeCard:
    rows = trainees_without_supervisor(person)
    first = rows.select_related("enrolment__student").order_by("start")[:A_FEW]
    url = reverse("company_trainees")
    lines = [(str(row.enrolment.student), f"{url}#placement-{row.pk}") for row in first]
    return HomeCard(_("Trainees without a supervisor"), rows.count(), url, _("Name the supervisor"), rows=lines)


def _papers_card(person: "User") -> HomeCard:
    rows = agreements_to_sign(person)
    first = rows.select_related("placement__enrolment__student", "placement__company")[:A_FEW]
    lines = [(str(row), reverse("agreement_detail", args=[row.pk])) for row in first]
    return HomeCard(_("Papers to sign"), rows.count(), reverse("agreement_list"), _("Read and sign"), rows=lines)


CARDS: Final = (_applicants_card, _interviews_card, _papers_card, _trainees_card)


@login_required
@require_safe
def company_vacancy_list(request: HttpRequest) -> HttpResponse:
    """Show the company's vacancies with how many applicants wait, the newest first."""
    person = representative_or_404(request)
    waiting = Count("applications", filter=Q(applications__state__in=ApplicationState.undecided()))
    rows = vacancies_offered_by(person).select_related("company")
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    state = request.GET.get("state", "")
    state = state if state in VacancyState.values else ""
    shown = rows.filter(state=state) if state else rows
    context = {
        "page": page_of(request, shown.annotate(waiting=waiting).order_by("-pk"), PAGE_SIZE),
        "several": len(scope_of(person).companies) > 1,
        "tabs": [
            {"label": _("All"), "url": "?", "current": not state, "count": sum(counts.values())},
            *(
                {"label": s.label, "url": f"?state={s}", "current": state == s, "count": counts.get(s.value, 0)}
                for s in VacancyState
            ),
        ],
    }
    return render(request, "applications/company_vacancies.html", context)
