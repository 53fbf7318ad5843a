"""The page that proposes who looks after whom, before anybody is named."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.admin.bulk_acts import tell_act
from apps.applications.models import Placement
from apps.applications.services.supervisor_plan import propose_supervisors, start_plan
from apps.applications.states import SupervisorKind
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal

if TYPE_CHECKING:
    from portal.kernel.admin import PortalModelAdmin

PLAN_LABEL = gettext_lazy("Share out among supervisors")


def plan_supervisors(page: "PortalModelAdmin", request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
    """Show a plan for the ticked placements; ``confirmed`` applies the plan that was shown, and no other."""
    kind = _side(request)
    if "confirmed" in request.POST:
        try:
            pairs = _read(request.POST.get("plan", ""))
            job = start_plan(pairs, rows, kind=kind, actor=page.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return None
        return tell_act(request, job)
    without = _without(request)
    plan = propose_supervisors(rows, kind=kind, without=without)
    across = request.POST.get("select_across") == "1"
    selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "title": _("Share out among supervisors"),
        "side": kind,
        "in_companies": kind == SupervisorKind.INDUSTRIAL,
        "opts": page.opts,
        "media": page.media,
        "plan": plan,
        "shares": [(share, share.person.pk not in without) for share in plan.shares],
        "pairs": ",".join(f"{placement}:{person}" for placement, person in plan.pairs.items()),
        "count": len(plan.pairs),
        "select_across": across,
        "selected": selected[:1] if across else selected,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "list_url": request.get_full_path(),
    }
    return TemplateResponse(request, "applications/admin/plan.html", context)


def _side(request: HttpRequest) -> SupervisorKind:
    """Return the side that was asked for last: of the buttons, else of the plan that was shown."""
    asked = [request.POST.get(name, "") for name in ("to_side", "side")]
    return next((SupervisorKind(one) for one in asked if one in SupervisorKind.values), SupervisorKind.UNIVERSITY)


def _without(request: HttpRequest) -> set[int]:
    """Return whom the person has unticked: of all that were offered those that did not come back."""
    if "to_side" in request.POST:
        return set()
    offered, kept = (
        {int(key) for key in request.POST.getlist(name) if key.isdecimal()} for name in ("offered", "with")
    )
    return offered - kept


def _read(text: str) -> dict[int, int]:
    pairs = dict(pair.split(":", 1) for pair in text.split(",") if ":" in pair)
    return {int(key): int(person) for key, person in pairs.items() if key.isdecimal() and person.isdecimal()}
