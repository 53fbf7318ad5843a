"""Sentences over facts in the language of the text; the page's language plays no part. Pure."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from apps.ai.wording.languages import Language


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("templates.toml").read_text("utf-8"))
    return found


def said(name: str, language: Language, facts: Mapping[str, str] | None = None) -> str:
    """Return a sentence with its facts; empty where one of them is missing."""
    pattern, facts = _sentences()[language][name], facts or {}
    wanted = [field for _text, field, _form, _conversion in Formatter().parse(pattern) if field]
    if not all(facts.get(field) for field in wanted):
        return ""
    return pattern.format_map(facts)


def paragraph(names: tuple[str, ...], language: Language, facts: Mapping[str, str]) -> str:
    """Return the sentences of which the facts are known, as one paragraph."""
    return " ".join(filter(None, (said(name, language, facts) for name in names)))
