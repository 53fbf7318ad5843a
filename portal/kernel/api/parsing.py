"""What is asked: JSON without surprises, and bodies without unknown keys."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser

MAX_DEPTH = 32


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key occurs twice"
        raise ValueError(message)
    return found


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


# A string, or what is left of one that does not end; without a way back, so that no text takes more than one look.
_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


def _check_depth(text: str) -> None:
    """Count brackets outside of strings; a resume as base64 is a string of seven million letters."""
    depth = 0
    for char in _STRINGS.sub("", text):
        if char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                message = f"nested deeper than {MAX_DEPTH}"
                raise ValueError(message)
        elif char in "]}":
            depth -= 1


def strict_json(data: bytes) -> Any:
    """Return parsed JSON with at most 32 levels, no key twice, no NaN, no lone surrogate, no NUL.

    Raises ``ValueError`` (or ``RecursionError``) with what is wrong.
    """
    text = data.decode("utf-8")
    _check_depth(text)
    parsed = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    plain = json.dumps(parsed, ensure_ascii=False)
    plain.encode()
    if "\\u0000" in plain:
        message = "a NUL character"
        raise ValueError(message)
    return parsed


class TooLarge(exceptions.APIException):
    """The body is larger than anything that is asked for here."""

    status_code = 413
    default_detail = _later("The body is too large.")
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """JSON as ``strict_json`` reads it; anything else is a 400, and what is too large a 413.

    The stock parser answers 500 to 100,000 brackets and lets the last of two keys win.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:  # noqa: ARG002 - the package's signature
        """Return the parsed body. Raises ``ParseError`` or ``TooLarge``."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        data = stream.read(most + 1)
        if len(data) > most:
            raise TooLarge
        try:
            return strict_json(data)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(_("The body is not valid JSON: %(why)s.") % {"why": error}) from error


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown keys: a client that tries to set ``state`` learns that it cannot."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; raises for keys that are not fields."""
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError({key: [_("This is not a field.")] for key in unknown})
        return super().to_internal_value(data)
