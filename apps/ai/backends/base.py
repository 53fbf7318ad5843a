"""What every back-end takes and gives. A back-end knows texts; people, rights and budgets are the service's matter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from apps.ai.states import Purpose

type Told = Callable[[str], None]
type Vector = list[float]


@dataclass(frozen=True)
class Facts:
    """What a draft is made of.

    ``texts``: the person's own text by field. ``fields``: what is wanted, by default the fields of ``texts``.
    ``days``: (name, text) of single days or weeks. ``known``: hard facts by name, such as hours or company, as they
    shall be read. ``tools``: names that must survive. ``private``: names, addresses and numbers of people, which never
    leave the machine. ``language``: "en", "sw", "ar", or empty for the text's own.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    fields: Sequence[str] = ()
    days: Sequence[tuple[str, str]] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    tools: Sequence[str] = ()
    private: Sequence[str] = ()
    language: str = ""

    @property
    def wanted(self) -> list[str]:
        """The fields that a draft has to give."""
        return list(self.fields or self.texts)

    @property
    def source(self) -> str:
        """Everything that was written or is known, as one text: what an answer may take from."""
        return "\n".join([*self.texts.values(), *(f"{name} {text}" for name, text in self.days), *self.known.values()])

    def as_json(self) -> dict[str, Any]:
        """Return it as a row keeps it until the answer is there."""
        return {
            "texts": dict(self.texts),
            "fields": list(self.fields),
            "days": [list(day) for day in self.days],
            "known": dict(self.known),
            "tools": list(self.tools),
            "private": list(self.private),
            "language": self.language,
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Facts":
        """Return what ``as_json`` kept."""
        return cls(**{**value, "days": [(name, text) for name, text in value.get("days", [])]})


@dataclass(frozen=True)
class Order:
    """One request to a back-end. ``system`` and ``user`` are for models, ``facts`` for rules; ``most`` in letters."""

    purpose: Purpose
    facts: Facts
    language: str
    system: str
    user: str
    most: int

    @property
    def is_structured(self) -> bool:
        """Whether several fields, or lists with places, are asked for instead of one text."""
        return self.purpose == Purpose.RESUME or len(self.facts.wanted) > 1


@dataclass(frozen=True)
class Written:
    """What a back-end wrote, by field; ``notes`` are remarks beside it. Tokens as the back-end counts them."""

    parts: Mapping[str, str]
    notes: Sequence[str] = ()
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class Vectors:
    """One vector a text, in the order of the texts."""

    vectors: Sequence[Vector]
    tokens_in: int = 0


class BackendError(Exception):
    """A back-end did not do it. ``code`` is one of ours; ``again`` says that a second try may help after ``wait_s``."""

    def __init__(self, code: str, *, again: bool = False, wait_s: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.again = again
        self.wait_s = wait_s


class Backend(Protocol):
    """``leaves`` says that what it gets leaves this machine: then it gets placeholders only."""

    @property
    def name(self) -> str:
        """The word in the settings."""

    @property
    def model(self) -> str:
        """What writes."""

    @property
    def leaves(self) -> bool:
        """Whether texts go to another machine or program."""

    def write(self, order: Order, told: Told) -> Written:
        """Return what was written; ``told`` hears the text so far. Raises ``BackendError``."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text. Raises ``BackendError``."""
