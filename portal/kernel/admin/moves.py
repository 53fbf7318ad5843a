"""The moves of a machine as buttons of an object's page and as actions of its list."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.kernel.admin.recording import AT_ONCE, records, way_back
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.fsm import BulkResult, Danger, Move, MoveInfo, moves_of, perform_many
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    from portal.kernel.admin.pages import PortalModelAdmin

type BulkAction = Callable[["PortalModelAdmin", HttpRequest, QuerySet[Any]], HttpResponse | None]
type Actions = dict[str, tuple[BulkAction, str, Text]]

PREFIX = "move_"


@dataclass(frozen=True)
class MoveButton:
    """A button of the object's page: ``moves`` has the one move, as ``components/moves.html`` takes a list."""

    moves: list[Move]
    url: str


def human_moves(model: type[StatefulModel]) -> dict[str, Move]:
    """Return one arrow for each move that people make, by name, main ones first; those of the system are left out."""
    order = list(Danger)
    found = [arrow for arrow in moves_of(model) if arrow.transition.permission is not None]
    found.sort(key=lambda arrow: (order.index(arrow.info.danger), arrow.name))
    return {arrow.name: arrow for arrow in found}


def bulk_actions(model: type[Any], wanted: Iterable[str] | None) -> Actions:
    """Return the list's actions that are moves; ``wanted`` names them, None takes all."""
    if not issubclass(model, StatefulModel):
        return {}
    moves = human_moves(model)
    names = moves if wanted is None else wanted
    return {PREFIX + name: (_action(name), PREFIX + name, moves[name].info.label) for name in names}


def _action(name: str) -> BulkAction:
    def run(page: "PortalModelAdmin", request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return move_many(page, request, rows, name)

    return run


def move_many(page: "PortalModelAdmin", request: HttpRequest, rows: QuerySet[Any], name: str) -> HttpResponse | None:
    """Make a move with the chosen rows; asks for the reason first where one is needed, and before what is final."""
    arrow = human_moves(page.model)[name]
    info = arrow.info
    asks = info.needs_reason or info.danger is Danger.FINAL
    if asks and "confirmed" not in request.POST:
        return _ask(page, request, rows, arrow)
    actor, reason = page.actor_of(request), request.POST.get("reason", "").strip()
    states = dict(rows.values_list("pk", "state"))
    if len(states) > AT_ONCE:
        address = records().begin(page.label, name, list(states), reason=reason, actor=actor)
        if address:
            return HttpResponseRedirect(address)
    try:
        result = perform_many(rows, name, actor=actor, reason=reason)
    except RuleViolation as error:
        return _ask(page, request, rows, arrow, problem=error.message)
    return _tell(page, request, arrow, result, way_back(page.model, name, states, result.moved))


def _tell(
    page: "PortalModelAdmin", request: HttpRequest, arrow: Move, result: BulkResult, back: str
) -> HttpResponse | None:
    """Say what was done; where rows were refused, or the move can be undone, lead to the page that says it of each.

    Where nothing was done nothing is kept: a refusal leaves no trace but the sentence.
    """
    actor, text = page.actor_of(request), result_sentence(result, arrow.info.label)
    level = messages.SUCCESS if result.moved else messages.WARNING
    if not result.moved or not (result.refused or back):
        page.message_user(request, text, level)
        return None
    address = records().keep(page.label, arrow.name, result, back=back, actor=actor)
    if address:
        link = _("What was done, and undo") if back else _("What was done and what not")
        page.message_user(request, format_html('{} <a href="{}">{}</a>', text, address, link), level)
        return None
    page.message_user(request, text, level)
    return None


def result_sentence(result: BulkResult, move: Text) -> str:
    """Return what became of a bulk move: "Approve: 31 done, 2 not: …", each reason with how often it was given.

    The word of the state reached would be wrong: a placement that has arrived is "active".
    """
    values = {"move": str(move), "moved": len(result.moved), "refused": len(result.refused)}
    if not result.refused:
        return _("%(move)s: %(moved)d done.") % values
    reasons = Counter(str(refusal.message) for refusal in result.refused)
    values["reasons"] = " ".join(f"{text} ({count})" for text, count in reasons.most_common())
    return _("%(move)s: %(moved)d done, %(refused)d not: %(reasons)s") % values


def _ask(
    page: "PortalModelAdmin", request: HttpRequest, rows: QuerySet[Any], arrow: Move, problem: Text = ""
) -> HttpResponse:
    info: MoveInfo = arrow.info
    across = request.POST.get("select_across") == "1"
    selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    context = {
        **page.frame(request),
        "title": info.label,
        "info": info,
        "count": rows.count(),
        "problem": problem,
        "reason": request.POST.get("reason", ""),
        "action": PREFIX + arrow.name,
        "select_across": across,
        # With "all of the list" the address still holds the filters; one key is enough to get past Django's check.
        "selected": selected[:1] if across else selected,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "list_url": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/portal/move_many.html", context)
