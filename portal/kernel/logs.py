r"""What may be written into logs: no secret, and no character that could forge a line.

``MaskSecrets`` sits on the handler, so it sees what every logger says, those of libraries too. It masks by form (the
secret part of a path, a header, a ``name=value`` pair, a JSON Web Token, the password in an address) and by value (the
secrets of this installation's settings, wherever they turn up). Masking by form alone misses a key that a library
puts into the middle of a sentence; by value alone it misses the secrets that users bring.
"""

import logging
import re
import traceback
from functools import cache
from typing import Any, Final

from django.conf import settings

MASK: Final = "***"
# Shorter values would turn up inside of ordinary words.
MIN_KNOWN_SECRET: Final = 6

# Bounded repeats and a bounded record: whoever can make us log a megabyte must not make it cost minutes.
MAX_RECORD: Final = 16_000

_NAMES: Final = (
    r"(?:password|passwd|passphrase|passcode|secret|token|api[_-]?key|access[_-]?key|audit[_-]?key|private[_-]?key"
    r"|credential|signature|assertion|samlresponse|csrf|session_?id|otp)[\w.-]{0,40}"
)
_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # Links in mails: by whom they were opened is logged by their row's key, never by the secret itself.
    (
        re.compile(
            r"(/(?:l|p|u|calendar|unsubscribe|go-on|reset/key|password-reset|confirm-email)/)[^/\s\"'<>?#\\]+",
            re.IGNORECASE,
        ),
        rf"\g<1>{MASK}",
    ),
    # A header up to the end of its line or of the quoted text that it stands in.
    (
        re.compile(
            r"((?:proxy-)?authorization|(?:set-)?cookie|x-csrftoken|x-api-key|idempotency-key)"
            r"([\"']?\s*[:=,]\s*[\"']?)[^\"'\r\n]+",
            re.IGNORECASE,
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"\b(bearer|basic|digest)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.?[\w-]*"), MASK),
    (re.compile(r"\bsk-[\w-]{8,}"), MASK),
    (re.compile(r"([a-z][a-z0-9+.-]{0,20}://[^\s:/@\"']{0,200}):[^\s/@\"']+@", re.IGNORECASE), rf"\1:{MASK}@"),
    # name=value, "name": "value", name: value; the value may be quoted and then may hold blanks.
    (
        re.compile(
            rf"({_NAMES}[\"']?\s*[:=]\s*)(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s,;&\"'}})\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    # OAuth's answer to our redirect and its proof.
    (re.compile(r"([?&](?:code|code_verifier|state|key|sig)=)[^&\s\"']+", re.IGNORECASE), rf"\1{MASK}"),
)
# C0 and C1 controls, the line separators that some viewers break at, and marks that turn the direction of text.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL_BUT_LINES: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@cache
def known_secrets() -> tuple[str, ...]:
    """Return the secret values of this installation, the longest first, so that no part of one stays."""
    database = settings.DATABASES["default"]
    options = settings.STORAGES["default"].get("OPTIONS", {})
    found = {
        settings.SECRET_KEY,
        settings.AUDIT_KEY,
        settings.EMAIL_HOST_PASSWORD,
        database.get("PASSWORD"),
        options.get("secret_key"),
    }
    return tuple(sorted((s for s in found if s and len(s) >= MIN_KNOWN_SECRET), key=lambda s: (-len(s), s)))


def mask(text: str) -> str:
    """Return the text with every secret that has a known form or is a value of our settings replaced by ``***``.

    What is longer than ``MAX_RECORD`` characters is cut, after the values and before the forms are looked for.
    """
    for secret in known_secrets():
        text = text.replace(secret, MASK)
    if len(text) > MAX_RECORD:
        text = f"{text[:MAX_RECORD]}... ({len(text) - MAX_RECORD} characters more)"
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def escape_controls(text: str, *, keep_lines: bool = False) -> str:
    r"""Return the text with control characters written as ``\xNN`` or ``\uNNNN``; one record stays one line."""
    pattern = _CONTROL_BUT_LINES if keep_lines else _CONTROL
    return pattern.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class MaskSecrets(logging.Filter):
    """Rewrites each record: message and traceback masked, control characters escaped. Lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place. Handlers share a record; masking it twice changes nothing more."""
        record.msg = escape_controls(mask(_message(record)))
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _traceback(record.exc_info)
        if record.exc_text:
            record.exc_text = escape_controls(mask(record.exc_text), keep_lines=True)
        if record.stack_info:
            record.stack_info = escape_controls(mask(record.stack_info), keep_lines=True)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # A call with the wrong number of arguments: logging itself would print them all to stderr, unmasked.
        return f"{record.msg} {record.args!r}"


def _traceback(exc_info: Any) -> str:
    return "".join(traceback.format_exception(*exc_info)).rstrip("\n")
