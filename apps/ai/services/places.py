"""Where help may be asked for. The upper apps own the texts; they register here how one is read and written.

This app knows no day and no report: a draft that is accepted goes back through the service of the app whose text it is,
with that app's rights and states.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.kernel.errors import Text

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True)
class Standing:
    """What stands at a place now: the fields, and the page to which one returns."""

    parts: Mapping[str, str]
    url: str


@dataclass(frozen=True)
class Place:
    """A kind of text. ``labels`` are the fields in words.

    ``read(key, user)`` returns what stands there for who may write it now, None for everybody else.
    ``write(key, parts, user)`` stores some fields. Raises as the service of the app does. ``merge(before, draft)`` says
    what a draft becomes where it adds to what stands there. ``keeps`` is False for what is only read.
    """

    name: str
    label: Text
    labels: Mapping[str, Text]
    read: Callable[[int, "User"], Standing | None]
    write: Callable[[int, Mapping[str, str], "User"], None]
    merge: Callable[[str, str], str] | None = None
    keeps: bool = True


_places: dict[str, Place] = {}


def register_place(place: Place) -> None:
    """Make a place known; each app does it once at start."""
    _places[place.name] = place


def place_named(name: str) -> Place | None:
    """Return a place, None for a name that nobody has registered."""
    return _places.get(name)


def place_label(name: str) -> Text:
    """Return the word for a kind of text."""
    place = _places.get(name)
    return place.label if place is not None else ""
