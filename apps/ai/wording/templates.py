"""Sentences over facts in the language of the text; the page's language plays no part. Pure."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

from apps.ai.wording.languages import Language

COUNTED: Final = "_counted"
# The last two digits decide in Arabic.
_HUNDRED: Final = 100
_FEW, _MANY = range(3, 11), range(11, _HUNDRED)


@cache
def _sentences() -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("templates.toml").read_text("utf-8"))
    return found


def said(name: str, language: Language, facts: Mapping[str, str] | None = None) -> str:
    """Return a sentence with its facts; empty where one of them is missing."""
    pattern, facts = str(_sentences()[language][name]), facts or {}
    wanted = [field for _text, field, _form, _conversion in Formatter().parse(pattern) if field]
    known = {field: _value(field, language, facts) for field in wanted}
    return pattern.format_map(known) if all(known.values()) else ""


def _value(field: str, language: Language, facts: Mapping[str, str]) -> str:
    """Return a fact; for "days_counted" the fact "days" with its noun in the form that the number wants."""
    thing = field.removesuffix(COUNTED)
    number = facts.get(thing, "")
    forms = _sentences()[language].get("counted", {}).get(thing)
    if thing == field or not number or not forms:
        return number
    return str(forms[_form(number, language)]).format(n=number)


def _form(number: str, language: Language) -> int:
    """Return which of the forms a number takes; a number with a fraction is never one."""
    if language != "ar":
        return 0 if number == "1" else 1
    if number in ("1", "2"):
        return int(number) - 1
    rest = int(float(number)) % _HUNDRED
    return 2 if rest in _FEW else 3 if rest in _MANY else 4


def paragraph(names: tuple[str, ...], language: Language, facts: Mapping[str, str]) -> str:
    """Return the sentences of which the facts are known, as one paragraph."""
    return " ".join(filter(None, (said(name, language, facts) for name in names)))
