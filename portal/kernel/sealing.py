"""Secrets of others that we must be able to read again: sealed before they are stored, never shown back.

The key comes from ``SECRET_KEY``, so that a stolen database alone opens nothing; keys in ``SECRET_KEY_FALLBACKS``
still open what they sealed.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _boxes() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"portal.kernel.sealing:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(text: str) -> str:
    """Return the text encrypted and authenticated; the empty text stays empty."""
    return _boxes().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises ``LookupError`` where no key of this installation opens it."""
    if not sealed:
        return ""
    try:
        return _boxes().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        message = "sealed with another SECRET_KEY"
        raise LookupError(message) from error
