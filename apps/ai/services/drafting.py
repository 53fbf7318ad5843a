"""One draft from one back-end: guarded on the way out and on the way in. Writes nothing but the back-end's health."""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.ai.backends.base import Backend, BackendError, Facts, Order, Vectors, Written
from apps.ai.backends.fake import FakeBackend
from apps.ai.backends.local import LocalBackend, language_for
from apps.ai.backends.openai import OpenAIBackend
from apps.ai.guard import Mask, new_mark, plain, wrapped
from apps.ai.services.breaker import may_call, note_failure, note_success
from apps.ai.states import Purpose
from portal.kernel.errors import Text

log = logging.getLogger(__name__)

PROMPTS: Final = Path(__file__).resolve().parent.parent / "prompts"
FIRST_PAUSE_S: Final = 0.5
MOST: Final = 10_000
LANGUAGES: Final = {"en": "English", "sw": "Swahili", "ar": "Arabic"}
# How long a draft may be: as a multiple of what it is made of, and at least.
_LENGTHS: Final[dict[Purpose, tuple[float, int]]] = {
    Purpose.GRAMMAR: (1.3, 200),
    Purpose.IMPROVE: (1.5, 300),
    Purpose.EXPAND: (3.0, 900),
    Purpose.SUMMARISE: (1.0, 200),
    Purpose.WEEK: (1.1, 400),
}
OTHER_LENGTH: Final = (1.2, 1500)


@dataclass(frozen=True)
class Draft:
    """What somebody may accept. ``parts`` by field, in plain text; ``notes`` are remarks."""

    parts: Mapping[str, str]
    notes: Sequence[str] = ()
    backend: str = ""
    model: str = ""
    language: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class Unavailable:
    """There is no help now, and why; the person's own text is as it was."""

    code: str
    message: Text = field(default="")


_WHY: Final[dict[str, Text]] = {
    "off": _("AI help is switched off here."),
    "rate_limited": _("The AI service has too much to do. Try again in a few minutes."),
    "timeout": _("The AI service did not answer in time. Try again later."),
    "server_error": _("The AI service has a fault. Try again later."),
    "cut_off": _("The answer of the AI service broke off. Try again."),
    "garbage": _("The AI service answered something that cannot be used. Try again later."),
    "too_large": _("The AI service answered far too much. Try again later."),
    "unreachable": _("The AI service cannot be reached. Try again later."),
    "refused": _("The AI service refused the request. Please tell your coordinator."),
    "resting": _("The AI service has failed several times. It is asked again in a minute."),
    "empty": _("The AI service had nothing to say to this."),
    "no_embeddings": _("No model for comparing by meaning is installed."),
    "lost": _("The work was lost. Please ask again."),
    "withdrawn": _("The consent was withdrawn."),
    "failed": _("The help has a fault. Try again later."),
}


def unavailable(code: str) -> Unavailable:
    """Return the reason with its sentence."""
    return Unavailable(code, _WHY.get(code, _WHY["failed"]))


def backend_in_use() -> Backend | None:
    """Return the back-end of the settings, None where help is off."""
    chosen = settings.AI.backend
    if chosen == "openai":
        return OpenAIBackend(settings.AI)
    if chosen == "fake":
        return FakeBackend()
    return LocalBackend() if chosen == "local" else None


# -- writing ------------------------------------------------------------------------------------------------------


def write_draft(
    purpose: Purpose, facts: Facts, *, told: Callable[[str], None] = lambda _text: None, backend: Backend | None = None
) -> Draft | Unavailable:
    """Return a draft or the reason why there is none; never raises for what a back-end does.

    ``told`` hears the text so far, with the names in it again; what it raises goes through (a cancelled call).
    """
    backend = backend or backend_in_use()
    if backend is None:
        return unavailable("off")
    mask = Mask(facts.private) if backend.leaves else Mask()
    order = _order(purpose, _hidden(facts, mask) if backend.leaves else facts)
    written = _called(backend, lambda: backend.write(order, lambda text: told(mask.show(text))))
    if isinstance(written, Unavailable):
        return written
    return _draft(written, order, mask, facts, backend)


def _draft(written: Written, order: Order, mask: Mask, facts: Facts, backend: Backend) -> Draft | Unavailable:
    wanted = set(facts.wanted)
    source = order.facts.source
    parts = {
        name: mask.show(plain(text, source, most=order.most)) for name, text in written.parts.items() if name in wanted
    }
    if order.purpose == Purpose.RESUME:
        parts = {name: _quoted(text, facts.source) for name, text in parts.items()}
    notes = [note for text in written.notes if (note := mask.show(plain(text, source, most=400)))]
    if order.purpose == Purpose.SUGGEST:
        notes = [*notes, *(line.lstrip("-• ") for text in parts.values() for line in text.splitlines() if line.strip())]
        parts = {}
    parts = {name: text for name, text in parts.items() if text}
    if not parts and not notes and order.purpose != Purpose.RESUME:
        return unavailable("empty")
    tokens = written.tokens_in, written.tokens_out
    return Draft(parts, notes[:20], backend.name, backend.model, order.language, *tokens)


def _quoted(text: str, source: str) -> str:
    """Keep the lines that stand in the source in so many words, as a line or a part between signs of a list.

    Nothing is read out of a resume that is not in it, and no words out of the middle of a sentence.
    """
    known = "\n".join(" ".join(line.split()) for line in source.splitlines()).casefold()
    lines = (" ".join(line.lstrip("-•* ").split()) for line in text.splitlines())
    return "\n".join(dict.fromkeys(line for line in lines if line and _is_item(line.casefold(), known)))


def _is_item(words: str, source: str) -> bool:
    return bool(re.search(rf"(?:^|[\n,،;:•|.(])\s*{re.escape(words)}\s*(?:$|[\n,،;•|.)])", source))


def pause(seconds: float) -> None:
    """Wait before the second try."""
    time.sleep(seconds)


def _called[T](backend: Backend, work: Callable[[], T]) -> T | Unavailable:
    """Call once, and a second time where that may help; five failures in a row and the back-end rests."""
    if backend.leaves and not may_call(backend.name):
        return unavailable("resting")
    for last in (False, True):
        try:
            done = work()
        except BackendError as error:
            if error.again and not last:
                pause(FIRST_PAUSE_S if error.wait_s is None else error.wait_s)
                continue
            log.warning("The AI back-end %s failed: %s", backend.name, error.code)
            if backend.leaves:
                note_failure(backend.name)
            return unavailable(error.code)
        if backend.leaves:
            note_success(backend.name)
        return done
    raise AssertionError  # pragma: no cover - the loop returns


# -- the request --------------------------------------------------------------------------------------------------


def _hidden(facts: Facts, mask: Mask) -> Facts:
    return replace(
        facts,
        texts={name: mask.hide(text) for name, text in facts.texts.items()},
        days=[(name, mask.hide(text)) for name, text in facts.days],
        known={name: mask.hide(text) for name, text in facts.known.items()},
        tools=[mask.hide(tool) for tool in facts.tools],
        private=(),
    )


def _order(purpose: Purpose, facts: Facts) -> Order:
    language = language_for(facts)
    factor, least = _LENGTHS.get(purpose, OTHER_LENGTH)
    most = min(MOST, int(len(facts.source) * factor) + least)
    mark = new_mark()
    system = _prompt("frame").format(mark=mark, language=LANGUAGES[language], most=most)
    known = "\n".join(f"{name}: {text}" for name, text in facts.known.items() if text)
    pieces = [
        *([f"Known facts:\n{wrapped(known, mark)}"] if known else []),
        *(f"Text of the field {name}:\n{wrapped(text, mark)}" for name, text in facts.texts.items() if text),
        *(f"{name}:\n{wrapped(text, mark)}" for name, text in facts.days),
        f"Wanted: {', '.join(facts.wanted)}",
    ]
    return Order(purpose, facts, language, f"{system}\n\n{_prompt(purpose.value)}", "\n\n".join(pieces), most)


@cache
def _prompt(name: str) -> str:
    return (PROMPTS / f"{name}.md").read_text("utf-8").strip()


def estimated_tokens(facts: Facts) -> int:
    """Return how many tokens a call may cost, as counted before it: a token is three letters, there and back."""
    return (2 * len(facts.source)) // 3 + 1200


# -- meaning ------------------------------------------------------------------------------------------------------


def embed_texts(texts: Sequence[str], *, private: Sequence[str] = ()) -> Vectors | Unavailable:
    """Return a vector for each text; names and addresses are hidden from a model elsewhere."""
    backend = backend_in_use()
    if backend is None:
        return unavailable("off")
    mask = Mask(private)
    asked = [mask.hide(text) for text in texts] if backend.leaves else list(texts)
    return _called(backend, lambda: backend.embed(asked))
