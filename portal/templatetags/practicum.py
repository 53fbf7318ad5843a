"""The words of our templates; loaded everywhere (``builtins`` in the settings), so no ``{% load %}`` is needed."""

import re
from decimal import Decimal
from typing import Any, Final

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.kernel.admin.long_lists import date_choices
from portal.kernel.looks import look_of
from portal.kernel.models import StatefulModel
from portal.kernel.screens import UNDO_TAG

register = template.Library()

_PICTURE = '<svg class="{}" viewBox="0 0 24 24" {}><use href="#{}"/></svg>'


def _picture(css_class: str, symbol: str, label: str) -> SafeString:
    """Return a picture of the page's sprite: hidden from screen readers unless it is the only bearer of ``label``."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(_PICTURE, css_class, spoken, symbol)


# The icon font of django-unfold writes an icon as its name, which screen readers would read out. What can be pressed
# gets a name of its own from sidebar.js.
_WRITTEN_ICON: Final = re.compile(
    r'<(?:span|i) class="[^"]*\bmaterial-symbols-outlined\b[^"]*"(?![^>]*(?:aria-hidden|x-on:click))'
)


@register.filter(is_safe=True)
def without_spoken_icons(page: str) -> str:
    """Hide the written icons of a page from screen readers."""
    return _WRITTEN_ICON.sub(r'\g<0> aria-hidden="true"', page)


@register.simple_tag
def glyph(look: str, label: str = "") -> SafeString:
    """Return the shape of a look or of an empty day: ``{% glyph cell.look %}``."""
    return _picture(f"glyph glyph-{look}", f"g-{look}", label)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return an icon of ``components/sprite.html``: ``{% icon "bell" %}``."""
    return _picture(f"icon icon-{name}", f"i-{name}", label)


@register.inclusion_tag("admin/date_hierarchy.html")
def dates_of_list(cl: Any) -> dict[str, Any]:
    """Show the years, months or days of a list of the workspace: ``{% dates_of_list cl %}``."""
    return date_choices(cl)


@register.filter
def look(state: str) -> str:
    """Return the look of a state, for a class name: ``look-{{ log.state|look }}``."""
    return look_of(str(state)).value


@register.inclusion_tag("components/badge.html")
def badge(thing: StatefulModel) -> dict[str, Any]:
    """Show the state of a row as word, colour and shape: ``{% badge log %}``."""
    display = getattr(thing, "get_state_display", None)
    return {"state": thing.state, "label": display() if display else thing.state}


@register.filter
def hours(value: Decimal | float | None) -> str:
    """Return hours as people write them ("8 h", "7.5 h"), in the language of the page; empty for None."""
    if value is None:
        return ""
    exact = Decimal(str(value)).normalize()
    decimals = max(0, -int(exact.as_tuple().exponent))
    return _("%(hours)s h") % {"hours": number_format(exact, decimal_pos=decimals)}


@register.filter
def undo_url(message: Message) -> str:
    """Return the address that undoes what the message tells, or the empty text."""
    tag = message.extra_tags or ""
    return tag.removeprefix(UNDO_TAG) if tag.startswith(UNDO_TAG) else ""
