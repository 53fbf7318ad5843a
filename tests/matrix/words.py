"""The table's words for states, where the product has another word for the same."""

from typing import Final

from apps.accounts.states import CompanyState
from apps.applications.states import ApplicationState, PlacementState
from apps.logbook.states import ArrivalState, AssessmentState, ChainState
from apps.reporting.states import GeneralReportState, TemplateState
from apps.vacancies.states import VacancyState

# thing -> the table's state -> the product's. The product's words are those of its own domain; where the table has one
# word for two of its states, the one is taken from which the table's moves start.
STATES: Final[dict[str, dict[str, str]]] = {
    "company": {
        "pending": CompanyState.PROPOSED,
        "approved": CompanyState.APPROVED,
        "rejected": CompanyState.REJECTED,
    },
    "vacancy": {state.value: state for state in VacancyState},
    "application": {state.value: state for state in ApplicationState},
    # Planned covers proposed (somebody has to confirm) and confirmed (waits for the first day).
    "placement": {
        "proposed": PlacementState.PROPOSED,
        "planned": PlacementState.CONFIRMED,
        "active": PlacementState.ACTIVE,
        "completed": PlacementState.COMPLETED,
    },
    # A note is a draft as long as nobody has sent it: then there is no row yet.
    "arrival": {
        "draft": "",
        "submitted": ArrivalState.SUBMITTED,
        "confirmed": ArrivalState.CONFIRMED,
        "disputed": ArrivalState.DISPUTED,
    },
    "log": {
        **{state.value: state for state in ChainState},
        "returned": ChainState.REVISION_REQUESTED,
    },
    "attachment": {
        "of draft or returned": ChainState.DRAFT,
        "of submitted": ChainState.SUBMITTED,
        "of verified": ChainState.VERIFIED_INDUSTRY,
    },
    "assessment_industry": {"draft": AssessmentState.OPEN, "submitted": AssessmentState.SUBMITTED},
    "assessment_academic": {"draft": AssessmentState.OPEN, "submitted": AssessmentState.SUBMITTED},
    "assessment": {"final": AssessmentState.RELEASED},
    "general": {
        "draft": GeneralReportState.DRAFT,
        "submitted": GeneralReportState.SUBMITTED,
        "approved": GeneralReportState.APPROVED,
    },
    "template": {"uploaded": TemplateState.DRAFT, "active": TemplateState.PUBLISHED},
}
STATES["weekly"] = STATES["log"]

# What the table says of "any" state is tried in this one.
ANY: Final = {
    "application": "pending",
    "placement": "active",
    "log": "verified_academic",
    "weekly": "verified_academic",
    "general": "approved",
}


def concrete(thing: str, state: str) -> str:
    """Return the state of the table in which an object is built."""
    return ANY[thing] if state == "any" else state


def state_of(thing: str, state: str) -> str:
    """Return the product's state for the table's."""
    return STATES[thing][concrete(thing, state)]
