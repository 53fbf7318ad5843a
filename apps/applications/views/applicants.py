"""Who applies for a vacancy: as a list with answers for many at once, and as a board with a column for each state."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.applications.models import Application
from apps.applications.selectors import applications_received_by, criteria_for, verdicts_of
from apps.applications.states import ApplicationState
from apps.applications.views.company import representative_or_404
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import vacancies_offered_by
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import Move, moves_for, moves_of, perform_many
from portal.kernel.views import MOST_DIGITS, page_of, row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE_SIZE: Final = 25
COLUMN_SIZE: Final = 25
OPEN_TAB: Final = "open"
# An interview needs a time and a place, so it is arranged one by one.
FOR_MANY: Final = ("start_review", "shortlist", "accept", "reject")
MOST_TOLD: Final = 5


def vacancy_or_404(request: HttpRequest, pk: int) -> Vacancy:
    """Return a vacancy of the companies that the user represents."""
    person = representative_or_404(request)
    return row_or_404(vacancies_offered_by(person).select_related("company"), pk=pk)


def _received(request: HttpRequest, vacancy: Vacancy) -> tuple[QuerySet[Application], dict[str, int]]:
    """Return the applications for a vacancy, the oldest first, and how many there are in each state."""
    received = applications_received_by(request.user).filter(vacancy=vacancy)
    counts = dict(received.order_by().values_list("state").annotate(n=Count("pk")))
    related = received.select_related(*Application.MOVE_RELATED, "resume", "student__student_profile__programme")
    return related.order_by("created_at", "pk"), counts


def _cards(applications: Sequence[Application], vacancy: Vacancy, person: "User") -> list[dict[str, Any]]:
    verdicts = verdicts_of(applications, criteria_for(vacancy))
    return [
        {"application": row, "moves": buttons_for(row, person), "verdict": verdicts.get(row.pk)} for row in applications
    ]


def buttons_for(application: Application, person: "User") -> list[Move]:
    """Return the moves that are one button; an interview has a form of its own."""
    return [move for move in moves_for(application, person) if move.name != "schedule_interview"]


@login_required
@require_safe
def company_applicants(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who applies for one vacancy, by state, each with the buttons that decide."""
    vacancy = vacancy_or_404(request, pk)
    received, counts = _received(request, vacancy)
    tab = request.GET.get("state", OPEN_TAB)
    wanted = ApplicationState.undecided() if tab not in ApplicationState.values else [tab]
    page = page_of(request, received.filter(state__in=wanted), PAGE_SIZE)
    context = {
        "vacancy": vacancy,
        "page": page,
        "rows": _cards(list(page), vacancy, cast("User", request.user)),
        "tabs": _tabs(tab, counts),
        "for_many": _moves_for_many() if set(wanted) & set(ApplicationState.undecided()) else [],
    }
    return render(request, "applications/company_applicants.html", context)


def _moves_for_many() -> list[Move]:
    first = {move.name: move for move in moves_of(Application)}
    return [first[name] for name in FOR_MANY]


def _tabs(current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    undecided = ApplicationState.undecided()
    first = {
        "label": _("To answer"),
        "url": "?",
        "current": current not in ApplicationState.values,
        "count": sum(counts.get(state, 0) for state in undecided),
    }
    return [
        first,
        *(
            {"label": s.label, "url": f"?state={s}", "current": current == s, "count": counts.get(s.value, 0)}
            for s in ApplicationState
            if s != ApplicationState.WITHDRAWN
        ),
    ]


@login_required
@require_safe
def company_board(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the same people as a board: a column for each state, the first of each, with the buttons that move them."""
    vacancy = vacancy_or_404(request, pk)
    received, counts = _received(request, vacancy)
    place = Window(RowNumber(), partition_by="state", order_by=[F("created_at").asc(), F("pk").asc()])
    first = list(received.annotate(place=place).filter(place__lte=COLUMN_SIZE))
    cards = _cards(first, vacancy, cast("User", request.user))
    address = reverse("company_applicants", args=[vacancy.pk])
    columns = [
        {
            "state": state.value,
            "label": state.label,
            "count": counts.get(state.value, 0),
            "cards": [card for card in cards if card["application"].state == state],
            "url": f"{address}?state={state}",
            "more": max(counts.get(state.value, 0) - COLUMN_SIZE, 0),
        }
        for state in ApplicationState
        if state != ApplicationState.WITHDRAWN
    ]
    return render(request, "applications/company_board.html", {"vacancy": vacancy, "columns": columns})


# -- many at once -------------------------------------------------------------------------------------------------


@login_required
@require_POST
def company_applicants_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer all who are ticked; whom it is not possible for stays, and it is said why."""
    vacancy = vacancy_or_404(request, pk)
    move, ticked = request.POST.get("move", ""), request.POST.getlist("pick")
    if move not in FOR_MANY or any(not key.isdecimal() or len(key) > MOST_DIGITS for key in ticked):
        raise Http404
    chosen = applications_received_by(request.user).filter(vacancy=vacancy, pk__in=ticked)
    if chosen.count() != len(set(ticked)):
        raise Http404
    if ticked:
        _answer_many(request, chosen, move)
    else:
        messages.warning(request, _("Tick somebody first."))
    return redirect("company_applicants", pk=vacancy.pk)


def _answer_many(request: HttpRequest, chosen: QuerySet[Application], move: str) -> None:
    reason = request.POST.get("reason", "").strip()
    names = {row.pk: str(row.student) for row in chosen.select_related("student")}
    try:
        result = perform_many(chosen, move, actor=cast("User", request.user), reason=reason)
    except RuleViolation as error:
        say_refusal(request, error)
        return
    if result.moved:
        count = len(result.moved)
        messages.success(request, ngettext("%(n)d answered.", "%(n)d answered.", count) % {"n": count})
    for refusal in result.refused[:MOST_TOLD]:
        messages.warning(request, f"{names[refusal.pk]}: {refusal.message}")
    if more := len(result.refused) - MOST_TOLD if len(result.refused) > MOST_TOLD else 0:
        words = ngettext("It was not possible for %(n)d more.", "It was not possible for %(n)d more.", more)
        messages.warning(request, words % {"n": more})
