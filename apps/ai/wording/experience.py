"""Lines of a resume that say where somebody worked and when, in its own words. Pure."""

import re
from typing import Final

_MONTH: Final = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|januari|februari|machi|aprili|mei|juni|julai|agosti|septemba|oktoba"
    "|novemba|desemba|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
)
_POINT: Final = rf"(?:(?:{_MONTH})[a-z]*\.?\s+|\d{{1,2}}/)?(?:19|20)\d{{2}}"
_SPAN: Final = re.compile(
    rf"{_POINT}\s*(?:-|–|—|to|hadi|إلى|until)\s*(?:{_POINT}|present|now|today|sasa|الآن)", re.IGNORECASE
)
_SCHOOL: Final = re.compile(
    r"universit|college|school|diploma|bachelor|degree|b\.?sc|certificate|chuo|shule|stashahada|shahada|جامعة|مدرسة|بكالوريوس|دبلوم",
    re.IGNORECASE,
)
MOST: Final = 20
LONGEST: Final = 200


def experience_in(text: str) -> list[str]:
    """Return lines with a span of time that name no school, each as it stands in the text, at most twenty."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    found = [line for line in lines if _SPAN.search(line) and not _SCHOOL.search(line) and len(line) <= LONGEST]
    return list(dict.fromkeys(found))[:MOST]
