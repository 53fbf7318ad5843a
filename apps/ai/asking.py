"""How the upper apps' pages begin a call: what a refusal becomes, and where the person goes on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.models import Cohort
from apps.ai.selectors import is_offered
from apps.ai.services.budgets import BudgetSpent
from apps.ai.services.calls import Wish, ask_help
from apps.ai.services.consent import ConsentMissing
from apps.ai.states import Purpose
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.views import say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User


def begin_help(request: HttpRequest, wish: Callable[[], Wish], *, back: str) -> HttpResponse:
    """Ask for help and lead to the page where the draft appears.

    ``wish`` is made here so that its own refusals are shown as all others: on the page ``back``, with the person's text
    as it was. Who has not agreed yet is led to where one agrees, and returns from there.
    """
    try:
        call = ask_help(wish(), actor=cast("User", request.user))
    except ConsentMissing:
        return redirect(f"{reverse('ai_consent')}?{urlencode({'next': back})}")
    except BudgetSpent as error:
        context = {"message": error.message, "back": back}
        answer = render(request, "ai/spent.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(error.wait_s)
        return answer
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect(back)
    return redirect("ai_draft", pk=call.pk)


@dataclass(frozen=True)
class HelpMenu:
    """The buttons of ``ai/_buttons.html``: each sends its form to ``url`` with ``help`` = "<field>:<purpose>"."""

    url: str
    items: list[tuple[str, Text]]


def help_menu(cohort: Cohort | None, url: str, items: Iterable[tuple[str, Purpose]]) -> HelpMenu | None:
    """Return the buttons for (field, purpose) pairs, None where no help is offered."""
    if not is_offered(cohort):
        return None
    return HelpMenu(url, [(f"{field}:{purpose}", purpose.label) for field, purpose in items])


def asked_for(value: str, items: Iterable[tuple[str, Purpose]]) -> tuple[str, Purpose] | None:
    """Return the field and purpose of a button, None for what no button of ours says."""
    return next((item for item in items if f"{item[0]}:{item[1]}" == value), None)
