"""E-mail addresses: one canonical form to store, and a key under which look-alikes meet."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation

LONGEST: Final = 254
LONGEST_NAME: Final = 64
_NAME: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Domains whose mailboxes ignore dots, by the one name under which they meet.
_DOTLESS: Final = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
# Letters of other scripts that a reader takes for Latin ones; a part of Unicode's table of confusables.
_LOOKS: Final = str.maketrans(
    "абвеёзікмнорсттухѕјԁԛѡһҽԝɡıɑαβενικορτυχγωøđłŀƅ",
    "a6beezikmhopcttyxsjdqwhewgiaabevikoptuxywodllb",
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"))


def read_email(text: str) -> str:
    """Return the one form under which an address is stored: small letters, the domain as the mail servers write it.

    Empty for empty text. Quoted names, comments, IP addresses, domains of one label and letters outside ASCII before
    the @ are refused although a mail server somewhere may take them: nobody here has such an address, and each is a
    way to write one address twice. Raises ``RuleViolation`` ``email_unreadable``.
    """
    text = text.strip()
    if not text:
        return ""
    name, _at, domain = text.rpartition("@")
    name, domain = name.lower(), _ascii_domain(domain)
    labels = domain.split(".")
    fits = len(name) <= LONGEST_NAME and len(name) + 1 + len(domain) <= LONGEST
    known = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()
    if not (fits and known and _NAME.fullmatch(name)):
        raise RuleViolation(
            "email_unreadable", _("This is no e-mail address. Write it as asha@university.example."), field="email"
        )
    return f"{name}@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def email_key(email: str) -> str:
    """Return what two addresses share that reach one mailbox or that a reader takes for one; empty for none.

    What follows a plus is dropped, and the dots where the provider ignores them; letters of other scripts, zero, one
    and the pairs rn and vv become the Latin letters that they look like. ``email`` is as ``read_email`` returns it.
    """
    if not email:
        return ""
    name, _at, domain = email.rpartition("@")
    name = name.partition("+")[0] or name
    if domain in _DOTLESS:
        name, domain = name.replace(".", ""), _DOTLESS[domain]
    return f"{_looks(name)}@{_looks(_shown_domain(domain))}"


def email_keys(emails: Sequence[str]) -> list[str]:
    """Return the ``email_key`` of each address; where all are of the plainest kind, in one go."""
    text = "\n".join(emails).lower()
    odd = any(part in text for part in ("+", "xn--", *(f"@{domain}" for domain in _DOTLESS)))
    if odd or not text.isascii() or text.count("\n") != len(emails) - 1:
        return [email_key(email) for email in emails]
    for shown, meant in _PAIRS:
        text = text.replace(shown, meant)
    return text.split("\n")


def _shown_domain(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _looks(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    plain = plain.translate(_LOOKS)
    for shown, meant in _PAIRS:
        plain = plain.replace(shown, meant)
    return plain
