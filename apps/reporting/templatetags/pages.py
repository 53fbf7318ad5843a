"""Words of our page templates."""

import unicodedata

from django import template

register = template.Library()


@register.filter
def direction(text: object) -> str:
    """Return ``rtl`` or ``ltr`` for a text, from its first letter that has a direction.

    WeasyPrint knows neither ``dir="auto"`` nor ``<bdi>``: without this an English sentence in an Arabic page shows its
    full stop at the wrong end, and an Arabic one in an English page likewise.
    """
    for letter in str(text):
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"
