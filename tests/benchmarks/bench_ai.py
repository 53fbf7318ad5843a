"""AI help over the evaluation set (30 days, 10 weeks, 10 resumes): one line for each purpose and back-end.

``local`` are the rules of this machine, ``openai`` is a server of that protocol: the one at AI_BENCH_URL with the model
AI_BENCH_MODEL, else a stub on loopback that repeats what it is given, which measures what the guard and the protocol
leave of a text. The goal: no fact is lost and the language is kept.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from apps.ai.backends.base import Backend
from apps.ai.backends.local import LocalBackend
from apps.ai.backends.openai import OpenAIBackend
from apps.ai.states import Purpose
from portal.settings.ai import AiSettings
from tests.ai.evaluation import FOR_LOGS, Score, evaluated
from tests.ai.stub import Stub

# The stub repeats the data as one text; fields of a schema it does not write.
FOR_STUB = frozenset({*FOR_LOGS, Purpose.WEEK})


@dataclass(frozen=True)
class Line:
    """What the runner prints and asks of a figure."""

    backend: str
    purpose: Purpose
    score: Score

    @property
    def holds(self) -> bool:
        """Whether every fact is there, in the language of the text."""
        return not (self.score.lost or self.score.wrong_language or self.score.missing)

    def as_line(self, _benchmark: str) -> dict[str, object]:
        """Return what is printed as one line of JSON."""
        return {**self.score.as_line(self.backend, self.purpose), "holds": self.holds}


def run() -> Iterator[Line]:
    """Yield the lines, those of the local rules first."""
    local = LocalBackend()
    local_scores = evaluated(local)
    yield from (Line("local", purpose, score) for purpose, score in local_scores.items())
    with ExitStack() as stack:
        backend, only = _server(stack)
        yield from (Line("openai", purpose, score) for purpose, score in evaluated(backend, only).items())


def _server(stack: ExitStack) -> tuple[Backend, frozenset[Purpose]]:
    url = os.environ.get("AI_BENCH_URL", "")
    if url:
        return OpenAIBackend(AiSettings(base_url=url, model=os.environ.get("AI_BENCH_MODEL", "default"))), frozenset(
            Purpose
        )
    stub = stack.enter_context(Stub())
    return OpenAIBackend(AiSettings(base_url=stub.url, model="stub")), FOR_STUB
