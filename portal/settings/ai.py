"""What an installation says of AI help; read by ``env.py`` with everything else."""

from dataclasses import dataclass
from typing import Final

from portal.settings.reader import Reader

BACKENDS: Final = ("local", "openai", "fake", "off")


@dataclass(frozen=True)
class AiSettings:
    """``local`` needs neither key nor network. Calls are a day's, prices cents for a million tokens."""

    backend: str = "local"
    base_url: str = ""
    key: str = ""
    model: str = ""
    embedding_model: str = ""
    timeout_s: float = 60
    calls_person: int = 20
    calls_cohort: int = 2000
    calls_all: int = 20_000
    tokens_all: int = 5_000_000
    price_in: int = 0
    price_out: int = 0


def read_ai(reader: Reader, *, production: bool) -> AiSettings:
    """Read and check the variables that begin with AI."""
    found = AiSettings(
        backend=reader.one_of("AI_BACKEND", "local", choices=BACKENDS),
        base_url=reader.url("AI_BASE_URL", "", schemes=("http", "https")),
        key=reader.text("AI_API_KEY"),
        model=reader.text("AI_MODEL"),
        embedding_model=reader.text("AI_EMBEDDING_MODEL"),
        timeout_s=reader.number("AI_TIMEOUT", 60, low=1, high=110),
        calls_person=reader.number("AI_CALLS_PERSON", 20, low=0, high=10_000),
        calls_cohort=reader.number("AI_CALLS_COHORT", 2000, low=0, high=1_000_000),
        calls_all=reader.number("AI_CALLS_ALL", 20_000, low=0, high=10_000_000),
        tokens_all=reader.number("AI_TOKENS_ALL", 5_000_000, low=0, high=999_999_999),
        price_in=reader.number("AI_PRICE_IN", 0, low=0, high=1_000_000),
        price_out=reader.number("AI_PRICE_OUT", 0, low=0, high=1_000_000),
    )
    if found.backend == "openai":
        if not found.model:
            reader.wrong("AI_MODEL", "is missing, but AI_BACKEND is openai")
        if not found.base_url and not found.key:
            reader.wrong("AI_API_KEY", "is missing, but AI_BACKEND is openai without an AI_BASE_URL")
    if production and found.backend == "fake":
        reader.wrong("AI_BACKEND", "must be local, openai or off in production; fake only repeats")
    return found
