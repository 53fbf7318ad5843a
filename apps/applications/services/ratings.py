"""Ratings of hosts by students, and what hosts say of the next time."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.history import note_history
from apps.applications.models import HostFeedback, HostRating, Placement
from apps.applications.permissions import can_answer_as_host, can_rate_host
from portal.kernel.errors import NotAllowed, RuleViolation

LONGEST: Final = 2000
MOST_PLACES: Final = 1000
STARS: Final = range(1, 6)


def rate_host(placement: Placement, *, stars: int, would_recommend: bool, comment: str = "", actor: User) -> HostRating:
    """Say how the host was, 1 to 5 stars; again changes it.

    Raises ``NotAllowed`` for everybody but the student of a placement that is over, and ``RuleViolation`` ``invalid``.
    """
    if not can_rate_host(placement, actor):
        raise NotAllowed
    if stars not in STARS:
        raise RuleViolation("invalid", _("Give one to five stars."), field="stars")
    values = {"stars": stars, "would_recommend": would_recommend, "comment": _clean(comment)}
    rating, _new = HostRating.objects.update_or_create(placement=placement, defaults=values)
    return rating


def answer_as_host(
    placement: Placement, *, again: bool, places: int | None = None, comment: str = "", actor: User, via: str = ""
) -> HostFeedback:
    """Say whether the company would host again, and how many; the last answer counts.

    Raises ``NotAllowed`` for who neither represents the host nor supervised the student there, and ``RuleViolation``
    ``invalid``.
    """
    if not can_answer_as_host(placement, actor):
        raise NotAllowed
    if places is not None and not 0 <= places <= MOST_PLACES:
        raise RuleViolation("invalid", _("Enter a number of places between 0 and 1,000."), field="places")
    values = {
        "again": again,
        "places": places if again else None,
        "comment": _clean(comment),
        "answered_by": actor,
    }
    answer, _new = HostFeedback.objects.update_or_create(placement=placement, defaults=values)
    note_history(placement, "answer", actor=actor, department_id=placement.anchor_department_id, via=via)
    return answer


def _clean(comment: str) -> str:
    text = comment.strip()
    if len(text) > LONGEST or "\x00" in text:
        raise RuleViolation("invalid", _("Write at most 2,000 signs."), field="comment")
    return text
