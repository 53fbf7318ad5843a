"""What every screen asks of the apps, handed in by them at start, so that the foundation imports no app."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest

from portal.kernel.errors import Text

if TYPE_CHECKING:
    from apps.accounts.models import User

UNDO_TAG = "undo "


@dataclass(frozen=True)
class HomeCard:
    """One question of the coordinators' first page and its answer.

    ``count`` rows wait; ``trend`` compares ("4 more than last week"); ``rows`` are the oldest few as (text, URL);
    ``url`` opens the whole list and ``action`` is the verb on that button.
    """

    title: Text
    count: int
    url: str
    action: Text
    trend: Text = ""
    rows: Sequence[tuple[str, str]] = ()


type CardMaker = Callable[[HttpRequest], HomeCard | None]


@dataclass
class _Registry:
    count_notices: Callable[["User"], int] = field(default=lambda _user: 0)
    keep_language: Callable[["User", str], None] = field(default=lambda _user, _code: None)
    cards: list[tuple[int, CardMaker]] = field(default_factory=list)


_registry = _Registry()


def count_notices_with(function: Callable[["User"], int]) -> None:
    """Tell the screens how unread notices of a user are counted (one query); accounts calls this once at start."""
    _registry.count_notices = function


def unread_notices(user: "User") -> int:
    """Return how many notices the user has not read."""
    return _registry.count_notices(user)


def keep_language_with(function: Callable[["User", str], None]) -> None:
    """Tell the screens how the language that a user chose is kept; accounts calls this once at start."""
    _registry.keep_language = function


def keep_language(user: "User", code: str) -> None:
    """Remember the language that a signed-in user has chosen."""
    _registry.keep_language(user, code)


def home_card(order: int) -> Callable[[CardMaker], CardMaker]:
    """Register a maker of a card for the coordinators' first page; cards are shown by ``order``.

    The maker reads within the user's scope and returns None where the card does not concern the user.
    """

    def register(function: CardMaker) -> CardMaker:
        _registry.cards.append((order, function))
        _registry.cards.sort(key=lambda entry: entry[0])
        return function

    return register


def home_cards(request: HttpRequest) -> list[HomeCard]:
    """Return the cards of the coordinators' first page, those with something to do first."""
    cards = [card for _order, make in _registry.cards if (card := make(request)) is not None]
    return sorted(cards, key=lambda card: card.count == 0)


def tell_undo(request: HttpRequest, text: Text, undo_url: str, **kwargs: Any) -> None:
    """Say that something was done and offer to undo it: a toast with a button that posts to ``undo_url``."""
    messages.success(request, str(text), extra_tags=f"{UNDO_TAG}{undo_url}", **kwargs)
