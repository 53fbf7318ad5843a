"""What applications tells: to students, representatives, hosts, supervisors and coordinators."""

from apps.applications.notifications.afterwards import ask_how_it_was
from apps.applications.notifications.agreements import (
    tell_agreement_complete,
    tell_agreement_to_sign,
    tell_scan_received,
)
from apps.applications.notifications.allocation import (
    tell_allotted,
    tell_wishes_closing,
    tell_wishes_confirmed,
    tell_wishes_open,
)
from apps.applications.notifications.applications import (
    tell_application_decided,
    tell_application_received,
    tell_application_withdrawn,
    tell_interview,
    tell_interview_called_off,
    tell_progress,
)
from apps.applications.notifications.letters import (
    tell_letter_issued,
    tell_letter_refused,
    tell_letter_requested,
)
from apps.applications.notifications.placements import (
    tell_host_answered,
    tell_host_asked,
    tell_placement_amended,
    tell_placement_confirmed,
    tell_placement_ended,
    tell_placement_offered,
    tell_placement_proposed,
    tell_supervisor_named,
)

__all__ = [
    "ask_how_it_was",
    "tell_agreement_complete",
    "tell_agreement_to_sign",
    "tell_allotted",
    "tell_application_decided",
    "tell_application_received",
    "tell_application_withdrawn",
    "tell_host_answered",
    "tell_host_asked",
    "tell_interview",
    "tell_interview_called_off",
    "tell_letter_issued",
    "tell_letter_refused",
    "tell_letter_requested",
    "tell_placement_amended",
    "tell_placement_confirmed",
    "tell_placement_ended",
    "tell_placement_offered",
    "tell_placement_proposed",
    "tell_progress",
    "tell_scan_received",
    "tell_supervisor_named",
    "tell_wishes_closing",
    "tell_wishes_confirmed",
    "tell_wishes_open",
]
