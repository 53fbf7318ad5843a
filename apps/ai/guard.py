"""What may leave the machine and what may come back. Pure.

Out: names, addresses, telephones, numbers of people and links become placeholders, and are put back into the answer.
What we know of the people concerned is handed in; what else looks like it is hidden as well, rather too much than too
little: whatever was hidden comes back unchanged. In: plain text, capped, without links that the source does not have.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from apps.ai.wording.grammar import is_english_word
from apps.ai.wording.languages import sentences_of
from apps.ai.wording.vocabulary import words_named

_EMAIL: Final = re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_TLD: Final = "com|org|net|io|co|info|biz|app|dev|me|ly|tz|ke|ug|eg|sa|ae|uk|de|edu|gov|example|test|xyz|site|online"
_LINK: Final = re.compile(
    rf"\b(?:[a-z][a-z0-9+.-]{{1,9}}://|www\.)[^\s<>\"']+|\b(?:[a-z0-9-]+\.)+(?:{_TLD})(?:\.[a-z]{{2}})?\b(?:[/:?][^\s<>\"']*)?"
    r"|\b(?:javascript|data|vbscript|mailto|tel):[^\s<>\"']+",
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}/\d{4}")
_PHONE: Final = re.compile(
    r"(?<![\w.,])\+?\(?\d(?:[\s().-]{0,2}\d){6,16}(?!\w)|(?<![\w.,])\+?[٠-٩](?:[\s.-]?[٠-٩]){6,14}"
)
# Registration numbers, identity cards, plates: capitals and digits in several parts, or very long numbers.
_IDENTITY: Final = re.compile(
    r"\b[A-Z]{1,6}(?:[/-][A-Z0-9]{2,})*[/-]\d{2,}(?:[/-][A-Z0-9]+)+\b|\b\d{4}[/-]\d{2}[/-]\d{4,}\b|(?<![/-])\b\d{2,4}[/-]\d{4,}[/-]?\w*\b"
    r"|\b[A-Z]{2}\d{6,9}\b|\bT ?\d{3} ?[A-Z]{3}\b"
)
_ADDRESS: Final = re.compile(
    r"\b(?:P\.? ?O\.? ?Box|S\.? ?L\.? ?P\.?|Plot(?: No\.?)?|House(?: No\.?)?|Flat|Apartment|Apt\.?|Block|Kitalu"
    r"|Nyumba na\.?)\s*\.?\s*"
    r"[A-Z]?\d[\w/-]*(?:,?\s+(?:[A-Z][\w'-]+)){0,5}"
    r"|\b\d{1,5}\s+(?:[A-Z][\w'-]+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Crescent)\b\.?"
    r"|\b(?:[A-Z][\w'-]+\s+){1,3}(?:Street|Road|Avenue|Lane|Close|Drive|Crescent)\b"
    r"|\b(?:Mtaa wa|Barabara ya|Kijiji cha|Kata ya)\s+[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?"
    r"|(?:شارع|حي|ص\.?\s?ب\.?|عمارة|شقة)\s+[\w]+(?:\s+\d+)?"
)
_TITLED: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Eng|Prof|Engineer|Supervisor|Madam|Sir|Bwana|Bw|Bi|Bibi|Mzee|Mhandisi|Fundi|Dada|Kaka|Ndugu|Mama|Baba)"
    r"\.?\s+((?:[A-Z][\w'’-]+)(?:\s+(?:[A-Z][\w'’-]+|bin|binti|wa)){0,3})"
    r"|(?:السيد|السيدة|المهندس|المهندسة|الدكتور|الدكتورة|الأستاذ|الأستاذة|المشرف|المشرفة|الأخ|الأخت|زميلي|زميلتي)\s+"
    r"([\u0600-\u06ff]+(?:\s+[\u0600-\u06ff]+)?)"
)
_CAPITALISED: Final = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’-]+(?:\s+[A-ZÀ-Þ][a-zß-ÿ'’-]+)*")
_CALENDAR: Final = words_named("calendar")
_PLACEHOLDER: Final = re.compile(r"\[(?:NAME|ADDRESS|PHONE|EMAIL|LINK|NUMBER)_\d+\]")
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_MARKUP: Final = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|```.*$)|\*\*|__|`", re.MULTILINE)
_PICTURE: Final = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)")
SHORTEST_PART: Final = 3


@dataclass
class Mask:
    """Hides and shows again. ``private`` are names, addresses and numbers that are known to belong to people."""

    private: Iterable[str] = ()
    _shown: dict[str, str] = field(default_factory=dict)
    _hidden: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know each part of a name as well: who writes, uses first names."""
        whole = {" ".join(value.split()) for value in self.private if value and value.strip()}
        parts = {part for value in whole for part in re.split(r"[\s,]+", value) if len(part) >= SHORTEST_PART}
        ordered = sorted(whole | {part for part in parts if not part.islower()}, key=len, reverse=True)
        self._known = [re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE) for value in ordered]

    def hide(self, text: str) -> str:
        """Return the text with placeholders; the same value gets the same one."""
        for pattern in self._known:
            text = self._replace(text, pattern, "NAME")
        text = self._replace(text, _EMAIL, "EMAIL")
        text = self._replace(text, _LINK, "LINK")
        text = self._replace(text, _ADDRESS, "ADDRESS")
        text = self._replace(text, _IDENTITY, "NUMBER", spare=_DATE)
        text = self._replace(text, _PHONE, "PHONE", spare=_DATE)
        text = _TITLED.sub(self._titled, text)
        return self._names(text)

    def show(self, text: str) -> str:
        """Return the text with the values again; placeholders that we did not give are taken out."""
        known = self._shown
        return _PLACEHOLDER.sub(lambda found: known.get(found[0], ""), text)

    def _replace(self, text: str, pattern: re.Pattern[str], kind: str, spare: re.Pattern[str] | None = None) -> str:
        def put(found: re.Match[str]) -> str:
            if spare is not None and spare.fullmatch(found[0]):
                return found[0]
            return self._name(found[0], kind)

        return "".join(
            part if _PLACEHOLDER.fullmatch(part) else pattern.sub(put, part) for part in _around_placeholders(text)
        )

    def _name(self, value: str, kind: str) -> str:
        key = (kind, value)
        if key not in self._hidden:
            number = sum(known == kind for known, _value in self._hidden) + 1
            self._hidden[key] = f"[{kind}_{number}]"
            self._shown[self._hidden[key]] = value
        return self._hidden[key]

    def _titled(self, found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return found[0].replace(name, self._name(name, "NAME"))

    def _names(self, text: str) -> str:
        """Hide words with a capital that begin no sentence, and unknown ones that do."""
        begins = {sentence[:40] for sentence in sentences_of(text)}

        def put(found: re.Match[str]) -> str:
            before = text[: found.start()].rstrip(" \t")
            at_start = (
                not before or before[-1] in ".!?:؟\n•-–" or any(text[found.start() :].startswith(b) for b in begins)
            )
            words = found[0].split()
            kept = ""
            if at_start and _is_plain(words[0]):
                kept, words = words[0], words[1:]
            if not words or all(word.casefold() in _CALENDAR for word in words):
                return found[0]
            rest = found[0][len(kept) :]
            gap = rest[: len(rest) - len(rest.lstrip())]
            return kept + gap + self._name(rest.strip(), "NAME")

        return "".join(
            part if _PLACEHOLDER.fullmatch(part) else _CAPITALISED.sub(put, part) for part in _around_placeholders(text)
        )


def _is_plain(word: str) -> bool:
    """Say whether a word at the beginning of a sentence is one of the language and no name."""
    low = word.casefold().rstrip("'’-")
    return low in _CALENDAR or low in _SWAHILI_STARTS or bool(_SWAHILI_VERB.match(low)) or is_english_word(low)


_SWAHILI_STARTS: Final = words_named("swahili_starts")
_SWAHILI_VERB: Final = re.compile("(?:nili|tuli|wali|ili|zili|kuli|nime|tume|nina|tuna|nika|tuka)[a-z]{3,}$")


def _around_placeholders(text: str) -> Iterator[str]:
    position = 0
    for found in _PLACEHOLDER.finditer(text):
        yield text[position : found.start()]
        yield found[0]
        position = found.end()
    yield text[position:]


def wrapped(text: str, mark: str) -> str:
    """Return what a person wrote between marks that the person cannot know: it is data, whatever it says."""
    return f"<data-{mark}>\n{text.replace(mark, '')}\n</data-{mark}>"


def new_mark() -> str:
    """Return a mark for one call."""
    return secrets.token_hex(6)


# -- what comes back ----------------------------------------------------------------------------------------------


def plain(text: str, source: str, *, most: int) -> str:
    """Return an answer as plain text: no markup, no signs that steer, no link or address that is not in the source."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co"))
    text = _PICTURE.sub(r"\1", text)
    # Twice, as taking something out may bring two halves together.
    for _turn in range(2):
        text = _without_strange(_TAG.sub("", text), source.casefold())
    text = re.sub(r"[<>]", "", text) if "<" not in source else text
    text = _MARKUP.sub("", text)
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]{2,}", " ", text)).strip()
    return _capped(text, most)


def _without_strange(text: str, source: str) -> str:
    def keep_known(found: re.Match[str]) -> str:
        return found[0] if found[0].casefold().rstrip(".,;)") in source else ""

    keep: Callable[[re.Match[str]], str] = keep_known
    return _LINK.sub(keep, _EMAIL.sub(keep, text))


def _capped(text: str, most: int) -> str:
    """Cut at the end of a sentence where there is one in the last fifth, else where the cap is."""
    if len(text) <= most:
        return text
    cut = text[:most]
    ends = [found.end() for found in re.finditer(r"[.!?؟](?=\s|$)|\n", cut)]
    return cut[: ends[-1]].strip() if ends and ends[-1] > most * 0.8 else cut.strip()
