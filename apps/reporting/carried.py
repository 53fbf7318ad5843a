"""Codes that carry what they stand for, so that a file can be handed out without a row being written.

Twenty signs hold kind, key, week and minute of the making, with a check of 31 bits that needs a key outside the
database. They are encrypted, so that a code tells nothing about the keys of rows, and nobody can make one.
"""

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from apps.applications.services.agreements import ALPHABET
from apps.reporting.states import IssuedKind

SIGNS: Final = 20
# Never in another order: the codes stand on paper.
KINDS: Final = (IssuedKind.LOGBOOK, IssuedKind.WEEK, IssuedKind.REPORT, IssuedKind.PORTFOLIO)
_EPOCH: Final = dt.datetime(2020, 1, 6, tzinfo=dt.UTC)
# What was decided in the minute of the making may stand in the file.
_TO_ITS_END: Final = dt.timedelta(seconds=59, microseconds=999_999)
_KIND, _KEY, _WEEK, _MINUTE, _CHECK = 4, 28, 11, 24, 31
_CONTENT: Final = _KIND + _KEY + _WEEK + _MINUTE


@dataclass(frozen=True)
class Carried:
    """What such a code stands for: ``key`` is the primary key of the placement, report or portfolio."""

    kind: IssuedKind
    key: int
    week_start: dt.date | None
    made_at: dt.datetime

    def code(self) -> str:
        """Return the code, in groups of five; its minute is the one in which the file is made, to its end."""
        week = 0 if self.week_start is None else (self.week_start - _EPOCH.date()).days // 7 + 1
        minute = int((self.made_at - _EPOCH).total_seconds()) // 60
        content = 0
        for value, bits in ((KINDS.index(self.kind), _KIND), (self.key, _KEY), (week, _WEEK), (minute, _MINUTE)):
            if not 0 <= value < 1 << bits:
                message = f"no code has room for {value}"
                raise ValueError(message)
            content = content << bits | value
        check = _bits("check", content, _CHECK)
        return _signs((content ^ _bits("mask", check, _CONTENT)) << _CHECK | check)


def read_code(code: str) -> Carried | None:
    """Return what a code carries, None where it is none of ours."""
    signs = code.replace("-", "")
    if len(signs) != SIGNS or not set(signs) <= set(ALPHABET):
        return None
    number = 0
    for sign in signs:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    content, check = number >> _CHECK, number & ((1 << _CHECK) - 1)
    if content >> _CONTENT:
        return None
    content ^= _bits("mask", check, _CONTENT)
    return _read(content) if _bits("check", content, _CHECK) == check else None


def _read(content: int) -> Carried:
    found = []
    for bits in (_MINUTE, _WEEK, _KEY, _KIND):
        found.append(content & ((1 << bits) - 1))
        content >>= bits
    minute, week, key, kind = found
    monday = _EPOCH.date() + dt.timedelta(weeks=week - 1) if week else None
    return Carried(KINDS[kind], key, monday, _EPOCH + dt.timedelta(minutes=minute) + _TO_ITS_END)


def _bits(purpose: str, value: int, bits: int) -> int:
    digest = hmac.digest(settings.AUDIT_KEY.encode(), f"carried:{purpose}:{value}".encode(), "sha256")
    return int.from_bytes(digest, "big") >> (256 - bits)


def _signs(number: int) -> str:
    signs = ""
    for _place in range(SIGNS):
        number, rest = divmod(number, len(ALPHABET))
        signs = ALPHABET[rest] + signs
    return "-".join(signs[start : start + 5] for start in range(0, SIGNS, 5))
