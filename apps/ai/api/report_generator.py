"""AI help in the report generator dialect: answered at once, stored nowhere but in the record of calls.

Whoever has not agreed to help gets no draft; one agrees on the pages of the portal, where it says who reads the texts.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import ReportGeneratorView
from apps.ai.selectors import calls_of
from apps.ai.services.budgets import BudgetSpent
from apps.ai.services.calls import Wish, draft
from apps.ai.services.consent import ConsentMissing
from apps.ai.services.drafting import Unavailable
from apps.ai.services.places import place_label
from apps.ai.states import Outcome, Purpose
from portal.kernel.api.dialects import body_of, both, text_in
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from apps.accounts.models import User

TYPES: Final = {
    "improve": Purpose.IMPROVE,
    "expand": Purpose.EXPAND,
    "summarize": Purpose.SUMMARISE,
    "grammar": Purpose.GRAMMAR,
}
RECENT: Final = 10


class HelpView(ReportGeneratorView):
    """What every address for help answers."""

    def answer(self, request: Request, wish: Callable[[], Wish], **more: Any) -> Response:
        """Return a draft for the wish, or why there is none."""
        try:
            asked = wish()
            found = draft(asked, actor=cast("User", request.user))
        except BudgetSpent:
            raise
        except RuleViolation as error:
            return refused(error)
        if isinstance(found, Unavailable):
            return failed(HTTPStatus.SERVICE_UNAVAILABLE, found.code, str(found.message))
        text = "\n\n".join(found.parts.values()) or "\n".join(found.notes)
        return Response(
            {
                "success": True,
                "enhanced_text": text,
                "tokens_used": found.tokens_in + found.tokens_out,
                "original_length": len("\n".join(asked.facts.texts.values())),
                "enhanced_length": len(text),
                **more,
            }
        )

    def shape_refusal(self, problem: Any, _error: Exception) -> Any:
        """Say it under ``message``, as everything of help."""
        return {"success": False, "message": str(problem["detail"]), "error_type": problem["code"]}


def refused(error: RuleViolation) -> Response:
    """Return the refusal of a rule; without any help at all the client knows ``missing_api_key``."""
    if error.code == "ai_off":
        return failed(HTTPStatus.SERVICE_UNAVAILABLE, "missing_api_key", str(error.message))
    number = HTTPStatus.FORBIDDEN if isinstance(error, ConsentMissing) else HTTPStatus.BAD_REQUEST
    return failed(number, error.code, str(error.message))


def failed(number: HTTPStatus, code: str, message: str) -> Response:
    """Return ``{success: false, message, error_type}``."""
    body = {"success": False, "error_type": code, "message": message, "error": message}
    return Response(body, status=number)


def purpose_of(request: Request) -> Purpose:
    """Return the kind of help that is wished. Raises ``RuleViolation`` ``type_unknown``."""
    found = TYPES.get(text_in(body_of(request.data), "type", "enhancement_type") or "improve")
    if found is None:
        raise RuleViolation("type_unknown", _("Choose one of: improve, expand, summarize, grammar."), field="type")
    return found


class UsageView(ReportGeneratorView):
    """What the person has asked for so far."""

    def get(self, request: Request) -> Response:
        rows = calls_of(request.user).filter(outcome=Outcome.ANSWERED).order_by("-pk")
        sums = list(rows.values_list("purpose", "place", "tokens_in", "tokens_out"))
        kinds, places = {row[0] for row in sums}, {row[1] for row in sums}
        data = {
            "total_enhancements": len(sums),
            "total_tokens": sum(row[2] + row[3] for row in sums),
            "enhancement_types": [_count(kind, [row[0] for row in sums]) for kind in sorted(kinds)],
            "content_types": [_count(place, [row[1] for row in sums]) for place in sorted(places)],
            "recent_enhancements": [
                {
                    "id": call.pk,
                    "enhancement_type": call.purpose,
                    "content_type": str(place_label(call.place)),
                    "tokens_used": call.tokens_in + call.tokens_out,
                    "created_at": call.created_at.isoformat(),
                }
                for call in rows[:RECENT]
            ],
        }
        return Response({"success": True, "data": data})


def _count(word: str, words: list[str]) -> dict[str, Any]:
    return {"type": word, "count": words.count(word)}


urlpatterns = [both("ai/usage", UsageView, "api-rg-ai-usage")]
