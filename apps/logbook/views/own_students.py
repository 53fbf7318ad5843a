"""The page on which a university supervisor sees how the own students come along, and its table as a file."""

from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.applications.states import SupervisorKind
from apps.logbook.models import PlacementCount
from apps.logbook.selectors import visited, weeks_waiting_for
from apps.logbook.selectors.own_students import Need, own_students
from portal.kernel.exports import write_csv
from portal.kernel.screens import HomeCard
from portal.kernel.views import page_of

if TYPE_CHECKING:
    from apps.accounts.models import User

A_FEW: Final = 5
PAGE_SIZE: Final = 50
LABELS: Final = {
    Need.NONE: gettext_lazy("All"),
    Need.SILENT: gettext_lazy("Silent for days"),
    Need.LATE: gettext_lazy("The company lets days wait"),
    Need.UNVISITED: gettext_lazy("No visit made or planned"),
}
NO_DAYS: Final = PlacementCount()


def _supervisor(request: HttpRequest) -> "User":
    if not has_role(request.user, Role.UNIVERSITY_SUPERVISOR):
        raise PermissionDenied
    return cast("User", request.user)


def _need(request: HttpRequest) -> Need:
    asked = request.GET.get("need", "")
    return Need(asked) if asked in list(Need) else Need.NONE


def _listed(user: "User", need: Need) -> QuerySet[Placement]:
    rows = own_students(user, need).select_related("company", "enrolment__student", "enrolment__cohort", "day_count")
    return rows.order_by("enrolment__student__last_name", "enrolment__student__first_name", "pk")


@login_required
@require_safe
def student_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for the supervisor and every student with the days, the last one and the visits."""
    user, need = _supervisor(request), _need(request)
    page = page_of(request, _listed(user, need), PAGE_SIZE)
    context = {
        "cards": [_weeks_card(user), *(_card(user, one) for one in Need if one)],
        "page": page,
        "rows": _rows(user, list(page)),
        "tabs": [{"label": label, "url": f"?need={one}", "current": one == need} for one, label in LABELS.items()],
        "table_url": f"{reverse('own_student_table')}?need={need}",
    }
    return render(request, "logbook/own_students.html", context)


@login_required
@require_safe
def student_table(request: HttpRequest) -> HttpResponse:
    """Answer with the same list, all pages of it, as CSV."""
    user, need = _supervisor(request), _need(request)
    heads = [_("Student"), _("Company"), _("Cohort"), _("Last day"), _("With the company"), _("With you")]
    heads += [_("Validated"), _("Sent back"), _("Flagged"), _("Visits made"), _("Visits planned")]
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="students.csv"'
    write_csv(heads, (_cells(row) for row in _rows(user, list(_listed(user, need)))), answer)
    return answer


def _rows(user: "User", placements: list[Placement]) -> list[dict[str, Any]]:
    visited(user, placements)
    return [{"placement": one, "days": getattr(one, "day_count", NO_DAYS)} for one in placements]


def _cells(row: dict[str, Any]) -> list[Any]:
    placement, days = row["placement"], row["days"]
    last = days.last_day.isoformat() if days.last_day else ""
    who = [str(placement.enrolment.student), placement.company.name, placement.enrolment.cohort.name, last]
    counts = [days.submitted, days.verified_industry, days.verified_academic, days.revision_requested, days.flagged]
    return [*who, *counts, placement.visits_made, placement.visits_planned]


# -- cards ----------------------------------------------------------------------------------------------------------


def _weeks_card(user: "User") -> HomeCard:
    weeks = weeks_waiting_for(user, SupervisorKind.UNIVERSITY)
    lines = [
        (
            _("%(student)s, week %(number)s") % {"student": week.placement.enrolment.student, "number": week.number},
            reverse("supervise_week", args=[week.placement.pk, week.monday]),
        )
        for week in weeks[:A_FEW]
    ]
    return HomeCard(_("Weeks that wait for you"), len(weeks), reverse("validate_weeks"), _("Validate"), rows=lines)


def _card(user: "User", need: Need) -> HomeCard:
    rows = own_students(user, need)
    url = f"{reverse('own_students')}?need={need}"
    first = F("day_count__waiting_since" if need == Need.LATE else "day_count__last_day").asc(nulls_first=True)
    oldest = rows.select_related("enrolment__student", "day_count").order_by(first, "start", "pk")
    lines = [(_line(one, need), f"{url}#placement-{one.pk}") for one in oldest[:A_FEW]]
    if need == Need.UNVISITED:
        return HomeCard(LABELS[need], rows.count(), reverse("visit_list"), _("Plan visits"), rows=lines)
    return HomeCard(LABELS[need], rows.count(), url, _("Open the list"), rows=lines)


def _line(placement: Placement, need: Need) -> str:
    student, days = str(placement.enrolment.student), getattr(placement, "day_count", NO_DAYS)
    if need != Need.LATE:
        return student
    words = ngettext("%(n)d day waits", "%(n)d days wait", days.submitted) % {"n": days.submitted}
    return f"{student} · {words}"
