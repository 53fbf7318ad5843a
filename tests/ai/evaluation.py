"""The evaluation set and its measures: facts kept, language kept, length, reading ease. For tests and ``make bench P=AI``."""

import re
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any, Final

from apps.ai.backends.base import Backend, Facts
from apps.ai.services.drafting import Draft, Unavailable, write_draft
from apps.ai.states import Purpose
from apps.ai.wording.evidence import changed
from apps.ai.wording.languages import language_of, sentences_of, words_of

DATA: Final = Path(__file__).parents[1] / "data" / "ai"
FOR_LOGS: Final = (Purpose.GRAMMAR, Purpose.IMPROVE, Purpose.EXPAND, Purpose.SUMMARISE)
MOST_SECONDS: Final = 30


@cache
def samples(kind: str) -> list[dict[str, Any]]:
    """Return the samples of ``logs.toml``, ``weeks.toml`` or ``resumes.toml``."""
    found: list[dict[str, Any]] = tomllib.loads((DATA / f"{kind}s.toml").read_text("utf-8"))[kind]
    return found


@dataclass(frozen=True)
class Case:
    """One draft to be made; ``source`` is what its facts are compared with."""

    purpose: Purpose
    facts: Facts
    language: str
    tools: tuple[str, ...]
    source: str
    must: tuple[str, ...] = ()


def cases() -> Iterator[Case]:
    """Return every sample with every purpose that is for its kind: 30 logs x 4, 10 weeks x 1, 10 resumes x 1."""
    for log in samples("log"):
        tools = tuple(log["tools"])
        for purpose in FOR_LOGS:
            yield Case(purpose, Facts(texts={"text": log["text"]}, tools=tools), log["language"], tools, log["text"])
    for week in samples("week"):
        tools = tuple(week["tools"])
        days = [(name, text) for name, text in week["days"]]
        source = "\n".join(text for _name, text in days)
        yield Case(Purpose.WEEK, Facts(fields=["summary"], days=days, tools=tools), week["language"], tools, source)
    for resume in samples("resume"):
        facts = Facts(
            texts={"resume": resume["text"]}, fields=["skills", "degrees", "experience"], private=[resume["name"]]
        )
        yield Case(Purpose.RESUME, facts, resume["language"], (), "", tuple(resume["experience"]))


@dataclass
class Score:
    """What one back-end did with one purpose."""

    drafts: int = 0
    missing: int = 0
    lost: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    wrong_language: int = 0
    length: list[float] = field(default_factory=list)
    ease: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def as_line(self, backend: str, purpose: str) -> Mapping[str, object]:
        """Return the one line of JSON."""
        return {
            "id": f"AI-{purpose}",
            "backend": backend,
            "drafts": self.drafts,
            "unavailable": self.missing,
            "facts_lost": len(self.lost),
            "facts_added": len(self.added),
            "wrong_language": self.wrong_language,
            "length": round(mean(self.length), 2) if self.length else None,
            "reading_ease": round(mean(self.ease), 1) if self.ease else None,
            "ms": round(1000 * mean(self.seconds), 1) if self.seconds else None,
        }


def evaluated(backend: Backend, only: frozenset[Purpose] = frozenset(Purpose)) -> dict[Purpose, Score]:
    """Let a back-end write every case and measure what it wrote."""
    scores: dict[Purpose, Score] = {}
    for case in cases():
        if case.purpose in only:
            _measure(scores.setdefault(case.purpose, Score()), case, backend)
    return scores


def _measure(score: Score, case: Case, backend: Backend) -> None:
    started = time.perf_counter()
    found = write_draft(case.purpose, case.facts, backend=backend)
    score.seconds.append(time.perf_counter() - started)
    if isinstance(found, Unavailable):
        score.missing += 1
        return
    score.drafts += 1
    text = _text_of(found)
    score.lost += [line for line in case.must if line.casefold() not in text.casefold()]
    if case.source:
        facts = changed(case.source, text, case.tools)
        score.lost += facts.lost
        score.added += facts.added
        score.wrong_language += language_of(text, default=case.language) != case.language
        score.length.append(len(text) / len(case.source))
        if case.language == "en":
            score.ease.append(reading_ease(text))


def _text_of(draft: Draft) -> str:
    return "\n".join(draft.parts.values())


def reading_ease(text: str) -> float:
    """Return Flesch's reading ease of an English text: 100 is very easy, 0 very hard. Syllables are groups of vowels."""
    words = [word for word in words_of(text) if word[0].isalpha()]
    if not words:
        return 100.0
    syllables = sum(max(1, len(re.findall("[aeiouy]+", word.casefold().removesuffix("e")))) for word in words)
    return 206.835 - 1.015 * len(words) / max(1, len(sentences_of(text))) - 84.6 * syllables / len(words)
