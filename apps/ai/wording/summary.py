"""Summaries out of the source's own sentences: what holds a fact stays, what says little goes. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from apps.ai.wording.evidence import facts_in
from apps.ai.wording.languages import sentences_of, words_of
from apps.ai.wording.vocabulary import words_named

# Sentences of these kinds tell of moods and meals. They go only if they hold no fact.
_FILLER: Final = re.compile(
    r"\b(?:happy|tired|enjoyed|nice|good day|great day|weather|lunch|tea break|went home|looking forward|thank|grateful"
    r"|nilifurahi|nimechoka|nilichoka|chakula|chai|nyumbani|hali ya hewa|siku nzuri|nashukuru)\b"
    r"|سعيد|متعب|الغداء|الطقس|إلى البيت|شكر|يوم جميل",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^(?:today|on this day|first of all|also|then|after that|and|so|yesterday|in the (?:morning|afternoon|evening)"
    r"|leo|kisha|halafu|pia|baadaye|asubuhi|mchana|jana|ثم|اليوم|وبعد ذلك|أيضا|في الصباح|بعد الظهر)[,،]?\s+",
    re.IGNORECASE,
)
_STOP: Final = words_named("stop")
MOST_TITLE_WORDS: Final = 10
SHORTEST_WORD: Final = 3


def shortened(text: str, tools: Iterable[str] = ()) -> str:
    """Return the sentences that hold a fact or say what was done, each once and without its lead-in."""
    tools = list(tools)
    kept: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for sentence in sentences_of(text):
        if _says_little(sentence, tools):
            continue
        plain = tuple(words_of(sentence.casefold()))
        if plain not in seen:
            seen.add(plain)
            kept.append(_without_lead(sentence))
    return " ".join(kept) if kept else text.strip()


def _says_little(sentence: str, tools: list[str]) -> bool:
    return not facts_in(sentence, tools) and bool(_FILLER.search(sentence))


def _without_lead(sentence: str) -> str:
    bare = _LEAD.sub("", sentence)
    return bare[:1].upper() + bare[1:] if bare else sentence


def summary_of_days(days: Sequence[tuple[str, str]], tools: Iterable[str] = ()) -> str:
    """Return one line a day, with its name in front; ``days`` are (name, text)."""
    tools = list(tools)
    return "\n".join(f"{name}: {shortened(text, tools)}" for name, text in days if text.strip())


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, in small letters; numbers and little words are left out."""
    words = [word.casefold() for word in words_of(text)]
    return [word for word in words if len(word) >= SHORTEST_WORD and word not in _STOP and not word[0].isdigit()]


def main_job_of(days: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return title and detail of the job that fills most of the days: the sentence whose words return most often.

    The detail are all sentences that share at least two words with it. Empty where nothing was written.
    """
    lines = [_without_lead(line) for _name, text in days for line in sentences_of(text) if not _FILLER.search(line)]
    counts = Counter(word for line in lines for word in set(content_words(line)))
    if not counts:
        return "", ""
    best = max(lines, key=lambda line: sum(counts[word] - 1 for word in set(content_words(line))) / (len(line) + 40))
    words = set(content_words(best))
    about = [line for line in lines if line == best or len(words & set(content_words(line))) > 1]
    return _title_of(best), " ".join(dict.fromkeys(about))


def _title_of(sentence: str) -> str:
    first = re.split(r"[,،;:.؛]\s|\s(?:and then|because|kisha|kwa sababu|ثم|لأن)\s", sentence)[0]
    return " ".join(first.split()[:MOST_TITLE_WORDS]).rstrip(".!?؟,،")


_TROUBLE: Final = re.compile(
    r"\b(?:problem|difficult|difficulty|challenge|broke|broken|failed|failure|late|delay|delayed|missing|lack|shortage|stuck"
    r"|changamoto|tatizo|matatizo|ngumu|kuharibika|iliharibika|kuchelewa|uhaba|kukosa)\b|مشكلة|صعوبة|تعطل|تأخر|نقص|عطل",
    re.IGNORECASE,
)
_ADVICE: Final = re.compile(
    r"\b(?:should|recommend|suggest|better if|ought to|napendekeza|inapaswa|ni bora|ingefaa)\b|أوصي|أقترح|ينبغي|يجب",
    re.IGNORECASE,
)


def troubles_in(text: str) -> list[str]:
    """Return the sentences that tell of a difficulty."""
    return [line for line in sentences_of(text) if _TROUBLE.search(line)]


def advice_in(text: str) -> list[str]:
    """Return the sentences in which the writer recommends something."""
    return [line for line in sentences_of(text) if _ADVICE.search(line)]
