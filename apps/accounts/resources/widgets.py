"""How cells become values and values cells."""

import re
from collections.abc import Mapping
from typing import Any

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


class PhoneWidget(Widget):  # type: ignore[misc] # as above
    """A telephone number; one without a country code belongs to the country of the cohort."""

    country = ""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        try:
            return canonical_phone(value, country=self.country)
        except RuleViolation as error:
            raise CellRefusedError(error.code, error.message) from error


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
