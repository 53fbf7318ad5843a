"""What a password must be, and what follows when it changes."""

import gzip
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from allauth.mfa.models import Authenticator
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from apps.accounts.models import User

ALONE: Final = 15
WITH_SECOND_FACTOR: Final = 8
LONGEST: Final = 128
FEWEST_LETTERS: Final = 5
SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(person: "User") -> bool:
    """Say whether the person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=SECOND_FACTORS).exists())


def set_password(person: "User", password: str) -> None:
    """Store a password and end everything that the old one opened: sessions and tokens.

    The page that changed one's own password keeps its session by taking the new hash into it.
    """
    person.set_password(password)
    person.session_version += 1
    person.save(update_fields=["password", "session_version"])


class LengthValidator:
    """15 characters where the password is the only factor, 8 with a second one, 128 at most; no other composition."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ``ValidationError`` where it is too short or too long."""
        least = self._least(user)
        if len(password) < least:
            text = ngettext(
                "Use at least %(least)d character: a few words are easy to remember.",
                "Use at least %(least)d characters: a few words are easy to remember.",
                least,
            )
            raise ValidationError(text % {"least": least}, code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": LONGEST}, code="password_too_long")

    @staticmethod
    def _least(user: "User | None") -> int:
        known = user is not None and user.pk is not None
        return WITH_SECOND_FACTOR if known and user is not None and has_second_factor(user) else ALONE

    def password_changed(self, password: str, user: "User | None" = None) -> None:
        """Remember whether the second factor may be switched off while this password stands."""
        if user is not None and user.pk is not None:
            short = len(password) < ALONE
            type(user).objects.filter(pk=user.pk).update(has_short_password=short)
            user.has_short_password = short

    def get_help_text(self) -> str:
        """Say it beforehand."""
        return _("At least 15 characters, or 8 if you have a second factor; a few words are easy to remember.")


class GuessableValidator:
    """Nothing that is guessed first: the block-list, its words with a little beside them, and simple rows of keys."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ``ValidationError`` where it is guessable."""
        del user
        plain = password.casefold().strip()
        if is_blocked(plain) or len(set(plain)) < FEWEST_LETTERS or _is_row(plain):
            raise ValidationError(
                _("This password is among those that are guessed first. Use a few words that do not belong together."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """Say it beforehand."""
        return _("Not one that many people use.")


@cache
def blocked() -> frozenset[str]:
    """Return the block-list: the 19,640 most frequent passwords, a file that Django ships."""
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


def is_blocked(plain: str) -> bool:
    """Say whether it is on the list, or a word of it written twice or more, or with less around it than a password."""
    words = blocked()
    if plain in words:
        return True
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    repeated = _unit(core)
    return repeated in words and (len(repeated) < len(core) or len(plain) - len(core) < ALONE)


def _unit(text: str) -> str:
    """Return the part of which the text is a repetition; the text itself if it is none."""
    at = (text + text).find(text, 1)
    return text[:at] if 0 < at < len(text) else text


ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiopasdfghjklzxcvbnm")


def _is_row(plain: str) -> bool:
    """Say whether nearly every sign is the neighbour of the one before, on the keyboard or in the alphabet."""
    follows = {pair for row in ROWS for way in (row, row[::-1]) for pair in pairwise(way)}
    steps = list(pairwise(plain))
    return sum(step in follows for step in steps) * 10 >= len(steps) * 9
