"""How cells become values and values cells."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from apps.accounts.services.people import canonical_email, canonical_phone
from apps.accounts.states import Gender
from portal.kernel.errors import RuleViolation
from portal.kernel.imports import CellRefusedError
from portal.kernel.sheets.headers import header_key

# Letters, digits and the signs by which universities divide their numbers; no "+", which would be 2.02E+10.
_NUMBER = re.compile(r"[^\W_][\w./() -]*", re.ASCII)
# Marks that turn the direction of what follows or are not seen at all; a name holds none.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LAST_YEAR = 8
# The day stands first, as in Tanzania, Nigeria and Saudi Arabia; a date cell comes as the first form.
DAY_FORMS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
_PARAGRAPHS = re.compile(r"\n{3,}")
# Columns whose every cell, empty ones aside, is certain to be kept as it stands; each cell ends with a line feed.
_NUMBERS = re.compile(r"(?:(?:[^\W_][\w./() -]*+)?\n)*+", re.ASCII)
_PLAIN_NAME, _PLAIN_LABEL = r"[a-z0-9]++(?:[._-][a-z0-9]++)*+", r"[a-z0-9]++(?:-[a-z0-9]++)*+"
_EMAILS = re.compile(rf"(?:(?:{_PLAIN_NAME}@(?:{_PLAIN_LABEL}\.)+[a-z]{{2,}}+)?\n)*+")
_PHONES = re.compile(r"(?:(?:\+[1-9][0-9]{4,14}+)?\n)*+")
_LONGEST_PLAIN_EMAIL = 60


def _column_text(cells: Sequence[str]) -> str:
    """Return a column as one text, every cell in a line; empty where a cell has lines of its own."""
    text = "\n".join(cells) + "\n"
    return text if text.count("\n") == len(cells) else ""


class TextWidget(Widget):  # type: ignore[misc] # import-export ships no types
    """Text in one line without invisible marks."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.longest = longest

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        text = " ".join(_INVISIBLE.sub("", value).split())
        if len(text) > self.longest:
            raise CellRefusedError(
                "too_long", format_lazy(_("Shorten this to {limit} characters."), limit=self.longest)
            )
        return text

    def keeps_all(self, cells: Sequence[str]) -> bool:
        """Say whether it is certain that ``clean`` would return each of these cells as it stands; empty ones aside."""
        text = "\n" + _column_text(cells)
        bare = "  " not in text and "\n " not in text and " \n" not in text
        return (
            bare and text.replace("\n", "").isprintable() and len(text) > 1 and len(max(cells, key=len)) <= self.longest
        )


class LinesWidget(TextWidget):
    """Text with its lines and paragraphs; what is stored and what is read are compared in one form."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        text = _in_lines(value)
        if len(text) > self.longest:
            raise CellRefusedError(
                "too_long", format_lazy(_("Shorten this to {limit} characters."), limit=self.longest)
            )
        return text

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        del obj
        return _in_lines(value or "")

    def keeps_all(self, cells: Sequence[str]) -> bool:
        """Nothing is certain of texts with lines."""
        del cells
        return False


def _in_lines(text: str) -> str:
    lines = [" ".join(line.split()) for line in _INVISIBLE.sub("", text).splitlines()]
    return _PARAGRAPHS.sub("\n\n", "\n".join(lines)).strip()


class NumberWidget(TextWidget):
    """A registration or staff number: kept exactly as it stands, zeros in front and all."""

    def __init__(self, longest: int, *, code: str = "reg_no_unreadable", message: Any = None) -> None:
        super().__init__(longest)
        self.code = code
        self.message = message or _(
            "This is no registration number. Format the column as text, so that the program does not change it."
        )

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        text = super().clean(value, row)
        if not _NUMBER.fullmatch(text):
            raise CellRefusedError(self.code, self.message)
        return text

    def keeps_all(self, cells: Sequence[str]) -> bool:
        """As for any text, and each is a number."""
        return super().keeps_all(cells) and _NUMBERS.fullmatch(_column_text(cells)) is not None


class EmailWidget(Widget):  # type: ignore[misc] # as above
    """An address in the one form under which it is stored."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        email = canonical_email(value)
        try:
            if email:
                validate_email(email)
        except ValidationError as error:
            raise CellRefusedError("email_unreadable", _("This is no e-mail address.")) from error
        return email

    def keeps_all(self, cells: Sequence[str]) -> bool:
        """Say whether it is certain that ``clean`` would return each of these cells as it stands; empty ones aside."""
        text = _column_text(cells)
        return bool(text) and len(max(cells, key=len)) <= _LONGEST_PLAIN_EMAIL and _EMAILS.fullmatch(text) is not None


class PhoneWidget(Widget):  # type: ignore[misc] # as above
    """A telephone number; one without a country code belongs to the country of the cohort."""

    country = ""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        try:
            return canonical_phone(value, country=self.country)
        except RuleViolation as error:
            raise CellRefusedError(error.code, error.message) from error

    def keeps_all(self, cells: Sequence[str]) -> bool:
        """Say whether it is certain that ``clean`` would return each of these cells as it stands; empty ones aside.

        Reading one number takes 40 µs; here one of each beginning and length is looked at, for countries whose
        numbers are told apart by these alone.
        """
        text = _column_text(cells)
        if not text or _PHONES.fullmatch(text) is None:
            return False
        return all(_is_whole_phone(start, length) for start, length in {(c[:5], len(c)) for c in cells if c})


def _is_whole_phone(start: str, length: int) -> bool:
    """Say whether all numbers that begin so (``+2557``) and are so long are possible and already in their one form."""
    found = (int(start[1:end]) for end in (2, 3, 4))
    code = next((number for number in found if number in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), None)
    if code is None:
        return False
    region = phonenumbers.region_code_for_country_code(code)
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    national = start[1 + len(str(code)) :]
    prefix = "0" if known is None else known.national_prefix_for_parsing or "0"
    if known is None or not national or not prefix.isdecimal() or national[0] in {"0", prefix[0]}:
        return False
    lengths = known.general_desc.possible_length if known.general_desc is not None else ()
    return length - 1 - len(str(code)) in lengths


class GenderWidget(Widget):  # type: ignore[misc] # as above
    """A letter or a word for it in our languages."""

    words: Mapping[str, str] = {
        **dict.fromkeys(("f", "female", "woman", "ke", "mwanamke", "أنثى", "انثى"), Gender.FEMALE.value),
        **dict.fromkeys(("m", "male", "man", "me", "mwanamume", "mwanaume", "ذكر"), Gender.MALE.value),
        **dict.fromkeys(("x", "other", "nyingine", "آخر"), Gender.OTHER.value),
    }

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        if not value:
            return ""
        found = self.words.get(value.casefold())
        if found is None:
            raise CellRefusedError("gender_unknown", _("Write F, M or X, or leave it empty."))
        return found


class YearWidget(Widget):  # type: ignore[misc] # as above
    """The year of study, 1 to 8."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> int | None:
        del row
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) == 1 and 1 <= int(value) <= LAST_YEAR):
            raise CellRefusedError("year_unknown", _("Write the year as a number from 1 to 8."))
        return int(value)


class OneOfWidget(Widget):  # type: ignore[misc] # as above
    """One of a few codes, written as the code or as the name that goes with it; ``known`` maps both to the code."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__()
        self.code = code
        self.message = message
        self.known: Mapping[str, str] = {}

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        found = self.known.get(header_key(value))
        if found is None:
            raise CellRefusedError(self.code, self.message)
        return found


class YesNoWidget(Widget):  # type: ignore[misc] # as above
    """Yes or no in our languages; an export writes ``yes`` and ``no``."""

    words: Mapping[str, bool] = {
        **dict.fromkeys(("yes", "y", "true", "1", "ndiyo", "ndio", "نعم"), True),
        **dict.fromkeys(("no", "n", "false", "0", "hapana", "لا"), False),
    }

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> bool:
        del row
        found = self.words.get(value.casefold())
        if found is None:
            raise CellRefusedError("yes_or_no", _("Write yes or no."))
        return found

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        del obj
        return "yes" if value else "no"


class UrlWidget(TextWidget):
    """An address on the web; one without a scheme is meant as https."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        text = super().clean(value, row)
        if text and "://" not in text:
            text = f"https://{text}"
        try:
            if text:
                URLValidator(schemes=["http", "https"])(text)
        except ValidationError as error:
            raise CellRefusedError("website_unreadable", _("This is no address of a web site.")) from error
        return text


class FoundedWidget(Widget):  # type: ignore[misc] # as above
    """The year in which a company was founded."""

    earliest, latest = 1200, 2100

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> int | None:
        del row
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and self.earliest <= int(value[:5]) <= self.latest):
            raise CellRefusedError("year_unreadable", _("Write the year with four digits."))
        return int(value)


class CountryWidget(TextWidget):
    """The two letters of a country."""

    def __init__(self) -> None:
        super().__init__(2)

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        text = super().clean(value, row).upper()
        if text and not (text.isascii() and text.isalpha() and len(text) == self.longest):
            raise CellRefusedError("country_unreadable", _("Write the two letters of a country, such as TZ or SA."))
        return text


class DayWidget(Widget):  # type: ignore[misc] # as above
    """A day."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> dt.date | None:
        del row
        if not value:
            return None
        for form in DAY_FORMS:
            try:
                return dt.datetime.strptime(value.partition(" ")[0], form).replace(tzinfo=dt.UTC).date()
            except ValueError:
                continue
        raise CellRefusedError("day_unreadable", _("Write the day as 2026-07-31 or 31/07/2026."))

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        del obj
        return value.isoformat() if value else ""
