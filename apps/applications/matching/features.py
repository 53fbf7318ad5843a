"""What is known about a student and a place, and what the two have in common: pure functions on dataclasses."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final

EARTH_KM: Final = 6371.0

type Point = tuple[float, float]
type Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Person:
    """A student who looks for a place. ``first`` says that the rules put the student before others."""

    key: int
    programme: int | None = None
    department: int | None = None
    year: int | None = None
    gender: str = ""
    region: str = ""
    skills: frozenset[str] = frozenset()
    first: bool = False
    meaning: Vector = ()


@dataclass(frozen=True, slots=True)
class Place:
    """What one host offers to some students; empty ``programmes`` or ``years`` mean all."""

    key: int
    host: int
    seats: int
    region: str = ""
    point: Point | None = None
    skills: frozenset[str] = frozenset()
    programmes: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()
    meaning: Vector = ()


@dataclass(frozen=True, slots=True)
class Common:
    """What a student and a place have in common.

    ``asked`` is how many skills the place asks for. ``km`` lie between the place and the middle of the wished region,
    None where one of the two is unknown. ``closeness`` of what both are about is from 0 to 1, None without a model.
    """

    skills: tuple[str, ...]
    asked: int
    same_region: bool
    km: float | None
    closeness: float | None


def normal(word: str) -> str:
    """Return a word as it is compared."""
    return " ".join(word.casefold().split())


def is_welcome(person: Person, place: Place) -> bool:
    """Say whether programme and year are among those for which the place is offered."""
    if place.programmes and person.programme not in place.programmes:
        return False
    return not place.years or person.year in place.years


def are_near(one: Place, other: Place) -> bool:
    """Say whether two places are of one company or in one region."""
    return one.host == other.host or (bool(one.region) and normal(one.region) == normal(other.region))


def middles_of(places: Iterable[Place]) -> Mapping[str, Point]:
    """Return the middle of each region: of the places that say where they are. No student has to say where home is."""
    found: dict[str, list[Point]] = {}
    for place in places:
        if place.region and place.point is not None:
            found.setdefault(normal(place.region), []).append(place.point)
    return {
        region: (sum(lat for lat, _long in points) / len(points), sum(long for _lat, long in points) / len(points))
        for region, points in found.items()
    }


def km_between(one: Point, other: Point) -> float:
    """Return the way through the air."""
    lat, long, lat2, long2 = map(radians, (*one, *other))
    part = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((long2 - long) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, part)))


def closeness_of(one: Vector, other: Vector) -> float | None:
    """Return the cosine of two vectors, not below 0; None where one is missing or they are of two models."""
    if not one or len(one) != len(other):
        return None
    product = sum(a * b for a, b in zip(one, other, strict=True))
    length = sqrt(sum(a * a for a in one) * sum(b * b for b in other))
    return max(0.0, min(1.0, product / length)) if length else None


def common_to(person: Person, place: Place, middles: Mapping[str, Point]) -> Common:
    """Return what the two have in common."""
    region = normal(person.region)
    middle = middles.get(region)
    known = middle is not None and place.point is not None
    return Common(
        skills=tuple(sorted(person.skills & place.skills)),
        asked=len(place.skills),
        same_region=bool(region) and region == normal(place.region),
        km=km_between(middle, place.point) if known and middle is not None and place.point is not None else None,
        closeness=closeness_of(person.meaning, place.meaning),
    )


def drawn(seed: int, keys: Sequence[int]) -> list[int]:
    """Return the lottery's number of each key: the same for the same seed and keys, in whatever order they come."""
    tickets = [hashlib.sha256(f"{seed}:{key}".encode()).digest() for key in keys]
    order = sorted(range(len(keys)), key=lambda number: (tickets[number], keys[number]))
    numbers = [0] * len(keys)
    for number, one in enumerate(order):
        numbers[one] = number
    return numbers
