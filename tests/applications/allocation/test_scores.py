"""What a student and a place have in common, in points and reasons, and how a run turned out."""

import pytest

from apps.applications.matching.features import (
    Common,
    Person,
    Place,
    closeness_of,
    common_to,
    drawn,
    is_welcome,
    km_between,
    middles_of,
    normal,
)
from apps.applications.matching.figures import Outcome, figures_of
from apps.applications.matching.score import BEST, Reason, Score, Weights, score_of, standing_of

DODOMA, DAR = (-6.17, 35.74), (-6.82, 39.28)


@pytest.mark.parametrize(
    ("person", "place", "welcome"),
    [
        (Person(1, programme=3, year=2), Place(1, 1, 1), True),
        (Person(1, programme=3), Place(1, 1, 1, programmes=frozenset({3, 4})), True),
        (Person(1, programme=5), Place(1, 1, 1, programmes=frozenset({3, 4})), False),
        (Person(1), Place(1, 1, 1, programmes=frozenset({3})), False),
        (Person(1, year=2), Place(1, 1, 1, years=frozenset({2})), True),
        (Person(1, year=None), Place(1, 1, 1, years=frozenset({2})), False),
    ],
)
def test_who_is_welcome(person, place, welcome):
    assert is_welcome(person, place) is welcome


def test_the_middle_of_a_region_is_that_of_its_places():
    places = [
        Place(1, 1, 1, region="Dodoma ", point=(-6.0, 35.0)),
        Place(2, 2, 1, region="dodoma", point=(-8.0, 37.0)),
        Place(3, 3, 1, region="Mwanza"),
        Place(4, 4, 1, point=DAR),
    ]
    assert middles_of(places) == {"dodoma": (-7.0, 36.0)}


def test_kilometres_through_the_air():
    assert (round(km_between(DODOMA, DAR)), km_between(DAR, DAR)) == (398, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "closeness"),
    [
        ((), (1.0,), None),
        ((1.0,), (1.0, 0.0), None),
        ((0.0,), (1.0,), None),
        ((2.0, 0.0), (1.0, 0.0), 1.0),
        ((1.0,), (-1.0,), 0.0),
    ],
)
def test_closeness_of_two_vectors(one, other, closeness):
    assert closeness_of(one, other) == closeness


@pytest.mark.parametrize(
    ("region", "place_region", "point", "same", "km"),
    [
        ("Dodoma", "dodoma", DODOMA, True, 0),
        ("Dodoma", "Dar es Salaam", DAR, False, 398),
        ("Dodoma", "Dar es Salaam", None, False, None),
        ("Mwanza", "Dodoma", DODOMA, False, None),
        ("", "", DODOMA, False, None),
    ],
)
def test_what_two_have_in_common(region, place_region, point, same, km):
    person = Person(1, region=region, skills=frozenset({"milling", "cad"}))
    place = Place(1, 1, 1, region=place_region, point=point, skills=frozenset({"cad", "welding"}))
    found = common_to(person, place, {"dodoma": DODOMA})
    assert (found.skills, found.asked, found.same_region, found.closeness) == (("cad",), 2, same, None)
    assert (None if found.km is None else round(found.km)) == km


NOTHING = Common((), 0, same_region=False, km=None, closeness=None)


@pytest.mark.parametrize(
    ("common", "wishes_region", "points", "reasons"),
    [
        (NOTHING, False, 0, ()),
        (NOTHING, True, 0, ()),
        (Common(("cad",), 2, same_region=False, km=None, closeness=None), False, 500, (Reason("skills", ("cad",)),)),
        (Common((), 2, same_region=True, km=0.0, closeness=None), True, 375, (Reason("region"),)),
        (Common((), 0, same_region=False, km=150.2, closeness=None), True, 499, (Reason("near", ("150",)),)),
        (Common((), 0, same_region=False, km=301.0, closeness=None), True, 0, ()),
        (Common((), 0, same_region=False, km=None, closeness=0.5), False, 500, (Reason("meaning"),)),
    ],
)
def test_points_and_what_spoke_for_them(common, wishes_region, points, reasons):
    assert score_of(common, wishes_region=wishes_region) == Score(points, reasons)


def test_weights_say_how_much_a_part_counts():
    both = Common(("cad",), 1, same_region=False, km=None, closeness=0.0)
    assert [score_of(both, Weights(skills=skills, meaning=5)).points for skills in (0, 5, 15)] == [0, 500, 750]


def test_who_comes_first_stands_before_the_best_of_the_others():
    worst, best = Score(0, ()), Score(BEST, ())
    order = [standing_of(best, first=True), standing_of(worst, first=True)]
    order += [standing_of(best, first=False), standing_of(worst, first=False)]
    assert order == sorted(order)
    assert len(set(order)) == 4


def test_the_lottery_is_the_seeds_and_not_the_orders():
    keys = [5, 9, 2, 7]
    numbers = drawn(11, keys)
    assert sorted(numbers) == [0, 1, 2, 3]
    assert dict(zip(reversed(keys), drawn(11, list(reversed(keys))), strict=True)) == dict(
        zip(keys, numbers, strict=True)
    )
    assert len({tuple(drawn(seed, keys)) for seed in range(40)}) > 10


def test_words_are_compared_without_case_and_blanks():
    assert normal("  CNC  Milling ") == "cnc milling"


def test_how_a_run_turned_out():
    rows = [Outcome("Civil", "f", 1)] * 4 + [Outcome("Civil", "m", None)] + [Outcome("Mech", "", 3)] * 5
    found = figures_of([*rows, Outcome("Tiny", "m", None), Outcome("Mech", "f", 0)])
    assert (found.count, found.placed, found.unplaced, found.mean_rank) == (12, 10, 2, 2.11)
    assert found.by_rank == {0: 1, 1: 4, 3: 5}
    assert [(one.name, one.count, one.placed, one.first, one.mean_rank) for one in found.programmes] == [
        ("Civil", 5, 80.0, 80.0, 1.0),
        ("Mech", 6, 100.0, 0.0, 3.0),
    ]
    # Two men are too few to say anything about.
    assert [one.name for one in found.genders] == ["f"]
    assert found.gap == 20.0


def test_how_an_empty_run_turned_out():
    found = figures_of([])
    assert (found.count, found.mean_rank, found.programmes, found.gap) == (0, None, (), 0.0)
