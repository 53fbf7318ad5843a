"""Reads variables from a mapping, one type each, and collects mistakes instead of stopping at the first.

A mistake is one line: the variable and what is wrong with it, never the value, which may be a secret. A variable that
is set to nothing counts as not set: that is what compose files make of a missing line.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

MIN_SECRET_LENGTH: Final = 32
MIN_DIFFERENT_CHARACTERS: Final = 8
EXAMPLE_SECRETS: Final = (
    "change-me",
    "changeme",
    "example",
    "insecure",
    "secret-key",
    "your_secret",
    "development-only",
)
TRUE_WORDS, FALSE_WORDS = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
FIRST_PRINTABLE: Final = " "

_ENV_LINE: Final = re.compile(r"(?:export )?[A-Za-z_][A-Za-z0-9_]*=(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|[^'\"].*)?\Z")
_HOST: Final = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.IGNORECASE)


@dataclass
class Reader:
    """The variables of one source and the mistakes found in them, at most one for each variable."""

    source: Mapping[str, str]
    found: dict[str, str] = field(default_factory=dict)

    @property
    def mistakes(self) -> list[str]:
        """The lines to show, in the order in which the variables were read."""
        return [f"{name}: {what}" for name, what in self.found.items()]

    def wrong(self, name: str, what: str) -> None:
        """Note a mistake; a second one of the same variable would only repeat it in other words."""
        self.found.setdefault(name, what)

    def text(self, name: str, default: str = "") -> str:
        """Return the text of a variable; control characters are a mistake."""
        value = self.source.get(name, "").strip() or default
        if any(character < FIRST_PRINTABLE for character in value):
            self.wrong(name, "must not contain line breaks or control characters")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no."""
        value = self.text(name, "1" if default else "0").lower()
        if value not in TRUE_WORDS | FALSE_WORDS:
            self.wrong(name, "say 1 or 0")
        return value in TRUE_WORDS

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between ``low`` and ``high``."""
        value = self.text(name, str(default))
        if not re.fullmatch("[0-9]{1,9}", value) or not low <= int(value) <= high:
            self.wrong(name, f"must be a whole number from {low} to {high}")
            return default
        return int(value)

    def one_of(self, name: str, default: str, *, choices: tuple[str, ...]) -> str:
        """Return one of a few words."""
        value = self.text(name, default)
        if value not in choices:
            self.wrong(name, f"must be one of {', '.join(choices)}")
            return default
        return value

    def listed(self, name: str) -> list[str]:
        """Return a comma separated list without blanks."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def hosts(self, name: str) -> list[str]:
        """Return host names as Django compares them: no scheme, no port."""
        hosts = self.listed(name)
        if "*" in hosts:
            self.wrong(name, "name the hosts, `*` would let anyone choose the address in our links")
        elif not all(_HOST.fullmatch(host) for host in hosts):
            self.wrong(name, "must be names without https:// and port, separated by commas")
        return hosts

    def origins(self, name: str) -> list[str]:
        """Return origins of other web applications: scheme, host and port, nothing behind."""
        origins = self.listed(name)
        for origin in origins:
            parts = _split(origin)
            if parts is None or f"{parts.scheme}://{parts.netloc}" != origin or parts.scheme not in ("http", "https"):
                self.wrong(name, "must be addresses such as https://app.example, separated by commas")
        return origins

    def secret(self, name: str, *, needed: bool, fallback: str) -> str:
        """Return a secret: long, no example, not a few characters again; where not needed, ``fallback`` stands in."""
        value = self.text(name)
        if not value and not needed:
            return fallback
        if not value:
            self.wrong(name, "is missing; make one with `openssl rand -hex 32`")
        elif len(value) < MIN_SECRET_LENGTH:
            self.wrong(name, f"is shorter than {MIN_SECRET_LENGTH} characters")
        elif any(word in value.lower() for word in EXAMPLE_SECRETS):
            self.wrong(name, "is an example value; make an own one with `openssl rand -hex 32`")
        elif len(set(value)) < MIN_DIFFERENT_CHARACTERS:
            self.wrong(name, "repeats a few characters; make one with `openssl rand -hex 32`")
        return value

    def url(self, name: str, default: str, *, schemes: tuple[str, ...]) -> str:
        """Return an address with one of the schemes, a host and nothing behind the path; no trailing slash."""
        value = self.text(name, default)
        parts = _split(value) if value else None
        if value and (parts is None or parts.scheme not in schemes or parts.query or parts.fragment):
            self.wrong(name, f"must be an address that starts with {' or '.join(s + '://' for s in schemes)}")
        return value.rstrip("/")

    def folder(self, name: str, default: Path) -> Path:
        """Return a folder that is there and can be written to, or can be made."""
        value = Path(self.text(name, str(default))).absolute()
        if name not in self.found and not can_write(value):
            self.wrong(name, "is no folder that can be made and written to")
        return value

    def parts(self, name: str, *, schemes: tuple[str, ...]) -> SplitResult | None:
        """Return the parts of an address of which only some may be there; None where it cannot be read at all."""
        parts = _split(self.text(name), host_needed=False)
        return parts if parts is not None and parts.scheme in schemes else None


def _split(value: str, *, host_needed: bool = True) -> SplitResult | None:
    """Return the parts of an address, or None if its form, host or port is impossible."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    if "://" not in value or port == 0 or (host_needed and not parts.hostname):
        return None
    return parts


def can_write(folder: Path) -> bool:
    """Say whether a folder can be written to, or made by whoever runs this."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def unreadable_lines(text: str) -> list[int]:
    """Return the numbers of the lines of a .env file that are neither blank, nor comment, nor NAME=value."""
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#") and not _ENV_LINE.match(line.rstrip())
    ]
