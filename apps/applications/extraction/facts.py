"""Facts that a resume's text states in so many words, each with the place where it stands. No guessing, no Django.

Every fact can be shown beside the words it comes from. A person decides what it is worth: nothing here ranks anybody.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import phonenumbers

# A text full of numbers must not cost minutes: after so many misses, or so many hits, the search for phones ends.
_PHONE_TRIES = 200
_MOST_OF_A_KIND = 60
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w@-])")
_SITES = "linkedin.com/in|linkedin.com/pub|github.com|gitlab.com|bitbucket.org|behance.net|orcid.org|researchgate.net"
_LINK = re.compile(
    rf"(?<![\w@./-])(?:https?://|www\.|(?:{_SITES.replace('.', r'[.]')})/)[^\s<>\"'()\[\]{{}}|\\^`]{{2,300}}",
    re.IGNORECASE,
)
_LINK_ENDS = ".,;:!?…،؛؟"
_ARABIC = re.compile("[\u0600-\u06ff]")
# "and", "with", "for" and the article are written on to the word.
_ARABIC_PREFIX = "(?:و?(?:بال|كال|فال|لل|ال|ب|ل)?)"


@dataclass(frozen=True, slots=True)
class Fact:
    """``value`` in its one form (address in lower case, E.164, link with scheme, vocabulary's name) and its place."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ResumeFacts:
    """Each kind in order of place, each value once. ``degrees`` are the vocabulary's levels ("bachelor")."""

    emails: tuple[Fact, ...] = ()
    phones: tuple[Fact, ...] = ()
    links: tuple[Fact, ...] = ()
    degrees: tuple[Fact, ...] = ()
    skills: tuple[Fact, ...] = ()


def find_facts(text: str, *, region: str = "TZ") -> ResumeFacts:
    """Search a text (as ``extract_text`` gives it; ``text[fact.start:fact.end]`` are the words that say so).

    ``region`` (ISO 3166 letters) reads phone numbers without a country code. At most 60 facts of a kind.
    """
    return ResumeFacts(
        emails=_each_once(Fact(found[0].lower(), *found.span()) for found in _EMAIL.finditer(text)),
        phones=_each_once(_phones(text, region)),
        links=_each_once(_links(text)),
        degrees=_each_once(_words(text, "degrees")),
        skills=_each_once(_words(text, "skills")),
    )


def _each_once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.value, fact)
        if len(first) == _MOST_OF_A_KIND:
            break
    return tuple(first.values())


def _phones(text: str, region: str) -> Iterator[Fact]:
    for found in islice(phonenumbers.PhoneNumberMatcher(text, region, max_tries=_PHONE_TRIES), _PHONE_TRIES):
        value = phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)
        yield Fact(value, found.start, found.end)


def _links(text: str) -> Iterator[Fact]:
    for found in _LINK.finditer(text):
        link = found[0].rstrip(_LINK_ENDS)
        scheme = "" if "://" in link else "https://"
        yield Fact(scheme + link, found.start(), found.start() + len(link))


def _words(text: str, kind: str) -> Iterator[Fact]:
    pattern, names = _vocabulary()[kind]
    for found in pattern.finditer(text):
        group = "plain" if found["plain"] else "arabic"
        yield Fact(names[_form(found[group])], *found.span(group))


@cache
def _vocabulary() -> Mapping[str, tuple[re.Pattern[str], Mapping[str, str]]]:
    """By kind: one pattern for all words, and the name that each word stands for."""
    tables: dict[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))
    compiled = {}
    for kind, table in tables.items():
        names = {_form(word): name for name, words in table.items() for word in words}
        arabic = [word for word in names if _ARABIC.search(word)]
        plain = [word for word in names if not _ARABIC.search(word)]
        pattern = rf"(?<!\w)(?:(?P<plain>{_any_of(plain)})|{_ARABIC_PREFIX}(?P<arabic>{_any_of(arabic)}))(?![\w+#])"
        compiled[kind] = re.compile(pattern, re.IGNORECASE), names
    return compiled


def _any_of(words: Iterable[str]) -> str:
    """Longest first, so that "microsoft excel" wins over "excel"."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


def _form(word: str) -> str:
    return " ".join(word.casefold().split())
