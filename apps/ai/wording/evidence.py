"""The hard facts of a text: numbers, dates, and names of tools. What a draft must keep and may not invent. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# Arabic-Indic digits are numbers as well; a point or comma inside belongs to the number.
_NUMBER: Final = re.compile(r"\d+(?:[.,:/-]\d+)*")
# M12, VF-2, S7-1200, SAE30, CNC: what is written with a digit or in capitals is a name of a thing.
_NAMED: Final = re.compile(r"\b(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


@dataclass(frozen=True)
class Changed:
    """What a draft lost of the source and what it has beside it."""

    lost: tuple[str, ...]
    added: tuple[str, ...]


def numbers_in(text: str) -> Counter[str]:
    """Return every number and date with how often it stands there; digits of both scripts count alike."""
    return Counter(found.translate(_DIGITS) for found in _NUMBER.findall(text))


def named_in(text: str) -> set[str]:
    """Return the short names in capitals ("CNC", "M12"); a lone I is a pronoun."""
    return {found for found in _NAMED.findall(text) if len(found) > 1}


def facts_in(text: str, tools: Iterable[str] = ()) -> set[str]:
    """Return numbers, dates, names in capitals and those of ``tools`` that stand in the text, in any case."""
    low = text.casefold()
    known = {tool for tool in tools if tool and tool.casefold() in low}
    return set(numbers_in(text)) | named_in(text) | known


def changed(source: str, draft: str, tools: Iterable[str] = ()) -> Changed:
    """Compare the facts of a source with those of its draft; both lists are sorted."""
    tools = list(tools)
    low = draft.casefold().translate(_DIGITS)
    lost = {fact for fact in facts_in(source, tools) if fact.casefold() not in low}
    added = set(numbers_in(draft)) - set(numbers_in(source))
    return Changed(tuple(sorted(lost)), tuple(sorted(number for number in added if number not in source)))
