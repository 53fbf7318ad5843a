"""Budgets: counted in rows before a call, put right after it."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, User
from apps.ai.models import AiBudget, AiCall
from portal.kernel.errors import Text, TooManyTries

_SPENT: Final[dict[str, Text]] = {
    "person": _("You have used today's help. There is new help tomorrow; your text is as it was."),
    "cohort": _("Your cohort has used today's help. There is new help tomorrow; your text is as it was."),
    "all": _("The portal has used today's help. There is new help tomorrow; your text is as it was."),
}


class BudgetSpent(TooManyTries):
    """There is no help left for today: HTTP 429 until midnight."""

    def __init__(self, whose: str) -> None:
        super().__init__(_seconds_to_midnight())
        self.code, self.message = "budget_spent", _SPENT[whose]


def _seconds_to_midnight() -> int:
    now = timezone.localtime()
    tomorrow = (now + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, round((tomorrow - now).total_seconds()))


def take_budget(user: User | None, cohort: Cohort | None, tokens: int) -> None:
    """Count one call of so many tokens for the person, the cohort and all. Raises ``BudgetSpent`` and counts nothing.

    The rows are locked always in this order, so that of many at once exactly as many pass as may.
    """
    limits = settings.AI
    wanted: list[tuple[str, dict[str, int | None], int]] = [("all", {"user": None, "cohort": None}, limits.calls_all)]
    if cohort is not None:
        wanted.insert(0, ("cohort", {"user": None, "cohort": cohort.pk}, limits.calls_cohort))
    if user is not None:
        wanted.insert(0, ("person", {"user": user.pk, "cohort": None}, limits.calls_person))
    day = timezone.localdate()
    with transaction.atomic():
        rows = [(whose, _locked(keys, day), most) for whose, keys, most in wanted]
        for whose, row, most in rows:
            if row.calls >= most or (whose == "all" and row.tokens + tokens > limits.tokens_all):
                raise BudgetSpent(whose)
        AiBudget.objects.filter(pk__in=[row.pk for _whose, row, _most in rows]).update(
            calls=F("calls") + 1, tokens=F("tokens") + tokens
        )


def _locked(keys: dict[str, int | None], day: dt.date) -> AiBudget:
    row = AiBudget(user_id=keys["user"], cohort_id=keys["cohort"], day=day)
    AiBudget.objects.bulk_create([row], ignore_conflicts=True)
    return AiBudget.objects.select_for_update().get(_is(keys["user"], keys["cohort"]), day=day)


def _is(user_id: int | None, cohort_id: int | None) -> Q:
    person = Q(user__isnull=True) if user_id is None else Q(user=user_id)
    return person & (Q(cohort__isnull=True) if cohort_id is None else Q(cohort=cohort_id))


def settle_budget(call: AiCall, *, given_back: bool = False) -> None:
    """Put the counted tokens right: what was reserved goes, what was used comes; without an answer the call as well."""
    settle(call.user_id, call.cohort_id, day=timezone.localdate(call.created_at), tokens=_rest(call), back=given_back)


def _rest(call: AiCall) -> int:
    return call.tokens_in + call.tokens_out - call.tokens_reserved


def settle(user_id: int | None, cohort_id: int | None, *, day: dt.date, tokens: int, back: bool = False) -> None:
    """Add tokens, which may be less than nothing, to the rows of one call, and take the call back."""
    whose = [
        *([_is(user_id, None)] if user_id is not None else []),
        *([_is(None, cohort_id)] if cohort_id is not None else []),
        _is(None, None),
    ]
    found = whose[0]
    for other in whose[1:]:
        found |= other
    AiBudget.objects.filter(found, day=day).update(
        calls=Greatest(F("calls") - (1 if back else 0), 0), tokens=Greatest(F("tokens") + tokens, 0)
    )
