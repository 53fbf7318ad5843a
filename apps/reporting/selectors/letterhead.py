"""The university's logo as documents show it."""

import logging
from collections.abc import Mapping
from functools import lru_cache

from apps.accounts.models import SiteSettings
from apps.accounts.selectors import site_look
from apps.reporting.context import LOGO

log = logging.getLogger(__name__)


def letterhead() -> Mapping[str, bytes]:
    """Return the logo under the name that layouts and templates have for it; nothing where none is set.

    A logo that the storage has lost is logged and left out: a student's document does not wait for it.
    """
    name = site_look().logo
    if not name:
        return {}
    try:
        return {LOGO: _content(name)}
    except OSError:
        log.exception("The storage does not give back the logo %s", name)
        return {}


@lru_cache(maxsize=2)
def _content(name: str) -> bytes:
    """Read a logo once in each process: what stands under a name never changes."""
    with SiteSettings._meta.get_field("logo").storage.open(name, "rb") as stored:
        content: bytes = stored.read()
    return content
