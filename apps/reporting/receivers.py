"""What follows in reporting when something became so: one line per reaction."""

from apps.applications.states import AgreementState
from apps.reporting.services.papers import make_agreement
from portal.kernel.fsm import Event, reacts_to


@reacts_to("applications.Agreement", to=AgreementState.DRAFT, moves=("create",))
def make_the_paper(event: Event) -> None:
    """A letter or agreement was entered: its file is made."""
    for key in event.pks:
        make_agreement(key)
