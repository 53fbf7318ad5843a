"""Sentences that are kept, for readers in other languages than that of who caused them.

What is kept says a sentence in every language of the portal: a table of sentences with their values would lose the
sentence as soon as somebody words it better.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise, lazy

from portal.kernel.errors import Text


def _fill(text: Text, values: Mapping[str, Any]) -> str:
    return str(text) % values


_lazy_fill = lazy(_fill, str)


def filled(text: Text, **values: Any) -> Text:
    """Put values into a sentence's ``%(places)s``; it stays translatable until it is shown."""
    made: Text = _lazy_fill(text, values)
    return made


def in_every_language(text: Text) -> dict[str, str]:
    """Return the sentence by language code; nothing for a sentence that is not translatable any more."""
    if not isinstance(text, Promise):
        return {}
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = str(text)
    return said


def in_this_language(said: Mapping[str, str], otherwise: str) -> str:
    """Return what was kept in the language that is active now; ``otherwise`` where it was kept in one only."""
    return said.get(translation.get_language() or settings.LANGUAGE_CODE, otherwise)
