"""Why a list shows no row, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.kernel.admin.narrowing import Paths, narrowing_of
from portal.kernel.admin.remembering import kept_query
from portal.kernel.errors import Text

if TYPE_CHECKING:
    from portal.kernel.admin.pages import ListLink, PortalModelAdmin


@dataclass(frozen=True)
class Emptiness:
    """What an empty list says.

    ``steps`` lead on where there is no row at all; ``clears`` offers to drop search and filters, ``leaves`` to show all
    departments again; ``at_all`` says that the user has no such row anywhere.
    """

    sentence: Text
    steps: Sequence["ListLink"] = ()
    clears: bool = False
    leaves: bool = False
    at_all: bool = False


def why_empty(page: "PortalModelAdmin", request: HttpRequest, shown: Any) -> Emptiness:
    """Return why ``shown``, a change list without rows, is empty. Two questions at most, and only of empty lists."""
    narrowed = narrowing_of(request) if page.belongs != Paths() else None
    asked = bool(kept_query(request.GET))
    if asked and page.get_queryset(request).exists():
        return Emptiness(_searched(shown), clears=True, leaves=narrowed is not None)
    if narrowed is not None and type(page).selector(request.user).exists():
        text = _("There is nothing of %(name)s in this list. Other departments and cohorts have some.")
        return Emptiness(text % {"name": narrowed.name}, page.next_steps(request), leaves=True)
    sentence = page.empty_sentence or _("There is nothing here yet.")
    return Emptiness(sentence, page.next_steps(request), at_all=True)


def _searched(shown: Any) -> str:
    words = {"words": shown.query}
    if not shown.query:
        return _("Nothing in this list matches the filters.")
    if shown.has_active_filters:
        return (
            _("Nothing in this list matches “%(words)s” and the filters. Try a part of the name, or no filter.") % words
        )
    return _("Nothing in this list matches “%(words)s”. Try a part of the name.") % words
