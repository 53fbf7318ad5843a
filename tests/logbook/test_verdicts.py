"""Decisions about one day in the words of other programs."""

import pytest

from apps.logbook.services.verdicts import decide_log
from apps.logbook.states import ChainState
from tests.refusals import refusal


@pytest.mark.parametrize("word", ["maybe", "Verified", ""])
def test_a_word_that_nobody_knows_decides_nothing(place, word):
    log = place.log(0)
    assert refusal(decide_log, log, word, actor=place.supervisor, comments="Fine.") == "word_unknown"
    log.refresh_from_db()
    assert (log.state, log.host_comment) == (ChainState.SUBMITTED, "")
