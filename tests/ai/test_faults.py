"""A server that fails in nine ways, twenty times each: the person's own text stays, and the page says why."""

import pytest

from apps.ai.backends.base import BackendError, Facts
from apps.ai.backends.openai import OpenAIBackend, parts_of
from apps.ai.models import AiBackendHealth, AiCall
from apps.ai.services import breaker, calls, drafting
from apps.ai.states import Outcome, Purpose
from apps.logbook.services.help import day_wish
from apps.logbook.states import ChainState
from portal.settings.ai import AiSettings
from tests.ai.stub import MODES, Stub
from tests.factories.logbook import DailyLogFactory

TEXT = "Today i turned 4 shafts with Juma Mushi."
TIMES = 20
CODES = {
    "rate_limited": "rate_limited",
    "hang": "timeout",
    "server_error": "server_error",
    "cut": "cut_off",
    "garbage": "garbage",
    "huge": "too_large",
    "drip": "timeout",
    "refused": "refused",
    "wrong_shape": "garbage",
}
TRIES = {"garbage": 1, "huge": 1, "refused": 1, "wrong_shape": 1}


def backend(stub, timeout_s=0.15):
    return OpenAIBackend(AiSettings(base_url=stub.url, model="stub", embedding_model="stub-e", timeout_s=timeout_s))


@pytest.fixture
def log(world, student):
    return DailyLogFactory.create(placement=world.placement, text=TEXT, state=ChainState.DRAFT)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("mode", MODES)
def test_a_fault_leaves_the_text_alone(mode, log, student, ai, run, monkeypatch):
    ai(calls_person=100)
    # What a rest after five failures does has a test of its own.
    monkeypatch.setattr(drafting, "may_call", lambda _name: True)
    with Stub(mode) as stub:
        monkeypatch.setattr(drafting, "backend_in_use", lambda: backend(stub))
        for _number in range(TIMES):
            calls.ask_help(day_wish(log, Purpose.IMPROVE), actor=student)
        run()
        ended = list(AiCall.objects.values_list("outcome", "problem", "after", "partial"))
        assert ended == [(Outcome.UNAVAILABLE, CODES[mode], {}, "")] * TIMES
        assert len(stub.bodies) == TIMES * TRIES.get(mode, 2)
    log.refresh_from_db()
    assert log.text == TEXT
    assert str(drafting.unavailable(CODES[mode]).message).startswith("The ")


def test_a_server_that_is_not_there(log, student, run, no_pauses, monkeypatch):
    with Stub() as stub:
        gone = backend(stub)
    monkeypatch.setattr(drafting, "backend_in_use", lambda: gone)
    call = calls.ask_help(day_wish(log, Purpose.IMPROVE), actor=student)
    run()
    call.refresh_from_db()
    assert (call.outcome, call.problem) == (Outcome.UNAVAILABLE, "unreachable")


def test_after_five_failures_the_server_rests_and_one_tries_it(db, no_pauses, monkeypatch):
    facts = Facts(texts={"text": TEXT})
    with Stub("refused") as stub:
        codes = [drafting.write_draft(Purpose.IMPROVE, facts, backend=backend(stub)).code for _number in range(7)]
        assert codes == ["refused"] * 5 + ["resting"] * 2
        assert len(stub.bodies) == 5
        AiBackendHealth.objects.update(open_until=AiBackendHealth.objects.get().open_until - 2 * breaker.REST)
        assert [breaker.may_call("openai"), breaker.may_call("openai")] == [True, False]
        AiBackendHealth.objects.update(open_until=AiBackendHealth.objects.get().open_until - 2 * breaker.REST)
        stub.mode = ""
        assert drafting.write_draft(Purpose.IMPROVE, facts, backend=backend(stub, 5)).parts == {"text": TEXT}
        assert AiBackendHealth.objects.values_list("failures", "open_until").get() == (0, None)


def test_a_wait_that_is_too_long_is_not_waited_for(db, monkeypatch):
    slept = []
    monkeypatch.setattr(drafting, "pause", slept.append)
    with Stub("rate_limited") as stub:
        drafting.write_draft(Purpose.IMPROVE, Facts(texts={"text": TEXT}), backend=backend(stub, 5))
        assert slept == [1.0]
        for wait, tries in (("60", 1), ("soon", 2)):
            stub.bodies.clear()
            monkeypatch.setattr(
                Stub,
                "_rate_limited",
                lambda self, handler, _request, wait=wait: self._json(handler, {}, 429, Retry_After=wait),
            )
            drafting.write_draft(Purpose.IMPROVE, Facts(texts={"text": TEXT}), backend=backend(stub, 5))
            assert len(stub.bodies) == tries


def test_several_fields_come_as_an_object_of_the_schema(db):
    facts = Facts(texts={"a": "One 4.", "b": "Two."})
    with Stub(say=lambda _request: '{"a": "First 4.", "b": "Second."}') as stub:
        found = drafting.write_draft(Purpose.VACANCY, facts, backend=backend(stub, 5))
    assert (found.parts, found.tokens_in, found.tokens_out) == ({"a": "First 4.", "b": "Second."}, 11, 5)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"a": "x"}', '{"a": "x", "b": 2}', '{"a": "x", "b": "y", "c": "z"}', "{a"]
)
def test_what_is_not_the_schema_is_nothing(content):
    with pytest.raises(BackendError) as refused:
        parts_of(content, ["a", "b"])
    assert refused.value.code == "garbage"


def test_vectors_of_a_server(db, ai, monkeypatch):
    with Stub() as stub:
        monkeypatch.setattr(drafting, "backend_in_use", lambda: backend(stub, 5))
        assert calls.embed(["ab", "abc"]) == [[2.0, 1.0], [3.0, 1.0]]
        monkeypatch.setattr(
            stub, "_json", lambda handler, value, **_how: Stub._json(stub, handler, {**value, "data": []})
        )
        assert calls.embed(["ab"]).code == "garbage"


def test_an_answer_that_never_ends_is_cut_off(db, no_pauses):
    with Stub(say=lambda _request: "word " * 20_000) as stub:
        found = drafting.write_draft(Purpose.IMPROVE, Facts(texts={"text": TEXT}), backend=backend(stub, 20))
    assert found.code == "too_large"


def test_a_stream_that_says_nothing(db):
    with Stub(say=lambda _request: "") as stub:
        found = drafting.write_draft(Purpose.IMPROVE, Facts(texts={"text": TEXT}), backend=backend(stub, 5))
    assert found.code == "empty"
