"""The lists of words in words.toml, as sets. Pure."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

_LISTS: Final[dict[str, str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def words_named(name: str) -> frozenset[str]:
    """Return one list of words.toml."""
    return frozenset(_LISTS[name].split())


@cache
def pairs_named(name: str) -> tuple[tuple[str, str], ...]:
    """Return a list of "this>that" as pairs; "that" may be empty."""
    return tuple((left, right) for left, right in (pair.split(">") for pair in _LISTS[name].split()))
