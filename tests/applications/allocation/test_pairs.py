"""Two who want to be near each other: what pairs gain, and that nobody pays for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.applications.matching.allocate import NOBODY, Problem, fewest_without, stable
from apps.applications.matching.pairs import bring_together, pairs_of
from apps.applications.states import AllocationState
from tests.applications.allocation.problems import overrun, problems
from tests.applications.allocation.steps import given as given_by
from tests.applications.allocation.steps import solved, wishing
from tests.clients import signed_in
from tests.factories.applications import AllocationOfferFactory

WAYS = pytest.mark.parametrize("solve", [stable, fewest_without])


@st.composite
def with_pairs(draw):
    """A small cohort, up to two pairs in it, and which offers lie near each other."""
    problem = draw(problems())
    order = draw(st.permutations(range(len(problem.wishes))))
    pairs = [tuple(sorted(order[at : at + 2])) for at in (0, 2) if at + 1 < len(order)]
    towns = [draw(st.integers(0, 1)) for _offer in problem.seats]
    return problem, pairs[: draw(st.integers(0, 2))], lambda one, other: towns[one] == towns[other]


def rank(wish):
    return 99 if wish == NOBODY else wish


@WAYS
@given(case=with_pairs())
def test_pairs_overrun_nothing_and_cost_nobody_a_place_or_a_better_wish(solve, case):
    problem, pairs, near = case
    alone = solve(problem)
    chosen = bring_together(problem, alone, pairs, near)
    assert overrun(problem, chosen) == {}
    paired = {one for pair in pairs for one in pair}
    others = [one for one in range(len(alone)) if one not in paired]
    assert [one for one in others if rank(chosen[one]) > rank(alone[one])] == []
    assert [one for one in paired if chosen[one] == NOBODY != alone[one]] == []
    if not pairs:
        assert chosen == alone


@WAYS
@given(case=with_pairs())
def test_who_of_a_pair_is_moved_to_a_later_wish_is_near_the_other(solve, case):
    problem, pairs, near = case
    alone = solve(problem)
    chosen = bring_together(problem, alone, pairs, near)
    for one, other in pairs:
        has = [problem.wishes[who][chosen[who]] if chosen[who] != NOBODY else None for who in (one, other)]
        if any(chosen[who] > alone[who] != NOBODY for who in (one, other)):
            assert near(*has)
        was = [problem.wishes[who][alone[who]] if alone[who] != NOBODY else None for who in (one, other)]
        if None not in was and near(*was):
            assert (chosen[one], chosen[other]) == (alone[one], alone[other])


def problem_of(wishes, seats):
    count = len(wishes)
    return Problem(wishes, [[0] * len(mine) for mine in wishes], range(count), seats)


@pytest.mark.parametrize(
    ("wishes", "seats", "pairs", "expected"),
    [
        pytest.param([[0, 2], [1]], [1, 1, 1], [(0, 1)], [1, 0], id="one of two moves"),
        pytest.param([[0, 3], [1, 4]], [1, 1, 0, 1, 1], [(0, 1)], [0, 0], id="no seat near: both stay"),
        pytest.param([[0, 2], [1], [0]], [1, 1, 1], [(0, 1)], [1, 0, 0], id="what is left goes to who wished for it"),
        pytest.param([[0, 2], [1], [3, 0], [3]], [1, 1, 1, 1], [(0, 1)], [1, 0, 0, NOBODY], id="in turn"),
        pytest.param([[0], []], [1], [(0, 1)], [0, NOBODY], id="one has no place"),
    ],
)
def test_a_pair_is_moved_to_seats_that_are_left(wishes, seats, pairs, expected):
    """Offers 1 and 2 lie near each other, no others do."""
    problem = problem_of(wishes, seats)
    assert bring_together(problem, stable(problem), pairs, lambda *two: set(two) == {1, 2}) == expected


def test_only_who_name_each_other_are_a_pair():
    assert pairs_of({0: 3, 3: 0, 1: 0, 2: 2, 4: 5}) == [(0, 3)]


# -- in a round ---------------------------------------------------------------------------------------------------


def number(enrolment):
    return enrolment.student.student_profile.reg_no


def naming(found, one, other):
    for enrolment, named in ((one, other), (other, one)):
        found.rankings.filter(enrolment=enrolment).update(companion=f" {number(named).lower()} ")


@pytest.mark.django_db
def test_a_run_brings_together_who_named_each_other_and_says_so(found, coordinator):
    far, here = AllocationOfferFactory.create_batch(2, round=found)
    there = AllocationOfferFactory.create(round=found, company=here.company)
    one, other = wishing(found, far, there), wishing(found, here)
    naming(found, one, other)
    assert given_by(solved(found, coordinator)) == {one.pk: far.pk, other.pk: here.pk}
    type(found).objects.filter(pk=found.pk).update(allows_pairs=True)
    found.refresh_from_db()
    run = solved(found, coordinator)
    assert given_by(run) == {one.pk: there.pk, other.pk: here.pk}
    assert run.allotments.get(enrolment=one).reasons == [["wish", "2", "2"], ["together"]]
    assert (run.result["pairs"], run.result["near"], run.state) == (1, 1, AllocationState.SOLVED)


@pytest.mark.django_db
def test_a_student_names_somebody_and_learns_only_whether_it_is_mutual(cohort, coordinator):
    offer = AllocationOfferFactory.create(round__cohort=cohort, round__allows_pairs=True, places=2)
    one, other = wishing(offer.round, offer), wishing(offer.round, offer)
    client, url = signed_in(one.student), "/placement/wishes/confirm/"
    for named, said in (("nobody-1", False), (number(other), False)):
        client.post(url, {"region": "", "companion": named})
        page = client.get(url)
        assert (page.context["is_named_back"], named in page.text, str(other.student) in page.text) == (
            said,
            True,
            False,
        )
    own = client.post(url, {"region": "", "companion": number(one)}, follow=True)
    assert "This is your own number." in own.text
    offer.round.rankings.filter(enrolment=other).update(companion=number(one))
    assert "You have named each other." in client.get(url).text
    type(offer.round).objects.update(allows_pairs=False)
    client.post(url, {"region": "", "companion": number(other)})
    assert offer.round.rankings.get(enrolment=one).companion == ""
