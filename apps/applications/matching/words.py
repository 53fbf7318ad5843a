"""Reasons in words, for the student and for who looks over it: codes with facts become sentences."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_FULL: Final = 3


def _wish(rank: str, count: str) -> str:
    return _("It is wish %(rank)s of %(count)s.") % {"rank": rank, "count": count}


def _full(offer: str, seats: str, wanted: str) -> str:
    words = ngettext(
        "%(offer)s has %(seats)s place, wished for by %(wanted)s; others came first by the rules or the lottery.",
        "%(offer)s has %(seats)s places, wished for by %(wanted)s; others came first by the rules or the lottery.",
        int(seats),
    )
    return words % {"offer": offer, "seats": seats, "wanted": wanted}


def _skills(*skills: str) -> str:
    return _("What you can do is asked for there: %(skills)s.") % {"skills": ", ".join(skills)}


def _near(km: str) -> str:
    return _("It lies about %(km)s km from the middle of the wished region.") % {"km": km}


SENTENCES: Final[dict[str, Callable[..., str]]] = {
    "wish": _wish,
    "full": _full,
    "skills": _skills,
    "near": _near,
    "region": lambda: _("It lies in the wished region."),
    "meaning": lambda: _("What you have done and what the place is about were compared, too."),
    "first": lambda: _("Your reasons to come first were granted."),
    "filled": lambda: _("None of the wishes could come true; this place was left and suits."),
    "no_wishes": lambda: _("No wishes were confirmed in time."),
    "none_left": lambda: _("All the wished places went to others."),
    "together": lambda: _("You come near the person whom you have named, who has named you as well."),
    "by_hand": lambda: _("A coordinator has decided this."),
}


def sentences_of(reasons: Iterable[Sequence[str]]) -> list[str]:
    """Return the sentences in the active language; a code that nobody knows any more says nothing."""
    return [SENTENCES[code](*facts) for code, *facts in reasons if code in SENTENCES]
