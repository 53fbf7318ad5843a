"""Which uses of help a user may have, and their sums."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from apps.accounts.models import Cohort, User
from apps.accounts.selectors import everything_for, in_scope, superuser_only
from apps.ai.models import AiBackendHealth, AiBudget, AiCall, AiConsent
from apps.ai.states import Decision, Outcome
from apps.ai.wording.differences import words_from_help

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def calls_visible_to(user: "Viewer") -> QuerySet[AiCall]:
    """One's own; those of coordinated cohorts; all for the superuser."""
    if not (user.is_authenticated and user.is_active):
        return AiCall.objects.none()
    own = Q(user=user.pk)
    return AiCall.objects.filter(everything_for(user, own | in_scope(user)))


def calls_of(user: "Viewer") -> QuerySet[AiCall]:
    """What the user has asked for; the texts stand in it, so nobody else's."""
    if not (user.is_authenticated and user.is_active):
        return AiCall.objects.none()
    return AiCall.objects.filter(user=user.pk)


def health_visible_to(user: "Viewer") -> QuerySet[AiBackendHealth]:
    """The superuser's."""
    return AiBackendHealth.objects.filter(superuser_only(user))


def has_consented(user: "Viewer") -> bool:
    """Say whether the person agrees at this time."""
    return AiConsent.objects.filter(user=user.pk, given_at__isnull=False, withdrawn_at__isnull=True).exists()


def is_offered(cohort: Cohort | None) -> bool:
    """Say whether help is offered: the installation has a back-end and the cohort has switched it on.

    Companies belong to no cohort; for their own texts the installation's switch alone counts.
    """
    return settings.AI.backend != "off" and (cohort is None or cohort.ai_enabled)


def used_today(user: "Viewer") -> int:
    """Return how many calls the person has had counted today."""
    found = AiBudget.objects.filter(user=user.pk, cohort__isnull=True, day=timezone.localdate())
    return found.values_list("calls", flat=True).first() or 0


@dataclass(frozen=True)
class Share:
    """How much of a text came from help: words that help put in and that still stand there, of all words."""

    helped: int
    words: int
    calls: int

    @property
    def percent(self) -> int:
        """The share in whole percent, at least 1 where anything came from help."""
        return max(1, round(100 * self.helped / self.words)) if self.helped else 0


def shares_of(place: str, texts: Mapping[int, Mapping[str, str]]) -> dict[int, Share]:
    """Return the share of help for each row whose text has some; ``texts`` are the present fields by key. One query."""
    if not texts:
        return {}
    accepted = AiCall.objects.filter(place=place, key__in=list(texts), decision=Decision.ACCEPTED).order_by("pk")
    by_key: dict[int, list[AiCall]] = {}
    for call in accepted.only("key", "before", "after"):
        by_key.setdefault(call.key or 0, []).append(call)
    return {key: _share(texts[key], calls) for key, calls in by_key.items()}


def _share(texts: Mapping[str, str], calls: list[AiCall]) -> Share:
    helped = words = 0
    for name, text in texts.items():
        helps = [(call.before.get(name, ""), call.after[name]) for call in calls if name in call.after]
        mine, all_words = words_from_help(text, helps)
        helped, words = helped + mine, words + all_words
    return Share(helped, words, len(calls))


def calls_about(student: User, cohort: Cohort) -> QuerySet[AiCall]:
    """Return what the student had help with in the cohort, in order; for the declaration that goes with a report."""
    asked = AiCall.objects.filter(user=student, cohort=cohort, outcome=Outcome.ANSWERED)
    return asked.exclude(place="").defer("facts", "partial").order_by("created_at", "pk")


# -- sums ---------------------------------------------------------------------------------------------------------

_SUMS: dict[str, Any] = {
    "calls": Count("pk"),
    "answered": Count("pk", filter=Q(outcome=Outcome.ANSWERED)),
    "accepted": Count("pk", filter=Q(decision=Decision.ACCEPTED)),
    "failed": Count("pk", filter=Q(outcome=Outcome.UNAVAILABLE)),
    "people": Count("user", distinct=True),
    "tokens": Sum("tokens_in", default=0) + Sum("tokens_out", default=0),
    "cost": Sum("cost", default=0),
}


def use_by_cohort(user: "Viewer", since: dt.datetime) -> list[dict[str, Any]]:
    """Return the sums of each cohort that the user coordinates; the superuser has all and what belongs to none."""
    rows = AiCall.objects.filter(everything_for(user, in_scope(user)), created_at__gte=since)
    sums: Any = rows.order_by().values("cohort", "cohort__name").annotate(**_SUMS)
    return list(sums.order_by("-calls", "cohort"))


def use_by_purpose(user: "Viewer", since: dt.datetime) -> list[dict[str, Any]]:
    """Return the sums of each purpose, over the same rows."""
    rows = AiCall.objects.filter(everything_for(user, in_scope(user)), created_at__gte=since)
    sums: Any = rows.order_by().values("purpose").annotate(**_SUMS)
    return list(sums.order_by("-calls", "purpose"))
