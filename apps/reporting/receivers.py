"""What follows in reporting when something became so: one line per reaction."""

from apps.applications.states import AgreementState, LetterState
from apps.reporting.services.papers import make_agreement, make_letter
from portal.kernel.fsm import Event, reacts_to


@reacts_to("applications.Agreement", to=AgreementState.DRAFT, moves=("create",))
def make_the_paper(event: Event) -> None:
    """A letter or agreement was entered: its file is made."""
    for key in event.pks:
        make_agreement(key)


@reacts_to("applications.IntroductionLetter", to=LetterState.ISSUED)
def make_the_letter(event: Event) -> None:
    """An introduction letter was issued: its file is made."""
    for key in event.pks:
        make_letter(key)
