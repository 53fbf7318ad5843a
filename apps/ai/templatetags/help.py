"""The words of AI help in templates."""

from typing import Any, Final

from django import template
from django.utils.formats import number_format

register = template.Library()

MILLIONTHS: Final = 1_000_000


@register.filter
def money(cost: int) -> str:
    """Return a cost in the currency of the prices, from millionths: "0.0042"; a dash for what cost nothing."""
    return number_format(cost / MILLIONTHS, decimal_pos=4) if cost else "–"


@register.filter
def at(found: dict[Any, Any], key: Any) -> Any:
    """Return what a mapping holds for a key, None where it holds nothing: ``{{ shares|at:log.pk }}``."""
    return found.get(key) if found else None
