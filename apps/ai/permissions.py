"""May this user see or decide this use of help: pure predicates, object first."""

from typing import TYPE_CHECKING

from apps.accounts.permissions import coordinates_cohort, is_superuser
from apps.ai.states import Decision, Outcome

if TYPE_CHECKING:
    from apps.ai.models import AiCall
    from portal.kernel.access import Viewer


def asked_call(call: "AiCall", user: "Viewer") -> bool:
    """Say whether the user is the person who asked."""
    return call.user_id == user.pk and bool(user.is_active)


def can_view_call(call: "AiCall", user: "Viewer") -> bool:
    """Who asked, the coordinators of the cohort, the superuser; the texts themselves are only for who asked."""
    coordinated = call.cohort is not None and coordinates_cohort(call.cohort, user)
    return asked_call(call, user) or coordinated or is_superuser(user)


def can_accept_call(call: "AiCall", user: "Viewer") -> bool:
    """Who asked, once there is a draft that is not taken yet."""
    ready = call.outcome == Outcome.ANSWERED and bool(call.after)
    return asked_call(call, user) and ready and call.decision != Decision.ACCEPTED


def can_undo_call(call: "AiCall", user: "Viewer") -> bool:
    """Who asked, after it was accepted."""
    return asked_call(call, user) and call.decision == Decision.ACCEPTED


def can_cancel_call(call: "AiCall", user: "Viewer") -> bool:
    """Who asked, as long as the draft is not there."""
    return asked_call(call, user) and call.is_unfinished
