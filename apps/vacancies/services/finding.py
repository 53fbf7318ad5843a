"""What a student keeps to find again: bookmarks, and searches that the portal repeats."""

from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.vacancies.models import Bookmark, SavedSearch, Vacancy
from apps.vacancies.permissions import can_view_vacancy, is_own
from portal.kernel.errors import NotAllowed, RuleViolation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from portal.kernel.access import Actor

MOST_SEARCHES: Final = 10
MOST_BOOKMARKS: Final = 500
WISHES: Final = ("words", "work_mode", "work_type", "sector")


def bookmark_vacancy(vacancy: Vacancy, *, actor: User) -> Bookmark:
    """Keep a vacancy for oneself; again is no error.

    Raises ``NotAllowed`` for one that the actor does not see, ``RuleViolation`` ``too_many`` beyond 500.
    """
    if not can_view_vacancy(vacancy, actor):
        raise NotAllowed
    if Bookmark.objects.filter(user=actor).count() >= MOST_BOOKMARKS:
        raise RuleViolation("too_many", _("You keep very many vacancies. Let some go first."))
    kept, _new = Bookmark.objects.get_or_create(user=actor, vacancy=vacancy)
    return kept


def drop_bookmark(vacancy: Vacancy, *, actor: User) -> None:
    """Let a vacancy go; one that was not kept is no error."""
    Bookmark.objects.filter(user=actor, vacancy=vacancy).delete()


def save_search(wish: "Mapping[str, Any]", *, actor: User) -> SavedSearch:
    """Keep a search (``words``, ``work_mode``, ``work_type``, ``sector``) that is told of from now on.

    The same search again is the same row. Raises ``RuleViolation`` ``nothing_wished`` for one that narrows nothing,
    ``too_many`` beyond ten.
    """
    values: dict[str, Any] = {name: str(wish.get(name, "")).strip() for name in WISHES}
    if not any(values.values()):
        raise RuleViolation("nothing_wished", _("Search for something first, then save the search."))
    known = SavedSearch.objects.filter(user=actor, **values).first()
    if known is not None:
        return known
    if SavedSearch.objects.filter(user=actor).count() >= MOST_SEARCHES:
        raise RuleViolation("too_many", _("You have ten saved searches. Delete one first."))
    search = SavedSearch(user=actor, seen_until=timezone.now(), **values)
    labels = (search.get_work_mode_display(), search.get_work_type_display(), search.get_sector_display())
    search.title = " · ".join(str(part) for part in (values["words"], *labels) if part)
    search.save()
    return search


def delete_search(search: SavedSearch, *, actor: User) -> None:
    """Repeat a search no more. Raises ``NotAllowed`` for somebody else's."""
    if not is_own(search, actor):
        raise NotAllowed
    search.delete()


def note_told(search: SavedSearch, until: "dt.datetime", *, actor: "Actor") -> None:  # noqa: ARG001 - every write names its actor
    """Remember the moment of the newest vacancy that the owner was told of."""
    SavedSearch.objects.filter(pk=search.pk).update(seen_until=until)
