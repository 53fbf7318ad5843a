"""What the logbook tells: to supervisors on both sides, to the student, to coordinators."""

from apps.logbook.notifications.assessments import (
    tell_assessment_again,
    tell_assessment_reopened,
    tell_assessment_waits,
    tell_mark_released,
    tell_visit_planned,
)
from apps.logbook.notifications.chain import (
    tell_address_refused,
    tell_address_waits,
    tell_arrival_decided,
    tell_arrival_reported,
    tell_flagged,
    tell_handed_over,
    tell_sent_back,
    tell_trainee_disowned,
    tell_waiting_again,
    tell_week_sent_back,
    tell_week_validated,
    tell_week_verified,
    tell_week_waits,
)
from apps.logbook.notifications.reminders import send_reminders
from apps.logbook.notifications.unanswered import tell_unanswered

__all__ = [
    "send_reminders",
    "tell_address_refused",
    "tell_address_waits",
    "tell_arrival_decided",
    "tell_arrival_reported",
    "tell_assessment_again",
    "tell_assessment_reopened",
    "tell_assessment_waits",
    "tell_flagged",
    "tell_handed_over",
    "tell_mark_released",
    "tell_sent_back",
    "tell_trainee_disowned",
    "tell_unanswered",
    "tell_visit_planned",
    "tell_waiting_again",
    "tell_week_sent_back",
    "tell_week_validated",
    "tell_week_verified",
    "tell_week_waits",
]
