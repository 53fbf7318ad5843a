"""The lists of words in words.toml, as sets. Pure."""

import tomllib
from pathlib import Path
from typing import Final

_LISTS: Final[dict[str, str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def words_named(name: str) -> frozenset[str]:
    """Return one list of words.toml."""
    return frozenset(_LISTS[name].split())
