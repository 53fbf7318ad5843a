import pytest

from portal.kernel.fsm import stateful_models
from portal.kernel.looks import Look, look_of

EXPECTED = {
    "draft": Look.DRAFT,
    "submitted": Look.SUBMITTED,
    "revision_requested": Look.RETURNED,
    "verified_industry": Look.VERIFIED,
    "verified_academic": Look.VALIDATED,
    "flagged": Look.FLAGGED,
}


@pytest.mark.parametrize(("state", "look"), EXPECTED.items())
def test_look_of_chain_state(state: str, look: Look) -> None:
    assert look_of(state) == look


def test_every_state_of_every_machine_has_a_look() -> None:
    machines = [field for model in stateful_models() for field in model._meta.concrete_fields if field.name == "state"]
    states = {str(value) for machine in machines for value, _label in machine.flatchoices}
    assert {state: look_of(state) for state in states}.keys() >= EXPECTED.keys()


def test_look_of_unknown_state_says_which() -> None:
    with pytest.raises(LookupError, match="'dreaming'"):
        look_of("dreaming")
