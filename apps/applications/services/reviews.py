"""Reviews of applicants: criteria with weights, scores of several people. All of it is the company's own."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company, User
from apps.accounts.permissions import represents_company
from apps.applications.models import Application, Criterion, Review, ReviewScore
from apps.applications.permissions import can_review_application
from apps.applications.scoring import HIGHEST, LOWEST
from apps.applications.selectors import criteria_for
from apps.vacancies.models import Vacancy
from portal.kernel.errors import NotAllowed, RuleViolation

MOST_CRITERIA: Final = 12
LONGEST_NAME: Final = 80
HEAVIEST: Final = 10
LONGEST_COMMENT: Final = 4000


def set_criteria(
    company: Company, lines: Sequence[tuple[str, int]], *, actor: User, vacancy: Vacancy | None = None
) -> list[Criterion]:
    """Replace what the company looks at, for one vacancy or, without one, for all that have nothing of their own.

    ``lines`` are names with weights in order. A name that is there already keeps its scores, one that goes away is
    only put aside, so that it may come back with them. Raises ``NotAllowed`` and ``RuleViolation``
    ``too_many_criteria``, ``criterion_name``, ``criterion_twice`` or ``criterion_weight``.
    """
    if not represents_company(company.pk, actor) or (vacancy is not None and vacancy.company_id != company.pk):
        raise NotAllowed
    wanted = _checked(lines)
    with transaction.atomic():
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)
        there = Criterion.objects.filter(company=company, vacancy=vacancy)
        known = {row.name.casefold(): row for row in there}
        kept = []
        for position, (name, weight) in enumerate(wanted):
            row = known.get(name.casefold()) or Criterion(company=company, vacancy=vacancy)
            row.name, row.weight, row.position, row.is_active = name, weight, position, True
            row.save()
            kept.append(row.pk)
        there.exclude(pk__in=kept).update(is_active=False)
    return list(Criterion.objects.filter(company=company, vacancy=vacancy, is_active=True))


def _checked(lines: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    wanted = [(" ".join(name.split()), weight) for name, weight in lines]
    if len(wanted) > MOST_CRITERIA:
        raise RuleViolation("too_many_criteria", _("Look at 12 things at most."))
    if any(not name or len(name) > LONGEST_NAME for name, _weight in wanted):
        raise RuleViolation("criterion_name", _("Each criterion needs a name of at most 80 characters."))
    if len({name.casefold() for name, _weight in wanted}) < len(wanted):
        raise RuleViolation("criterion_twice", _("One criterion stands there twice."))
    if any(not 1 <= weight <= HEAVIEST for _name, weight in wanted):
        raise RuleViolation("criterion_weight", _("A weight is a number from 1 to 10."))
    return wanted


def review_application(
    application: Application, scores: Mapping[int, int], *, actor: User, comment: str = ""
) -> Review:
    """Keep the actor's own review: a score from 1 to 5 for every criterion in force, keyed by it; again replaces it.

    Raises ``NotAllowed`` for who is not of the company or where it is decided, ``RuleViolation``
    ``criteria_changed`` where the keys are not those in force, ``score_range`` or ``comment_too_long``.
    """
    if not can_review_application(application, actor):
        raise NotAllowed
    criteria = {row.pk: row for row in criteria_for(application.vacancy)}
    if not criteria or set(scores) != set(criteria):
        raise RuleViolation("criteria_changed", _("Score every criterion. They may have changed meanwhile."))
    if any(not LOWEST <= value <= HIGHEST for value in scores.values()):
        raise RuleViolation("score_range", _("A score is a number from 1 to 5."))
    if len(comment) > LONGEST_COMMENT:
        raise RuleViolation("comment_too_long", _("The comment is too long. 4,000 characters are allowed."))
    with transaction.atomic():
        review, _created = Review.objects.update_or_create(
            application=application, reviewer=actor, defaults={"comment": comment.strip()}
        )
        review.scores.all().delete()
        ReviewScore.objects.bulk_create(
            ReviewScore(review=review, criterion=criteria[pk], value=value) for pk, value in scores.items()
        )
    return review
